import Basics
import Plants

/// What cannot happen in two rooms: the violations of LeWorldModel (arXiv:2603.19312) and a wall that does not hold.
enum RoomViolations {
    static let policies = [WorldPolicy(.guided), WorldPolicy(.held)]

    static let all = [teleport, jump, disappearance, colour, wall, control]

    private static let teleport = Violation(
        name: "teleport", principle: "continuity", about: "the dot is at once 60 px away or further",
        policies: policies, commit: { scene, generator in move(&scene, &generator, 60...400) })

    private static let jump = Violation(
        name: "short jump", principle: "continuity", about: "the dot is at once 12 to 20 px away, 5 px being a step",
        policies: policies, commit: { scene, generator in move(&scene, &generator, 12...20) })

    private static let disappearance = Violation(
        name: "disappearance", principle: "permanence", about: "the dot is not seen any more", policies: policies,
        commit: { scene, _ in
            scene.shown = [-1e4, -1e4]
            return true
        })

    private static let colour = Violation(
        name: "colour change", principle: "look", about: "the red dot is blue", policies: policies,
        commit: { scene, _ in
            scene.drawer = try scene.drawer.varied(["agent_red": 0, "agent_blue": 255])
            return true
        })

    /// The wall opens where the dot pushes against it, unseen: it goes through at its own speed.
    private static let wall = Violation(
        name: "wall crossing", principle: "solidity", about: "the dot goes through the wall at its own speed",
        policies: [WorldPolicy(.held)],
        isEligible: { states, actions, row in
            guard row + 9 < states.count, isTouching(states[row]), abs(states[row][1] - 49) > 35 else { return false }
            let side = states[row][0] < 112 ? 1.0 : -1
            let pushed = actions[row..<row + 8].reduce(0) { $0 + side * 5 * min(max($1[0], -1), 1) }
            // Pushed far enough to come out on the other side, where it would have stayed at the wall.
            return pushed >= 24 && states[row...row + 8].allSatisfy(isTouching)
        },
        commit: { scene, _ in
            let place = scene.mover.state[1].rounded()
            scene.mover = try scene.mover.varied(["door_1_position": place, "door_1_size": 21])
            return true
        })

    private static let control = Violation(
        name: "nothing", principle: "control", about: "another lawful episode, not matched", isControl: true,
        policies: policies, commit: { _, _ in true })

    /// Whether the dot, 7 px of radius, touches the wall of 107 to 117 px.
    private static func isTouching(_ state: [Double]) -> Bool { abs(abs(state[0] - 112) - 12) < 0.1 }

    /// Puts the dot to a free place so far away, if one is found.
    private static func move(
        _ scene: inout Violation.Scene, _ generator: inout SeededGenerator, _ range: ClosedRange<Double>
    ) -> Bool {
        let from = scene.mover.state
        for _ in 0..<2000 {
            var other = scene.mover
            other.reset(using: &generator)
            let away = distance(from, other.state, 0..<2)
            // Not through the wall: that is another violation.
            guard range.contains(away), away > 40 || (from[0] < 112) == (other.state[0] < 112) else { continue }
            scene.mover = other
            return true
        }
        return false
    }
}
