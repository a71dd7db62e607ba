import CTorch

/// How the losses of the elements become one.
public enum Reduction: Int, Sendable, Hashable {
    /// Each element's loss stays.
    case none = 0
    /// Their mean.
    case mean = 1
    /// Their sum.
    case sum = 2
}

extension Tensor {
    /// `(self - target)²`.
    public func mseLoss(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
        requireSameShape("mseLoss", target)
        guard reduction != .mean else { return Tensor.make("mseLoss", self, target) { ct_mse_loss($0, $1) } }
        return Loss.mse(.tensor(self), .tensor(target), .int(reduction.rawValue))
    }

    /// `|self - target|`.
    public func l1Loss(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
        requireSameShape("l1Loss", target)
        return Loss.l1(.tensor(self), .tensor(target), .int(reduction.rawValue))
    }

    /// `d² / (2 beta)` up to |d| = beta, `|d| - beta / 2` beyond, with `d = self - target`: Girshick, arXiv:1504.08083.
    public func smoothL1Loss(_ target: Tensor, beta: Double = 1, reduction: Reduction = .mean) -> Tensor {
        requireSameShape("smoothL1Loss", target)
        return Loss.smoothL1(.tensor(self), .tensor(target), .int(reduction.rawValue), .double(beta))
    }

    /// `-log softmax(self)[target]`: logits `[batch, classes, …]`, and targets as `int64` classes `[batch, …]` or as
    /// probabilities of the logits' shape.
    public func crossEntropy(
        _ target: Tensor, labelSmoothing: Double = 0, reduction: Reduction = .mean
    ) -> Tensor {
        Loss.crossEntropy(
            .tensor(self), .tensor(target), .none, .int(reduction.rawValue), .int(-100), .double(labelSmoothing))
    }

    /// `-(t log σ(x) + (1 - t) log(1 - σ(x)))` of logits `self`, without overflow.
    public func binaryCrossEntropyWithLogits(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
        requireSameShape("binaryCrossEntropyWithLogits", target)
        return Loss.binaryCrossEntropy(.tensor(self), .tensor(target), .none, .none, .int(reduction.rawValue))
    }

    /// `(self · other) / (|self| |other|)` along the dimension.
    public func cosineSimilarity(_ other: Tensor, dim: Int = -1, epsilon: Double = 1e-8) -> Tensor {
        Loss.cosine(.tensor(self), .tensor(other), .int(dim), .double(epsilon))
    }

    /// A loss broadcasts silently what was meant element by element; the commonest mistake is `[n, 1]` against `[n]`.
    private func requireSameShape(_ name: StaticString, _ target: Tensor) {
        if shape != target.shape { Tensor.stop("\(name): prediction and target differ in shape", [self, target]) }
    }

    private enum Loss {
        static let mse = Operator("mse_loss")
        static let l1 = Operator("l1_loss")
        static let smoothL1 = Operator("smooth_l1_loss")
        static let crossEntropy = Operator("cross_entropy_loss")
        static let binaryCrossEntropy = Operator("binary_cross_entropy_with_logits")
        static let cosine = Operator("cosine_similarity")
    }
}
