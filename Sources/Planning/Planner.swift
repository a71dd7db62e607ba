import Basics
import Objectives

/// The actor: finds the action sequence that serves a goal best among those that keep every guardrail, and says what it
/// promises.
///
/// ```swift
/// var planner = Planner(ExactDynamics(HeaterLab()), task: task, options: try PlannerOptions(horizon: 60))
/// let plan = try planner.plan(from: state, start: PlanningStart(outputs: [21, 21], previousActions: [0, 0]))
/// ```
///
/// The planner remembers its last plan: the next one starts from it, shifted by the steps that have passed. Whatever the
/// solver says, the selected plan is rolled out once more by itself, and certified only when every guardrail holds there,
/// at the edge of the bands, no step is further from the training data than the novelty limit, and what was declared safe
/// would keep the guardrails from the next plan on (`BackupCheck`).
public struct Planner<D: Dynamics> {
    /// What predicts.
    public let dynamics: D
    /// The goal, the guardrails and the fallback.
    public var task: PlanningTask
    /// How far and how long to search.
    public let options: PlannerOptions
    /// How to search.
    public let solver: any Solver
    /// The seed of the search; plan number `n` since the last reset uses stream `n` of it.
    public var seed: UInt64
    private let clock: any PlanningClock
    private var memory = PlanMemory()
    private var priority = ThreadPriority()

    /// Creates a planner.
    public init(
        _ dynamics: D, task: PlanningTask, options: PlannerOptions,
        solver: any Solver = ImprovedCrossEntropy.standard, clock: any PlanningClock = MonotonicClock()
    ) {
        self.dynamics = dynamics
        self.task = task
        self.options = options
        self.solver = solver
        seed = options.seed
        self.clock = clock
    }

    /// Forgets the last plan.
    public mutating func reset() { memory = PlanMemory() }

    /// Lets the thread keep the priority of plans under a deadline between them, too (``DeadlinePriority``): for a loop that has
    /// a thread of its own, until ``endLoop()``.
    public mutating func beginLoop() {
        priority.lower()
        priority = ThreadPriority(isKept: true)
    }

    /// Gives the priority back; called by the thread that planned.
    public func endLoop() { priority.lower() }

    /// Plans from a state.
    ///
    /// - Parameters:
    ///   - state: What predictions start from.
    ///   - start: The outputs seen last and the actions in force.
    ///   - stepsSinceLastPlan: By how many steps the last plan is shifted to start this one.
    /// - Returns: A plan that is certified, or the fallback.
    /// - Throws: `PlanRefusal` when the state is out of distribution, or nothing keeps the guardrails and nothing was
    ///   declared safe; `ForesightError` for a horizon beyond the trained one, a start that is not finite, channels
    ///   that goal or guardrails name and nobody knows, and whatever the dynamics throw.
    public mutating func plan(
        from state: D.State, start: PlanningStart, stepsSinceLastPlan: Int = 1
    ) throws -> Plan {
        let decision = try decide(from: state, start: start, stepsSinceLastPlan: stepsSinceLastPlan)
        guard decision.status == .refused else { return decision }
        let reason = decision.reason ?? "no plan"
        throw PlanRefusal(
            plan: decision,
            error: .refused(
                "planning is refused: \(reason)",
                remedy: "loosen the guardrail, start elsewhere, or declare a safe action to fall back to"))
    }

