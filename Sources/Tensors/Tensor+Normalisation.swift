import CTorch

extension Tensor {
    /// Each vector over the last dimensions brought to mean 0 and variance 1, then scaled and shifted: Ba, Kiros and
    /// Hinton, arXiv:1607.06450.
    public func layerNorm(
        _ normalizedShape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
    ) -> Tensor {
        let result = withRaw { raw in
            Tensor.withRaw(weight) { weight in
                Tensor.withRaw(bias) { bias in
                    ct_layer_norm(raw, normalizedShape, normalizedShape.count, weight, bias, epsilon)
                }
            }
        }
        guard let result else {
            Tensor.stop("layerNorm over \(normalizedShape)", [self] + [weight, bias].compactMap { $0 })
        }
        return Tensor(owning: result)
    }

    /// Each vector over the last dimension brought to a mean square of 1, then scaled: Zhang and Sennrich,
    /// arXiv:1910.07467.
    public func rmsNorm(_ normalizedShape: [Int], weight: Tensor? = nil, epsilon: Double = 1e-6) -> Tensor {
        Normalise.rms(.tensor(self), .ints(normalizedShape), .optional(weight), .double(epsilon))
    }

    /// Each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted: Ioffe and Szegedy,
    /// arXiv:1502.03167.
    ///
    /// - Parameters:
    ///   - weight: `[channels]`.
    ///   - bias: `[channels]`.
    ///   - runningMean: Written in training by `momentum`, used otherwise.
    ///   - runningVariance: Written in training by `momentum` (unbiased), used otherwise.
    ///   - isTraining: Whether the batch's own statistics are used.
    ///   - momentum: The weight of the new statistics.
    ///   - epsilon: Added to the variance.
    /// - Returns: The shape of `self`, `[batch, channels, …]`.
    public func batchNorm(
        weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVariance: Tensor?, isTraining: Bool,
        momentum: Double = 0.1, epsilon: Double = 1e-5
    ) -> Tensor {
        Normalise.batch(
            .tensor(self), .optional(weight), .optional(bias), .optional(runningMean), .optional(runningVariance),
            .bool(isTraining), .double(momentum), .double(epsilon), .bool(false))
    }

    /// Each group of channels of one sample brought to mean 0 and variance 1, then scaled and shifted: Wu and He,
    /// arXiv:1803.08494.
    public func groupNorm(
        groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
    ) -> Tensor {
        Normalise.group(
            .tensor(self), .int(groups), .optional(weight), .optional(bias), .double(epsilon), .bool(false))
    }

    private enum Normalise {
        static let rms = Operator("rms_norm")
        static let batch = Operator("batch_norm")
        static let group = Operator("group_norm")
    }
}
