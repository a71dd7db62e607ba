import Basics
import Episodes
import Objectives

/// What one action sequence is predicted to do, by a plain rollout of nothing else.
struct Assessment {
    let actions: [Float]
    let batch: TrajectoryBatch
    let cost: Double
    let terms: [Certificate.Term]
    let reports: [GuardrailReport]
    /// The greatest novelty, at which step, and that of the first step; `nil` when the dynamics have no such notion.
    let samplingTime: Double
    let novelty: (greatest: Double, step: Int, first: Double)?
    let noveltyLimit: Double?
    /// What the backup does after the first actions; `nil` where none is asked for, or the plan fails without it.
    private(set) var backup: BackupOutlook?

    init<D: Dynamics>(
        _ actions: [Float], _ problem: CompiledTask, _ dynamics: D, _ state: D.State, isBackup: Bool = false
    ) throws {
        let context = problem.context
        var batch = TrajectoryBatch(
            candidates: 1, horizon: context.horizon, actionCount: context.actions.count,
            outputCount: context.outputs.count, hasSpread: true, hasNovelty: true)
        batch.actions = actions
        try dynamics.rollout(from: state, into: &batch)
        guard batch.outputs.allSatisfy(\.isFinite) else {
            throw ForesightError.failure(
                "the dynamics predict values that are not finite within \(context.horizon) steps",
                remedy: "plan a shorter horizon or check the model by free run")
        }
        self.actions = actions
        self.batch = batch
        cost = Double(problem.objective.cost(of: batch)[0])
        terms = zip(problem.objective.terms, problem.objective.termCosts(of: batch)).map {
            Certificate.Term(text: $0.text, cost: Double($1))
        }
        reports = problem.guardrails.guardrails.map { $0.report(of: batch, bands: problem.bands) }
        noveltyLimit = problem.noveltyLimit
        samplingTime = context.samplingTime
        // Dynamics without such a notion leave the zeros that a batch begins with.
        let isKnown = noveltyLimit != nil || batch.novelty.contains { $0 != 0 }
        let steps = isKnown ? batch.novelty.indices : 0..<0
        novelty = steps.max { batch.novelty[$0] < batch.novelty[$1] }.map {
            (Double(batch.novelty[$0]), $0, Double(batch.novelty[0]))
        }
        if let asked = problem.backup, !isBackup, holds { backup = try asked.outlook(of: batch, dynamics, state) }
    }

    /// Whether no step is out of distribution; a score that is not a number is.
    var isInDistribution: Bool {
        guard let noveltyLimit else { return true }
        return batch.novelty.allSatisfy { Double($0) <= noveltyLimit }
    }

    /// Whether the very first step is out of distribution.
    var startsOutside: Bool {
        guard let noveltyLimit, let novelty else { return false }
        return !(novelty.first <= noveltyLimit)
    }

    /// Whether everything is finite, every guardrail holds at the edge of the bands, no step is out of distribution, and
    /// the backup holds where one is asked for.
    var holds: Bool {
        cost.isFinite && reports.allSatisfy(\.holds) && isInDistribution && backup?.holds ?? true
    }

    /// By how much guardrails are broken in all, each by its normalised margin.
    var shortfall: Double { reports.reduce(0) { $0 + max(0, -$1.normalisedMargin) } }

    /// Whether it is a way out where another breaks a guardrail or leaves the training data: inside these, and breaking at most half
    /// as much. A little less is no reason to leave what somebody declared safe: a model that has the sign of an early response wrong
    /// says so of what harms.
    func recovers(beside other: Assessment) -> Bool {
        guard !other.holds, cost.isFinite, isInDistribution, shortfall.isFinite else { return false }
        return !other.isInDistribution || shortfall <= Self.wayOut * other.shortfall || !other.shortfall.isFinite
    }

    /// The share of what the safe action breaks that a plan in its place may break.
    private static let wayOut = 0.5

    /// The guardrail that is violated most, by normalised margin.
    var worst: GuardrailReport? {
        reports.filter { !$0.holds }.min { $0.normalisedMargin < $1.normalisedMargin }
    }
}

/// A planning task made ready for one start.
struct CompiledTask {
    let context: TrajectoryContext
    let objective: CompiledObjective
    let guardrails: GuardrailSet
    /// The same, those that join a limit to something else by `and` in their parts: a limit is one there, too.
    let parts: [CompiledGuardrail]
    let space: ActionSpace
    let bands: Bands?
    let noveltyLimit: Double?
    private(set) var backup: Backup?
    /// Why no way out is verified though one is asked for.
    private(set) var hindrance: String?
    /// Why nothing is to be certified; `nil` to certify as ever.
    let doubt: String?
    /// Whether the plan that breaks least goes before a safe action that breaks twice as much: where none is safe to hold, and
    /// predictions may be relied on.
    let recovers: Bool

