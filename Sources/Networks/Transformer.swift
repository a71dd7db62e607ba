public import Tensors

/// Pre-norm blocks and a last norm.
public final class Transformer: Layer {
    /// The blocks in order.
    public let blocks: [TransformerBlock]
    /// The norm of the output.
    public let norm: LayerNorm

    /// Creates the transformer.
    public init(_ options: TransformerOptions, depth: Int, dropout: Dropout? = nil, seed: Seed) {
        blocks = (0..<depth).map { TransformerBlock(options, dropout: dropout, seed: seed["blocks"][$0]) }
        norm = options.norm()
    }

    /// One empty cache for each block.
    public func makeCaches() -> [KeyValueCache] { blocks.map { _ in KeyValueCache() } }

    /// Maps `[batch, time, width]` to the same shape.
    public func callAsFunction(_ x: Tensor) -> Tensor { leading(x.size(1), of: x) }

    /// Maps `[batch, time, width]` to the same shape; queries and keys of every block are turned by their places.
    public func callAsFunction(_ x: Tensor, turning turn: (Tensor) -> Tensor) -> Tensor {
        norm(blocks.reduce(x) { y, block in block(y, turning: turn) })
    }

    /// Maps the times that come after the caches', and adds them: equal to the same rows of one pass over all times.
    public func callAsFunction(_ x: Tensor, caches: [KeyValueCache]) -> Tensor {
        precondition(caches.count == blocks.count, "\(caches.count) caches for \(blocks.count) blocks")
        return norm(zip(blocks, caches).reduce(x) { y, pair in pair.0(y, cache: pair.1) })
    }
}

/// AdaLN-Zero blocks and a last norm: the predictor of a JEPA whose condition is the action.
public final class AdaptiveTransformer: Module {
    /// The blocks in order.
    public let blocks: [AdaptiveBlock]
    /// The norm of the output.
    public let norm: LayerNorm

    /// Creates the transformer for conditions of a size.
    public init(_ options: TransformerOptions, condition: Int, depth: Int, dropout: Dropout? = nil, seed: Seed) {
        blocks = (0..<depth).map {
            AdaptiveBlock(options, condition: condition, dropout: dropout, seed: seed["blocks"][$0])
        }
        norm = options.norm()
    }

    /// One empty cache for each block.
    public func makeCaches() -> [KeyValueCache] { blocks.map { _ in KeyValueCache() } }

    /// Maps `[batch, time, width]` under conditions `[batch, time, size]` or `[batch, size]`.
    ///
    /// The caches, one for each block, hold what earlier times have left; the new times are added to them.
    public func callAsFunction(_ x: Tensor, condition: Tensor, caches: [KeyValueCache]? = nil) -> Tensor {
        precondition(
            caches == nil || caches?.count == blocks.count, "the caches are not of these \(blocks.count) blocks")
        var y = x
        for (index, block) in blocks.enumerated() {
            y = block(y, condition: condition, cache: caches?[index])
        }
        return norm(y)
    }
}
