import Agents
import Basics
import Episodes
import Objectives
import Planning
import Plants
import WorldModels

/// Runs the rows of the scoreboard on a task of a plant. Holds tensors, so it stays in the thread that made it.
struct ControlStage {
    let plan: ControlProtocol
    let task: ControlTask
    private let safeAction: [Double]
    /// What an episode costs in which the plant was lost.
    private static let lostCost = 1e12
    /// The least number of iterations that a plan of a dual ascent has.
    private static let rounds = 3

    /// What an episode came to.
    typealias Observer = (ControlRecord, EpisodeResult) throws -> Void

    init(_ plan: ControlProtocol, _ task: ControlTask) {
        (self.plan, self.task) = (plan, task)
        safeAction = task.safeAction()
    }

    /// Runs episodes of a row that plans with the learned model.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - model: The model.
    ///   - choice: How soft guardrails weigh, and the unit of that weight, where the row has them.
    ///   - seeds: The episodes.
    ///   - observe: Told each episode.
    /// - Throws: `ForesightError` when model and plant do not fit; what planning and `observe` throw.
    func run(
        _ row: ControlRow, model: TrainedModel, choice: (ControlTuning.Choice, unit: Double)? = nil, seeds: [UInt64],
        observe: @escaping Observer
    ) throws {
        let dynamics = try LearnedDynamics(model)
        let description = model.description
        let goal = goal(description)
        let isSoft = ![.foresight, .rounded, .beam].contains(row)
        var request = PlanRequest(goal: goal, guardrails: isSoft ? [] : task.guardrails)
        request.safeAction = Dictionary(
            uniqueKeysWithValues: zip(task.plant.actionChannels.map(\.name), safeAction))
        request.adopt(task.plant, knowing: description.actions)
        if row == .rounded {
            for channel in task.plant.actionChannels where channel.values != nil { request.values[channel.name] = [] }
            for channel in task.plant.actionChannels where channel.dwell != nil { request.dwell[channel.name] = 0 }
        }
        let horizon = min(plan.horizon ?? description.horizon, description.horizon)
        // Costs may speak of novelty, which is predicted only where there is a limit: one that nothing reaches.
        let limit: Double? = row == .unguarded ? nil : isSoft ? 1e9 : 1
        let options = try PlannerOptions(
            horizon: horizon, blocks: plan.blocks.isEmpty ? [] : plan.blocks, noveltyLimit: limit, backup: plan.backup,
            commitment: max(1, (plan.replanEvery + description.stride - 1) / description.stride))
        var iterations = plan.iterations
        var revise: PlannerAgent<LearnedDynamics>.Revision?
        if let choice {
            let soft = SoftGuardrails(task, scales: description.widths)
            let weight = choice.0.weight * choice.unit
            switch choice.0.shape {
            case .squared: request.goal = penalised(goal, soft.sides.map { "\(weight) * \($0.squared)" })
            case .plain: request.goal = penalised(goal, soft.sides.map { "\(weight) * \($0.plain)" })
            case .multipliers:
                let ascent = DualAscent(soft, goal: goal, rate: weight, rounds: Self.rounds)
                iterations = max(1, plan.iterations / Self.rounds)
                revise = { try ascent.revise(&$0, $1, $2, $3) }
            }
        }
        var planning = try request.task(for: dynamics, horizon: horizon)
        planning.compileOptions.scales = dynamics.scales
        let searcher: any Solver =
            row == .beam ? try BeamSearch(iterations: max(1, iterations / 2)) : try solver(iterations: iterations)
        let planner = Planner(dynamics, task: planning, options: options, solver: searcher)
        let agent = try PlantAgent(
            planner, on: task.plant, replanEvery: min(plan.replanEvery, horizon * description.stride),
            feedback: plan.recalibration.map { FeedbackOptions(recalibration: $0) }, holder: task.holder, revise: revise
        )
        try run(row, agent: agent, seeds: seeds, observe: observe)
    }

