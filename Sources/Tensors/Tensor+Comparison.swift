extension Tensor {
    /// Where `self < other`, as `bool`.
    public func less(_ other: Tensor) -> Tensor { Compare.less(.tensor(self), .tensor(other)) }
    /// Where `self < value`, as `bool`.
    public func less(_ value: Double) -> Tensor { Compare.lessScalar(.tensor(self), .double(value)) }
    /// Where `self ≤ other`, as `bool`.
    public func lessEqual(_ other: Tensor) -> Tensor { Compare.lessEqual(.tensor(self), .tensor(other)) }
    /// Where `self ≤ value`, as `bool`.
    public func lessEqual(_ value: Double) -> Tensor { Compare.lessEqualScalar(.tensor(self), .double(value)) }
    /// Where `self > other`, as `bool`.
    public func greater(_ other: Tensor) -> Tensor { Compare.greater(.tensor(self), .tensor(other)) }
    /// Where `self > value`, as `bool`.
    public func greater(_ value: Double) -> Tensor { Compare.greaterScalar(.tensor(self), .double(value)) }
    /// Where `self ≥ other`, as `bool`.
    public func greaterEqual(_ other: Tensor) -> Tensor { Compare.greaterEqual(.tensor(self), .tensor(other)) }
    /// Where `self ≥ value`, as `bool`.
    public func greaterEqual(_ value: Double) -> Tensor { Compare.greaterEqualScalar(.tensor(self), .double(value)) }
    /// Where both are equal, as `bool`.
    public func equal(_ other: Tensor) -> Tensor { Compare.equal(.tensor(self), .tensor(other)) }
    /// Where the element equals the value, as `bool`.
    public func equal(_ value: Double) -> Tensor { Compare.equalScalar(.tensor(self), .double(value)) }
    /// Where both differ, as `bool`.
    public func notEqual(_ other: Tensor) -> Tensor { Compare.notEqual(.tensor(self), .tensor(other)) }
    /// Where the element is neither infinite nor NaN, as `bool`.
    public func isfinite() -> Tensor { Compare.isFinite(.tensor(self)) }
    /// Where the element is NaN, as `bool`.
    public func isnan() -> Tensor { Compare.isNaN(.tensor(self)) }

    /// Where both hold, of `bool` tensors.
    public func logicalAnd(_ other: Tensor) -> Tensor { Compare.and(.tensor(self), .tensor(other)) }
    /// Where one or both hold, of `bool` tensors.
    public func logicalOr(_ other: Tensor) -> Tensor { Compare.or(.tensor(self), .tensor(other)) }
    /// Where it does not hold, of a `bool` tensor.
    public func logicalNot() -> Tensor { Compare.not(.tensor(self)) }

    /// Whether shape and all elements are the same, bit by bit except for the signs of zeros; NaN differs from all.
    public func isIdentical(to other: Tensor) -> Bool {
        shape == other.shape && dtype == other.dtype && equal(other).all().item() != 0
    }

    /// Whether each element is within `absolute + relative * |other|` of the other's; NaN is near nothing.
    public func isClose(to other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8) -> Bool {
        shape == other.shape
            && (self - other).abs().lessEqual(other.abs() * relative + absolute).all().item() != 0
    }

    private enum Compare {
        static let less = Operator("lt", "Tensor")
        static let lessScalar = Operator("lt", "Scalar")
        static let lessEqual = Operator("le", "Tensor")
        static let lessEqualScalar = Operator("le", "Scalar")
        static let greater = Operator("gt", "Tensor")
        static let greaterScalar = Operator("gt", "Scalar")
        static let greaterEqual = Operator("ge", "Tensor")
        static let greaterEqualScalar = Operator("ge", "Scalar")
        static let equal = Operator("eq", "Tensor")
        static let equalScalar = Operator("eq", "Scalar")
        static let notEqual = Operator("ne", "Tensor")
        static let isFinite = Operator("isfinite")
        static let isNaN = Operator("isnan")
        static let and = Operator("logical_and")
        static let or = Operator("logical_or")
        static let not = Operator("logical_not")
    }
}
