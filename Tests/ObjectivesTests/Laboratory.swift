import Basics
import Episodes
import Objectives

/// Two heaters and two temperatures, as the tests' formulas speak of them.
enum Laboratory {
    static let outputs = [
        Channel(name: "T1", unit: "°C", role: .observation, lowerLimit: 0, upperLimit: 100),
        Channel(name: "T2", unit: "°C", role: .observation, lowerLimit: 0, upperLimit: 50),
        Channel(name: "flow in (l/min)", unit: "l/min", role: .observation),
        Channel(name: "raw", role: .observation),
    ]
    static let actions = [
        Channel(name: "Q1", unit: "%", role: .action, lowerLimit: 0, upperLimit: 100, rateLimit: 2),
        Channel(name: "Q2", unit: "%", role: .action, lowerLimit: 0, upperLimit: 100),
    ]

    static func context(
        horizon: Int = 6, samplingTime: Double = 10, initial: [Float] = [20, 20, 1, 0], previous: [Float] = [0, 0]
    ) -> TrajectoryContext {
        TrajectoryContext(
            outputs: outputs, actions: actions, samplingTime: samplingTime, horizon: horizon, initialOutputs: initial,
            previousActions: previous)
    }

    /// A batch of one candidate with the given columns; the others are 0.
    static func trajectory(_ columns: [String: [Float]], horizon: Int = 6) -> TrajectoryBatch {
        var batch = TrajectoryBatch(
            candidates: 1, horizon: horizon, actionCount: actions.count, outputCount: outputs.count)
        for (name, values) in columns {
            for (step, value) in values.enumerated() {
                if let channel = outputs.firstIndex(where: { $0.name == name }) {
                    batch.outputs[step * outputs.count + channel] = value
                } else if let channel = actions.firstIndex(where: { $0.name == name }) {
                    batch.actions[step * actions.count + channel] = value
                }
            }
        }
        return batch
    }

    /// A batch of random walks.
    static func randomBatch(
        candidates: Int, horizon: Int, using generator: inout SeededGenerator
    ) -> TrajectoryBatch {
        var batch = TrajectoryBatch(
            candidates: candidates, horizon: horizon, actionCount: actions.count, outputCount: outputs.count)
        for index in batch.outputs.indices { batch.outputs[index] = Float(generator.uniform(in: 20...60)) }
        for index in batch.actions.indices { batch.actions[index] = Float(generator.uniform(in: 0...100)) }
        return batch
    }

    /// The margin of the one candidate of a batch.
    static func margin(
        _ source: String, _ columns: [String: [Float]], context: TrajectoryContext = context()
    ) throws -> Float {
        let guardrail = try Guardrail.parse(source).compile(context: context)
        return guardrail.margins(of: trajectory(columns, horizon: context.horizon))[0]
    }

    /// The cost of the one candidate of a batch.
    static func cost(
        _ source: String, _ columns: [String: [Float]], context: TrajectoryContext = context(),
        options: CompileOptions = CompileOptions()
    ) throws -> Float {
        let goal = try Goal.parse(source).compile(context: context, options: options)
        return goal.cost(of: trajectory(columns, horizon: context.horizon))[0]
    }
}