    /// Runs episodes of the same planner with the true equations and the true state.
    ///
    /// - Throws: As `run(_:model:choice:seeds:observe:)`.
    func runExact(_ model: ModelDescription, seeds: [UInt64], observe: @escaping Observer) throws {
        let horizon = min(plan.horizon ?? model.horizon, model.horizon)
        let steps = max(1, Int((Double(horizon) * model.stepTime / task.plant.samplingTime).rounded()))
        let blocks = plan.blocks.isEmpty && model.stride > 1 ? [model.stride] : plan.blocks
        let options = try PlannerOptions(
            horizon: steps, blocks: blocks, noveltyLimit: nil, backup: plan.backup,
            commitment: plan.replanEvery)
        var compile = CompileOptions()
        let (plant, widths) = (task.plant, model.widths)
        compile.scales = ChannelScales(
            outputs: plant.outputChannels.map { Float(widths[$0.name] ?? 1) },
            actions: plant.actionChannels.map { Float(widths[$0.name] ?? 1) })
        let planning = PlanningTask(
            goal: try Goal.parse(goal(model)), guardrails: try task.guardrails.map { try Guardrail.parse($0) },
            fallback: .action(safeAction), compileOptions: compile)
        let loop = try loop(seeds)
        _ = try loop.runExact(
            planning, options: options, solver: try solver(iterations: plan.iterations), replanEvery: plan.replanEvery
        ) { record, result, _ in try observe(record, result) }
    }

    /// Runs episodes of tuned loops, or of what is customary on the plant.
    ///
    /// - Throws: What `observe` throws.
    func runBaseline(seeds: [UInt64], observe: @escaping Observer) throws {
        func open(_ controller: some Controller) throws {
            let agent = ControllerAgent(controller, samplingTime: task.plant.samplingTime)
            try run(.baseline, agent: agent, seeds: seeds, observe: observe)
        }
        // Tuned on the plant, as on site, by episodes that no figure is reported for.
        try open(task.baseline(seeds: (0..<5).map { ControlProtocol.firstTuning + $0 }).controller)
    }

    /// Runs episodes of any agent.
    ///
    /// - Throws: What the agent and `observe` throw.
    func run(_ row: ControlRow, agent: some LoopAgent, seeds: [UInt64], observe: @escaping Observer) throws {
        _ = try loop(seeds).run(row.label, agent: agent) { record, result, _ in try observe(record, result) }
    }

    /// Runs episodes, and ends where another job has failed.
    private func loop(_ seeds: [UInt64]) throws -> ClosedLoop {
        var loop = try ClosedLoop(task, seeds: seeds)
        loop.hear = { _, _ in try Workers.check() }
        return loop
    }

    /// Chooses how soft guardrails weigh, on episodes that no figure is reported for.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - progress: Told trials done and how many there are; may throw to end it.
    /// - Returns: What was tried.
    /// - Throws: As `run(_:model:choice:seeds:observe:)`; what `progress` throws.
    func tune(_ model: TrainedModel, progress: (Int, Int) throws -> Void) throws -> ControlTuning {
        let choices = ControlTuning.penalties + ControlTuning.rates
        func trial(_ choice: ControlTuning.Choice?, unit: Double) throws -> ControlTuning.Trial {
            var results: [EpisodeResult] = []
            let row: ControlRow =
                choice == nil ? .unguarded : choice?.shape == .multipliers ? .lagrangian : .penalties
            try run(row, model: model, choice: choice.map { ($0, unit) }, seeds: plan.tuningSeeds) {
                results.append($1)
            }
            return ControlTuning.Trial(
                choice: choice, violations: results.reduce(0) { $0 + $1.score.violations },
                depth: results.map(\.score.violationDepth).max() ?? 0,
                // Where the plant was lost there is no cost to compare.
                cost: results.allSatisfy(\.score.cost.isFinite)
                    ? results.reduce(0) { $0 + $1.score.cost } / Double(max(1, results.count)) : Self.lostCost)
        }
        try progress(0, choices.count + 1)
        let free = try trial(nil, unit: 1)
        let unit = free.cost < Self.lostCost ? max(free.cost / Double(task.steps), 1e-6) : 1
        var tuning = ControlTuning(unit: unit, trials: [free])
        for choice in choices {
            try progress(tuning.trials.count, choices.count + 1)
            tuning.trials.append(try trial(choice, unit: tuning.unit))
        }
        return tuning
    }

    /// The goal that planners are given: the cost, and the bands where the protocol asks for them.
    private func goal(_ model: ModelDescription) -> String {
        let widths = model.widths
        func scales(_ channels: [Channel]) -> [Double] { channels.map { widths[$0.name] ?? 1 } }
        let outputs = scales(task.plant.outputChannels)
        let cost = task.goal(outputScales: outputs, actionScales: scales(task.plant.actionChannels))
        let bands = plan.asksForBands ? task.bandGoal(share: plan.bandShare, outputScales: outputs) : ""
        return [cost, bands].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    private func penalised(_ goal: String, _ terms: [String]) -> String {
        ([goal] + terms).joined(separator: "; ")
    }

    private func solver(iterations: Int) throws -> ImprovedCrossEntropy {
        try ImprovedCrossEntropy(population: plan.population, elites: plan.elites, iterations: iterations)
    }
}
