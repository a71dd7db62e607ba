public import Networks
public import Tensors

/// A vector for each block of actions, `W₃ silu(W₂ (W₁ a + b₁) + b₂) + b₃`: LeWM's (arXiv:2603.19312, section 3).
///
/// A block is all that is done between two frames: primitive actions one after the other in one vector. W₁ is a
/// convolution over time that reaches over one block.
public final class ActionEncoder: Layer {
    /// W₁ and b₁, `[smoothed, actions, 1]`.
    public let input: Conv1d
    /// W₂, W₃ and their biases.
    public let mlp: MLP

    /// Creates the encoder with values drawn from the seed.
    ///
    /// - Parameters:
    ///   - actions: The size A of a block of actions.
    ///   - smoothed: The outputs of W₁.
    ///   - width: The size of what is made of a block.
    ///   - expansion: How many times that size the hidden layer has.
    ///   - seed: Where the values are drawn from.
    public init(_ actions: Int, smoothed: Int = 10, width: Int, expansion: Int = 4, seed: Seed) {
        input = Conv1d(actions, smoothed, size: 1, seed: seed["input"])
        mlp = MLP([smoothed, expansion * width, width], activation: .silu, seed: seed["mlp"])
    }

    /// The size A of a block of actions.
    public var actions: Int { input.weight.shape[1] }

    /// Maps blocks `[..., A]` to `[..., width]`.
    public func callAsFunction(_ blocks: Tensor) -> Tensor {
        // A convolution that reaches over one time is a linear map of each.
        mlp(blocks.linear(input.weight.value.squeezed(2), input.bias?.value))
    }
}
