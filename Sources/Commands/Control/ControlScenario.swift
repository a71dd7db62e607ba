import Agents
import Basics
import Episodes
import Objectives
import Planning
import Plants
import WorldModels

/// What is run in closed loop: plant, episodes, and what every controller is asked for and scored by.
struct ControlScenario {
    /// The plant, starts, noise and length of an episode.
    var task: ControlTask
    /// The goal that planners are given.
    var goal: String
    /// The guardrails that planners are given.
    var guardrails: [String]
    /// What makes channels comparable, by name.
    var scales: [String: Double]
    /// Whether the plant's own task is run and scored, and not a goal of the user's.
    var isOwnTask: Bool
    /// What is applied when no plan keeps the guardrails, unless the user declares another action.
    var safeAction: [Double]
    /// What a goal of the user's asks beside the targets of the task: at certain times, of one output once more, or of actions.
    private var due: [DueTarget] = []

    /// The task of the plant's own, with its cost in the words of goals.
    init(task: ControlTask, scales: [String: Double]) {
        self.task = task
        self.scales = scales
        isOwnTask = true
        safeAction = task.safeAction()
        func widths(_ channels: [Channel]) -> [Double] { channels.map { scales[$0.name] ?? 1 } }
        let outputScales = widths(task.plant.outputChannels)
        goal = [
            task.goal(outputScales: outputScales, actionScales: widths(task.plant.actionChannels)),
            task.bandGoal(outputScales: outputScales),
        ].filter { !$0.isEmpty }.joined(separator: "; ")
        guardrails = task.guardrails
    }

    /// A goal of the user's on a plant.
    ///
    /// Targets of simple form are read out of the goal, for the classical controller, which has the first that stands at all times of
    /// each output, and to say what is held: all of them, those of actions included, within 2 % of the channel's scale over the second
    /// half of the episode, or at the times that the goal names.
    init(plant: any Plant, goal: String, guardrails: [String], scales: [String: Double], seconds: Double) {
        let marks = ObjectiveMarks(goal: goal, guardrails: guardrails)
        let own = ControlTask.task(of: plant)
        var targets: [ControlTask.Target] = []
        for (output, channel) in plant.outputChannels.enumerated() {
            let found = marks.partedTargets(of: channel.name, unit: channel.unit)
            let width = scales[channel.name] ?? 1
            for other in found.others {
                due += DueTarget.all(
                    of: other, channel: output, width: width, samplingTime: plant.samplingTime, seconds: seconds)
            }
            guard let standing = found.standing, let first = standing.first else { continue }
            let half = (first.range.upperBound - first.range.lowerBound) / 2
            targets.append(
                ControlTask.Target(
                    output: output,
                    schedule: standing.enumerated().map { index, target in
                        .init(
                            from: index == 0 ? 0 : target.from,
                            (target.range.lowerBound + target.range.upperBound) / 2)
                    }, scale: width, band: max(half, 0.02 * width), settlingTime: seconds / 2))
        }
        // No loop tracks an action, so that all that is asked of one is due by itself.
        for (action, channel) in plant.actionChannels.enumerated() {
            for target in marks.allTargets(of: channel.name, unit: channel.unit) {
                due += DueTarget.all(
                    of: target, channel: action, isAction: true, width: scales[channel.name] ?? 1,
                    samplingTime: plant.samplingTime, seconds: seconds)
            }
        }
        task = ControlTask(
            name: plant.name, plant: plant, steps: max(1, Int((seconds / plant.samplingTime).rounded())),
            targets: targets, moveWeight: 0, limits: [], warmUpSteps: own?.warmUpSteps ?? 0,
            warmUpSpan: own?.warmUpSpan ?? 0...1)
        // A plant that does not stand by itself needs what its own task says of it whatever the goal is.
        if let own {
            task.disturbances = own.disturbances
            task.warmUpActions = own.warmUpActions
            task.announcementLead = own.announcementLead
            task.baselineLoops = own.baselineLoops
            task.customary = own.customary
            task.isHeldByCustomary = own.isHeldByCustomary
        }
        self.goal = goal
        self.guardrails = guardrails
        self.scales = scales
        isOwnTask = false
        safeAction = plant.restAction
    }

    /// The task that loops are tuned on: nobody knows of faults beforehand, and under a goal of the user's the limits that guardrails set
    /// to outputs at all times count. What is scored stays as it is: there guardrails speak for themselves.
    var tuningTask: ControlTask {
        var tuning = task
        tuning.faults = []
        guard !isOwnTask else { return tuning }
        let marks = ObjectiveMarks(goal: goal, guardrails: guardrails)
        tuning.limits = task.plant.outputChannels.enumerated().compactMap { output, channel -> OutputLimit? in
            let limits = marks.limits(of: channel.name, unit: channel.unit, standing: true)
            let lower = limits.filter { !$0.isUpper }.map(\.value).max()
            let upper = limits.filter(\.isUpper).map(\.value).min()
            return lower == nil && upper == nil ? nil : OutputLimit(output: output, lower: lower, upper: upper)
        }
        return tuning
    }

