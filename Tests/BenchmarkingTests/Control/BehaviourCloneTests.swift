import Basics
import Episodes
import Planning
import Plants
import Testing

@testable import Benchmarking

@Suite("Behaviour cloning", .enabled(if: torchIsSetUp))
struct BehaviourCloneTests {
    /// A log of a law u = −1.5 y₁ − 0.5 y₂, shaken, with an action that is not known from the row before.
    private static func log() -> Episode {
        var generator = SeededGenerator(seed: 3)
        let plant = LinearPlant.twoLags(limit: 10)
        var state = [1.0, -0.5]
        var values: [Double] = []
        for _ in 0..<1500 {
            let action = -1.5 * state[0] - 0.5 * state[1]
            values += state + [action]
            state = plant.step(state, action: [action], disturbance: [])
            for index in state.indices { state[index] += 0.3 * generator.normal() }
        }
        return Episode(
            name: "law", channels: plant.outputChannels + plant.actionChannels, samplingTime: plant.samplingTime,
            values: values)
    }

    @Test(
        "A linear law is cloned, better than by the mean and by the action before, on rows that it did not learn from")
    func law() throws {
        let clone = try BehaviourClone([Self.log()], window: 3, steps: 400, seed: 1)
        let validation = clone.validation
        #expect(validation.error < 0.15, "\(validation)")
        #expect(validation.ofMean > 0.9 && validation.ofHolding > 0.3)
        // In a loop it answers as the law does, also at the start, where there is no history yet.
        let situations = Self.situations()
        for step in [0, 1, 5] {
            let seen = situations[step].observation
            let action = clone.action(in: situations[step], nominal: [])
            #expect(abs(action[0] - (-1.5 * seen[0] - 0.5 * seen[1])) < 0.3, "step \(step): \(action)")
        }
    }

    /// What a loop that follows the law, shaken, sees in its steps.
    private static func situations() -> [ControlSituation] {
        let plant = LinearPlant.twoLags(limit: 10)
        let task = ControlTask(
            name: plant.name, plant: plant, steps: 8,
            targets: [.init(output: 1, schedule: [.init(from: 0, 0)], scale: 1, band: 1, settlingTime: 1)],
            moveWeight: 0, limits: [])
        var generator = SeededGenerator(seed: 4)
        var situations: [ControlSituation] = []
        _ = task.run(seed: 1) { situation in
            situations.append(situation)
            return [-1.5 * situation.observation[0] - 0.5 * situation.observation[1] + 0.3 * generator.normal()]
        }
        return situations
    }

    @Test("What a loop has seen is read as the rows of the log were")
    func history() throws {
        let clone = try BehaviourClone([Self.log()], window: 3, steps: 100, seed: 1)
        let situations = Self.situations()
        let rows = (3...5).map { step in
            BehaviourClone.Sample(
                outputs: situations[step].observation, disturbances: [], before: situations[step].previousAction)
        }
        #expect(clone.action(in: situations[5], nominal: []) == clone.action(after: rows))
        #expect(clone.action(in: situations[6], nominal: []) != clone.action(after: rows))
    }

    @Test("A log that is too short says how long it must be")
    func short() {
        let log = Self.log().slice(0..<100)
        #expect {
            _ = try BehaviourClone([log], window: 3, seed: 1)
        } throws: { "\($0)".contains("100 rows is too short") }
    }

    @Test("No window reaches from one recording into another")
    func recordings() throws {
        let log = Self.log()
        let halves = [log.slice(0..<700), log.slice(700..<1500)]
        #expect(try BehaviourClone(halves, window: 3, steps: 400, seed: 1).validation.error < 0.15)
        // A row needs three before it, and recordings of three rows have none such.
        #expect {
            _ = try BehaviourClone((0..<500).map { log.slice(3 * $0..<3 * $0 + 3) }, window: 3, seed: 1)
        } throws: { "\($0)".contains("500 recordings of 1500 rows are too short") }
    }
}
