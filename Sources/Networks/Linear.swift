public import Tensors

/// An affine map, y = x Wᵀ + b, over the last dimension.
public final class Linear: Layer {
    /// The weight, `[outputs, inputs]`.
    public let weight: Parameter
    /// The bias, `[outputs]`.
    public let bias: Parameter?

    /// Creates the layer with values drawn from the seed.
    public init(
        _ inputs: Int, _ outputs: Int, bias: Bool = true, initialiser: Initialiser = .uniformFanIn, seed: Seed
    ) {
        weight = Parameter(
            initialiser.tensor([outputs, inputs], inputs: inputs, outputs: outputs, seed: seed["weight"]))
        self.bias = bias ? Parameter(initialiser.bias([outputs], inputs: inputs, seed: seed["bias"])) : nil
    }

    /// How many numbers go in.
    public var inputs: Int { weight.shape[1] }
    /// How many numbers come out.
    public var outputs: Int { weight.shape[0] }

    /// Maps `[..., inputs]` to `[..., outputs]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.linear(weight.value, bias?.value)
    }
}
