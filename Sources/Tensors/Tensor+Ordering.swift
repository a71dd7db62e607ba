extension Tensor {
    /// Running sums along the dimension.
    public func cumsum(dim: Int) -> Tensor { Order.cumsum(.tensor(self), .int(dim)) }

    /// Running products along the dimension.
    public func cumprod(dim: Int) -> Tensor { Order.cumprod(.tensor(self), .int(dim)) }

    /// The `count` greatest (or least) elements along the dimension in order, and where they were.
    public func topk(_ count: Int, dim: Int = -1, largest: Bool = true) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = Order.topk.pair(.tensor(self), .int(count), .int(dim), .bool(largest), .bool(true))
        return (values, indices)
    }

    /// The elements along the dimension in order, and where they were; equal elements keep their order.
    public func sort(dim: Int = -1, descending: Bool = false) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = Order.sort.pair(.tensor(self), .bool(true), .int(dim), .bool(descending))
        return (values, indices)
    }

    /// Where the elements stand in order along the dimension; equal elements keep their order.
    public func argsort(dim: Int = -1, descending: Bool = false) -> Tensor {
        sort(dim: dim, descending: descending).indices
    }

    /// The middle element, the lower one of two: over everything, or along one dimension.
    public func median(dim: Int? = nil, keepDim: Bool = false) -> Tensor {
        guard let dim else { return Order.median(.tensor(self)) }
        return Order.medianDim.pair(.tensor(self), .int(dim), .bool(keepDim)).0
    }

    /// The value below which the fraction of the elements lies, interpolated linearly: over everything, or along one
    /// dimension.
    public func quantile(_ fraction: Double, dim: Int? = nil, keepDim: Bool = false) -> Tensor {
        precondition((0...1).contains(fraction), "a quantile's fraction lies between 0 and 1, not at \(fraction)")
        return Order.quantile(
            .tensor(self), .double(fraction), dim.map { .int($0) } ?? .none, .bool(keepDim), .string("linear"))
    }

    private enum Order {
        static let cumsum = Operator("cumsum")
        static let cumprod = Operator("cumprod")
        static let topk = Operator("topk")
        static let sort = Operator("sort", "stable")
        static let median = Operator("median")
        static let medianDim = Operator("median", "dim")
        static let quantile = Operator("quantile", "scalar")
    }
}
