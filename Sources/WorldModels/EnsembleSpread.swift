public import Tensors

/// How far an ensemble's members disagree: the sample standard deviation of their predictions.
///
/// A planner differentiates it, and the derivative of a root grows without limit towards zero, where members agree. So
/// 1e-12 is added to the variance, a millionth of a normalised unit in the deviation. Compiled rollouts add the same.
///
/// - Parameters:
///   - predicted: What the members predict, `[members, …]`, normalised.
///   - mean: Their mean, `[…]`.
/// - Returns: The disagreement, `[…]`, normalised; zero for a single member.
public func ensembleSpread(_ predicted: Tensor, mean: Tensor) -> Tensor {
    let members = predicted.size(0)
    guard members > 1 else { return Tensor.zeros(like: mean) }
    return ((predicted - mean).square().sum(dim: 0) * (1 / Double(members - 1)) + 1e-12).sqrt()
}
