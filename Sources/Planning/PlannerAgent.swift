import Basics
import Episodes
import Objectives
public import Plants

/// A planner as an agent, in receding horizon: plans, applies the first actions, looks again, plans anew.
public struct PlannerAgent<D: Dynamics>: LoopAgent {
    /// What a plan starts from in a situation: the state, and the outputs that guardrails are held against now.
    public typealias Start = (ControlSituation) throws -> (state: D.State, outputs: [Double])
    /// What is made of a plan before it is applied, such as another one under other weights.
    public typealias Revision = (inout Planner<D>, D.State, PlanningStart, Plan) throws -> Plan

    /// Looks at each plan before it is applied; `nil` applies it as it is.
    public var revise: Revision?
    /// What bands were widened to before a loop begins, of a channel so many seconds ahead; `nil` begins every episode as
    /// calibrated.
    public var calibration: ((_ channel: String, _ lead: Double) -> Double?)?
    private let template: Planner<D>
    private var planner: Planner<D>
    private let start: Start
    private let replanEvery: Int
    private let decisionTime: Double
    private let clock: any PlanningClock
    private let feedbackTemplate: BandFeedback<D>?
    private var feedback: BandFeedback<D>?
    private var current: Plan?
    /// Decisions since the last plan.
    private var age = 0
    /// Steps of the dynamics by which the last plan is not shifted yet, less than one.
    private var remainder = 0.0
    /// The last certified plan with the decisions since, as long as nothing speaks against going on with it.
    private var kept: (plan: Plan, age: Int)?
    /// Refused decisions in a row that a certified plan went on through.
    private var carried = 0

    /// Refused decisions in a row through which the last certified plan goes on.
    private static var mostCarried: Int { 2 }

    /// Creates an agent.
    ///
    /// - Parameters:
    ///   - planner: The planner; it begins every episode with the seed of its options mixed with the episode's.
    ///   - replanEvery: Decisions that one plan serves before the next is made, at least 1 and at most its horizon.
    ///   - decisionTime: Seconds between decisions, where that is not the step of the dynamics.
    ///   - clock: Where the time is read.
    ///   - feedback: What is done with how far predictions were off; `nil` compares nothing. Needs bands.
    ///   - start: What a plan starts from in a situation.
    /// - Throws: A usage error when `replanEvery` is out of its range.
    public init(
        _ planner: Planner<D>, replanEvery: Int = 1, decisionTime: Double? = nil,
        clock: any PlanningClock = MonotonicClock(), feedback: FeedbackOptions? = nil, start: @escaping Start
    ) throws {
        try OptionCheck(solver: "control").within(1...planner.options.horizon, replanEvery, "replanEvery")
        template = planner
        self.planner = planner
        self.replanEvery = replanEvery
        self.decisionTime = decisionTime ?? planner.dynamics.samplingTime
        self.clock = clock
        self.start = start
        let interval = self.decisionTime
        feedbackTemplate = feedback.flatMap { options in
            planner.task.bands.map {
                BandFeedback(
                    planner.dynamics, coverage: $0.coverage, horizon: planner.options.horizon, decisionTime: interval,
                    options: options)
            }
        }
        self.feedback = feedbackTemplate
    }

    /// How often the bands have held what came in this episode.
    public var coverages: [LeadCoverage] { feedback?.coverages ?? [] }

    /// Creates an agent whose state comes from an estimator that is fed every row of the history.
    ///
    /// - Throws: A usage error when `replanEvery` is out of its range.
    public init<E: StateEstimator>(
        _ planner: Planner<D>, estimator: E, replanEvery: Int = 1, decisionTime: Double? = nil,
        clock: any PlanningClock = MonotonicClock()
    ) throws where E.State == D.State {
        let width = planner.dynamics.outputChannels.count + planner.dynamics.actionChannels.count
        let outputs = planner.dynamics.outputChannels.count
        let feed = EstimatorFeed(estimator, outputs: outputs, width: width)
        try self.init(planner, replanEvery: replanEvery, decisionTime: decisionTime, clock: clock) {
            (try feed.state($0), $0.observation)
        }
    }

    /// Forgets the last plan.
    public mutating func begin(seed: UInt64) {
        var generator = SeededGenerator(seed: template.options.seed, stream: seed)
        planner.endLoop()
        planner = template
        planner.beginLoop()
        planner.seed = generator.next()
        feedback = feedbackTemplate
        if let calibration { feedback?.resume(calibration) }
        current = nil
        age = 0
        remainder = 0
        (kept, carried) = (nil, 0)
    }

    /// Gives the priority of plans under a deadline back.
    public func end() { planner.endLoop() }

