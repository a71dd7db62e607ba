public import Tensors

/// The joint-embedding predictive loss: predicted against encoded representations over the whole rollout.
///
/// ```
/// L = mean_k mean_b ‖(ẑ_{t+k} − z̄_{t+k}) ⊘ s‖² / D,    z̄_{t+k} = encoder of what really came
/// ```
/// LeCun, "A Path Towards Autonomous Machine Intelligence", 2022, section 4.4. The inputs are never reconstructed. `s` is
/// the typical size of each component, so that fast and slow components count alike.
public enum PredictionLoss {
    /// The loss of predicted and target representations, `steps × [members, batch, D]`.
    public static func value(predicted: [Tensor], targets: [Tensor], scale: Tensor) -> Tensor {
        let difference = Tensor.stack(predicted, dim: 2) - Tensor.stack(targets, dim: 2)  // [members, batch, k, D]
        return (difference / scale.unsqueezed(2)).square().mean()
    }
}
