import Basics
public import Plants

/// Runs agents on a control task, all on the same seeded episodes, and scores them on the true outputs.
public struct ClosedLoop: Sendable {
    /// The task: plant, targets, limits, starts and noise by seed.
    public let task: ControlTask
    /// The seeds of the episodes.
    public let seeds: [UInt64]
    /// Hears every decision as it is made, with the seed of its episode.
    public var hear: (@Sendable (UInt64, LoopDecision) throws -> Void)?

    /// Creates a runner.
    ///
    /// - Throws: A usage error when there are no seeds.
    public init(_ task: ControlTask, seeds: some Sequence<UInt64>) throws {
        self.task = task
        self.seeds = Array(seeds)
        guard !self.seeds.isEmpty else {
            throw ForesightError.usage("0 episodes say nothing", remedy: "run at least one")
        }
    }

    /// Runs all episodes under one agent.
    ///
    /// - Parameters:
    ///   - name: What the agent is called in reports.
    ///   - agent: Decides; told before each episode to begin anew.
    ///   - observe: Called after each episode with what happened and every plan that was made, by step.
    /// - Returns: The scores of all episodes and their summary.
    /// - Throws: What the agent throws.
    public func run(
        _ name: String, agent: some LoopAgent,
        observe: (ControlRecord, EpisodeResult, [Int: Plan]) throws -> Void = { _, _, _ in }
    ) throws -> ClosedLoopReport {
        var agent = agent
        defer { agent.end() }
        var episodes: [EpisodeResult] = []
        for seed in seeds {
            agent.begin(seed: seed)
            var seconds: [Double] = []
            var plans: [Int: Plan] = [:]
            var alarms: [LoopAlarm] = []
            var toSafety: [Double] = []
            var handedOver = 0
            let record = try task.run(seed: seed) { situation in
                // A plant that is lost shows nothing any more, and nothing helps it.
                guard situation.trueState.allSatisfy(\.isFinite) else { return situation.previousAction }
                let decision = try agent.decide(situation)
                try hear?(seed, decision)
                if let taken = decision.seconds { seconds.append(taken) }
                if let plan = decision.plan {
                    plans[situation.step] = plan
                    if plan.status != .certified, let taken = decision.seconds { toSafety.append(taken) }
                }
                if let alarm = decision.alarm { alarms.append(alarm) }
                if decision.heldBy != nil { handedOver += 1 }
                return decision.action
            }
            var result = EpisodeResult(
                seed: seed, score: task.score(record), statuses: plans.values.map(\.status), decisionSeconds: seconds)
            result.safetySeconds = toSafety
            result.alarms = alarms
            result.handedOver = handedOver
            result.coverages = agent.coverages
            result.corrections = agent.corrections
            result.uncertified = plans.filter { $0.value.status != .certified }.keys.sorted()
            try observe(record, result, plans)
            episodes.append(result)
        }
        return ClosedLoopReport(name: name, episodes: episodes)
    }

    /// Runs the same planning with the plant's true equations, its true state and the announced disturbances: what a
    /// perfect model would reach. The controller that holds the task's plant takes over where it would from a learned model.
    ///
    /// - Throws: What planning throws.
    public func runExact(
        _ planning: PlanningTask, options: PlannerOptions, solver: any Solver, replanEvery: Int = 1,
        clock: any PlanningClock = MonotonicClock(),
        observe: (ControlRecord, EpisodeResult, [Int: Plan]) throws -> Void = { _, _, _ in }
    ) throws -> ClosedLoopReport {
        func open<P: Plant>(_ plant: P) throws -> ClosedLoopReport {
            let planner = Planner(
                ExactDynamics(plant), task: planning, options: options, solver: solver, clock: clock)
            let agent = try PlannerAgent(planner, replanEvery: replanEvery, clock: clock) {
                ($0.trueState + $0.forecast, plant.outputs(of: $0.trueState))
            }
            let held = HeldAgent(
                agent: agent, handOver: HandOver(to: task.holder, samplingTime: task.plant.samplingTime))
            return try run("exact dynamics", agent: held, observe: observe)
        }
        return try open(task.plant)
    }
}
