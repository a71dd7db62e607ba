import Episodes

/// What makes one step of a channel comparable with one step of another, in physical units of the channels.
///
/// Costs and violations are divided by it before they are added: a standard deviation, or the width of a range.
public struct ChannelScales: Sendable, Equatable {
    /// The scale of each output `[output]`, positive.
    public var outputs: [Float]
    /// The scale of each action `[action]`, positive.
    public var actions: [Float]

    /// Creates scales; each must be finite and positive.
    public init(outputs: [Float], actions: [Float]) {
        precondition((outputs + actions).allSatisfy { $0 > 0 && $0.isFinite }, "a channel scale must be positive")
        self.outputs = outputs
        self.actions = actions
    }

    /// The widths of the channels' limits, 1 where a limit is unknown.
    public init(limitsOf context: TrajectoryContext) {
        func width(_ lower: Double?, _ upper: Double?) -> Float {
            guard let lower, let upper, upper > lower, (upper - lower).isFinite else { return 1 }
            return Float(upper - lower)
        }
        outputs = context.outputs.map { width($0.lowerLimit, $0.upperLimit) }
        actions = context.actions.map { width($0.lowerLimit, $0.upperLimit) }
    }
}

/// What goals and guardrails may be told beside the context when they are compiled.
public struct CompileOptions: Sendable {
    /// What makes channels comparable; widths of the limits when `nil`.
    public var scales: ChannelScales?
    /// The range of each channel in the data that the model has seen, by name: a goal outside it gives a warning.
    public var recordedRanges: [String: ClosedRange<Double>]
    /// References that formulas may name like channels.
    public var references: [String: ReferenceSeries]
    /// Seconds since the goals and guardrails were set, in a loop that plans again and again. Times of windows and
    /// references count from then. `nil` for a single plan: there, times count from now, and a window that lies
    /// wholly beyond the horizon is an error instead of something to look at later.
    public var elapsed: Double?
    /// Seconds between the values of a reference that is a list, where steps are not those of the context: what watches a loop
    /// that decides several times in a step of the model.
    public var listStep: Double?
    /// Channels that act on the plant and that no action changes, by name: goals and guardrails that speak of them are told so.
    public var disturbances: [String] = []
    /// Guardrails in which one instant asks something of later ones, of which a loop itself asks for what is left of that
    /// (``GuardrailTrigger``): plans do not warn of these.
    public var remembered: Set<Guardrail> = []
    /// Guardrails of a window that a loop asks for since an instant has (``GuardrailTrigger/held``): what has to keep limits has to keep
    /// these, too (``CompiledGuardrail/isLimit``).
    public var owed: Set<Guardrail> = []
    /// Seconds between decisions, where a step is several of them: actions change within one, and windows are looked at again before the
    /// step ends. `nil` for a step.
    public var interval: Double?

    /// Creates options.
    public init(
        scales: ChannelScales? = nil, recordedRanges: [String: ClosedRange<Double>] = [:],
        references: [String: ReferenceSeries] = [:], elapsed: Double? = nil
    ) {
        self.scales = scales
        self.recordedRanges = recordedRanges
        self.references = references
        self.elapsed = elapsed
    }
}

/// Something about a goal or guardrail that a person should know before relying on the plan.
public struct ObjectiveWarning: Sendable, Hashable, CustomStringConvertible {
    /// The families of warnings.
    public enum Kind: String, Sendable {
        /// A window reaches beyond the horizon: only the part inside is judged.
        case windowClipped
        /// A window or time lies wholly outside the horizon: not judged in this plan.
        case notJudged
        /// A goal lies outside what the channel has been recorded at.
        case outsideRecordedRange
        /// A guardrail does not hold now, before any action.
        case violatedAtStart
    }

    /// The family.
    public var kind: Kind
    /// What is so, in one line with values and limits.
    public var message: String

    /// Creates a warning.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
