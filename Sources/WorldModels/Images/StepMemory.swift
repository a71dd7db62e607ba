public import Tensors

/// A step of a world model from pictures that came to an end, and what was predicted of it.
public struct ObservedStep {
    /// Where it began, `[1, D]`.
    public var start: Tensor
    /// What was done, normalised, `[1, block · actions]`.
    public var actions: Tensor
    /// What came less what was predicted, `[1, D]`.
    public var residual: Tensor
}

/// The errors of a model's predictions in an episode, and where they were made: a short-term memory that corrects what is
/// predicted next.
///
/// A plan that is built on an error of the model fails, and from where it failed the same search finds it again: a disc that
/// misses the block by a little is believed to push it, for as long as nobody remembers that it did not move. Kernel
/// regression of the errors (Nadaraya, 1964, https://doi.org/10.1137/1109020; Watson, 1964), drawn towards no error, takes
/// effect after one step and forgets with the episode; corrections of a model by the errors that were observed are known from
/// learning model predictive control (Hewing, Kabzan and Zeilinger, arXiv:1705.10702, with Gaussian processes).
/// ```
/// ẑ' = f(z, a) + Σ_i w_i r_i / (λ + Σ_i w_i),    r_i = z'_i − f(z_i, a_i)
/// w_i = exp(−½ (‖z − z_i‖² / (D ℓ_z²) + ‖a − a_i‖² / (A ℓ_a²)))
/// ```
/// D and A are the numbers of a representation and of the actions of a step.
public struct StepMemory {
    /// ℓ_z, root mean square, in representations.
    public let reach: Double
    /// ℓ_a, root mean square, in deviations of recorded actions.
    public static let actionReach = 1.5
    /// λ: what no error counts.
    static let prior = 0.3
    /// Steps that are kept: the latest.
    static let capacity = 64

    private var known: ObservedStep?

    /// Creates an empty memory.
    ///
    /// - Parameter reach: How far in representation space an error says anything of others, root mean square.
    public init(reach: Double) {
        precondition(reach > 0, "a reach of \(reach)")
        self.reach = reach
    }

    /// Creates an empty memory that reaches twice as far as the usual error of a model; `nil` for a model that does not know it,
    /// or whose representations nothing keeps in scale.
    public init?(_ model: TrainedImageModel) {
        guard let usual = model.surprise?.usualError, usual > 0, model.network.summary == nil else { return nil }
        self.init(reach: 2 * usual)
    }

    /// How many steps are remembered.
    public var count: Int { known?.start.size(0) ?? 0 }

    /// Remembers a step.
    public mutating func add(_ step: ObservedStep) {
        guard let known else { return self.known = step }
        func latest(_ old: Tensor, _ new: Tensor) -> Tensor {
            let all = Tensor.concatenate([old, new], dim: 0)
            let kept = min(all.size(0), Self.capacity)
            return all.narrow(dim: 0, start: all.size(0) - kept, length: kept)
        }
        self.known = ObservedStep(
            start: latest(known.start, step.start), actions: latest(known.actions, step.actions),
            residual: latest(known.residual, step.residual))
    }

    /// What is to be added to predictions.
    ///
    /// - Parameters:
    ///   - z: Where steps begin, `[batch, D]`.
    ///   - actions: What is done in them, normalised, `[batch, block · actions]`.
    /// - Returns: `[batch, D]`.
    public func correction(at z: Tensor, actions: Tensor) -> Tensor {
        guard let known else { return Tensor.zeros(z.shape) }
        let exponent =
            Self.meanSquares(z, known.start) * (-0.5 / (reach * reach))
            + Self.meanSquares(actions, known.actions) * (-0.5 / (Self.actionReach * Self.actionReach))
        let weights = exponent.exp()
        return weights.matmul(known.residual) / (weights.sum(dim: 1, keepDim: true) + Self.prior)
    }

    /// Mean square differences between the rows of `[N, D]` and `[M, D]`: `[N, M]`.
    private static func meanSquares(_ one: Tensor, _ other: Tensor) -> Tensor {
        let products = one.matmul(other.transposed(0, 1))
        let sum =
            one.square().sum(dim: 1, keepDim: true) + other.square().sum(dim: 1, keepDim: true).transposed(0, 1)
            - products * 2
        return sum.clamp(min: 0) * (1 / Double(one.size(1)))
    }
}
