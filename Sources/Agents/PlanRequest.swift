import Basics
public import Episodes
public import Objectives
public import Planning
public import WorldModels

/// What an engineer asks a model to plan: goal and guardrails in words, and how to search.
///
/// ```swift
/// var request = PlanRequest(goal: "T1 = 45; T2 = 35", guardrails: ["always(T1 <= 55)"])
/// request.safeAction = ["Q1": 0, "Q2": 0]
/// var planner = try request.planner(for: model)
/// let plan = try planner.plan(from: estimator.state(), start: estimator.start())
/// ```
public struct PlanRequest: Sendable {
    /// The goal, in the language of `ObjectiveGrammar.goals`.
    public var goal: String
    /// The guardrails, in the language of `ObjectiveGrammar.guardrails`.
    public var guardrails: [String]
    /// The name of the solver.
    public var solver = ImprovedCrossEntropy.name
    /// How far to look ahead; `nil` as far as the model was trained for.
    public var horizon: PlanHorizon?
    /// Seconds after which the best plan so far is returned; `nil` searches to the end.
    public var deadline: Double?
    /// Whether a plan under a deadline goes before other programs.
    public var priority = DeadlinePriority.automatic
    /// An action that is safe to hold when no plan keeps the guardrails, by channel; empty when none was declared.
    public var safeAction: [String: Double] = [:]
    /// Whether the plan may leave what the training data cover.
    public var explores = false
    /// Lengths in steps for which actions are held, the last one repeated; empty decides every step anew.
    public var blocks: [Int] = []
    /// What the safe action has to keep after the first steps of a plan.
    public var backup = BackupCheck.limits
    /// Steps of the model that are taken of a plan before the next one is made.
    public var commitment = 1
    /// Where the search's randomness comes from.
    public var seed: UInt64 = 0
    /// Values that actions may take, by channel, in place of what the model says; an empty list for any within the limits.
    public var values: [String: [Double]] = [:]
    /// The shortest time that actions keep a value, by channel, s, in place of what the model says.
    public var dwell: [String: Double] = [:]
    /// What rolls a model out.
    public var engine = RolloutEngine.automatic
    /// Threads of compiled rollouts of pictures at most; as many as libtorch has by default.
    public var threads: Int?

    /// Creates a request.
    public init(goal: String, guardrails: [String] = []) {
        self.goal = goal
        self.guardrails = guardrails
    }

    /// A planner that answers the request with a model.
    ///
    /// - Throws: `ForesightError.usage` for words that cannot be read, an unknown solver or channel, a horizon beyond the
    ///   trained one, or a safe action outside the limits.
    public func planner(for model: TrainedModel) throws -> Planner<LearnedDynamics> {
        let dynamics = try LearnedDynamics(model, engine: engine)
        let options = try options(for: model.description)
        return Planner(
            dynamics, task: try task(for: dynamics, horizon: options.horizon), options: options,
            solver: try searcher())
    }

    /// How far and how long to search with a model.
    ///
    /// - Throws: `ForesightError.usage` for a horizon or a deadline outside its limits.
    public func options(for description: ModelDescription) throws -> PlannerOptions {
        let steps = try (horizon ?? .steps(description.horizon)).steps(
            stepTime: description.stepTime, trained: description.horizon)
        return try PlannerOptions(
            horizon: steps, blocks: blocks, deadline: deadline, seed: seed,
            noveltyLimit: explores ? nil : 1, backup: backup, commitment: commitment, priority: priority)
    }

    /// The solver.
    ///
    /// - Throws: `ForesightError.usage` when there is none of that name.
    public func searcher() throws -> any Solver {
        if let found = SolverCatalogue.solver(named: solver) { return found }
        throw ForesightError.usage(
            "unknown solver '\(solver)'",
            remedy: nearestNameRemedy(to: solver, among: SolverCatalogue.names, isQuoted: true))
    }

