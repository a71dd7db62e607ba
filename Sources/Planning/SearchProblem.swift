public import Objectives

/// What a solver minimises: a cost under guardrails over allowed action sequences.
public struct SearchProblem: Sendable {
    /// The allowed action sequences and their variables.
    public var space: ActionSpace
    /// What the trajectories share.
    public var context: TrajectoryContext
    /// The cost.
    public var objective: any TrajectoryObjective
    /// The guardrails; `nil` when there are none.
    public var constraint: (any TrajectoryConstraint)?
    /// Calibrated half-widths around predictions; guardrails are judged at their edge.
    public var bands: Bands?
    /// The greatest out-of-distribution score that any step may have; `nil` leaves it unguarded.
    public var noveltyLimit: Float?
    /// The way out that every candidate must leave; `nil` asks for none.
    var backup: Backup?

    /// Creates a problem.
    public init(
        space: ActionSpace, context: TrajectoryContext, objective: any TrajectoryObjective,
        constraint: (any TrajectoryConstraint)? = nil, bands: Bands? = nil, noveltyLimit: Float? = 1
    ) {
        self.space = space
        self.context = context
        self.objective = objective
        self.constraint = constraint
        self.bands = bands
        self.noveltyLimit = noveltyLimit
    }

    /// The number of guardrails, novelty not counted.
    var guardrailCount: Int { constraint?.count ?? 0 }

    /// The columns of margins: the guardrails, novelty where it is guarded, the backup where one is asked for.
    var marginCount: Int { guardrailCount + (noveltyLimit == nil ? 0 : 1) + (backup == nil ? 0 : 1) }

    /// How far one step lies outside the region that the training data cover, in units of the limit; negative inside.
    static func noveltyExcess(_ novelty: Float, beyond limit: Float) -> Float {
        // A score that is not a number says nothing in favour of the step.
        guard novelty.isFinite else { return .infinity }
        return (novelty - limit) / max(limit, 1e-6)
    }
}
