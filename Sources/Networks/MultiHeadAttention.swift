public import Tensors

/// Attention with several heads: Vaswani et al., arXiv:1706.03762; parameters as in PyTorch's `MultiheadAttention`.
public final class MultiHeadAttention: Module {
    /// The maps to queries, keys and values, one above the other: `[3 width, width]`.
    public let inProjWeight: Parameter
    /// Their biases: `[3 width]`, or `nil` for none.
    public let inProjBias: Parameter?
    /// The map of all heads' results to the output.
    public let outProj: Linear
    /// How many heads there are.
    public let heads: Int
    /// Which keys each query may look at.
    public let mask: AttentionMask
    /// Rotary positions, or `nil` when positions are added to the tokens or do not matter.
    public let rotary: RotaryEmbedding?
    /// Dropout on what each query gives each key, or `nil` for none.
    public let dropout: Dropout?

    /// Creates the layer as PyTorch does: Glorot's weights, biases of zero; without `bias`, queries, keys and values have
    /// none.
    ///
    /// The heads share the width, or have `headSize` numbers each; the weights are then `[3 heads · headSize, width]`.
    public init(
        _ width: Int, heads: Int, headSize: Int? = nil, mask: AttentionMask = .none, rotary: Bool = false,
        rotaryBase: Double = 10_000, bias: Bool = true, dropout: Dropout? = nil, initialiser: Initialiser = .glorot,
        seed: Seed
    ) {
        precondition(
            heads > 0 && (headSize != nil || width % heads == 0), "\(heads) heads do not divide a width of \(width)")
        let inner = headSize.map { $0 * heads } ?? width
        inProjWeight = Parameter(
            initialiser.tensor([3 * inner, width], inputs: width, outputs: 3 * inner, seed: seed["in"]))
        inProjBias = bias ? Parameter(Tensor.zeros([3 * inner])) : nil
        outProj = Linear(inner, width, initialiser: initialiser, seed: seed["out"])
        self.heads = heads
        self.mask = mask
        self.rotary = rotary ? RotaryEmbedding(size: inner / heads, base: rotaryBase) : nil
        self.dropout = dropout
    }

    /// Attends from `[batch, time, width]` to itself.
    ///
    /// A cache holds what earlier calls have left; the new times come after it, and are added to it.
    public func callAsFunction(_ x: Tensor, cache: KeyValueCache? = nil) -> Tensor {
        let parts = x.linear(inProjWeight.value, inProjBias?.value).chunk(3, dim: -1)
        return attend(split(parts[0]), split(parts[1]), split(parts[2]), cache: cache)
    }

    /// Attends from `[batch, time, width]` to itself with queries and keys turned by their places, as positions in more
    /// than one direction do: a function of `[batch, heads, time, size]` to the same shape.
    public func callAsFunction(_ x: Tensor, turning turn: (Tensor) -> Tensor) -> Tensor {
        precondition(mask == .none && rotary == nil, "queries and keys are turned by one sort of position only")
        let parts = x.linear(inProjWeight.value, inProjBias?.value).chunk(3, dim: -1)
        return attend(turn(split(parts[0])), turn(split(parts[1])), split(parts[2]), cache: nil)
    }

    /// Attends from `[batch, time, width]` to a context `[batch, tokens, width]`, without mask.
    public func callAsFunction(_ x: Tensor, context: Tensor) -> Tensor {
        precondition(mask == .none && rotary == nil, "attention to another sequence has no common time")
        let width = inProjWeight.shape[1]
        let weights = inProjWeight.value.chunk(3, dim: 0)
        let biases = inProjBias?.value.chunk(3, dim: 0)
        precondition(context.shape.last == width, "got a context of \(context.shape); expected [..., \(width)]")
        let (q, k, v) = (
            x.linear(weights[0], biases?[0]), context.linear(weights[1], biases?[1]),
            context.linear(weights[2], biases?[2])
        )
        return attend(split(q), split(k), split(v), cache: nil)
    }

    /// From `[batch, time, width]` to `[batch, heads, time, size]`.
    private func split(_ x: Tensor) -> Tensor {
        let shape = x.shape
        precondition(shape.count == 3, "got \(shape); expected [batch, time, width]")
        return x.reshaped([shape[0], shape[1], heads, shape[2] / heads]).transposed(1, 2)
    }

    private func attend(_ q: Tensor, _ k: Tensor, _ v: Tensor, cache: KeyValueCache?) -> Tensor {
        let past = cache?.length ?? 0
        let time = q.shape[2]
        var (query, keys, values) = (q, k, v)
        var keyStart = past
        if let rotary {
            let angles = rotary.angles(start: past, count: time, device: q.device)
            query = rotary(query, angles: angles)
            keys = rotary(keys, angles: angles)
        }
        if let cache {
            precondition(mask.isCausal, "a key–value cache needs a causal mask: later times would change earlier ones")
            (keys, values, keyStart) = cache.append(keys: keys, values: values, window: mask.window)
        }
        let isPlainCausal = mask == .causal && past == 0
        let allowed =
            isPlainCausal
            ? nil
            : mask.tensor(
                queries: time, keys: keys.shape[2], queryStart: past, keyStart: keyStart, device: q.device)
        let y = look(query, keys, values, mask: allowed, causal: isPlainCausal)
        let merged = y.transposed(1, 2).reshaped([q.shape[0], time, -1])  // [batch, time, width]
        return outProj(merged)
    }

    /// Attention itself; with dropout while training step by step, since the fused kernel draws from no generator of ours.
    private func look(_ q: Tensor, _ k: Tensor, _ v: Tensor, mask allowed: Tensor?, causal: Bool) -> Tensor {
        guard let dropout, dropout.isTraining, dropout.rate > 0 else {
            return Tensor.scaledDotProductAttention(q, k, v, mask: allowed, causal: causal)
        }
        let size = Double(q.size(-1))
        var scores = (q * (1 / size.squareRoot())).matmul(k.transposed(-1, -2))  // [batch, heads, time, source]
        let hidden =
            causal
            ? mask.tensor(queries: q.size(2), keys: k.size(2), queryStart: 0, keyStart: 0, device: q.device) : allowed
        if let hidden { scores = scores.maskedFill(hidden.logicalNot(), -.infinity) }
        return dropout(scores.softmax(dim: -1)).matmul(v)
    }
}
