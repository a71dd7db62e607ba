public import Tensors

/// What all blocks of a transformer share.
public struct TransformerOptions: Sendable, Hashable {
    /// The size of a token.
    public var width: Int
    /// How many attention heads there are.
    public var heads: Int
    /// How many times wider the hidden layer of each MLP is.
    public var expansion: Int
    /// Which keys each query may look at.
    public var mask: AttentionMask
    /// Whether positions are rotary.
    public var rotary: Bool
    /// The nonlinearity of each MLP.
    public var activation: Activation

    /// Creates the options.
    public init(
        width: Int, heads: Int, expansion: Int = 4, mask: AttentionMask = .none, rotary: Bool = false,
        activation: Activation = .gelu
    ) {
        self.width = width
        self.heads = heads
        self.expansion = expansion
        self.mask = mask
        self.rotary = rotary
        self.activation = activation
    }

    func attention(seed: Seed) -> MultiHeadAttention {
        MultiHeadAttention(width, heads: heads, mask: mask, rotary: rotary, seed: seed)
    }

    func mlp(dropout: Dropout?, seed: Seed) -> MLP {
        MLP([width, expansion * width, width], activation: activation, dropout: dropout, seed: seed)
    }
}

/// A pre-norm block, x + attention(norm(x)) and then x + mlp(norm(x)): Xiong et al., arXiv:2002.04745.
public final class TransformerBlock: Layer {
    /// The norm before attention.
    public let attentionNorm: LayerNorm
    /// Attention.
    public let attention: MultiHeadAttention
    /// The norm before the MLP.
    public let mlpNorm: LayerNorm
    /// The MLP.
    public let mlp: MLP
    /// Dropout on both branches and inside the MLP.
    public let dropout: Dropout?

    /// Creates the block.
    public init(_ options: TransformerOptions, dropout: Dropout? = nil, seed: Seed) {
        attentionNorm = LayerNorm(options.width)
        attention = options.attention(seed: seed["attention"])
        mlpNorm = LayerNorm(options.width)
        mlp = options.mlp(dropout: dropout, seed: seed["mlp"])
        self.dropout = dropout
    }

    /// Maps `[batch, time, width]` to the same shape.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(x, cache: nil) }

    /// Maps the times that come after the cache's, and adds them to it.
    public func callAsFunction(_ x: Tensor, cache: KeyValueCache?) -> Tensor {
        let attended = attention(attentionNorm(x), cache: cache)
        let y = x + (dropout?(attended) ?? attended)
        let changed = mlp(mlpNorm(y))
        return y + (dropout?(changed) ?? changed)
    }
}

/// A pre-norm block whose norms are shifted, scaled and gated by a condition: adaLN-Zero of DiT (Peebles and Xie,
/// arXiv:2212.09748, figure 3).
///
/// The modulation starts at zero, so the block starts as the identity and the condition as without effect.
public final class AdaptiveBlock: Module {
    /// The norm before attention, without gain and offset of its own.
    public let attentionNorm: LayerNorm
    /// Attention.
    public let attention: MultiHeadAttention
    /// The norm before the MLP, without gain and offset of its own.
    public let mlpNorm: LayerNorm
    /// The MLP.
    public let mlp: MLP
    /// From the condition to shift, scale and gate of both branches.
    public let modulation: Linear
    /// Dropout on both branches and inside the MLP.
    public let dropout: Dropout?

    /// Creates the block for conditions of a size.
    public init(_ options: TransformerOptions, condition: Int, dropout: Dropout? = nil, seed: Seed) {
        attentionNorm = LayerNorm(options.width, affine: false)
        attention = options.attention(seed: seed["attention"])
        mlpNorm = LayerNorm(options.width, affine: false)
        mlp = options.mlp(dropout: dropout, seed: seed["mlp"])
        modulation = Linear(condition, 6 * options.width, initialiser: .zeros, seed: seed["modulation"])
        self.dropout = dropout
    }

    /// Maps `[batch, time, width]` under a condition `[batch, time, size]`, or `[batch, size]` for all times alike.
    public func callAsFunction(_ x: Tensor, condition: Tensor, cache: KeyValueCache? = nil) -> Tensor {
        let perTime = condition.shape.count == 2 ? condition.unsqueezed(1) : condition  // [batch, time or 1, size]
        let parts = modulation(perTime.silu()).chunk(6, dim: -1)
        let attended = attention(attentionNorm(x) * (parts[1] + 1) + parts[0], cache: cache)
        let y = x + parts[2] * (dropout?(attended) ?? attended)
        let changed = mlp(mlpNorm(y) * (parts[4] + 1) + parts[3])
        return y + parts[5] * (dropout?(changed) ?? changed)
    }
}
