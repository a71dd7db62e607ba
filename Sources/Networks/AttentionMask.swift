import Tensors

/// Which keys each query may look at.
public enum AttentionMask: Sendable, Hashable {
    /// All of them.
    case none
    /// Its own time and earlier ones.
    case causal
    /// The given number of times up to and including its own.
    case windowed(Int)
    /// All of its own frame and of earlier ones, where a frame is the given number of tokens one after the other.
    case frames(Int)

    /// Whether key times after the query's are hidden.
    public var isCausal: Bool { self != .none }

    /// How many past times, its own included, a query can see, or `nil` when all.
    var window: Int? {
        guard case .windowed(let window) = self else { return nil }
        precondition(window > 0, "a window holds at least the query's own time, not \(window)")
        return window
    }

    /// The mask as booleans, true where attention is allowed, `[queries, keys]`, or `nil` where all is.
    ///
    /// The starts are the times of the first query and of the first key.
    func tensor(queries: Int, keys: Int, queryStart: Int, keyStart: Int, device: Device) -> Tensor? {
        guard isCausal else { return nil }
        if case .frames(let size) = self {
            return Self.frames(
                of: size, queries: queryStart..<(queryStart + queries), keys: keyStart..<(keyStart + keys),
                device: device)
        }
        let reach = window ?? .max
        let isOpen = queryStart >= keyStart + keys - 1 && queryStart + queries - 1 - keyStart < reach
        if isOpen && queries == 1 { return nil }
        let times = Tensor.indices(queries, device: device).unsqueezed(1) + Double(queryStart)
        let ages = times - (Tensor.indices(keys, device: device) + Double(keyStart))  // [queries, keys]
        let past = ages.greaterEqual(0)
        return window == nil ? past : past.logicalAnd(ages.less(Double(reach)))
    }
    /// The mask of frames, or `nil` when the first query's frame holds the last key.
    private static func frames(of size: Int, queries: Range<Int>, keys: Range<Int>, device: Device) -> Tensor? {
        precondition(size > 0, "a frame holds at least one token, not \(size)")
        precondition(queries.lowerBound % size == 0, "frames of \(size) tokens are attended to whole")
        let frame = { (times: Range<Int>) in times.map { Float($0 / size) } }
        let (asking, asked) = (frame(queries), frame(keys))
        guard let first = asking.first, let last = asked.last, first < last else { return nil }
        let columns = Tensor(asked, shape: [asked.count], device: device)
        return Tensor(asking, shape: [asking.count, 1], device: device).greaterEqual(columns)
    }
}