    /// Plans as `plan` does, but gives a refusal back as a plan without actions instead of throwing it.
    ///
    /// - Throws: `ForesightError` as `plan` does.
    public mutating func decide(
        from state: D.State, start: PlanningStart, stepsSinceLastPlan: Int = 1
    ) throws -> Plan {
        let began = clock.now()
        let isRealTime = try options.deadline.map { try priority.begin(options.priority, deadline: $0) }
        defer { priority.end() }
        try PlannerChecks.horizon(options.horizon, trained: dynamics.trainedHorizon)
        try PlannerChecks.finite(start.outputs, dynamics.outputChannels, what: "outputs")
        try PlannerChecks.finite(start.previousActions, dynamics.actionChannels, what: "actions")
        var task = task
        task.bands = try dynamics.bands(task.bands, from: state)?.widened(by: task.widening)
            .reaching(back: task.correction)
        let compiled = try CompiledTask(task, dynamics, start, options)
        let space = compiled.space
        let safe = try safeActions(compiled)
        (memory.limits, memory.safe) = (space.limits, safe)
        memory.shift(by: stepsSinceLastPlan, in: space)
        var guesses = memory.lastPlan.map { [$0] } ?? []
        guesses.append(space.held(space.previous))
        if let safe { guesses.append(safe) }
        let planSeed = memory.seed(seed)
        if options.deadline != nil, memory.reserve.isEmpty { rehearse(space.held(space.previous), compiled, state) }
        let until = options.deadline.map {
            began + $0 - memory.reserve.seconds(of: $0, isRealTime: isRealTime == true)
        }
        func candidates(_ guesses: [[Float]], _ elites: [[Float]], withBackup: Bool) -> CandidateSearch<D> {
            CandidateSearch(
                compiled.search(withBackup: withBackup), dynamics: dynamics, state: state, guesses: guesses,
                inheritedElites: elites, chunk: options.chunk, clock: clock, deadline: until,
                leavesReserve: memory.reserve.isEmpty)
        }
        // A deadline may leave no time for a second search where a recent plan needed it.
        let isCornered = compiled.backup != nil && options.deadline != nil && memory.isCornered()
        var search = candidates(guesses, memory.elites, withBackup: isCornered)
        try solver.solve(search, seed: planSeed)
        var (iterations, evaluated) = (search.iterations, search.evaluated)
        var assessed: Assessment?
        if compiled.backup != nil, !isCornered, let best = search.best, best.score.isFeasible {
            assessed = try Assessment(best.actions, compiled, dynamics, state)
        }
        if assessed?.backup?.holds == false, let best = search.best {
            // Most best plans leave a way out, and are then the best of those that do: only the others cost more.
            memory.corner()
            search = candidates([best.actions] + guesses, search.elites, withBackup: true)
            try solver.solve(search, seed: planSeed)
            iterations += search.iterations
            evaluated += search.evaluated
        }
        memory.remember(search)
        let searched = clock.now()
        let judgement = try PlanJudgement(
            compiled, search: search, assessed: assessed, safe: safe, fallbackName: task.fallback.name,
            dynamics: dynamics, state: state)
        let record = Certificate.Search(
            solver: type(of: solver).name, seed: planSeed, iterations: iterations, candidates: evaluated,
            isCutShort: search.isCutShort, deadline: options.deadline, seconds: clock.now() - began,
            engine: dynamics.engine, isRealTime: isRealTime)
        let plan = judgement.plan(trainedHorizon: dynamics.trainedHorizon, search: record)
        memory.reserve.finished(in: clock.now() - min(searched, until ?? searched))
        return plan
    }

    /// What was declared safe, as far as the limits let the first step of it go from where the last plan started; `nil` where nothing
    /// was declared.
    var lastSafeAction: [Double]? { memory.safe.map { $0.prefix(dynamics.actionChannels.count).map(Double.init) } }

    /// An action of an earlier plan as far as the limits of the last one let it go now.
    ///
    /// - Parameters:
    ///   - action: What is wanted `[action]`.
    ///   - start: The actions in force, for how long they have been, and how soon there is another decision.
    /// - Returns: The action `[action]`.
    func allowed(_ action: [Double], from start: PlanningStart) -> [Double] {
        guard var limits = memory.limits, !limits.isBox else { return action }
        limits.firstInterval = start.interval
        if let held = start.held { limits.held = held }
        var wanted = action.map { Float($0) }
        limits.project(&wanted, horizon: 1, previous: start.previousActions.map { Float($0) })
        return wanted.map(Double.init)
    }

    /// Finds out before the first plan about how long an answer takes after its search: it judges plan, fallback and two
    /// alternatives, each with its way out, and writes it all down.
    private mutating func rehearse(_ actions: [Float], _ compiled: CompiledTask, _ state: D.State) {
        let began = clock.now()
        // What cannot be judged is said of the plan that is searched, where it matters.
        guard (try? Assessment(actions, compiled, dynamics, state)) != nil else { return }
        memory.reserve.finished(in: 6 * (clock.now() - began))
    }

    private func safeActions(_ compiled: CompiledTask) throws -> [Float]? {
        var actions: [Float]
        switch task.fallback {
        case .none: return nil
        case .action(let action):
            let horizon = compiled.space.horizon
            actions = (0..<horizon).flatMap { _ in action.map { Float($0) } }
        case .policy(_, let policy): actions = try policy(compiled.context)
        }
        try PlannerChecks.fallback(actions, space: compiled.space, name: task.fallback.name)
        compiled.space.project(&actions)
        return actions
    }
}
