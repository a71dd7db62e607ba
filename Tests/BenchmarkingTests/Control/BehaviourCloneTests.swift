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
        let clone = try BehaviourClone(Self.log(), window: 3, steps: 400, seed: 1)
        let validation = clone.validation
        #expect(validation.error < 0.15, "\(validation)")
        #expect(validation.ofMean > 0.9 && validation.ofHolding > 0.3)
        // In a loop it answers as the law does, also at the start, where there is no history yet.
        let situation = ControlSituation(
            step: 0, observation: [0.4, -0.2], previousAction: [-0.5], trueState: [], history: [], reference: [])
        let action = clone.action(in: situation, nominal: [])
        #expect(abs(action[0] - (-1.5 * 0.4 + 0.5 * 0.2)) < 0.25, "\(action)")
    }

    @Test("What a loop has seen is read as the rows of the log were")
    func history() throws {
        let log = Self.log()
        let clone = try BehaviourClone(log, window: 3, steps: 100, seed: 1)
        // The first rows of the log as the history of a loop that stands at its sixth.
        var situation = ControlSituation(
            step: 5, observation: [log[5, 0], log[5, 1]], previousAction: [log[4, 2]], trueState: [],
            history: Array(log.values[0..<15]), reference: [])
        let rows = (3...5).map {
            BehaviourClone.Sample(
                outputs: [log[$0, 0], log[$0, 1]], disturbances: [], before: [log[$0 - 1, 2]])
        }
        #expect(clone.action(in: situation, nominal: []) == clone.action(after: rows))
        situation.observation = [0, 0]
        #expect(clone.action(in: situation, nominal: []) != clone.action(after: rows))
    }

    @Test("A log that is too short says how long it must be")
    func short() {
        let log = Self.log().slice(0..<100)
        #expect {
            _ = try BehaviourClone(log, window: 3, seed: 1)
        } throws: { "\($0)".contains("100 rows is too short") }
    }
}
