import Networks
public import Tensors

/// What one training step has computed, for the loss terms to look at.
public struct LossContext {
    /// The model in training.
    public let model: SensorWorldModel
    /// Measurements of the predicted rows, `[members, batch, steps, output]`, normalised.
    public let targets: Tensor
    /// 1 where a member may learn from a measurement, 0 where it is missing or held out; shape of `targets`.
    public let mask: Tensor
    /// Inputs of the whole window, `[members, batch, history + steps, input]`, normalised.
    public let inputs: Tensor
    /// Rows of history before the first predicted row.
    public let history: Int
    /// Encoded representations, one `[members, batch, D]` for each row of the window.
    public let encoded: [Tensor]
    /// Predicted representations, `steps × [members, batch, D]`.
    public let predicted: [Tensor]
    /// What the prediction is compared with in representation space, `steps × [members, batch, D]`: the encoded rows,
    /// or those of a teacher.
    public let representationTargets: [Tensor]
    /// The randomness of terms that draw.
    public let generator: TorchGenerator

    /// Encoded representations of the whole window in units of their typical size, `[members, batch, time, D]`.
    public func standardisedEncoding(last count: Int) -> Tensor {
        let scale = model.predictor.scale.value.unsqueezed(2)  // [members, 1, 1, D]
        return Tensor.stack(Array(encoded.suffix(count)), dim: 2) / scale
    }
}
