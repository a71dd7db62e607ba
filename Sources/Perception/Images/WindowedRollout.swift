import Networks
import Tensors

/// A predictor that looks at a window of rows through attention with caches.
protocol WindowedPredictor: LatentPredictor {
    /// What does not change while a row stays in the window, however it moves there: tensors `[batch, time, …]`.
    func prepare(_ z: Tensor, actions: Tensor) -> [Tensor]
    /// The prediction after the last of the prepared rows, `[batch, D]`; their places go on from the caches' length.
    func last(_ rows: [Tensor], caches: [KeyValueCache]?) -> Tensor
    /// One empty cache for each layer of attention.
    func makeCaches() -> [KeyValueCache]
    /// Whether a row is seen differently when the window moves on, as learned positions do it: then the caches are of no
    /// use any more, and all rows of the window are looked at anew for each prediction.
    var isBoundToPlaces: Bool { get }
}

/// The rollout of a windowed predictor: equal to a full pass over the last rows at every step.
///
/// While the rows fit into the window, each costs one token of each layer. Behind that, rows that are bound to places
/// cost the window of `history` rows, others still one.
struct WindowedRollout<Predictor: WindowedPredictor>: LatentRollout {
    private let predictor: Predictor
    private var rows: [Tensor] = []
    private var caches: [KeyValueCache]
    private(set) var length = 0

    init(_ predictor: Predictor) {
        self.predictor = predictor
        caches = predictor.makeCaches()
    }

    mutating func next(_ z: Tensor, actions: Tensor) -> Tensor {
        let prepared = predictor.prepare(z, actions: actions)
        let count = z.size(1)
        length += count
        guard predictor.isBoundToPlaces else {
            caches = caches.map { $0.branched() }
            return predictor.last(prepared, caches: caches)
        }
        rows = rows.isEmpty ? prepared : zip(rows, prepared).map { Tensor.concatenate([$0, $1], dim: 1) }
        let kept = rows.first?.size(1) ?? 0
        let surplus = kept - predictor.history
        if surplus > 0 { rows = rows.map { $0.narrow(dim: 1, start: surplus, length: predictor.history) } }
        if length <= predictor.history {
            caches = caches.map { $0.branched() }
            return predictor.last(prepared, caches: caches)
        }
        caches = []
        return predictor.last(rows, caches: nil)
    }

    func repeated(_ count: Int) -> any LatentRollout {
        var copy = self
        copy.rows = rows.map { $0.repeatedInterleaved(count, dim: 0) }
        copy.caches = caches.map { $0.repeated(count) }
        return copy
    }
}
