// Steps over many tensors at once, for optimisers: one call instead of one for each parameter. All of them change their
// first list in place and are not recorded for gradients.

// swift-format-ignore-file: AlwaysUseLowerCamelCase

extension Tensor {
    /// One step of AdamW over all parameters: Loshchilov and Hutter, arXiv:1711.05101, in PyTorch's form.
    ///
    /// The steps, one number for each parameter, are counted up before.
    public static func fusedAdamW(
        parameters: [Tensor], gradients: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor], steps: [Tensor],
        learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, weightDecay: Double = 0.01,
        epsilon: Double = 1e-8
    ) {
        requireEqualCounts("fusedAdamW", [parameters, gradients, firstMoments, secondMoments, steps])
        guard !parameters.isEmpty else { return }
        withoutGradients {
            add_(steps, 1)
            Lists.adamW.act(
                .tensors(parameters), .tensors(gradients), .tensors(firstMoments), .tensors(secondMoments),
                .tensors([]), .tensors(steps), .double(learningRate), .double(beta1), .double(beta2),
                .double(weightDecay), .double(epsilon), .bool(false), .bool(false))
        }
    }

    /// One step of stochastic gradient descent with momentum over all parameters, in PyTorch's form.
    ///
    /// The velocities start as copies of the first gradients: `isFirst` says that this is that step.
    public static func fusedSGD(
        parameters: [Tensor], gradients: [Tensor], velocities: [Tensor], learningRate: Double, momentum: Double = 0,
        dampening: Double = 0, weightDecay: Double = 0, nesterov: Bool = false, isFirst: Bool = false
    ) {
        requireEqualCounts("fusedSGD", [parameters, gradients] + (momentum == 0 ? [] : [velocities]))
        guard !parameters.isEmpty else { return }
        withoutGradients {
            Lists.sgd.act(
                .tensors(parameters), .tensors(gradients), .tensors(momentum == 0 ? [] : velocities),
                .double(weightDecay), .double(momentum), .double(learningRate), .double(dampening), .bool(nesterov),
                .bool(false), .bool(isFirst))
        }
    }

    /// The 2-norm of all elements of all tensors together.
    public static func globalNorm(of tensors: [Tensor]) -> Double {
        guard !tensors.isEmpty else { return 0 }
        return withoutGradients {
            let norms = Lists.norm.many(.tensors(tensors), .double(2), capacity: tensors.count)
            // One wait for a device, and not one for each tensor.
            let isTogether = norms.allSatisfy { $0.device == norms[0].device }
            return stack(isTogether ? norms : norms.map { $0.to(device: .cpu) }).norm().item()
        }
    }

    /// `tensor *= factor` for each.
    public static func scale_(_ tensors: [Tensor], by factor: Double) {
        guard !tensors.isEmpty else { return }
        withoutGradients { Lists.mul.act(.tensors(tensors), .double(factor)) }
    }

    /// `tensor += value` for each.
    public static func add_(_ tensors: [Tensor], _ value: Double) {
        guard !tensors.isEmpty else { return }
        withoutGradients { Lists.addScalar.act(.tensors(tensors), .double(value)) }
    }

    /// `tensor += scale * other` for each pair.
    public static func add_(_ tensors: [Tensor], _ others: [Tensor], scale: Double = 1) {
        requireEqualCounts("add_", [tensors, others])
        guard !tensors.isEmpty else { return }
        withoutGradients { Lists.add.act(.tensors(tensors), .tensors(others), .double(scale)) }
    }

    /// `tensor += weight * (target - tensor)` for each pair.
    public static func lerp_(_ tensors: [Tensor], towards targets: [Tensor], weight: Double) {
        requireEqualCounts("lerp_", [tensors, targets])
        guard !tensors.isEmpty else { return }
        withoutGradients { Lists.lerp.act(.tensors(tensors), .tensors(targets), .double(weight)) }
    }

    /// Writes the sources over the tensors, in pairs.
    public static func copy_(_ tensors: [Tensor], from sources: [Tensor]) {
        requireEqualCounts("copy_", [tensors, sources])
        guard !tensors.isEmpty else { return }
        withoutGradients { Lists.copy.act(.tensors(tensors), .tensors(sources)) }
    }

    /// Writes zeros over each.
    public static func zero_(_ tensors: [Tensor]) {
        guard !tensors.isEmpty else { return }
        withoutGradients { Lists.zero.act(.tensors(tensors)) }
    }

    private static func requireEqualCounts(_ name: StaticString, _ lists: [[Tensor]]) {
        let counts = lists.map(\.count)
        precondition(Set(counts).count == 1, "\(name): the lists have \(counts) tensors")
    }

    private enum Lists {
        static let adamW = Operator("_fused_adamw_")
        static let sgd = Operator("_fused_sgd_")
        static let norm = Operator("_foreach_norm", "Scalar")
        static let mul = Operator("_foreach_mul_", "Scalar")
        static let addScalar = Operator("_foreach_add_", "Scalar")
        static let add = Operator("_foreach_add_", "List")
        static let lerp = Operator("_foreach_lerp_", "Scalar")
        static let copy = Operator("_foreach_copy_")
        static let zero = Operator("_foreach_zero_")
    }
}
