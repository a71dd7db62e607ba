public import Tensors

/// Normalisation of each channel over the batch: Ioffe and Szegedy, arXiv:1502.03167.
///
/// While training it uses the batch's own mean and variance and follows them with running ones, which it uses in
/// evaluation mode.
public class BatchNorm: Layer, ModeDependent {
    /// The gain of each channel, `[channels]`.
    public let weight: Parameter
    /// The offset of each channel, `[channels]`.
    public let bias: Parameter
    /// The running mean, `[channels]`.
    public let runningMean: Buffer
    /// The running variance, unbiased, `[channels]`.
    public let runningVar: Buffer
    /// How many batches have been seen.
    public let numBatchesTracked: Buffer
    /// How far the running values move towards each batch's.
    public let momentum: Double
    /// What is added to the variance.
    public let epsilon: Double
    /// Whether the batch's own statistics are used.
    public var isTraining = true

    /// Creates the norm with gain one and offset zero.
    public init(_ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) {
        weight = Parameter(Tensor.ones([channels]))
        bias = Parameter(Tensor.zeros([channels]))
        runningMean = Buffer(Tensor.zeros([channels]))
        runningVar = Buffer(Tensor.ones([channels]))
        numBatchesTracked = Buffer(Tensor.zeros([], dtype: .int64))
        self.momentum = momentum
        self.epsilon = epsilon
    }

    /// Normalises `[batch, channels, ...]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if isTraining { withoutGradients { _ = numBatchesTracked.value.add_(1) } }
        return x.batchNorm(
            weight: weight.value, bias: bias.value, runningMean: runningMean.value, runningVariance: runningVar.value,
            isTraining: isTraining, momentum: momentum, epsilon: epsilon)
    }
}

/// Batch norm of `[batch, channels]` or `[batch, channels, time]`.
public final class BatchNorm1d: BatchNorm {
    /// Normalises `[batch, channels]` or `[batch, channels, time]`.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        precondition((2...3).contains(x.shape.count), "got \(x.shape); expected [batch, channels] or one more")
        return super.callAsFunction(x)
    }
}

/// Batch norm of `[batch, channels, height, width]`.
public final class BatchNorm2d: BatchNorm {
    /// Normalises `[batch, channels, height, width]`.
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(x.shape.count == 4, "got \(x.shape); expected [batch, channels, height, width]")
        return super.callAsFunction(x)
    }
}
