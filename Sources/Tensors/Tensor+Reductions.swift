import CTorch

// Dimensions count from 0, or from the end with negative numbers. An empty list means all of them.

extension Tensor {
    /// The sum over the dimensions.
    public func sum(dims: [Int] = [], keepDim: Bool = false) -> Tensor {
        Tensor.make("sum", self) { ct_sum($0, dims, dims.count, keepDim) }
    }

    /// The sum over one dimension.
    public func sum(dim: Int, keepDim: Bool = false) -> Tensor {
        Tensor.make("sum", self) { raw in withUnsafePointer(to: dim) { ct_sum(raw, $0, 1, keepDim) } }
    }

    /// The mean over the dimensions.
    public func mean(dims: [Int] = [], keepDim: Bool = false) -> Tensor {
        Tensor.make("mean", self) { ct_mean($0, dims, dims.count, keepDim) }
    }

    /// The mean over one dimension.
    public func mean(dim: Int, keepDim: Bool = false) -> Tensor {
        Tensor.make("mean", self) { raw in withUnsafePointer(to: dim) { ct_mean(raw, $0, 1, keepDim) } }
    }

    /// The variance over the dimensions; unbiased divides by n - 1 instead of n.
    public func variance(dims: [Int] = [], unbiased: Bool = true, keepDim: Bool = false) -> Tensor {
        Tensor.make("variance", self) { ct_variance($0, dims, dims.count, unbiased ? 1 : 0, keepDim) }
    }

    /// The variance over one dimension.
    public func variance(dim: Int, unbiased: Bool = true, keepDim: Bool = false) -> Tensor {
        variance(dims: [dim], unbiased: unbiased, keepDim: keepDim)
    }

    /// The standard deviation over the dimensions; unbiased divides by n - 1 instead of n.
    public func std(dims: [Int] = [], unbiased: Bool = true, keepDim: Bool = false) -> Tensor {
        let over: Operator.Argument = dims.isEmpty ? .none : .ints(dims)
        return Reduce.std(.tensor(self), over, .double(unbiased ? 1 : 0), .bool(keepDim))
    }

    /// The standard deviation over one dimension.
    public func std(dim: Int, unbiased: Bool = true, keepDim: Bool = false) -> Tensor {
        std(dims: [dim], unbiased: unbiased, keepDim: keepDim)
    }

    /// The greatest element over the dimensions.
    public func amax(dims: [Int] = [], keepDim: Bool = false) -> Tensor {
        Reduce.amax(.tensor(self), .ints(dims), .bool(keepDim))
    }

    /// The greatest element over one dimension.
    public func amax(dim: Int, keepDim: Bool = false) -> Tensor { amax(dims: [dim], keepDim: keepDim) }

    /// The least element over the dimensions.
    public func amin(dims: [Int] = [], keepDim: Bool = false) -> Tensor {
        Reduce.amin(.tensor(self), .ints(dims), .bool(keepDim))
    }

    /// The least element over one dimension.
    public func amin(dim: Int, keepDim: Bool = false) -> Tensor { amin(dims: [dim], keepDim: keepDim) }

    /// The index of the greatest element, in the flattened tensor without a dimension.
    public func argmax(dim: Int? = nil, keepDim: Bool = false) -> Tensor {
        Reduce.argmax(.tensor(self), dim.map { .int($0) } ?? .none, .bool(keepDim))
    }

    /// The index of the least element, in the flattened tensor without a dimension.
    public func argmin(dim: Int? = nil, keepDim: Bool = false) -> Tensor {
        Reduce.argmin(.tensor(self), dim.map { .int($0) } ?? .none, .bool(keepDim))
    }

    /// `log Σ exp(x)` over one dimension, without overflow.
    public func logsumexp(dim: Int, keepDim: Bool = false) -> Tensor {
        Reduce.logsumexp(.tensor(self), .ints([dim]), .bool(keepDim))
    }

    /// `(Σ |x|^order)^(1/order)` over the dimensions.
    public func norm(order: Double = 2, dims: [Int] = [], keepDim: Bool = false) -> Tensor {
        let over: Operator.Argument = dims.isEmpty ? .none : .ints(dims)
        return Reduce.norm(.tensor(self), .double(order), over, .bool(keepDim))
    }

    /// The norm over one dimension.
    public func norm(order: Double = 2, dim: Int, keepDim: Bool = false) -> Tensor {
        norm(order: order, dims: [dim], keepDim: keepDim)
    }

    /// Whether all elements differ from zero: over everything, or along one dimension.
    public func all(dim: Int? = nil, keepDim: Bool = false) -> Tensor {
        guard let dim else { return Reduce.all(.tensor(self)) }
        return Reduce.allDim(.tensor(self), .int(dim), .bool(keepDim))
    }

    /// Whether any element differs from zero: over everything, or along one dimension.
    public func any(dim: Int? = nil, keepDim: Bool = false) -> Tensor {
        guard let dim else { return Reduce.any(.tensor(self)) }
        return Reduce.anyDim(.tensor(self), .int(dim), .bool(keepDim))
    }

    private enum Reduce {
        static let std = Operator("std", "correction")
        static let amax = Operator("amax")
        static let amin = Operator("amin")
        static let argmax = Operator("argmax")
        static let argmin = Operator("argmin")
        static let logsumexp = Operator("logsumexp")
        static let norm = Operator("linalg_vector_norm")
        static let all = Operator("all")
        static let allDim = Operator("all", "dim")
        static let any = Operator("any")
        static let anyDim = Operator("any", "dim")
    }
}
