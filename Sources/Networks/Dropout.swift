public import Tensors

/// Zeroes elements at random while training and scales the others up: Srivastava et al., JMLR 2014.
///
/// The generator is the caller's: saving its state saves what dropout will draw next.
public final class Dropout: Layer, ModeDependent {
    /// The probability that an element is zeroed.
    public let rate: Double
    /// Where the masks come from.
    public let generator: TorchGenerator
    /// Whether elements are dropped at all.
    public var isTraining = true

    /// Creates dropout that draws from the generator.
    public init(_ rate: Double, generator: TorchGenerator) {
        precondition(rate >= 0 && rate < 1, "a dropout rate lies in [0, 1), not \(rate)")
        self.rate = rate
        self.generator = generator
    }

    /// Drops elements in training mode, otherwise gives the input back.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard isTraining && rate > 0 else { return x }
        // Of the type that it is given, as autocast leaves it; scaled after, since a short type would round the scale itself.
        let keep = Tensor.bernoulli(x.shape, probability: 1 - rate, using: generator, dtype: x.dtype)
        return x * keep.to(device: x.device) * (1 / (1 - rate))
    }
}
