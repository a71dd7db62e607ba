public import Plants

/// What decides in a closed loop: a planner or a classical controller.
public protocol LoopAgent {
    /// Begins another episode.
    mutating func begin(seed: UInt64)
    /// Chooses the actions of the next sampling period.
    ///
    /// - Throws: `ForesightError` when it can't go on at all.
    mutating func decide(_ situation: ControlSituation) throws -> LoopDecision
    /// Gives back what it took for the episodes, on the thread that ran them.
    func end()
    /// How often the agent's bands have held what came in this episode, one entry a lead time; empty for an agent that
    /// predicts nothing.
    var coverages: [LeadCoverage] { get }
    /// By how much the agent corrected its predictions in this episode, one entry a channel and lead time; empty for one that
    /// corrects nothing.
    var corrections: [LeadCorrection] { get }
}

extension LoopAgent {
    /// Nothing is predicted.
    public var coverages: [LeadCoverage] { [] }
    /// Nothing is corrected.
    public var corrections: [LeadCorrection] { [] }
    /// Nothing was taken.
    public func end() {}
}

/// One decision of an agent.
public struct LoopDecision: Sendable {
    /// The actions to apply `[action]`, physical units.
    public var action: [Double]
    /// The plan that was made for it; `nil` when none was made in this step.
    public var plan: Plan?
    /// Seconds that deciding took, from the observation to the action; `nil` when a plan was only carried on.
    public var seconds: Double?
    /// A surprise that was noticed before it.
    public var alarm: LoopAlarm?
    /// Predictions that were compared with what came before it.
    public var comparisons: [BandComparison] = []
    /// The controller that decided in the planner's place; `nil` where the planner did.
    public var heldBy: String?

    /// Creates a decision.
    public init(action: [Double], plan: Plan? = nil, seconds: Double? = nil, alarm: LoopAlarm? = nil) {
        self.action = action
        self.plan = plan
        self.seconds = seconds
        self.alarm = alarm
    }
}

/// A classical controller as an agent.
public struct ControllerAgent<C: Controller>: LoopAgent {
    private var controller: C
    private let samplingTime: Double
    private let clock: any PlanningClock

    /// Creates an agent.
    public init(_ controller: C, samplingTime: Double, clock: any PlanningClock = MonotonicClock()) {
        self.controller = controller
        self.samplingTime = samplingTime
        self.clock = clock
    }

    /// Nothing to do before the first situation is known.
    public mutating func begin(seed: UInt64) {}

    /// Asks the controller, which is reset at the first step.
    public mutating func decide(_ situation: ControlSituation) throws -> LoopDecision {
        let began = clock.now()
        if situation.step == 0 { controller.reset(action: situation.previousAction) }
        let action = controller.action(in: situation, time: Double(situation.step) * samplingTime)
        return LoopDecision(action: action, seconds: clock.now() - began)
    }
}
