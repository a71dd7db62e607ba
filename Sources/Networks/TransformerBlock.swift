public import Tensors

/// What all blocks of a transformer share.
public struct TransformerOptions: Sendable, Hashable {
    /// The size of a token.
    public var width: Int
    /// How many attention heads there are.
    public var heads: Int
    /// The size of a head, or `nil` when the heads share the width.
    public var headSize: Int?
    /// The size of the hidden layer of each MLP.
    public var hidden: Int
    /// Which keys each query may look at.
    public var mask: AttentionMask
    /// Whether positions are rotary.
    public var rotary: Bool
    /// The nonlinearity of each MLP; gated ones have their own.
    public var activation: Activation
    /// Whether the MLPs are gated: ``GatedMLP``.
    public var isGated: Bool
    /// Whether queries, keys and values have biases.
    public var attentionBias: Bool
    /// Whether dropout reaches what each query gives each key, besides both branches.
    public var dropsAttention: Bool
    /// What each norm adds to the variance.
    public var epsilon: Double
    /// The first gain of each branch of a ``TransformerBlock``, or `nil` for branches without: ``LayerScale``.
    public var layerScale: Double?

    /// Creates the options; the hidden layers have `expansion` times the width when `hidden` is not given.
    public init(
        width: Int, heads: Int, headSize: Int? = nil, expansion: Int = 4, hidden: Int? = nil,
        mask: AttentionMask = .none, rotary: Bool = false, activation: Activation = .gelu, isGated: Bool = false,
        attentionBias: Bool = true, dropsAttention: Bool = false, epsilon: Double = 1e-5, layerScale: Double? = nil
    ) {
        self.width = width
        self.heads = heads
        self.headSize = headSize
        self.hidden = hidden ?? expansion * width
        self.mask = mask
        self.rotary = rotary
        self.activation = activation
        self.isGated = isGated
        self.attentionBias = attentionBias
        self.dropsAttention = dropsAttention
        self.epsilon = epsilon
        self.layerScale = layerScale
    }

    func attention(dropout: Dropout?, seed: Seed) -> MultiHeadAttention {
        MultiHeadAttention(
            width, heads: heads, headSize: headSize, mask: mask, rotary: rotary, bias: attentionBias,
            dropout: dropsAttention ? dropout : nil, seed: seed)
    }

    func mlp(dropout: Dropout?, seed: Seed) -> any Layer {
        isGated
            ? GatedMLP(width, hidden: hidden, outputs: width, dropout: dropout, seed: seed)
            : MLP([width, hidden, width], activation: activation, dropout: dropout, seed: seed)
    }

    func norm(affine: Bool = true) -> LayerNorm { LayerNorm(width, epsilon: epsilon, affine: affine) }

    func scale() -> LayerScale? { layerScale.map { LayerScale(width, initial: $0) } }
}

/// A pre-norm block, x + attention(norm(x)) and then x + mlp(norm(x)): Xiong et al., arXiv:2002.04745.
///
/// With layer scale, both branches are multiplied by learned gains before they are added.
public final class TransformerBlock: Layer {
    /// The norm before attention.
    public let attentionNorm: LayerNorm
    /// Attention.
    public let attention: MultiHeadAttention
    /// The gains of what attention adds, or `nil` for one.
    public let attentionScale: LayerScale?
    /// The norm before the MLP.
    public let mlpNorm: LayerNorm
    /// The MLP.
    public let mlp: any Layer
    /// The gains of what the MLP adds, or `nil` for one.
    public let mlpScale: LayerScale?
    /// Dropout on both branches and inside the MLP.
    public let dropout: Dropout?

    /// Creates the block.
    public init(_ options: TransformerOptions, dropout: Dropout? = nil, seed: Seed) {
        attentionNorm = options.norm()
        attention = options.attention(dropout: dropout, seed: seed["attention"])
        attentionScale = options.scale()
        mlpNorm = options.norm()
        mlp = options.mlp(dropout: dropout, seed: seed["mlp"])
        mlpScale = options.scale()
        self.dropout = dropout
    }

    /// Maps `[batch, time, width]` to the same shape.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(x, cache: nil) }

    /// Maps the times that come after the cache's, and adds them to it.
    public func callAsFunction(_ x: Tensor, cache: KeyValueCache?) -> Tensor {
        add(attention(attentionNorm(x), cache: cache), to: x)
    }

    /// Maps `[batch, time, width]` to the same shape; queries and keys are turned by their places.
    public func callAsFunction(_ x: Tensor, turning turn: (Tensor) -> Tensor) -> Tensor {
        add(attention(attentionNorm(x), turning: turn), to: x)
    }

    /// Adds what attention found and then what the MLP makes of it.
    private func add(_ attended: Tensor, to x: Tensor) -> Tensor {
        let y = x + branch(attended, attentionScale)
        return y + branch(mlp(mlpNorm(y)), mlpScale)
    }

    /// What a branch adds: scaled, and some of it dropped while training.
    private func branch(_ x: Tensor, _ scale: LayerScale?) -> Tensor {
        let scaled = scale?(x) ?? x
        return dropout?(scaled) ?? scaled
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
    public let mlp: any Layer
    /// From the condition to shift, scale and gate of both branches.
    public let modulation: Linear
    /// Dropout on both branches and inside the MLP.
    public let dropout: Dropout?

    /// Creates the block for conditions of a size.
    public init(_ options: TransformerOptions, condition: Int, dropout: Dropout? = nil, seed: Seed) {
        precondition(options.layerScale == nil, "the condition gates these branches; layer scale has no place there")
        attentionNorm = options.norm(affine: false)
        attention = options.attention(dropout: dropout, seed: seed["attention"])
        mlpNorm = options.norm(affine: false)
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