    init<D: Dynamics>(
        _ task: PlanningTask, _ dynamics: D, _ start: PlanningStart, _ options: PlannerOptions
    ) throws {
        context = TrajectoryContext(
            outputs: dynamics.outputChannels, actions: dynamics.actionChannels, samplingTime: dynamics.samplingTime,
            horizon: options.horizon, initialOutputs: start.outputs.map { Float($0) },
            previousActions: start.previousActions.map { Float($0) })
        var compileOptions = task.compileOptions
        compileOptions.elapsed = start.elapsed ?? compileOptions.elapsed
        compileOptions.interval = start.interval ?? compileOptions.interval
        objective = try task.goal.compile(context: context, options: compileOptions)
        bands = try task.bands?.cut(to: options.horizon, outputs: context.outputs.count)
        guardrails = try GuardrailSet(task.guardrails, context: context, options: compileOptions).prepared(for: bands)
        parts = try Self.parts(of: guardrails, context, compileOptions)
        var limits =
            task.actions ?? ActionSet(channels: dynamics.actionChannels, samplingTime: dynamics.samplingTime)
        if let held = start.held, held.count == limits.count { limits.held = held }
        limits.firstInterval = start.interval
        space = try ActionSpace(
            limits.tightened(by: guardrails.guardrails), horizon: options.horizon, blocks: options.blocks,
            previous: context.previousActions, names: context.actions.map(\.name))
        noveltyLimit = options.noveltyLimit
        doubt = task.doubt
        recovers = options.backup == .none && task.doubt == nil
        backup = Backup(self, task.fallback, options)
        hindrance = Backup.hindrance(self, task.fallback, options)
    }

    private static func parts(
        of set: GuardrailSet, _ context: TrajectoryContext, _ options: CompileOptions
    ) throws -> [CompiledGuardrail] {
        try set.guardrails.flatMap { whole -> [CompiledGuardrail] in
            let conjuncts = whole.isLimit ? [] : whole.guardrail.conjuncts
            guard conjuncts.count > 1 else { return [whole] }
            return try conjuncts.map { try $0.compile(context: context, options: options) }
        }
    }

    /// What a solver minimises, without a backup or with the one that was asked for.
    func search(withBackup: Bool) -> SearchProblem {
        var problem = SearchProblem(
            space: space, context: context, objective: objective,
            constraint: guardrails.guardrails.isEmpty ? nil : guardrails, bands: bands,
            noveltyLimit: noveltyLimit.map { Float($0) })
        if withBackup { problem.backup = backup }
        return problem
    }

    var warnings: [String] {
        (objective.warnings + guardrails.warnings).map(\.message) + (hindrance.map { [$0] } ?? [])
    }

    func series(_ actions: [Float]) -> [PlanSeries] {
        let count = context.actions.count
        return context.actions.enumerated().map { index, channel in
            PlanSeries(
                name: channel.name, unit: channel.unit,
                values: stride(from: index, to: actions.count, by: count).map { Double(actions[$0]) })
        }
    }
}

extension Bands {
    /// The same with each half-width multiplied by its factor `[step, output]`.
    func widened(by factors: [Float]?) -> Bands {
        guard let factors else { return self }
        return Bands(
            coverage: coverage, halfWidth: zip(halfWidth, factors).map { $0 * $1 }, shift: shift,
            correction: correction, errors: errors)
    }

    /// Bands around corrected predictions that reach as far as those around what they were before: the least that hold both. Those of
    /// no width promise nothing, and stay so.
    ///
    /// - Parameter correction: What was added to predictions, row-major `[step, output]`, physical units; `nil` for nothing.
    /// - Returns: The bands, of as many steps as both have.
    func reaching(back correction: [Float]?) -> Bands {
        guard let correction else { return self }
        return Bands(
            coverage: coverage, halfWidth: zip(halfWidth, correction).map { $0 > 0 ? $0 + abs($1) / 2 : $0 },
            shift: zip(halfWidth, correction).map { $0 > 0 ? -$1 / 2 : 0 },
            correction: zip(halfWidth, correction).map { $0 > 0 ? $1 : 0 }, errors: errors)
    }

    /// The bands of the first steps.
    ///
    /// - Throws: A usage error when they end before the horizon does.
    func cut(to horizon: Int, outputs: Int) throws -> Bands {
        guard halfWidth.count >= horizon * outputs else {
            throw PlannerChecks.bandsTooShort(steps: halfWidth.count / max(1, outputs), horizon: horizon)
        }
        return Bands(
            coverage: coverage, halfWidth: Array(halfWidth.prefix(horizon * outputs)),
            shift: Array(shift.prefix(horizon * outputs)),
            correction: Array(correction.prefix(horizon * outputs)), errors: errors)
    }
}
