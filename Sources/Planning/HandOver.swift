public import Plants

/// The controller of a plant that nobody can let go of, beside a planner: it decides where nothing that was planned or declared
/// safe keeps the guardrails, and takes over from the actions in force.
public struct HandOver {
    /// Whether it also takes over from a fallback that is predicted to break a guardrail itself; where not, only where planning is
    /// refused.
    public var takesFallbacks = true
    private var holder: NamedController?
    private let samplingTime: Double
    private var isHeld = false

    /// Creates the hand-over.
    ///
    /// - Parameters:
    ///   - holder: The controller; `nil` leaves the plant to the safe action.
    ///   - samplingTime: Seconds between decisions.
    public init(to holder: NamedController?, samplingTime: Double) {
        self.holder = holder
        self.samplingTime = samplingTime
    }

    /// Begins another episode.
    public mutating func begin() { isHeld = false }

    /// Lets the controller decide where it has to.
    ///
    /// - Parameters:
    ///   - decision: What the planner decided, in the plant's order of channels.
    ///   - situation: What it was decided in.
    public mutating func apply(to decision: inout LoopDecision, in situation: ControlSituation) {
        guard var taking = holder, let plan = decision.plan, plan.needsHolder,
            plan.status == .refused || takesFallbacks
        else {
            isHeld = false
            return
        }
        if !isHeld { taking.controller.reset(action: situation.previousAction) }
        isHeld = true
        decision.action = taking.controller.action(in: situation, time: Double(situation.step) * samplingTime)
        decision.heldBy = taking.name
        decision.plan?.reason = [plan.reason, "\(taking.name) takes over"].compactMap { $0 }.joined(separator: "; ")
        holder = taking
    }
}

/// An agent that speaks in the plant's own channels, with a controller that takes over from it.
struct HeldAgent<Agent: LoopAgent>: LoopAgent {
    var agent: Agent
    var handOver: HandOver

    mutating func begin(seed: UInt64) {
        agent.begin(seed: seed)
        handOver.begin()
    }

    mutating func decide(_ situation: ControlSituation) throws -> LoopDecision {
        var decision = try agent.decide(situation)
        handOver.apply(to: &decision, in: situation)
        return decision
    }

    func end() { agent.end() }
    var coverages: [LeadCoverage] { agent.coverages }
    var corrections: [LeadCorrection] { agent.corrections }
}
