import Tensors

/// The rollout of a predictor without past: the last row is all that counts.
struct LastRowRollout<Predictor: LatentPredictor>: LatentRollout {
    private let predictor: Predictor
    private(set) var length = 0

    init(predictor: Predictor) { self.predictor = predictor }

    mutating func next(_ z: Tensor, actions: Tensor) -> Tensor {
        length += z.size(1)
        let last = z.size(1) - 1
        return predictor(
            z.narrow(dim: 1, start: last, length: 1), actions: actions.narrow(dim: 1, start: last, length: 1)
        ).select(dim: 1, index: 0)
    }

    func repeated(_ count: Int) -> any LatentRollout { self }
}
