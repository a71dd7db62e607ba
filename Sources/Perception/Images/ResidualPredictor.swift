public import Networks
public import Tensors

/// Predicts by how much an action changes a representation.
///
/// The representation is all that is carried on, so that a rollout costs one small network a step, and what was predicted
/// can be compared and planned with like what was encoded. The last layer starts small: nothing changes at first.
/// ```
/// ẑ_{t+1} = ẑ_t + W₃ SiLU(norm(W₂ SiLU(norm(W₁ [ẑ_t; a_t] + b₁)) + b₂)) + b₃
/// ```
public final class ResidualPredictor: LatentPredictor {
    /// What representations contribute to the first layer; its bias is that of the layer.
    public let state: Linear
    /// What actions contribute to the first layer.
    public let action: Linear
    /// The norm of the first layer.
    public let norm: LayerNorm
    /// The layers behind it.
    public let change: MLP

    /// Creates the predictor for actions of a size.
    public init(width: Int, actions: Int, hidden: Int, seed: Seed) {
        state = Linear(width, hidden, seed: seed["state"])
        action = Linear(actions, hidden, bias: false, initialiser: .normal(0.3), seed: seed["action"])
        norm = LayerNorm(hidden)
        change = MLP(
            [hidden, hidden, width], activation: .silu, norm: .layer, last: .normal(0.01), seed: seed["change"])
    }

    /// The size of a representation.
    public var width: Int { state.inputs }

    /// The size of a block of actions.
    public var actionWidth: Int { action.inputs }
    /// One row: the representation is all that is carried on.
    public var history: Int { 1 }

    /// The predictions of all rows, each from its own representation: `[batch, time, D]` and `[batch, time, A]` to
    /// `[batch, time, D]`.
    public func callAsFunction(_ z: Tensor, actions: Tensor) -> Tensor {
        z + change(norm(state(z) + action(actions)).silu())
    }

    /// A rollout without past.
    public func makeRollout() -> any LatentRollout { LastRowRollout(predictor: self) }
}
