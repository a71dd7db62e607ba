public import Tensors

/// Says row by row, while a world model from pictures looks on, how surprising it is what is seen.
///
/// Each row is compared with the prediction from the row a step of the model before, under the actions between them: what
/// happens at once is surprising for as many rows as a step has.
public struct SurpriseWatch {
    private let model: TrainedImageModel
    private let calibration: PictureSurprise
    /// Representations of the latest rows, a step and one at most.
    private var seen: [Tensor] = []
    /// The actions that led to the rows seen, but for the first.
    private var actions: [[Double]] = []
    private var rows = 0
    /// The step that ended with the row seen last; `nil` as long as prediction looks at more pictures than were seen.
    public private(set) var step: ObservedStep?

    /// Begins with an episode; `nil` for a model that does not know what is ordinary.
    public init?(_ model: TrainedImageModel) {
        guard let calibration = model.surprise else { return nil }
        (self.model, self.calibration) = (model, calibration)
    }

    /// Takes the next row in.
    ///
    /// - Parameters:
    ///   - representation: What is seen, `[1, D]`.
    ///   - action: What was done in the row before, physical units; of no meaning for the first row.
    /// - Returns: How surprising it is; `nil` as long as prediction looks at more pictures than were seen.
    public mutating func see(_ representation: Tensor, after action: [Double]) -> PictureSurprise.Reading? {
        let sizes = model.network.architecture
        if rows > 0 { actions.append(action) }
        rows += 1
        seen.append(representation)
        if seen.count > sizes.block + 1 {
            seen.removeFirst()
            actions.removeFirst()
        }
        guard rows > sizes.stack * sizes.block else { return nil }
        let residual = withInferenceMode {
            let driving = model.actionScaling.normalised(
                Tensor(actions.joined().map(Float.init), shape: [1, 1, sizes.blockActions]))
            let predicted = model.network.rollout(from: seen[0], actions: driving)[0]
            step = ObservedStep(
                start: seen[0], actions: driving.squeezed(1), residual: representation - predicted)
            return (model.network.summarised(representation) - model.network.summarised(predicted)).doubles()
        }
        return calibration.reading(residual)
    }
}