    /// Plans when the last plan is used up, else carries it on.
    ///
    /// A refusal does not stop the loop. One state that is unlike the training data may be a reading: the certified plan before it
    /// goes on for up to two decisions, unless something came as a surprise. Then the declared safe action is applied, and where
    /// none is, the action in force is held.
    public mutating func decide(_ situation: ControlSituation) throws -> LoopDecision {
        age += 1
        kept?.age += 1
        let stepsPerDecision = decisionTime / planner.dynamics.samplingTime
        let passed = Int(Double(age) * stepsPerDecision + 1e-6)
        let began = clock.now()
        let alarm = try feedback?.observe(
            decision: situation.step, observation: situation.observation, previousAction: situation.previousAction)
        // What came as a surprise was not in the plan.
        if let current, age < replanEvery, current.status == .certified, alarm == nil {
            var carried = LoopDecision(action: current.action(at: passed))
            carried.comparisons = feedback?.comparisons ?? []
            return carried
        }
        let (state, outputs) = try start(situation)
        if let calibrated = try planner.dynamics.bands(planner.task.bands, from: state) {
            feedback?.issue(decision: situation.step, state: state, bands: calibrated)
        }
        planner.task.widening = feedback?.widening(horizon: planner.options.horizon)
        planner.task.doubt = feedback?.doubt
        let planningStart = PlanningStart(
            outputs: outputs, previousActions: situation.previousAction,
            elapsed: Double(situation.step) * decisionTime, held: held(in: situation))
        let due = remainder + Double(age) * stepsPerDecision
        let shift = Int(due + 1e-6)
        remainder = due - Double(shift)
        var plan = try planner.decide(from: state, start: planningStart, stepsSinceLastPlan: shift)
        if let revise { plan = try revise(&planner, state, planningStart, plan) }
        current = plan
        feedback?.decided(plan.status)
        age = 0
        if alarm != nil { kept = nil }
        let action: [Double]
        switch (plan.status, planner.task.fallback) {
        case (.refused, let fallback):
            if let going = goesOn(stepsPerDecision) {
                action = going
            } else if case .action(let safe) = fallback {
                action = safe
            } else {
                action = situation.previousAction
            }
        default:
            action = plan.action(at: 0)
            (kept, carried) = (plan.status == .certified ? (plan, 0) : nil, 0)
        }
        var decision = LoopDecision(action: action, plan: plan, seconds: clock.now() - began, alarm: alarm)
        decision.comparisons = feedback?.comparisons ?? []
        return decision
    }
}

extension PlannerAgent {
    /// What the last certified plan does now, where it may still go on.
    private mutating func goesOn(_ stepsPerDecision: Double) -> [Double]? {
        guard let kept, carried < Self.mostCarried else {
            self.kept = nil
            return nil
        }
        let passed = Int(Double(kept.age) * stepsPerDecision + 1e-6)
        guard passed < planner.options.horizon else { return nil }
        carried += 1
        return kept.plan.action(at: passed)
    }

    /// For how long each action has had its value, where some keep one for a time.
    private func held(in situation: ControlSituation) -> [Double]? {
        let channels = planner.dynamics.actionChannels
        guard planner.task.actions?.dwell.contains(where: { $0 > 0 }) ?? channels.contains(where: { $0.dwell != nil })
        else { return nil }
        let seen = planner.dynamics.outputChannels.count
        let width = seen + channels.count
        return PlanningStart.held(
            rows: situation.history.count / width, actions: channels.count, samplingTime: decisionTime
        ) { situation.history[$0 * width + seen + $1] }
    }
}

/// Feeds an estimator the rows of a history that it has not seen yet.
private final class EstimatorFeed<E: StateEstimator> {
    private var estimator: E
    private let outputs: Int
    private let width: Int
    private var fed = 0
    private var lastAction: [Double]?

    init(_ estimator: E, outputs: Int, width: Int) {
        self.estimator = estimator
        self.outputs = outputs
        self.width = width
    }

    func state(_ situation: ControlSituation) throws -> E.State {
        let rows = situation.history.count / width
        if situation.step == 0 || rows < fed {
            estimator.reset()
            fed = 0
            lastAction = nil
        }
        while fed < rows {
            let row = Array(situation.history[fed * width..<(fed + 1) * width])
            let action = Array(row[outputs...])
            feed(Array(row[..<outputs]), lastAction ?? action)
            lastAction = action
            fed += 1
        }
        feed(situation.observation, situation.previousAction)
        fed += 1
        lastAction = situation.previousAction
        return try estimator.state()
    }

    private func feed(_ observation: [Double], _ action: [Double]) {
        estimator.update(observation: observation, previousAction: action, disturbance: [])
    }
}
