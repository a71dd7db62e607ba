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
    var planner: Planner<D>
    private let start: Start
    private let replanEvery: Int
    let decisionTime: Double
    /// Steps of the dynamics from one decision to the next, 1 at most.
    private let stepsPerDecision: Double
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
    /// What the past may have settled.
    private var obligations = Obligations()

    /// Refused decisions in a row through which the last certified plan goes on.
    private static var mostCarried: Int { 2 }
    /// By what share a step may differ from whole decisions.
    private static var rateTolerance: Double { 0.02 }

    /// Creates an agent.
    ///
    /// - Parameters:
    ///   - planner: The planner; it begins every episode with the seed of its options mixed with the episode's.
    ///   - replanEvery: Decisions that one plan serves before the next is made, at least 1 and at most those within its horizon; where
    ///     plans have to leave a way out, those within `PlannerOptions.commitment` steps, after which it is verified.
    ///   - decisionTime: Seconds between decisions, where a step of the dynamics is several of them.
    ///   - clock: Where the time is read.
    ///   - feedback: What is done with how far predictions were off; `nil` compares nothing. Needs bands.
    ///   - start: What a plan starts from in a situation.
    /// - Throws: A usage error when `replanEvery` is out of its range or beyond what the planner commits to, or `decisionTime` longer
    ///   than a step.
    public init(
        _ planner: Planner<D>, replanEvery: Int = 1, decisionTime: Double? = nil,
        clock: any PlanningClock = MonotonicClock(), feedback: FeedbackOptions? = nil, start: @escaping Start
    ) throws {
        let (step, interval) = (planner.dynamics.samplingTime, decisionTime ?? planner.dynamics.samplingTime)
        // Rates of model and plant may differ a little: whole decisions make a step.
        let decisions = (step / interval).rounded()
        guard decisions >= 1, abs(step / interval / decisions - 1) <= Self.rateTolerance else {
            throw ForesightError.usage(
                "decisions every \(interval) s do not make whole steps of \(step) s",
                remedy: "decide once a step of the dynamics, or several times")
        }
        stepsPerDecision = 1 / decisions
        let most = Int(min(Double(planner.options.horizon) * decisions, 1e9))
        try OptionCheck(solver: "control").within(1...most, replanEvery, "replanEvery")
        let served = Int((Double(replanEvery) / decisions - 1e-6).rounded(.up))
        guard served <= planner.options.commitment || !Self.asksForWayOut(planner) else {
            throw ForesightError.usage(
                "control: replanEvery is \(replanEvery), which takes \(served) steps of a plan, and its way out is verified "
                    + "after \(planner.options.commitment)",
                remedy: "set the planner's commitment to \(served), or plan anew sooner")
        }
        template = planner
        self.planner = planner
        self.replanEvery = replanEvery
        self.decisionTime = interval
        self.clock = clock
        self.start = start
        feedbackTemplate = feedback.flatMap { options in
            planner.task.bands.map {
                BandFeedback(
                    planner.dynamics, coverage: $0.coverage, horizon: planner.options.horizon, decisionTime: interval,
                    options: options)
            }
        }
        self.feedback = feedbackTemplate
        obligations = Obligations(&self.planner.task, of: planner.dynamics, every: interval)
    }

    /// Whether plans are asked what the declared safe action or policy would do after their first steps.
    private static func asksForWayOut(_ planner: Planner<D>) -> Bool {
        if case .none = planner.task.fallback { return false }
        return planner.options.backup != .none && !planner.task.guardrails.isEmpty
    }

    /// How often the bands have held what came in this episode.
    public var coverages: [LeadCoverage] { feedback?.coverages ?? [] }
    /// By how much predictions were corrected in this episode.
    public var corrections: [LeadCorrection] { feedback?.corrections ?? [] }

    /// Creates an agent whose state comes from an estimator that is fed every row of the history, of which situations leave out
    /// none.
    ///
    /// - Parameters:
    ///   - planner: The planner.
    ///   - estimator: Turns what is observed into the state that a plan starts from.
    ///   - disturbances: How many disturbances situations tell, which the estimator gets in their order with each row; it gets
    ///     none where there are 0, or where a situation does not tell them.
    ///   - replanEvery: Decisions that one plan serves.
    ///   - decisionTime: Seconds between decisions, where a step of the dynamics is several of them.
    ///   - clock: Where the time is read.
    ///   - feedback: What is done with how far predictions were off; `nil` compares nothing. Needs bands.
    /// - Throws: A usage error when `replanEvery` is out of its range or beyond what the planner commits to, or `decisionTime`
    ///   longer than a step.
    public init<E: StateEstimator>(
        _ planner: Planner<D>, estimator: E, disturbances: Int = 0, replanEvery: Int = 1, decisionTime: Double? = nil,
        clock: any PlanningClock = MonotonicClock(), feedback: FeedbackOptions? = nil
    ) throws where E.State == D.State {
        let width = planner.dynamics.outputChannels.count + planner.dynamics.actionChannels.count
        let outputs = planner.dynamics.outputChannels.count
        let feed = EstimatorFeed(estimator, outputs: outputs, width: width, disturbances: disturbances)
        try self.init(
            planner, replanEvery: replanEvery, decisionTime: decisionTime, clock: clock, feedback: feedback
        ) { (try feed.state($0), $0.observation) }
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
        obligations = Obligations(&planner.task, of: planner.dynamics, every: decisionTime)
    }

    /// Gives the priority of plans under a deadline back.
    public func end() { planner.endLoop() }

    /// Plans when the last plan is used up, else carries it on; where a step of the dynamics is several decisions, not into a step in
    /// which a window of a guardrail ends, which the plan has not judged.
    ///
    /// A refusal does not stop the loop. One state that is unlike the training data may be a reading: the certified plan before it
    /// goes on for up to two decisions, unless something came as a surprise. Then what was declared safe is done, and where
    /// nothing was, the action in force is held. What had to come about (`eventually`, `until`) and did is asked no more, and of
    /// several ways (`or`) one that was lost. What an instant has asked of those after it (`implies always[0, 60](…)`,
    /// `implies eventually[0, 60](…)`) is asked until its window ends or it has come about.
    public mutating func decide(_ situation: ControlSituation) throws -> LoopDecision {
        age += 1
        kept?.age += 1
        let passed = Int(Double(age) * stepsPerDecision + 1e-6)
        let began = clock.now()
        let alarm = try feedback?.observe(
            decision: situation.step, observation: situation.observation, previousAction: situation.previousAction)
        let isNarrower = obligations.settle(
            &planner.task, outputs: situation.observation, actions: situation.previousAction)
        // What came as a surprise, left fewer ways or asks for more was not in the plan.
        if let current, age < replanEvery, current.status == .certified, alarm == nil, !isNarrower,
            !entersLastStep(passed, of: situation)
        {
            var carried = LoopDecision(action: planner.allowed(current.action(at: passed), from: pace(situation)))
            carried.comparisons = feedback?.comparisons ?? []
            return carried
        }
        let (seen, outputs) = try start(situation)
        let correction = feedback?.correction(horizon: planner.options.horizon)
        let corrected = correction.flatMap { planner.dynamics.corrected(seen, by: $0) }
        if let calibrated = try planner.dynamics.bands(planner.task.bands, from: seen) {
            feedback?.issue(decision: situation.step, state: seen, bands: calibrated, isCorrected: corrected != nil)
        }
        planner.task.widening = feedback?.widening(horizon: planner.options.horizon)
        planner.task.correction = corrected == nil ? nil : correction
        planner.task.doubt = feedback?.doubt
        let state = corrected ?? seen
        var planningStart = pace(situation)
        planningStart.outputs = outputs
        let due = remainder + Double(age) * stepsPerDecision
        let shift = Int(due + 1e-6)
        remainder = due - Double(shift)
        var plan = try planner.decide(from: state, start: planningStart, stepsSinceLastPlan: shift)
        if let revise { plan = try revise(&planner, state, planningStart, plan) }
        current = plan
        feedback?.decided(plan.status)
        age = 0
        if alarm != nil || isNarrower { kept = nil }
        let action: [Double]
        switch plan.status {
        case .refused:
            if let going = goesOn() {
                action = planner.allowed(going, from: planningStart)
            } else {
                action = planner.lastSafeAction ?? situation.previousAction
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
    private mutating func goesOn() -> [Double]? {
        guard let kept, carried < Self.mostCarried else {
            self.kept = nil
            return nil
        }
        let passed = Int(Double(kept.age) * stepsPerDecision + 1e-6)
        guard passed < planner.options.horizon else { return nil }
        carried += 1
        return kept.plan.action(at: passed)
    }

    /// Whether a step of the plan begins now in which a window ends: it was judged by the ends of steps, and this one lies behind it.
    private func entersLastStep(_ passed: Int, of situation: ControlSituation) -> Bool {
        guard stepsPerDecision < 1, passed != Int(Double(age - 1) * stepsPerDecision + 1e-6) else { return false }
        let (now, tolerance) = (Double(situation.step) * decisionTime, 1e-6 * decisionTime)
        let step = now + tolerance..<now + planner.dynamics.samplingTime - tolerance
        return planner.task.guardrails.contains { $0.windowEnds.contains { step.contains($0) } }
    }

    /// The start of a plan in a situation, as far as it is known without a state.
    private func pace(_ situation: ControlSituation) -> PlanningStart {
        PlanningStart(
            outputs: situation.observation, previousActions: situation.previousAction,
            elapsed: Double(situation.step) * decisionTime, held: held(in: situation),
            interval: stepsPerDecision < 1 ? decisionTime : nil)
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
