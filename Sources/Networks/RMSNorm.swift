public import Tensors

/// Division of the last dimension by its root mean square: Zhang and Sennrich, arXiv:1910.07467.
public final class RMSNorm: Layer {
    /// The gain, `[size]`.
    public let weight: Parameter
    /// What is added to the mean square.
    public let epsilon: Double

    /// Creates the norm with gain one.
    public init(_ size: Int, epsilon: Double = 1e-6) {
        weight = Parameter(Tensor.ones([size]))
        self.epsilon = epsilon
    }

    /// Normalises `[..., size]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.rmsNorm([weight.shape[0]], weight: weight.value, epsilon: epsilon)
    }
}
