import WorldModels

/// A novelty score split by what it looks at, so that candidates share what they have in common. All lists are row-major.
struct NoveltyWeights {
    /// The number F of features that are whitened.
    let features: Int
    /// The whitening of a representation of the first member, divided by its size, `[D, F]`.
    let state: [Float]
    /// The whitening of the actions, `[action, F]`.
    let actions: [Float]
    /// The whitening of the disturbances, `[disturbance, F]`.
    let disturbances: [Float]
    /// What the mean contributes, `[F]`.
    let offset: [Float]
    /// The distance that counts as 1.
    let distanceThreshold: Double
    private let spreadThreshold: [Float]
    private let outputs: Int

    init(_ model: TrainedModel, _ weights: SensorWeights) {
        let score = model.novelty
        let count = score.mean.count
        let (width, actionCount) = (weights.sizes.width, weights.sizes.actions)
        let scale = weights["predictor.scale"]
        features = count
        state = score.whitening[..<(width * count)].enumerated().map { $1 / scale[$0 / count] }
        actions = Array(score.whitening[(width * count)..<((width + actionCount) * count)])
        disturbances = Array(score.whitening[((width + actionCount) * count)...])
        offset = (0..<count).map { column in
            -(0..<count).reduce(Float(0)) { $0 + score.mean[$1] * score.whitening[$1 * count + column] }
        }
        distanceThreshold = score.distanceThreshold
        spreadThreshold = score.spreadThreshold
        outputs = model.description.outputs.count
    }

    /// 1 by the disagreement that counts as 1, row-major `[step, output]`, normalised.
    func spreadFactors(steps: Int) -> [Float] {
        let known = spreadThreshold.count / outputs
        return (0..<steps).flatMap { step in
            (0..<outputs).map { 1 / spreadThreshold[min(step, known - 1) * outputs + $0] }
        }
    }
}
