public import Networks
public import Tensors

/// A hidden layer between two linear maps, `W₂ gelu(norm(W₁ x + b₁)) + b₂`: what LeWM puts behind its encoder and behind
/// its predictor (arXiv:2603.19312, section 3).
///
/// With batch norm, the last layer norm of a transformer no longer fixes the length of a representation, which would
/// work against a regulariser that asks for a normal distribution.
public final class Projector: Layer {
    /// W₁ and b₁.
    public let input: Linear
    /// The norm of the hidden layer, or `nil` for none.
    public let norm: (any Layer)?
    /// W₂ and b₂.
    public let output: Linear
    /// The nonlinearity of the hidden layer.
    public let activation: Activation

    /// Creates the projector with values drawn from the seed.
    public init(
        _ inputs: Int, hidden: Int, outputs: Int, norm: Normalisation = .batch, activation: Activation = .gelu,
        seed: Seed
    ) {
        input = Linear(inputs, hidden, seed: seed["input"])
        switch norm {
        case .none: self.norm = nil
        case .batch: self.norm = BatchNorm1d(hidden)
        case .layer: self.norm = LayerNorm(hidden)
        case .rms: self.norm = RMSNorm(hidden)
        }
        output = Linear(hidden, outputs, seed: seed["output"])
        self.activation = activation
    }

    /// Maps `[..., inputs]` to `[..., outputs]`; batch norm takes all rows before the last dimension as one batch.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let hidden = input(x.reshaped([-1, input.inputs]))
        let y = output(activation(norm?(hidden) ?? hidden))
        return y.reshaped(Array(x.shape.dropLast()) + [output.outputs])
    }
}
