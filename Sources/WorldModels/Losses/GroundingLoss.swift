public import Tensors

/// Grounding: the readouts of predicted representations against the measured channels, in normalised units.
///
/// ```
/// L = Σ m (C ẑ_{t+k} + c − y_{t+k})² / Σ m
/// ```
/// with the mask m of what was measured. This is the free-run error that the model is judged by, made a term of the loss
/// over the whole rollout; it ties representations to physical channels, in which costs and guardrails speak.
public enum GroundingLoss {
    /// The masked mean square error of predictions and measurements of one shape.
    public static func value(predicted: Tensor, targets: Tensor, mask: Tensor) -> Tensor {
        let squares = (predicted - targets).square() * mask
        return squares.sum() / mask.sum().clamp(min: 1)
    }
}
