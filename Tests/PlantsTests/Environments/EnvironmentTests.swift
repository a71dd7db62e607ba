import Basics
import Episodes
import Plants
import Testing

/// A number that actions move; what it does wrong is chosen.
private struct Counter: Environment {
    enum Fault: CaseIterable {
        case none, unseeded, forgetful, unlimited, endless, missing, long, blind, drawn, smeared
    }
    var fault = Fault.none
    var limit = 10
    private var value = 0.0
    private var steps = 0
    private var resets = 0

    init(_ fault: Fault = .none, limit: Int = 10) { (self.fault, self.limit) = (fault, limit) }

    var name: String { "counter" }
    var samplingTime: Double { 0.1 }
    var actionChannels: [Channel] {
        [
            Channel(name: "whole", role: .action, lowerLimit: -1, upperLimit: 2),
            Channel(name: "free", role: .action, lowerLimit: -1, upperLimit: fault == .endless ? nil : 1),
        ]
    }
    var wholeActions: [Bool] { [true, false] }
    var columns: [EnvironmentColumn] { [EnvironmentColumn("state", shape: [2], elements: ["value", "steps"])] }

    func values(of column: Int) -> [Double] {
        (fault == .missing && steps > 4 ? [.nan] : [value]) + (fault == .long ? [0, 0] : [Double(steps)])
    }
    mutating func reset(seed: UInt64) {
        var generator = SeededGenerator(seed: fault == .unseeded ? 0 : seed)
        resets += 1
        value = generator.uniform() + (fault == .forgetful ? Double(resets) : 0)
        steps = 0
    }
    mutating func step(_ action: [Double]) throws -> EnvironmentStep {
        let action = fault == .unlimited ? action : nearest(to: action)
        value += 0.1 * action[0] + 0.05 * action[1]
        steps += 1
        return EnvironmentStep(reward: value, isTruncated: steps == limit)
    }
    mutating func render(into frame: inout Frame) {
        if fault == .drawn { value += 1e-12 }
        for index in frame.pixels.indices where fault != .smeared || index % 3 > 0 {
            frame.pixels[index] = fault == .blind ? 3 : UInt8(truncatingIfNeeded: Int(value * 1000) &+ index * steps)
        }
        frame.pixels[0] = fault == .blind ? 3 : UInt8(truncatingIfNeeded: Int(value * 1000) &+ 1)
    }
}

@Suite("Worlds and environments of others have one interface")
struct EnvironmentTests {
    @Test("Every world is a sound environment", arguments: ["two-rooms", "cart-pole", "push-t", "reacher"])
    func worlds(_ name: String) throws {
        #expect(try checkEnvironment(WorldEnvironment(WorldCatalog.world(name)), steps: 12) == [])
    }

    @Test("An environment of a world does what the world does") func adapter() throws {
        var world = try WorldCatalog.world("two-rooms")
        var environment = WorldEnvironment(world)
        var generator = SeededGenerator(seed: 9)
        world.reset(using: &generator)
        environment.reset(seed: 9)
        for step in 0..<20 {
            let action = [0.3, step < 10 ? -0.4 : 3]
            world.step(action)
            #expect(environment.step(action) == EnvironmentStep())
            #expect(environment.values(of: 0) == world.state)
            #expect(environment.values(of: 1) == world.proprioception)
        }
        #expect(environment.columns.map(\.elements) == [world.stateNames, world.proprioceptionNames])
        let seen = try environment.picture()
        #expect(seen == world.picture())
    }

    @Test("Checks find each fault", arguments: Counter.Fault.allCases)
    private func faults(_ fault: Counter.Fault) throws {
        let faults = try checkEnvironment(Counter(fault))
        let expected =
            switch fault {
            case .none: [String]()
            case .unseeded: ["every seed begins in the same state"]
            case .forgetful:
                [
                    "the same seed and actions lead to different numbers",
                    "the same seed and actions lead to different pictures",
                ]
            case .unlimited: ["actions are not limited: beyond their limits more happens"]
            case .endless: ["the action free has no limits"]
            case .missing: ["a number of state is not finite"]
            case .long: ["the column state has 3 numbers and 2 names"]
            case .blind: ["nothing that happens can be seen", "a picture is all of one colour"]
            case .drawn: ["drawing pictures changes what happens"]
            case .smeared:
                [
                    "the whole picture of 64 × 64 pixels is not drawn",
                    "the whole picture of 33 × 20 pixels is not drawn",
                ]
            }
        #expect(faults == expected)
    }

    @Test("Whole actions are drawn whole, each as often as the others", arguments: [WorldPolicy.Kind.uniform, .held])
    func whole(_ kind: WorldPolicy.Kind) throws {
        var actor = try WorldActor(
            WorldPolicy(kind, hold: 1...1), in: Counter(), using: SeededGenerator(seed: 1))
        var counts: [Double: Int] = [:]
        for _ in 0..<4000 { counts[actor.next(in: Counter())[0], default: 0] += 1 }
        #expect(counts.keys.sorted() == [-1, 0, 1, 2])
        // Four standard deviations of a count of 1000.
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 4 * 28 })
        var drifting = try WorldActor(WorldPolicy(.drifting), in: Counter(), using: SeededGenerator(seed: 1))
        #expect((0..<200).allSatisfy { _ in [-1, 0, 1, 2].contains(drifting.next(in: Counter())[0]) })
    }

    @Test("The nearest action is within the limits and whole where it has to be") func nearest() {
        #expect(Counter().nearest(to: [1.4, -7]) == [1, -1])
        #expect(Counter().nearest(to: [9, 0.3]) == [2, 0.3])
    }

    @Test("Recordings stop where the environment ends an episode") func recording() throws {
        var counter = Counter(limit: 6)
        let rollout = EnvironmentRollout(policy: WorldPolicy(.uniform), rows: 9, width: 4, height: 4)
        let episode = try rollout.episode(3, seed: 2, in: &counter)
        #expect(episode.rows == 6 && episode.end.isTruncated)
        #expect(episode.frames.count == 6 * 48 && episode.columns[0].count == 12 && episode.actions.count == 12)
        // Row t holds what was seen before its action: the next value follows from both.
        for row in 0..<5 {
            let (value, next) = (episode.columns[0][2 * row], episode.columns[0][2 * row + 2])
            let moved = value + 0.1 * episode.actions[2 * row] + 0.05 * episode.actions[2 * row + 1]
            #expect(abs(next - moved) < 1e-6)
            #expect(abs(episode.rewards[row] - next) < 1e-6)
        }
        counter.limit = 100
        #expect(try rollout.episode(3, seed: 2, in: &counter).rows == 9)
    }

    @Test("A guided policy needs a world that can be steered") func guided() throws {
        #expect(throws: ForesightError.self) {
            try WorldActor(WorldPolicy(.guided), in: Counter(), using: SeededGenerator(seed: 0))
        }
        let rooms = try WorldCatalog.world("two-rooms")
        var one = try WorldActor(WorldPolicy(.guided), in: rooms, using: SeededGenerator(seed: 4))
        var other = try WorldActor(
            WorldPolicy(.guided), in: WorldEnvironment(rooms), using: SeededGenerator(seed: 4))
        for _ in 0..<20 { #expect(one.next(in: rooms) == other.next(in: WorldEnvironment(rooms))) }
    }
}
