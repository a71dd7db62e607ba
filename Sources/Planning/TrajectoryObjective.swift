public import Objectives

/// A cost of predicted trajectories: lower is better.
public protocol TrajectoryObjective: Sendable {
    /// Writes the cost of every candidate `[candidate]`; what is not finite counts as worse than anything.
    func cost(of batch: TrajectoryBatch, into costs: inout [Float], using workspace: inout ObjectiveWorkspace)
    /// Adds `upstream[candidate] · ∂cost/∂trajectory` to the gradient.
    func addGradient(
        of batch: TrajectoryBatch, upstream: [Float]?, into gradient: inout TrajectoryGradient,
        using workspace: inout ObjectiveWorkspace)
    /// Adds the rows that the cost of a batch of one trajectory is made of near it, `cost = Σ squares² + Σ linear`, and
    /// returns whether it is made of such rows; `false`, the default, where that is not known.
    func terms(
        of trajectory: TrajectoryBatch, into squares: inout TrajectoryRows, linear: inout TrajectoryRows,
        using workspace: inout ObjectiveWorkspace
    ) -> Bool
}

extension TrajectoryObjective {
    /// Not known to be made of squares.
    public func terms(
        of trajectory: TrajectoryBatch, into squares: inout TrajectoryRows, linear: inout TrajectoryRows,
        using workspace: inout ObjectiveWorkspace
    ) -> Bool { false }
}

/// Guardrails on predicted trajectories: each holds where its margin is at least zero.
public protocol TrajectoryConstraint: Sendable {
    /// The number of guardrails.
    var count: Int { get }
    /// Writes the margin of every guardrail for every candidate, row-major `[candidate, guardrail]`, normalised so that
    /// margins of unlike channels add up; with bands, a lower bound over all trajectories inside them.
    func margins(
        of batch: TrajectoryBatch, bands: Bands?, into margins: inout [Float],
        using workspace: inout ObjectiveWorkspace)
    /// Adds `Σ_g upstream[candidate, g] · ∂margin_g/∂trajectory` to the gradient.
    func addGradient(
        of batch: TrajectoryBatch, bands: Bands?, upstream: [Float], into gradient: inout TrajectoryGradient,
        using workspace: inout ObjectiveWorkspace)
    /// Adds rows that all have to be at least zero for a batch of one trajectory to keep the guardrails, near it: a limit
    /// that holds always is one row a sample. Returns whether it could; `false`, the default, where that is not known.
    func conjuncts(
        of trajectory: TrajectoryBatch, bands: Bands?, into rows: inout TrajectoryRows,
        using workspace: inout ObjectiveWorkspace
    ) -> Bool
}

extension TrajectoryConstraint {
    /// Not known sample by sample.
    public func conjuncts(
        of trajectory: TrajectoryBatch, bands: Bands?, into rows: inout TrajectoryRows,
        using workspace: inout ObjectiveWorkspace
    ) -> Bool { false }
}

extension CompiledObjective: TrajectoryObjective {}

extension GuardrailSet: TrajectoryConstraint {
    /// The number of guardrails.
    public var count: Int { guardrails.count }

    /// Writes normalised margins, row-major `[candidate, guardrail]`.
    public func margins(
        of batch: TrajectoryBatch, bands: Bands?, into margins: inout [Float],
        using workspace: inout ObjectiveWorkspace
    ) {
        normalisedMargins(of: batch, bands: bands, into: &margins, using: &workspace)
    }

    /// Adds the weighted gradients of normalised margins.
    public func addGradient(
        of batch: TrajectoryBatch, bands: Bands?, upstream: [Float], into gradient: inout TrajectoryGradient,
        using workspace: inout ObjectiveWorkspace
    ) {
        for (index, guardrail) in guardrails.enumerated() {
            let column = (0..<batch.candidates).map { upstream[$0 * count + index] }
            guard column.contains(where: { $0 != 0 }) else { continue }
            guardrail.addMarginGradient(
                of: batch, bands: bands, in: .normalised, upstream: column, into: &gradient, using: &workspace)
        }
    }

    /// Adds what all has to hold, guardrail by guardrail; a share of the time is no such row.
    public func conjuncts(
        of trajectory: TrajectoryBatch, bands: Bands?, into rows: inout TrajectoryRows,
        using workspace: inout ObjectiveWorkspace
    ) -> Bool {
        guard !guardrails.contains(where: \.isShare) else { return false }
        for guardrail in guardrails {
            guardrail.addConjuncts(of: trajectory, bands: bands, into: &rows, using: &workspace)
        }
        return true
    }
}
