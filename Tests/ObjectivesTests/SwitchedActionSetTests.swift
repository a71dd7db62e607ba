import Basics
import Episodes
import Objectives
import Testing

@Suite("Actions that take only some values")
struct SwitchedActionSetTests {
    /// Three actions: one of values with a dwell, one that takes any value but keeps it, one of values at once.
    static func set(held: [Double]) -> ActionSet {
        var set = ActionSet(
            lower: [0, -1, -2], upper: [3, 1, 2], values: [[0, 1, 3], [], [-2, -0.5, 2]], dwell: [25, 20, 0],
            samplingTime: 10)
        set.held = held
        return set
    }

    @Test(
        "Projection gives values of the list that are kept for their time, and again changes nothing",
        arguments: [[Double.infinity, .infinity, .infinity], [5, 10, 0], [14.9, 0, 3]])
    func projection(held: [Double]) {
        var generator = SeededGenerator(seed: 47)
        let set = Self.set(held: held)
        let (horizon, candidates) = (9, 40)
        let previous: [Float] = [1, 0.25, -2]
        var actions = (0..<horizon * candidates * 3).map { _ in Float(generator.normal() * 2) }
        let wild = actions
        set.project(&actions, horizon: horizon, previous: previous)
        #expect(set.contains(actions, horizon: horizon, previous: previous))
        #expect(!set.contains(wild, horizon: horizon, previous: previous))
        var moves = 0
        for candidate in 0..<candidates {
            for (channel, dwell) in [25.0, 20, 0].enumerated() {
                // Seconds since the last change, counted here from nothing but the sequence.
                var age = held[channel]
                var value = previous[channel]
                for step in 0..<horizon {
                    let next = actions[(candidate * horizon + step) * 3 + channel]
                    if channel != 1 { #expect(set.values[channel].contains(next)) }
                    if next != value {
                        #expect(age >= dwell)
                        (age, moves) = (0, moves + 1)
                    }
                    value = next
                    age += 10
                }
            }
        }
        #expect(moves > 100)
        var again = actions
        set.project(&again, horizon: horizon, previous: previous)
        #expect(again == actions)
    }

    @Test("A free switch goes to the nearest value, and of two that are as near to the lesser")
    func nearest() {
        let set = ActionSet(lower: [0], upper: [100], values: [[0, 50, 100]], samplingTime: 1)
        var actions: [Float] = [24, 26, 25, 75, .nan, 400]
        set.project(&actions, horizon: 6, previous: [50])
        #expect(actions == [0, 50, 0, 50, 50, 100])
    }

    @Test("An action in force that is none of the values is left at once, whatever was held")
    func foreign() {
        var set = ActionSet(lower: [0], upper: [1], values: [[0, 1]], dwell: [60], samplingTime: 10)
        set.held = [0]
        var actions: [Float] = [0.9, 0, 0]
        set.project(&actions, horizon: 3, previous: [0.4])
        #expect(actions == [1, 1, 1])
    }

    @Test("A rate limit lets an action go only to values within reach")
    func rate() {
        let set = ActionSet(lower: [0], upper: [3], rise: [1], values: [[0, 1, 2, 3]], samplingTime: 1)
        var actions: [Float] = [3, 3, 3, 0]
        set.project(&actions, horizon: 4, previous: [0])
        // Of the rate a millionth is held back, so that 1 is not reached from 0 and the action stays.
        #expect(actions == [0, 0, 0, 0])
        let wide = ActionSet(lower: [0], upper: [3], rise: [1.5], values: [[0, 1, 2, 3]], samplingTime: 1)
        actions = [3, 3, 3, 0]
        wide.project(&actions, horizon: 4, previous: [0])
        #expect(actions == [1, 2, 3, 2])
    }

    @Test("A guardrail on the action leaves the values within it, and stays a guardrail where it leaves none")
    func tightened() throws {
        let channel = Channel(name: "pump", role: .action, values: [0, 40, 100])
        let context = TrajectoryContext(
            outputs: [], actions: [channel], samplingTime: 10, horizon: 3, initialOutputs: [], previousActions: [0])
        let set = ActionSet(channels: context.actions, samplingTime: 10)
        #expect(set.lower == [0] && set.upper == [100])
        func left(_ guardrail: String) throws -> [Float] {
            let compiled = try Guardrail.parse(guardrail).compile(context: context)
            return set.tightened(by: [compiled]).values[0]
        }
        #expect(try left("always(pump <= 60)") == [0, 40])
        #expect(try left("always(10 <= pump <= 30)") == [0, 40, 100])
    }

    @Test("A value that lies exactly on a limit is left and keeps it, also where the limit is in another unit")
    func onTheLimit() throws {
        let channel = Channel(name: "flow", unit: "l/min", role: .action, upperLimit: 6, values: [0, 6])
        let context = TrajectoryContext(
            outputs: [], actions: [channel], samplingTime: 10, horizon: 3, initialOutputs: [], previousActions: [0])
        let set = ActionSet(channels: context.actions, samplingTime: 10)
        var batch = TrajectoryBatch(candidates: 1, horizon: 3, actionCount: 1, outputCount: 0)
        batch.actions = [6, 6, 6]
        for (source, left) in [
            ("always(flow <= 0.1 l/s)", [0, 6]), ("flow >= 0.1 l/s", [6]), ("always[0, 20](flow <= 0.1 l/s)", [0, 6]),
            ("0.1 l/s <= flow <= 0.1 l/s", [6]),
        ] as [(String, [Float])] {
            let guardrail = try Guardrail.parse(source).compile(context: context)
            #expect(set.tightened(by: [guardrail]).values[0] == left, "\(source)")
            #expect(guardrail.margins(of: batch)[0] == 0, "\(source)")
        }
        // One rounding further is beyond it.
        batch.actions[1] = Float(6).nextUp
        let guardrail = try Guardrail.parse("always(flow <= 0.1 l/s)").compile(context: context)
        #expect(guardrail.margins(of: batch)[0] < 0)
    }
}
