import Networks
import Tensors
import WorldModels

/// A novelty score split by what it looks at, so that candidates share what they have in common.
struct NoveltyWeights {
    /// The whitening of a representation of the first member, divided by its size, `[D, F]`.
    let state: Tensor
    /// The whitening of the actions, `[action, F]`.
    let actions: Tensor
    /// The whitening of the disturbances, `[disturbance, F]`.
    let disturbances: Tensor
    /// What the mean contributes, `[F]`.
    let offset: Tensor
    /// The distance that counts as 1.
    let distanceThreshold: Double
    private let spreadThreshold: [Float]
    private let outputs: Int

    init(_ model: TrainedModel) {
        let score = model.novelty
        let features = score.mean.count
        let width = model.description.architecture.width
        let actionCount = model.description.architecture.actions
        (state, actions, disturbances, offset) = withoutGradients {
            let whitening = Tensor(score.whitening, shape: [features, features])
            let size = model.network.predictor.scale.value[0].reshaped([width, 1])
            return (
                (whitening.narrow(dim: 0, start: 0, length: width) / size).detached(),
                whitening.narrow(dim: 0, start: width, length: actionCount).clone(),
                whitening.narrow(dim: 0, start: width + actionCount, length: features - width - actionCount).clone(),
                Tensor(score.mean, shape: [1, features]).matmul(whitening).reshaped([features]) * -1
            )
        }
        distanceThreshold = score.distanceThreshold
        spreadThreshold = score.spreadThreshold
        outputs = model.description.outputs.count
    }

    /// Scores every step of every candidate.
    ///
    /// - Parameters:
    ///   - start: The representation before the first step, `[members, 1, D]`.
    ///   - states: The representations after each step, `[members, step, candidate, D]`.
    ///   - input: Actions, normalised, `[step, candidate, action]`.
    ///   - known: Disturbances, normalised, `[step, disturbance]`.
    ///   - spread: Normalised, `[step, candidate, output]`.
    /// - Returns: `[step, candidate]`; 1 is the edge of the training data.
    func score(start: Tensor, states: Tensor, actions input: Tensor, disturbances known: Tensor, spread: Tensor)
        -> Tensor
    {
        let first = states.select(dim: 0, index: 0)  // [step, candidate, D]
        let (steps, candidates) = (first.size(0), first.size(1))
        let begin = start.narrow(dim: 0, start: 0, length: 1).expanded(to: [1, candidates, first.size(2)])
        // The pair that leads to step k is the representation before it and its input.
        let before = Tensor.concatenate([begin, first.narrow(dim: 0, start: 0, length: steps - 1)], dim: 0)
        var shared = offset
        if known.count > 0 { shared = (offset + known.matmul(disturbances)).unsqueezed(1) }
        let whitened = before.matmul(state) + input.matmul(actions) + shared
        let distance = whitened.square().sum(dim: 2).sqrt() * (1 / distanceThreshold)
        let factors = Tensor(spreadFactors(steps: steps), shape: [steps, 1, outputs])
        return distance.maximum((spread * factors).amax(dim: 2))
    }

    /// 1 by the disagreement that counts as 1, row-major `[step, output]`, normalised.
    func spreadFactors(steps: Int) -> [Float] {
        let known = spreadThreshold.count / outputs
        return (0..<steps).flatMap { step in
            (0..<outputs).map { 1 / spreadThreshold[min(step, known - 1) * outputs + $0] }
        }
    }
}
