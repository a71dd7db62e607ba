import CKernels
public import Perception
import Tensors
import WorldModels

/// What one rollout of many candidates needs on any hardware, counted by the code that does it.
public struct RolloutCost: Sendable, Equatable {
    /// Multiplications and additions, each counted as one.
    public let operations: Double
    /// Values of the nonlinear part's activation; not among the operations.
    public let activations: Double
    /// Bytes that have to be moved however large the caches: weights, actions, outputs and novelty once.
    public let bytes: Double

    /// Multiplications and additions of one candidate of a causal predictor over a horizon in steps, where the compiled rollout
    /// runs it; `nil` where it does not.
    ///
    /// - Throws: `ForesightError.failure` when memory is short.
    public static func ofCandidate(_ predictor: CausalPredictor, steps: Int) throws -> Double? {
        guard CausalWeights.hindrance(predictor) == nil else { return nil }
        return try CompiledCausalRollout(predictor, isHalf: false).operations(steps: steps)
    }

    /// Multiplications and additions a second that one core of this machine does at most in single precision, measured with
    /// the vector unit that rollouts use.
    ///
    /// - Throws: `ForesightError` (unavailable) where set-up is missing.
    public static func peak() throws -> Double {
        try Kernels.load()
        return ct_rollout_peak(0.2)
    }

    /// The vector unit that rollouts use, such as `AVX-512`.
    ///
    /// - Throws: `ForesightError` (unavailable) where set-up is missing.
    public static func lanes() throws -> String {
        try Kernels.load()
        return CompiledRollout.lanes
    }
}

extension LearnedDynamics {
    /// What a rollout needs, with novelty and without spread; `nil` where libtorch rolls out.
    public func cost(candidates: Int, horizon: Int) -> RolloutCost? {
        guard case .compiled(let compiled, _) = choice else { return nil }
        let (actions, outputs) = (actionChannels.count, outputChannels.count)
        let sizes = model.description.architecture
        let rows = Double(candidates * horizon)
        return RolloutCost(
            operations: Double(candidates) * compiled.operations(horizon: horizon),
            activations: rows * Double(sizes.members * sizes.hidden),
            bytes: Double(compiled.bytes) + 4 * rows * Double(actions + outputs + 1))
    }
}