    /// The task in the terms of planning: objectives, bands, fallback and what the model knows about its channels.
    ///
    /// - Throws: `ForesightError.usage` for words that cannot be read and for a safe action that does not fit.
    public func task(for dynamics: LearnedDynamics, horizon: Int) throws -> PlanningTask {
        let model = dynamics.model
        var options = CompileOptions(scales: dynamics.scales)
        options.disturbances = model.description.disturbances.map(\.name)
        for (channel, range) in zip(
            model.description.outputs + model.description.inputs, model.description.recordedRanges)
        {
            options.recordedRanges[channel.name] = range
        }
        return PlanningTask(
            goal: try Goal.parse(goal), guardrails: try guardrails.map { try Guardrail.parse($0) },
            actions: try actionSet(for: dynamics.actionChannels, samplingTime: dynamics.samplingTime),
            bands: Bands(
                coverage: model.calibration.guardCoverage,
                halfWidth: model.calibration.halfWidths(horizon: horizon, for: .guardrail),
                errors: model.calibration.errorQuantiles(horizon: horizon)),
            fallback: try fallback(switched(dynamics.actionChannels)), compileOptions: options)
    }

    /// What is done when no plan keeps the guardrails, over some actions.
    ///
    /// - Throws: `ForesightError.usage` for an action that is not among them, or without a value.
    public func fallback(_ channels: [Channel]) throws -> Fallback {
        guard !safeAction.isEmpty else { return .none }
        let names = channels.map(\.name)
        for name in safeAction.keys.sorted() where !names.contains(name) {
            throw ForesightError.usage(
                "the safe action names '\(name)', which is no action of the model",
                remedy: nearestNameRemedy(to: name, among: names, isQuoted: true, lead: "its actions are"))
        }
        return .action(
            try channels.map { channel in
                guard let value = safeAction[channel.name] else {
                    throw ForesightError.usage(
                        "the safe action says nothing of '\(channel.name)'", remedy: "give every action a value")
                }
                let (lower, upper) = (channel.lowerLimit ?? -.infinity, channel.upperLimit ?? .infinity)
                guard value >= lower, value <= upper else {
                    throw ForesightError.usage(
                        "the safe action \(channel.name) = \(value) is outside its limits \(lower) to \(upper)",
                        remedy: "choose a value between them")
                }
                if let values = channel.values, !values.contains(value) {
                    throw ForesightError.usage(
                        "the safe action \(channel.name) = \(value) is none of its values \(SwitchValues.words(values))",
                        remedy: "choose one of them")
                }
                return value
            })
    }
}

extension LearnedDynamics {
    /// What makes channels comparable in costs and violations: `ModelDescription.widths`, in the order of the channels.
    public var scales: ChannelScales {
        let widths = model.description.widths
        func ordered(_ channels: [Channel]) -> [Float] { channels.map { Float(widths[$0.name] ?? 1) } }
        return ChannelScales(outputs: ordered(outputChannels), actions: ordered(actionChannels))
    }
}

extension Calibration {
    /// How errors of the first steps are distributed, in half-widths of the bands of guardrails; `nil` where the model does not say.
    func errorQuantiles(horizon: Int) -> ErrorQuantiles? {
        guard let errors else { return nil }
        let count = errors.levels.count
        let values = (0..<horizon).flatMap { step in
            outputs.indices.flatMap { output -> [Float] in
                let index = min(step, steps - 1) * outputs.count + output
                // A band of no width stays one.
                let unit = guardQuantile[index] > 0 ? guardQuantile[index] : .infinity
                return errors.quantiles[index * count..<(index + 1) * count].map { Float($0 / unit) }
            }
        }
        return ErrorQuantiles(levels: errors.levels, values: values)
    }
}

extension ModelDescription {
    /// The width of each channel by name, in its unit: of its limits, of what was recorded where there are none, and 1 for
    /// a channel that never moved.
    public var widths: [String: Double] {
        let pairs = zip(outputs + inputs, recordedRanges).map { channel, recorded in
            if let lower = channel.lowerLimit, let upper = channel.upperLimit, upper > lower {
                return (channel.name, upper - lower)
            }
            let width = recorded.upperBound - recorded.lowerBound
            return (channel.name, width > 0 && width.isFinite ? width : 1)
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
