import Basics
import Episodes
import Testing

@testable import Plants

@Suite("Recorded worlds")
struct WorldPolicyTests {
    /// The share of episodes of two rooms that change rooms, and of the cells of 14 px that some episode has been in.
    private func coverage(_ policy: WorldPolicy, episodes: Int, rows: Int) throws -> (crossing: Double, cells: Double) {
        let world = TwoRooms()
        let rollout = WorldRollout(world, policy: policy, rows: rows, width: 0, height: 0)
        var crossing = 0
        var cells: Set<Int> = []
        for number in 0..<episodes {
            let states = try rollout.episode(number, seed: 7).states.map(Double.init)
            var crosses = false
            for row in 0..<rows {
                let place = [states[2 * row], states[2 * row + 1]]
                cells.insert(min(Int((place[0] - 21) / 14), 12) * 13 + min(Int((place[1] - 21) / 14), 12))
                if row > 0, world.areApart(place, [states[2 * row - 2], states[2 * row - 1]]) { crosses = true }
            }
            if crosses { crossing += 1 }
        }
        // 13 × 13 cells of centres from 21 to 203; those of the column that the wall fills are reached in the door alone.
        return (Double(crossing) / Double(episodes), Double(cells.count) / 169)
    }

    @Test(
        "Guided episodes go through the door, random ones with momentum sometimes, uniform ones seldom",
        arguments: [
            (WorldPolicy.Kind.uniform, 0...0.1, 0.8...1), (.held, 0.08...0.4, 0.9...1),
            (.drifting, 0.08...0.4, 0.9...1),
            (.guided, 0.9...1, 0.85...1),
        ] as [(WorldPolicy.Kind, ClosedRange<Double>, ClosedRange<Double>)])
    func crossings(kind: WorldPolicy.Kind, crossing: ClosedRange<Double>, cells: ClosedRange<Double>) throws {
        let measured = try coverage(WorldPolicy(kind), episodes: 60, rows: 100)
        #expect(crossing.contains(measured.crossing))
        #expect(cells.contains(measured.cells))
    }

    @Test("An episode repeats with its seed and number, whatever was recorded before", arguments: WorldCatalog.names)
    func repeats(name: String) throws {
        let world = try WorldCatalog.world(name)
        for kind in WorldPolicy.Kind.allCases where kind != .guided || world is any GuidedWorld {
            let rollout = WorldRollout(world, policy: WorldPolicy(kind), rows: 6, width: 16, height: 12)
            let episode = try rollout.episode(3, seed: 1)
            _ = try rollout.episode(2, seed: 1)
            #expect(try rollout.episode(3, seed: 1) == episode)
            let (next, other) = (try rollout.episode(4, seed: 1), try rollout.episode(3, seed: 2))
            #expect(next.actions != episode.actions && other.actions != episode.actions)
            #expect(next.states != episode.states && other.states != episode.states)
            #expect(episode.frames.count == 6 * 12 * 16 * 3)
            #expect(episode.states.count == 6 * world.stateNames.count)
            #expect(episode.actions.count == 6 * world.actionChannels.count)
            #expect(episode.proprioception.count == 6 * world.proprioceptionNames.count)
        }
    }

    @Test(
        "A guided policy without a noise of its own has that of the world",
        arguments: [
            (TwoRooms() as any World, 0.3), (PushT(), 0.06), (PushT(control: .absolute), 0.06 * 100 / 256),
        ])
    func noise(world: any World, usual: Double) throws {
        func actions(_ noise: Double?) throws -> [Float] {
            let policy = WorldPolicy(.guided, noise: noise)
            return try WorldRollout(world, policy: policy, rows: 12, width: 8, height: 8).episode(1, seed: 3).actions
        }
        #expect(try actions(nil) == actions(usual))
        #expect(try actions(nil) != actions(0.5))
    }

