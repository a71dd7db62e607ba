public import Tensors

/// Adam with decoupled weight decay: Loshchilov and Hutter, arXiv:1711.05101.
///
/// With gradient g, rate η and decay λ, at the t-th step of a parameter:
/// ```
/// θ ← θ − η λ θ
/// m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
/// θ ← θ − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
/// ```
public final class AdamW: Optimiser {
    /// The parameters with their rates.
    public var groups: [ParameterGroup]
    /// How much of the first and second moment is kept at each step.
    public let betas: (first: Double, second: Double)
    /// What is added to the denominator.
    public let epsilon: Double
    /// Whether each group is updated by one fused kernel rather than by the formulas one after the other.
    public let isFused: Bool
    private var state = OptimiserState(["step", "first_moment", "second_moment"])

    /// Creates the optimiser for groups with rates of their own.
    public init(
        groups: [ParameterGroup], betas: (first: Double, second: Double) = (0.9, 0.999), epsilon: Double = 1e-8,
        isFused: Bool = true
    ) {
        self.groups = groups
        self.betas = betas
        self.epsilon = epsilon
        self.isFused = isFused
    }

    /// Creates the optimiser for all parameters of a module.
    public convenience init(
        _ module: any Module, learningRate: Double, betas: (first: Double, second: Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0.01, isFused: Bool = true
    ) {
        self.init(
            groups: [
                ParameterGroup(module.namedParameters(), learningRate: learningRate, weightDecay: weightDecay)
            ], betas: betas, epsilon: epsilon, isFused: isFused)
    }

    /// Changes every trainable parameter that has a gradient.
    public func step(factor: Double) {
        withoutGradients {
            for group in groups {
                let update = gather(group)
                if update.parameters.isEmpty { continue }
                let rate = group.learningRate * factor
                if isFused {
                    Tensor.fusedAdamW(
                        parameters: update.parameters, gradients: update.gradients, firstMoments: update.first,
                        secondMoments: update.second, steps: update.steps, learningRate: rate, beta1: betas.first,
                        beta2: betas.second, weightDecay: group.weightDecay, epsilon: epsilon)
                } else {
                    Tensor.add_(update.steps, 1)
                    for index in update.parameters.indices {
                        descend(update, index, rate: rate, decay: group.weightDecay)
                    }
                }
            }
        }
    }

    /// The moments and step counts by parameter.
    public func stateDict() -> [String: Tensor] { state.stateDict() }

    /// Takes back moments and step counts.
    public func load(_ state: [String: Tensor]) throws {
        try self.state.load(state, groups: groups)
    }

    private struct Update {
        var parameters: [Tensor] = []
        var gradients: [Tensor] = []
        var steps: [Tensor] = []
        var first: [Tensor] = []
        var second: [Tensor] = []
    }

    /// What takes part in this step, and its state.
    private func gather(_ group: ParameterGroup) -> Update {
        var update = Update()
        for member in group.members where member.parameter.isTrainable {
            guard let gradient = member.parameter.gradient else { continue }
            let value = member.parameter.value
            let kept = state.of(member.name) {
                [Tensor.zeros([], device: value.device), Tensor.zeros(like: value), Tensor.zeros(like: value)]
            }
            update.parameters.append(value)
            update.gradients.append(gradient.contiguous())
            update.steps.append(kept[0])
            update.first.append(kept[1])
            update.second.append(kept[2])
        }
        return update
    }

    /// The formulas as they stand above, for one parameter: the reference of the fused kernel.
    private func descend(_ update: Update, _ index: Int, rate: Double, decay: Double) {
        let (parameter, gradient) = (update.parameters[index], update.gradients[index])
        let (first, second) = (update.first[index], update.second[index])
        let count = update.steps[index].item()
        _ = parameter.mul_(1 - rate * decay)
        _ = first.lerp_(gradient, 1 - betas.first)
        _ = second.mul_(betas.second).addcmul_(gradient, gradient, scale: 1 - betas.second)
        let secondCorrection = 1 - power(betas.second, count)
        let denominator = (second / secondCorrection).sqrt() + epsilon
        let size = rate / (1 - power(betas.first, count))
        _ = parameter.add_(first / denominator, scale: -size)
    }
}

/// A base to a whole, non-negative exponent.
private func power(_ base: Double, _ exponent: Double) -> Double {
    var (result, factor, remaining) = (1.0, base, Int(exponent))
    while remaining > 0 {
        if remaining & 1 == 1 { result *= factor }
        factor *= factor
        remaining >>= 1
    }
    return result
}
