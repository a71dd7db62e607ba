public import Tensors

/// Two linear layers with gated units between them, y = W₃ (silu(W₁ x + b₁) ⊙ (W₂ x + b₂)) + b₃: the SwiGLU of Shazeer,
/// "GLU Variants Improve Transformer", arXiv:2002.05202, with biases.
public final class GatedMLP: Layer {
    /// W₁ above W₂, `[2 hidden, inputs]`: one product instead of two.
    public let input: Linear
    /// W₃, `[outputs, hidden]`.
    public let output: Linear
    /// Dropout after the gates.
    public let dropout: Dropout?

    /// Creates the layer with values drawn from the seed.
    public init(_ inputs: Int, hidden: Int, outputs: Int, dropout: Dropout? = nil, seed: Seed) {
        input = Linear(inputs, 2 * hidden, seed: seed["input"])
        output = Linear(hidden, outputs, seed: seed["output"])
        self.dropout = dropout
    }

    /// Maps `[..., inputs]` to `[..., outputs]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let parts = input(x).chunk(2, dim: -1)
        let gated = parts[0].silu() * parts[1]
        return output(dropout?(gated) ?? gated)
    }
}
