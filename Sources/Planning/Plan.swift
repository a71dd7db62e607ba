/// Whether a plan may be relied on.
public enum PlanStatus: String, Sendable, Codable {
    /// All guardrails hold with margin.
    case certified
    /// No plan was found that keeps them: the declared safe action or backup policy is returned, or, where no action is safe to
    /// hold (`BackupCheck.none`) and that one breaks twice as much, the plan that breaks least.
    case fallback
    /// Out of distribution, or nothing was declared safe: there are no actions.
    case refused
}

/// A named sequence of numbers in a physical unit.
public struct PlanSeries: Sendable, Codable, Equatable {
    /// The name of the channel.
    public var name: String
    /// The physical unit; `nil` when the log does not say.
    public var unit: String?
    /// One value a step.
    public var values: [Double]

    /// Creates a series.
    public init(name: String, unit: String?, values: [Double]) {
        self.name = name
        self.unit = unit
        self.values = values
    }
}

/// A decision: actions, what they are expected to do, and why these.
public struct Plan: Sendable, Codable, Equatable {
    /// Whether it may be relied on.
    public var status: PlanStatus
    /// Why it is not certified, in one line; `nil` when it is.
    public var reason: String?
    /// Seconds between steps.
    public var samplingTime: Double
    /// What to do, one series per action channel, physical units; without values when refused.
    public var actions: [PlanSeries]
    /// What the plan promises; of a refused one, what the best that was found would have promised.
    public var certificate: Certificate
    /// The best distinct plans that were turned down, and why; at most two.
    public var alternatives: [Alternative]
    /// What should be known about goal and guardrails before relying on the plan.
    public var warnings: [String]
    /// True where a fallback is the plan that breaks least, in place of a safe action that is predicted to break twice as much; else
    /// `nil`.
    public var recovery: Bool?

    /// Creates a plan.
    public init(
        status: PlanStatus, reason: String?, samplingTime: Double, actions: [PlanSeries], certificate: Certificate,
        alternatives: [Alternative], warnings: [String]
    ) {
        self.status = status
        self.reason = reason
        self.samplingTime = samplingTime
        self.actions = actions
        self.certificate = certificate
        self.alternatives = alternatives
        self.warnings = warnings
    }

    /// The actions of one step `[action]`, physical units.
    public func action(at step: Int) -> [Double] { actions.map { $0.values[step] } }

    /// Whether whoever held the plant before may know better: planning was refused, or what was declared safe is predicted to
    /// break a guardrail itself, or to leave what the training data cover, and no plan that breaks less is in its place.
    public var needsHolder: Bool {
        switch status {
        case .certified: false
        case .fallback: recovery != true && !certificate.holds
        case .refused: true
        }
    }

    /// The number of steps.
    public var steps: Int { actions.first?.values.count ?? 0 }
}

/// A plan that was turned down.
public struct Alternative: Sendable, Codable, Equatable {
    /// What it would have done.
    public var actions: [PlanSeries]
    /// Its cost.
    public var cost: Double
    /// By how much it costs more than the plan that was chosen; negative when it costs less.
    public var costDifference: Double
    /// Why it was turned down, in one line.
    public var reason: String
    /// The guardrail that it violates most; `nil` when it only costs more.
    public var guardrail: String?
    /// By how much it violates that guardrail, in `unit`.
    public var shortfall: Double?
    /// The unit of the shortfall.
    public var unit: String?
    /// When it violates that guardrail most, in seconds from now.
    public var time: Double?
}
