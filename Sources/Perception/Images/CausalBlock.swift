public import Networks
import Tensors

/// A block of LeWM's predictor: adaLN-Zero (Peebles and Xie, arXiv:2212.09748) around branches with norms of their own.
///
/// ```
/// x ← x + g₁ ⊙ attention(norm(plain(x) ⊙ (1 + s₁) + m₁)),   x ← x + g₂ ⊙ mlp(norm(plain(x) ⊙ (1 + s₂) + m₂))
/// [m₁ s₁ g₁ m₂ s₂ g₂] = W silu(c) + b
/// ```
/// The second norm inside each branch is in LeWM's code, not in its paper, and takes back some of what the condition
/// shifts and scales. ``AdaptiveBlock`` is without.
public final class CausalBlock: Module {
    /// The norm before the condition, without gain and offset.
    public let plainNorm: LayerNorm
    /// The norm before attention.
    public let attentionNorm: LayerNorm
    /// Attention.
    public let attention: MultiHeadAttention
    /// The norm before the feed-forward part.
    public let mlpNorm: LayerNorm
    /// The feed-forward part.
    public let mlp: MLP
    /// From the condition to shift, scale and gate of both branches; zero at first.
    public let modulation: Linear
    /// Dropout on both branches, inside the feed-forward part and on attention.
    public let dropout: Dropout?

    init(_ options: CausalPredictorOptions, dropout: Dropout?, seed: Seed) {
        let width = options.hidden
        plainNorm = LayerNorm(width, epsilon: 1e-6, affine: false)
        attentionNorm = LayerNorm(width)
        let isRotary = options.positions == .rotary
        attention = MultiHeadAttention(
            width, heads: options.heads, headSize: options.headSize,
            mask: isRotary ? .windowed(options.history) : .causal, rotary: isRotary, bias: false, dropout: dropout,
            initialiser: .uniformFanIn, seed: seed["attention"])
        mlpNorm = LayerNorm(width)
        mlp = MLP([width, options.feedForward, width], activation: .gelu, dropout: dropout, seed: seed["mlp"])
        modulation = Linear(width, 6 * width, initialiser: .zeros, seed: seed["modulation"])
        self.dropout = dropout
    }

    /// Shifts, scales and gates of conditions `[batch, time, width]`: `[batch, time, 6 width]`.
    func modulate(_ condition: Tensor) -> Tensor { modulation(condition.silu()) }

    /// Maps `[batch, time, width]` under modulations `[batch, time, 6 width]`; times come after the cache's.
    func callAsFunction(_ x: Tensor, modulations: Tensor, cache: KeyValueCache?) -> Tensor {
        let parts = modulations.chunk(6, dim: -1)
        func branch(_ x: Tensor, _ first: Int, _ body: (Tensor) -> Tensor) -> Tensor {
            let y = body(plainNorm(x) * (parts[first + 1] + 1) + parts[first])
            return x + parts[first + 2] * (dropout?(y) ?? y)
        }
        let y = branch(x, 0) { attention(attentionNorm($0), cache: cache) }
        return branch(y, 3) { mlp(mlpNorm($0)) }
    }
}
