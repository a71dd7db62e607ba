public import Networks
public import Tensors

/// A ``ResidualPredictor`` of representations that were not learned for it: it sees them less their mean, in units of how much
/// they vary.
///
/// ```
/// ẑ_{t+1} = μ + σ f((z_t − μ) / σ, a_t)
/// ```
/// Of tokens that others have trained most is the same in all pictures of a record; what changes is small beside it, and a
/// perceptron with norms would hardly see it. μ is the mean of each component, σ one number for all, so that the loss and the
/// difference of two representations are those of the tokens.
public final class CentredPredictor: LatentPredictor {
    /// μ, `[D]`.
    public let centre: Buffer
    /// σ, `[1]`.
    public let scale: Buffer
    /// f.
    public let inner: ResidualPredictor

    /// Creates the predictor with mean 0 and unit 1.
    public init(_ inner: ResidualPredictor) {
        centre = Buffer(Tensor.zeros([inner.width]))
        scale = Buffer(Tensor.ones([1]))
        self.inner = inner
    }

    /// The size D of a representation.
    public var width: Int { inner.width }
    /// The size A of a block of actions.
    public var actionWidth: Int { inner.actionWidth }
    /// One row.
    public var history: Int { 1 }

    /// Takes mean and unit from representations `[rows, D]`.
    public func fit(_ rows: Tensor) {
        withoutGradients {
            let mean = rows.mean(dim: 0)
            let deviation = (rows - mean).square().mean().sqrt().item()
            centre.assign(mean)
            scale.assign(Tensor.full([1], max(deviation, 1e-6)))
        }
    }

    /// The predictions of all rows: `[batch, time, D]` and `[batch, time, A]` to `[batch, time, D]`.
    public func callAsFunction(_ z: Tensor, actions: Tensor) -> Tensor {
        inner((z - centre.value) / scale.value, actions: actions) * scale.value + centre.value
    }

    /// A rollout without past.
    public func makeRollout() -> any LatentRollout { LastRowRollout(predictor: self) }
}
