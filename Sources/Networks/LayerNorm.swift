public import Tensors

/// Normalisation of the last dimension to zero mean and unit variance: Ba, Kiros and Hinton, arXiv:1607.06450.
public final class LayerNorm: Layer {
    /// The gain, `[size]`, or `nil` for a plain norm.
    public let weight: Parameter?
    /// The offset, `[size]`, or `nil` for a plain norm.
    public let bias: Parameter?
    /// The size of the last dimension.
    public let size: Int
    /// What is added to the variance.
    public let epsilon: Double

    /// Creates the norm with gain one and offset zero.
    public init(_ size: Int, epsilon: Double = 1e-5, affine: Bool = true) {
        weight = affine ? Parameter(Tensor.ones([size])) : nil
        bias = affine ? Parameter(Tensor.zeros([size])) : nil
        self.size = size
        self.epsilon = epsilon
    }

    /// Normalises `[..., size]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.layerNorm([size], weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    }
}

/// Layer norm with a gain and an offset for each member of an ensemble.
public final class EnsembleLayerNorm: Layer {
    /// The gains, `[members, 1, size]`.
    public let weight: Parameter
    /// The offsets, `[members, 1, size]`.
    public let bias: Parameter
    /// What is added to the variance.
    public let epsilon: Double

    /// Creates the norm with gains one and offsets zero.
    public init(members: Int, _ size: Int, epsilon: Double = 1e-5) {
        weight = Parameter(Tensor.ones([members, 1, size]), decays: false)
        bias = Parameter(Tensor.zeros([members, 1, size]), decays: false)
        self.epsilon = epsilon
    }

    /// Normalises `[members, ..., size]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let (members, size) = (weight.shape[0], weight.shape[2])
        // One dimension for each that the input has between member and feature.
        let shape = [members] + [Int](repeating: 1, count: x.shape.count - 2) + [size]
        let normal = x.layerNorm([size], weight: nil, bias: nil, epsilon: epsilon)
        return normal * weight.value.reshaped(shape) + bias.value.reshaped(shape)
    }
}