    @Test(
        "A row holds what was seen and what was done then: its action leads to the next row",
        arguments: WorldCatalog.names)
    func rows(name: String) throws {
        var world = try WorldCatalog.world(name)
        let rollout = WorldRollout(world, policy: WorldPolicy(.held), rows: 20, width: 20, height: 20)
        let episode = try rollout.episode(0, seed: 5)
        let (width, actions) = (world.stateNames.count, world.actionChannels.count)
        for row in 0..<19 {
            world.restore(episode.states[(row * width)..<((row + 1) * width)].map(Double.init))
            // States are kept in single precision: a level of a pixel may change.
            let picture = world.picture(width: 20, height: 20).pixels
            let shown = episode.frames[(row * 1200)..<((row + 1) * 1200)]
            #expect(zip(picture, shown).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
            world.step(episode.actions[(row * actions)..<((row + 1) * actions)].map(Double.init))
            for index in 0..<width {
                #expect(abs(world.state[index] - Double(episode.states[(row + 1) * width + index])) < 1e-3)
            }
        }
    }

    @Test("Drifting noise has the deviation and the memory that it is given")
    func drift() throws {
        let world = TwoRooms()
        let policy = WorldPolicy(.drifting, memory: 5, noise: 0.2)
        var actor = try WorldActor(policy, in: world, using: SeededGenerator(seed: 3))
        let values = (0..<6000).map { _ in actor.next(in: world)[0] }
        let square = values.reduce(0) { $0 + $1 * $1 } / 6000
        let lagged = zip(values, values.dropFirst(5)).reduce(0) { $0 + $1.0 * $1.1 } / 5995
        #expect(abs(square.squareRoot() - 0.2) < 0.02)
        #expect(abs(lagged / square - exponential(-1)) < 0.08)
    }

    @Test("Actions stay within the limits and use them", arguments: WorldPolicy.Kind.allCases)
    func limits(kind: WorldPolicy.Kind) throws {
        var world = CartPole()
        var actor = try WorldActor(WorldPolicy(kind), in: world, using: SeededGenerator(seed: 4))
        let values = (0..<400).map { _ in
            let action = actor.next(in: world)
            world.step(action)
            return action[0]
        }
        #expect(values.allSatisfy { (-10...10).contains($0) })
        #expect((values.max() ?? 0) > 4 && (values.min() ?? 0) < -4)
    }

    @Test("A guided policy in a world without a controller is refused")
    func refusal() {
        struct Plain: World {
            var inner = TwoRooms()
            let name = "plain"
            var samplingTime: Double { inner.samplingTime }
            var actionChannels: [Channel] { inner.actionChannels }
            var stateNames: [String] { inner.stateNames }
            var state: [Double] { inner.state }
            var proprioceptionNames: [String] { [] }
            var proprioception: [Double] { [] }
            var factors: [WorldFactor] { [] }
            var factorValues: [Double] { [] }
            func varied(_ values: [String: Double]) throws -> Plain { self }
            mutating func reset(using generator: inout SeededGenerator) { inner.reset(using: &generator) }
            mutating func restore(_ state: [Double]) { inner.restore(state) }
            mutating func step(_ action: [Double]) { inner.step(action) }
            func render(into frame: inout Frame) { inner.render(into: &frame) }
        }
        #expect(
            throws: ForesightError.usage(
                "the world plain has no controller that a guided policy could follow",
                remedy: "choose uniform, held, drifting")
        ) { try WorldActor(WorldPolicy(.guided), in: Plain(), using: SeededGenerator(seed: 1)) }
    }

    @Test("Randomly varied worlds differ, keep what is not named, and go together")
    func variation() throws {
        var generator = SeededGenerator(seed: 12)
        let names = ["door_1_position", "door_1_size", "agent_radius", "wall_red"]
        let worlds = try (0..<8).map { _ in try TwoRooms().varied(randomly: names, using: &generator) }
        #expect(Set(worlds.map(\.factorValues)).count == 8)
        for world in worlds {
            for (factor, value) in zip(world.factors, world.factorValues) where !names.contains(factor.name) {
                #expect(value == factor.standard)
            }
        }
        #expect(throws: ForesightError.self) { try TwoRooms().varied(randomly: ["door"], using: &generator) }
    }
}
