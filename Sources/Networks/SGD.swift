public import Tensors

/// Stochastic gradient descent with momentum, as PyTorch defines it.
///
/// With gradient g, rate η, momentum μ and decay λ: `d = g + λ θ`, `b ← μ b + d` (b starts as d), then `θ ← θ − η b`,
/// or with Nesterov's look-ahead `θ ← θ − η (d + μ b)` (Sutskever et al., ICML 2013).
public final class SGD: Optimiser {
    /// The parameters with their rates.
    public var groups: [ParameterGroup]
    /// How much of the last step is kept.
    public let momentum: Double
    /// Whether the gradient is corrected by looking ahead.
    public let isNesterov: Bool
    private var state = OptimiserState(["momentum"])

    /// Creates the optimiser for groups with rates of their own.
    public init(groups: [ParameterGroup], momentum: Double = 0, isNesterov: Bool = false) {
        precondition(!isNesterov || momentum > 0, "Nesterov's look-ahead needs a momentum above 0, not \(momentum)")
        self.groups = groups
        self.momentum = momentum
        self.isNesterov = isNesterov
    }

    /// Creates the optimiser for all parameters of a module.
    public convenience init(
        _ module: any Module, learningRate: Double, momentum: Double = 0, isNesterov: Bool = false,
        weightDecay: Double = 0
    ) {
        self.init(
            groups: [
                ParameterGroup(module.namedParameters(), learningRate: learningRate, weightDecay: weightDecay)
            ], momentum: momentum, isNesterov: isNesterov)
    }

    /// Changes every trainable parameter that has a gradient.
    public func step(factor: Double) {
        withoutGradients {
            for group in groups {
                for member in group.members where member.parameter.isTrainable {
                    guard let gradient = member.parameter.gradient else { continue }
                    let value = member.parameter.value
                    let direction = group.weightDecay == 0 ? gradient : gradient + value * group.weightDecay
                    let rate = group.learningRate * factor
                    _ = value.add_(self.velocity(of: member.name, along: direction), scale: -rate)
                }
            }
        }
    }

    /// The momenta by parameter.
    public func stateDict() -> [String: Tensor] { state.stateDict() }

    /// Takes back the momenta.
    public func load(_ state: [String: Tensor]) throws {
        try self.state.load(state, groups: groups)
    }

    private func velocity(of name: String, along direction: Tensor) -> Tensor {
        if momentum == 0 { return direction }
        var isFirst = false
        let kept = state.of(name) {
            isFirst = true
            return [direction.clone()]
        }[0]
        if !isFirst { _ = kept.mul_(momentum).add_(direction) }
        return isNesterov ? direction + kept * momentum : kept
    }
}
