import Objectives
import Testing

@testable import Plants

@Suite("Tasks in words")
struct TaskGoalTests {
    @Test(
        "The goal of a task costs what the task's score does, step for step",
        arguments: ["heater-lab", "four-tank", "cstr", "boiler-turbine", "gene-switch"])
    func goal(name: String) throws {
        var task = try ControlTask.named(name)
        task.freeSteps = 0
        let plant = task.plant
        let record = task.run(seed: 3, controller: task.ruleTunedPID())
        let context = TrajectoryContext(
            outputs: plant.outputChannels, actions: plant.actionChannels, samplingTime: plant.samplingTime,
            horizon: task.steps, initialOutputs: plant.outputs(of: plant.initialState).map { Float($0) },
            previousActions: record.startAction.map { Float($0) })
        var batch = TrajectoryBatch(
            candidates: 1, horizon: task.steps, actionCount: plant.actionChannels.count,
            outputCount: plant.outputChannels.count)
        batch.actions = record.actions.map { Float($0) }
        batch.outputs = record.outputs.map { Float($0) }
        let objective = try Goal.parse(task.goal()).compile(context: context)
        let perStep = task.score(record).cost / Double(task.steps)
        #expect(abs(Double(objective.cost(of: batch)[0]) - perStep) < 1e-4 * perStep)
        // Other scales than the channels' limits change the weights, not the cost.
        let scales = ChannelScales(
            outputs: plant.outputChannels.map { _ in 3 }, actions: plant.actionChannels.map { _ in 7 })
        let text = task.goal(
            outputScales: plant.outputChannels.map { _ in 3 }, actionScales: plant.actionChannels.map { _ in 7 })
        let other = try Goal.parse(text).compile(context: context, options: CompileOptions(scales: scales))
        #expect(abs(Double(other.cost(of: batch)[0]) - perStep) < 1e-4 * perStep)
    }

    @Test(
        "Goals, bands and guardrails of a task are words that can be read, and bind its own channels",
        arguments: ["building", "turbofan", "production-line"])
    func words(name: String) throws {
        let task = try ControlTask.named(name)
        let plant = task.plant
        let context = TrajectoryContext(
            outputs: plant.outputChannels, actions: plant.actionChannels, samplingTime: plant.samplingTime,
            horizon: task.steps, initialOutputs: plant.outputs(of: plant.initialState).map { Float($0) },
            previousActions: plant.restAction.map { Float($0) })
        _ = try Goal.parse(task.goal()).compile(context: context)
        _ = try Goal.parse(task.bandGoal()).compile(context: context)
        // A trajectory far below everything breaks the lower limits only, one far above the upper ones.
        for (value, sign) in [(Float(-1e6), ">="), (1e6, "<=")] {
            var batch = TrajectoryBatch(
                candidates: 1, horizon: task.steps, actionCount: plant.actionChannels.count,
                outputCount: plant.outputChannels.count)
            batch.outputs = batch.outputs.map { _ in value }
            for text in task.guardrails {
                let rail = try Guardrail.parse(text).compile(context: context)
                #expect((rail.margins(of: batch)[0] < 0) == text.contains(sign), "\(text) at \(value)")
            }
        }
    }

    @Test("The guardrails of a task are crossed exactly when its score says so", arguments: [50.0, 53])
    func guardrails(peak: Double) throws {
        let task = ControlTask.heaterLab()
        let plant = task.plant
        var outputs = [Double](repeating: 40, count: task.steps * 2)
        outputs[20] = peak
        let actions = [Double](repeating: 10, count: task.steps * 2)
        let score = task.score(outputs: outputs, actions: actions, startAction: [10, 10])
        let context = TrajectoryContext(
            outputs: plant.outputChannels, actions: plant.actionChannels, samplingTime: plant.samplingTime,
            horizon: task.steps, initialOutputs: [40, 40], previousActions: [10, 10])
        var batch = TrajectoryBatch(candidates: 1, horizon: task.steps, actionCount: 2, outputCount: 2)
        batch.actions = actions.map { Float($0) }
        batch.outputs = outputs.map { Float($0) }
        #expect(task.guardrails == ["always(T1 <= 52)"])
        let rail = try Guardrail.parse(task.guardrails[0]).compile(context: context)
        #expect(rail.margins(of: batch)[0] == Float(52 - peak))
        #expect(score.violations == (peak > 52 ? 1 : 0))
    }

    @Test(
        "A line may be beyond its limits for the share of the time that its guardrail says, and no longer",
        arguments: [12, 13])
    func share(beyond: Int) throws {
        let task = ControlTask.productionLine()
        let (plant, count) = (task.plant, task.plant.outputChannels.count)
        #expect(task.steps == 240 && task.allowedViolations == 12)
        let words = "share(buffer1 >= 1 and buffer1 <= 39 and buffer2 >= 1 and buffer2 <= 39) >= 95 %"
        #expect(task.guardrails == [words])
        var outputs = (0..<task.steps).flatMap { _ in [20, 20, 10] + [Double](repeating: 0, count: count - 3) }
        for step in 0..<beyond { outputs[(7 * step + 40) * count + step % 2] = step % 3 == 0 ? 0 : 40 }
        let actions = (0..<task.steps).flatMap { _ in plant.restAction }
        let score = task.score(outputs: outputs, actions: actions, startAction: plant.restAction)
        #expect(score.violations == beyond && score.held == 1 && score.success == (beyond <= 12))
        let context = TrajectoryContext(
            outputs: plant.outputChannels, actions: plant.actionChannels, samplingTime: plant.samplingTime,
            horizon: task.steps, initialOutputs: [Float](repeating: 20, count: count),
            previousActions: plant.restAction.map { Float($0) })
        var batch = TrajectoryBatch(
            candidates: 1, horizon: task.steps, actionCount: plant.actionChannels.count, outputCount: count)
        batch.outputs = outputs.map { Float($0) }
        let margin = try Guardrail.parse(words).compile(context: context).margins(of: batch)[0]
        #expect(abs(margin - Float(5 - 100 * Double(beyond) / 240)) < 1e-3)
    }
}
