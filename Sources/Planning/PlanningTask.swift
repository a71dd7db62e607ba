public import Objectives

/// What a planner is asked for: a goal, guardrails, and what to do when nothing keeps them.
public struct PlanningTask: Sendable {
    /// What the plan should reach.
    public var goal: Goal
    /// What the plan must keep.
    public var guardrails: [Guardrail]
    /// The actions that may be taken; `nil` for the limits of the action channels. Guardrails that are limits of single
    /// actions tighten it.
    public var actions: ActionSet?
    /// Calibrated half-widths around predictions, at least as long as the horizon; guardrails are judged at their edge.
    /// `nil` judges the prediction itself.
    public var bands: Bands?
    /// What the half-widths are multiplied by, row-major `[step, output]`, as a running loop has found out; `nil` for 1.
    public var widening: [Float]?
    /// What a loop has added to predictions, row-major `[step, output]`, physical units: bands reach as far as those around
    /// predictions without it, so that no guardrail is loosened. `nil` for nothing.
    public var correction: [Float]?
    /// Why no plan is to be certified now, whatever it promises; `nil` to certify as ever. A running loop doubts its
    /// predictions when they turn out to be wrong.
    public var doubt: String?
    /// What to return when no plan keeps every guardrail.
    public var fallback: Fallback
    /// Scales, recorded ranges and references for goal and guardrails.
    public var compileOptions: CompileOptions

    /// Creates a task.
    public init(
        goal: Goal, guardrails: [Guardrail] = [], actions: ActionSet? = nil, bands: Bands? = nil,
        fallback: Fallback = .none, compileOptions: CompileOptions = CompileOptions()
    ) {
        self.goal = goal
        self.guardrails = guardrails
        self.actions = actions
        self.bands = bands
        self.fallback = fallback
        self.compileOptions = compileOptions
    }
}

/// What is done when no plan keeps every guardrail.
public enum Fallback: Sendable {
    /// Nothing was declared safe: planning is refused.
    case none
    /// An action that is safe to hold `[action]`, physical units.
    case action([Double])
    /// A backup policy: its name, and the actions it would take, row-major `[step, action]` in physical units.
    case policy(name: String, @Sendable (TrajectoryContext) throws -> [Float])

    /// How it is called in reasons.
    var name: String {
        switch self {
        case .none: "none"
        case .action: "the declared safe action"
        case .policy(let name, _): "the backup policy '\(name)'"
        }
    }
}

/// Where a plan starts, as far as goals and guardrails speak of it.
public struct PlanningStart: Sendable, Equatable {
    /// The last observed outputs `[output]`, physical units.
    public var outputs: [Double]
    /// The actions in force `[action]`, physical units.
    public var previousActions: [Double]
    /// Seconds since goal and guardrails were set, in a loop that plans again and again; `nil` for a single plan.
    public var elapsed: Double?
    /// For how long each action has had its value `[action]`, s, where some keep one for a time; `nil` for long enough.
    public var held: [Double]?
    /// Seconds until the loop decides anew, where that is sooner than a step: rates let the first action go so far, and other rates of
    /// actions are judged over so long; `nil` for a step.
    public var interval: Double?

    /// Creates a start.
    public init(
        outputs: [Double], previousActions: [Double], elapsed: Double? = nil, held: [Double]? = nil,
        interval: Double? = nil
    ) {
        self.interval = interval
        self.outputs = outputs
        self.previousActions = previousActions
        self.elapsed = elapsed
        self.held = held
    }

    /// For how long each action has had its last value, along rows of a record.
    ///
    /// - Parameters:
    ///   - rows: The number of rows.
    ///   - actions: The number of actions.
    ///   - samplingTime: Seconds between rows.
    ///   - value: The value of an action in a row.
    /// - Returns: Seconds `[action]`; ∞ where no row shows another value, so that nobody knows.
    public static func held(
        rows: Int, actions: Int, samplingTime: Double, value: (_ row: Int, _ action: Int) -> Double
    ) -> [Double] {
        (0..<actions).map { action in
            guard rows > 0 else { return .infinity }
            let last = value(rows - 1, action)
            guard let other = (0..<rows - 1).last(where: { value($0, action) != last }) else { return .infinity }
            return Double(rows - 1 - other) * samplingTime
        }
    }
}
