import Tensors

/// The keys and values that attention has already computed, so that a new time costs one time and not all of them.
///
/// One cache serves one attention layer. With a windowed mask only what the window can still see is kept, so memory
/// stays bounded however long the rollout.
public final class KeyValueCache {
    /// The keys, `[batch, heads, kept, size]`, turned to their positions already.
    private(set) var keys: Tensor?
    /// The values, `[batch, heads, kept, size]`.
    private(set) var values: Tensor?
    /// How many times have been seen: the position of the next one.
    public private(set) var length = 0

    /// Creates an empty cache.
    public init() {}

    /// A cache with the same past that goes on by itself. Costs nothing: what is kept is never written to.
    public func branched() -> KeyValueCache {
        let copy = KeyValueCache()
        (copy.keys, copy.values, copy.length) = (keys, values, length)
        return copy
    }

    /// A cache whose batch repeats each row: one past, many candidates. From `[batch, …]` to `[batch · count, …]`.
    public func repeated(_ count: Int) -> KeyValueCache {
        let copy = branched()
        let indices = { (batch: Int) in (0..<batch).flatMap { [Int](repeating: $0, count: count) } }
        if let keys, let values {
            let order = Tensor(indices(keys.shape[0]).map(Int64.init), shape: [keys.shape[0] * count]).to(
                device: keys.device)
            copy.keys = keys.indexSelect(dim: 0, order)
            copy.values = values.indexSelect(dim: 0, order)
        }
        return copy
    }

    /// Adds the keys and values of new times and gives back all that is kept, with the time of the first of them.
    func append(keys newKeys: Tensor, values newValues: Tensor, window: Int?) -> (Tensor, Tensor, start: Int) {
        var allKeys = newKeys
        var allValues = newValues
        if let keys, let values {
            allKeys = Tensor.concatenate([keys, newKeys], dim: 2)
            allValues = Tensor.concatenate([values, newValues], dim: 2)
        }
        length += newKeys.shape[2]
        let start = length - allKeys.shape[2]
        // The next query sees its own time and window − 1 before it.
        let kept = min(allKeys.shape[2], window.map { $0 - 1 } ?? .max)
        let drop = allKeys.shape[2] - kept
        keys = kept == 0 ? nil : allKeys.narrow(dim: 2, start: drop, length: kept)
        values = kept == 0 ? nil : allValues.narrow(dim: 2, start: drop, length: kept)
        return (allKeys, allValues, start)
    }
}