    /// Scores an episode on the true outputs: by the plant's own task, or by the goal and the guardrails.
    ///
    /// - Throws: `ForesightError` when goal or guardrails do not fit the plant.
    func score(_ record: ControlRecord) throws -> ControlScore {
        guard !isOwnTask else { return task.score(record) }
        let (batch, context, options) = judged(record)
        let cost = try Goal.parse(goal).compile(context: context, options: options).cost(of: batch)[0]
        let reports = try reports(record)
        let beyond = Self.isBeyond(reports, steps: task.steps).count { $0 }
        let depths = reports.flatMap { each -> [Double] in
            each.bindsThroughout ? each.report.timeline.compactMap { $0.map { -$0 } } : [-each.report.margin]
        }
        var score = task.score(record)
        score.cost = Double(cost)
        score.violations = beyond
        score.violationDepth = max(0, depths.filter(\.isFinite).max() ?? 0)
        score.violationSeconds = Double(beyond) * task.plant.samplingTime
        score.held = min(score.held, heldWhenDue(record))
        score.success = score.held == 1 && beyond == 0
        return score
    }

    /// The share of what the goal asks beside the targets of the task, step by step, that was so; 1 where it asks nothing of the kind.
    private func heldWhenDue(_ record: ControlRecord) -> Double {
        let plant = task.plant
        let all = due.flatMap { each -> [Bool] in
            // An action is held through the step at whose end it is judged.
            let values = each.isAction ? record.actions : record.outputs
            let width = each.isAction ? plant.actionChannels.count : plant.outputChannels.count
            return each.steps.map { each.range.contains(values[($0 - 1) * width + each.channel]) }
        }
        return all.isEmpty ? 1 : Double(all.count { $0 }) / Double(all.count)
    }

    /// Whether a limit of the plant's own task, or a guardrail, is broken by the true outputs, `[step]`.
    ///
    /// - Throws: `ForesightError` when guardrails do not fit the plant.
    func isBeyond(_ record: ControlRecord) throws -> [Bool] {
        isOwnTask ? task.isBeyondLimit(record) : Self.isBeyond(try reports(record), steps: task.steps)
    }

    /// Each condition that has to hold, and what an episode left of it.
    private typealias Judged = (bindsThroughout: Bool, report: GuardrailReport)

    /// The steps in which a condition was broken. Of one that no single instant breaks, such as `eventually(…)` or a share of the time,
    /// that is the last step that it looks at, when it has come to nothing.
    private static func isBeyond(_ reports: [Judged], steps: Int) -> [Bool] {
        var beyond = [Bool](repeating: false, count: steps)
        for each in reports {
            if each.bindsThroughout {
                for step in 0..<steps where each.report.timeline[step].map({ $0 < 0 }) ?? false { beyond[step] = true }
            } else if !each.report.holds {
                beyond[each.report.timeline.lastIndex { $0 != nil } ?? steps - 1] = true
            }
        }
        return beyond
    }

    private func reports(_ record: ControlRecord) throws -> [Judged] {
        let (batch, context, options) = judged(record)
        return try guardrails.flatMap { try Guardrail.parse($0).conjuncts }.map {
            let compiled = try $0.compile(context: context, options: options)
            return (compiled.bindsThroughout, compiled.report(of: batch))
        }
    }

    /// An episode as goals and guardrails see it.
    private func judged(_ record: ControlRecord) -> (TrajectoryBatch, TrajectoryContext, CompileOptions) {
        let plant = task.plant
        let width = plant.outputChannels.count
        let row = record.log.channels.count * record.warmUpSteps
        let context = TrajectoryContext(
            outputs: plant.outputChannels, actions: plant.actionChannels, samplingTime: plant.samplingTime,
            horizon: task.steps, initialOutputs: record.log.values[row..<row + width].map { Float($0) },
            previousActions: record.startAction.map { Float($0) })
        var batch = TrajectoryBatch(
            candidates: 1, horizon: task.steps, actionCount: plant.actionChannels.count, outputCount: width,
            hasNovelty: true)
        batch.outputs = record.outputs.map { Float($0) }
        batch.actions = record.actions.map { Float($0) }
        return (batch, context, compileOptions(context))
    }

    /// The same planning with true equations: no bands, since nothing is uncertain.
    ///
    /// - Throws: `ForesightError` for words that cannot be read.
    func exactTask() throws -> PlanningTask {
        let plant = task.plant
        var options = CompileOptions()
        options.scales = channelScales(plant.outputChannels, plant.actionChannels)
        options.disturbances = plant.disturbanceChannels.map(\.name)
        return PlanningTask(
            goal: try Goal.parse(goal), guardrails: try guardrails.map { try Guardrail.parse($0) },
            fallback: .action(safeAction), compileOptions: options)
    }

    private func compileOptions(_ context: TrajectoryContext) -> CompileOptions {
        var options = CompileOptions()
        options.scales = channelScales(context.outputs, context.actions)
        options.elapsed = 0
        return options
    }

    private func channelScales(_ outputs: [Channel], _ actions: [Channel]) -> ChannelScales {
        func widths(_ channels: [Channel]) -> [Float] { channels.map { Float(scales[$0.name] ?? 1) } }
        return ChannelScales(outputs: widths(outputs), actions: widths(actions))
    }
}

extension ControlScenario {
    /// What makes channels comparable for a model on a plant: as the model has it, else the width of the plant's limits.
    static func scales(_ plant: any Plant, _ description: ModelDescription) -> [String: Double] {
        var scales: [String: Double] = [:]
        for channel in plant.channels {
            if let lower = channel.lowerLimit, let upper = channel.upperLimit, upper > lower {
                scales[channel.name] = upper - lower
            }
        }
        return scales.merging(description.widths) { _, known in known }
    }
}
