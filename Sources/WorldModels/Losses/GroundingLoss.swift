public import Tensors

/// Grounding: the readouts of predicted representations against the measured channels, in normalised units.
///
/// ```
/// L = Σ m ((C ẑ_{t+k} + c − y_{t+k}) ⊘ e)² / Σ m
/// ```
/// with the mask m of what was measured and the error e of each output at the start of training: a channel that can be
/// predicted to a hundredth counts as much as one that can be predicted to a half, and the term starts at 1 whatever the
/// plant. This is the free-run error that the model is judged by, made a term of the loss
/// over the whole rollout; it ties representations to physical channels, in which costs and guardrails speak.
public enum GroundingLoss {
    /// The masked mean square error of predictions and measurements of one shape.
    ///
    /// - Parameters:
    ///   - predicted: `[members, batch, steps, output]`.
    ///   - targets: Of the same shape.
    ///   - mask: 1 where measured; of the same shape.
    ///   - scale: What an error is measured in, `[output]`; 1 when left out.
    /// - Returns: A scalar.
    public static func value(predicted: Tensor, targets: Tensor, mask: Tensor, scale: Tensor? = nil) -> Tensor {
        let error = predicted - targets
        let squares = (scale.map { error / $0 } ?? error).square() * mask
        return squares.sum() / mask.sum().clamp(min: 1)
    }
}
