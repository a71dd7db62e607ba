import Basics
import Plants

/// What cannot happen to a ball that falls, rebounds and passes behind a screen: four principles of intuitive physics in
/// pairs of the possible and the impossible, as in IntPhys (arXiv:1803.07616).
enum BallViolations {
    static let policies = [WorldPolicy(.held), WorldPolicy(.drifting)]

    static let all = [jump, wrongSide, vanishing, notComingOut, block, floor, floating, rising, control]

    private static let ball = BouncingBall()

    private static let jump = Violation(
        name: "jump", principle: "continuity", about: "in view, the ball is at once 1 m away or further",
        policies: policies, isEligible: { states, _, row in isInView(states, row, 0) },
        commit: { scene, generator in
            let from = scene.mover.state
            for _ in 0..<500 {
                var other = scene.mover
                other.reset(using: &generator)
                guard distance(from, other.state, 0..<2) >= 1 else { continue }
                // It goes on as fast as it was.
                scene.mover.restore([other.state[0], other.state[1], from[2], from[3]])
                return true
            }
            return false
        })

    private static let wrongSide = Violation(
        name: "wrong side", principle: "continuity", about: "the ball comes out where it went behind the screen",
        needsMemory: true, policies: policies, isEligible: { states, _, row in isDeepHidden(states, row) },
        commit: { scene, _ in
            let state = scene.mover.state
            scene.mover.restore([state[0], state[1], -state[2], state[3]])
            return true
        })

    private static let vanishing = Violation(
        name: "vanishing", principle: "permanence", about: "in view, the ball is not there any more",
        policies: policies, isEligible: { states, _, row in isInView(states, row, 4) },
        commit: { scene, _ in
            scene.shown = [-100, -100, 0, 0]
            return true
        })

    private static let notComingOut = Violation(
        name: "not coming out", principle: "permanence", about: "the ball does not come out from behind the screen",
        needsMemory: true, policies: policies, isEligible: { states, _, row in isDeepHidden(states, row) },
        commit: { scene, _ in
            scene.shown = [-100, -100, 0, 0]
            return true
        })

    private static let block = Violation(
        name: "through the block", principle: "solidity", about: "the ball passes through the block",
        policies: policies, isEligible: { states, _, row in isInView(states, row, 0) && states[row][0] > 2.2 },
        commit: { scene, _ in
            scene.mover = try scene.mover.varied(["solid_block": 0])
            return true
        })

    private static let floor = Violation(
        name: "through the floor", principle: "solidity", about: "the ball falls through the floor",
        policies: policies,
        isEligible: { states, _, row in isInView(states, row, 0) && ball.isInFlight(states[row]) },
        commit: { scene, _ in
            scene.mover = try scene.mover.varied(["solid_floor": 0])
            return true
        })

    private static let floating = Violation(
        name: "floating", principle: "gravity", about: "in flight, the ball goes straight on",
        policies: policies, isEligible: { states, _, row in isFlying(states, row) },
        commit: { scene, _ in
            scene.mover = try scene.mover.varied(["gravity": 0])
            return true
        })

    private static let rising = Violation(
        name: "rising", principle: "gravity", about: "in flight, the ball falls upwards",
        policies: policies, isEligible: { states, _, row in isFlying(states, row) },
        commit: { scene, _ in
            scene.mover = try scene.mover.varied(["gravity": -9.8])
            return true
        })

    private static let control = Violation(
        name: "nothing", principle: "control", about: "another lawful episode, not matched", isControl: true,
        policies: policies, commit: { _, _ in true })

    /// In view now and for so many rows.
    private static func isInView(_ states: [[Double]], _ row: Int, _ rows: Int) -> Bool {
        row + rows < states.count && states[row...row + rows].allSatisfy { ball.isInView($0) }
    }

    /// In view and in flight for six rows.
    private static func isFlying(_ states: [[Double]], _ row: Int) -> Bool {
        isInView(states, row, 6) && states[row...row + 6].allSatisfy { ball.isInFlight($0) }
    }

    /// Hidden since three rows and for one more, going on the way that it came in.
    private static func isDeepHidden(_ states: [[Double]], _ row: Int) -> Bool {
        guard row >= 3, row + 1 < states.count else { return false }
        let some = states[(row - 3)...(row + 1)]
        return some.allSatisfy { ball.isHidden($0) && ($0[2] > 0) == (states[row][2] > 0) }
    }
}
