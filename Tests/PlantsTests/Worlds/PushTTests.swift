import Basics
import Testing

@testable import Plants

@Suite("Push-T")
struct PushTTests {
    @Test("Disc and block move as in the original environment, whatever they touch")
    func followsTheOriginal() throws {
        let recorded = try RecordedEpisodes.load("push_t")
        var worst = 0.0
        for episode in recorded.episodes {
            var world = try PushT(control: episode.relative == true ? .relative : .absolute)
                .varied(["friction": episode.friction ?? 0, "block_glide": episode.glide ?? 0])
            world.restore(episode.start + [0, 0, 0, 0, 0])
            var states = episode.states[...]
            for (step, action) in episode.actions.enumerated() {
                world.step(action)
                guard recorded.marks.contains(step + 1), let expected = states.popFirst() else { continue }
                for (index, value) in expected.enumerated() {
                    let error = world.state[index] - value
                    worst = max(worst, abs(index == 4 ? error.remainder(dividingBy: 2 * .pi) : error))
                }
            }
            #expect(states.isEmpty)
        }
        // Contact doubles errors of rounding again and again; the worst here is 1e-11.
        #expect(worst < 1e-8, "px, rad, px/s")
        // The recording is one of pushing.
        #expect(recorded.episodes.allSatisfy { $0.moved ?? 0 > 0 })
        #expect(recorded.episodes.reduce(0) { $0 + ($1.moved ?? 0) } > 200)
    }

    @Test("Untouched, the disc follows the closed form of its controller")
    func controllerIsExact() {
        var world = PushT(control: .absolute)
        world.restore([50, 450, 350, 150, 1, 0, 0, 0, 0, 0])
        // The error obeys e(n+1) = 1.79·e(n) − 0.8·e(n−1): two modes with the roots of λ² − 1.79·λ + 0.8.
        let spread = (1.79 * 1.79 - 4 * 0.8).squareRoot()
        let (slow, fast) = ((1.79 + spread) / 2, (1.79 - spread) / 2)
        // At rest e(−1) is e(0) / 0.8 × (1.79 − 0.99): the first step leaves 0.99 of the error.
        let weight = (0.99 - fast) / (slow - fast)
        for count in 1...5 {
            world.step([90, 430])
            let n = Double(10 * count)
            let left = weight * power(slow, n) + (1 - weight) * power(fast, n)
            #expect(abs(world.state[0] - (90 - 40 * left)) < 1e-9)
            #expect(abs(world.state[1] - (430 + 20 * left)) < 1e-9)
        }
        #expect(Array(world.state[2...4]) == [350, 150, 1], "nobody touched the block")
    }

    @Test("Friction stays within its cone, and without it no contact gives way", arguments: [0.0, 0.3, 1.0])
    func frictionCone(coefficient: Double) throws {
        var world = try PushT(control: .absolute).varied(["friction": coefficient])
        // Off-centre against the flank of the bar, and slanting.
        world.restore([256, 150, 230, 200, 0, 0, 0, 0, 0, 0])
        var (contacts, sliding) = (0, 0)
        for _ in 0..<60 {
            world.physics.step(toward: Planar(330, 260))
            for place in 0..<world.physics.touching.count {
                let pair = world.physics.pairs[world.physics.touching[place]]
                let point = pair.first
                contacts += 1
                #expect(point.normalImpulse >= 0)
                #expect(abs(point.tangentImpulse) <= coefficient * point.normalImpulse + 1e-12)
                if point.tangentImpulse != 0 { sliding += 1 }
                // Without friction one contact is solved exactly: the block's surface is no slower than the disc.
                let surface = world.physics.motion.velocity + point.blockArm.quarterTurn * world.physics.motion.spin
                let gap = (surface - world.physics.agentVelocity).dot(pair.normal)
                if coefficient == 0 && world.physics.touching.count == 1 { #expect(gap > -1e-9) }
            }
        }
        #expect(contacts > 10)
        #expect((sliding > 0) == (coefficient > 0))
    }

    @Test("A block that is pushed against a wall stays inside")
    func wallsHold() {
        var world = PushT(control: .absolute)
        // Alongside the right wall, pushed at its centre of mass.
        world.restore([380, 256, 500, 256, .pi / 2, 0, 0, 0, 0, 0])
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<40 {
            world.step([470, 256 + generator.uniform(in: -20...20)])
            let centre = world.physics.center
            #expect(centre.x < 506 && centre.y > 5 && centre.y < 506)
        }
    }

    @Test("Episodes begin with bodies that touch nothing")
    func startsApart() {
        var world = PushT()
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<200 {
            world.reset(using: &generator)
            #expect(!world.physics.isTouching)
            let before = world.state
            world.step([0, 0])
            #expect(world.state == before)
        }
    }

    @Test(
        "Guided pushes move the block in more than a third of the steps, random actions seldom",
        arguments: [PushT.Control.relative, .absolute])
    func guidanceMakesContact(control: PushT.Control) throws {
        func share(_ policy: WorldPolicy) throws -> Double {
            var world = PushT(control: control)
            var generator = SeededGenerator(seed: 6)
            var moved = 0
            for episode in UInt64(0)..<15 {
                world.reset(using: &generator)
                var actor = try WorldActor(policy, in: world, using: SeededGenerator(seed: 8, stream: episode))
                for _ in 0..<80 {
                    let before = world.physics.center
                    world.step(actor.next(in: world))
                    if (world.physics.center - before).length > 0.01 { moved += 1 }
                }
            }
            return Double(moved) / (15 * 80)
        }
        let (guided, uniform) = (try share(WorldPolicy(.guided)), try share(WorldPolicy(.uniform)))
        #expect(guided > 0.35, "guided \(guided)")
        #expect(uniform < guided / 2.5, "uniform \(uniform)")
    }

    @Test("The picture is the original's")
    func looksLikeTheOriginal() throws {
        let picture = try RecordedEpisodes.load("push_t").picture
        var world = PushT()
        world.restore(picture.state + [0, 0, 0, 0, 0])
        #expect(picture.difference(from: world.picture(width: picture.side, height: picture.side)) < 1)
        // A tenth of a turn or ten pixels are already seen.
        world.restore(picture.state[..<4] + [picture.state[4] + 0.6, 0, 0, 0, 0, 0])
        #expect(picture.difference(from: world.picture(width: picture.side, height: picture.side)) > 2)
    }

    @Test("Success follows the rule of the original, the angle the shorter way round")
    func success() {
        var world = PushT()
        world.restore([100, 100, 300, 300, 0.1, 0, 0, 0, 0, 0])
        #expect(world.isNear(goal: [100, 100, 300, 300, 2 * .pi - 0.2]))
        #expect(!world.isNear(goal: [100, 100, 300, 300, 2 * .pi - 0.3]))
        #expect(world.isNear(goal: [110, 110, 310, 305, 0.1]))
        #expect(!world.isNear(goal: [110, 110, 310, 311, 0.1]))
    }

    @Test("Keeps to what every world keeps to", arguments: [PushT.Control.relative, .absolute])
    func isSound(control: PushT.Control) {
        #expect(checkEnvironment(PushT(control: control)) == [])
    }
}
