import CTorch

// Shapes broadcast as in NumPy: dimensions are aligned from the last, and a size of 1 is repeated.

extension Tensor {
    /// Sum, element by element.
    public static func + (a: Tensor, b: Tensor) -> Tensor { make("+", a, b) { ct_add($0, $1) } }
    /// Difference, element by element.
    public static func - (a: Tensor, b: Tensor) -> Tensor { make("-", a, b) { ct_sub($0, $1) } }
    /// Product, element by element.
    public static func * (a: Tensor, b: Tensor) -> Tensor { make("*", a, b) { ct_mul($0, $1) } }
    /// Quotient, element by element.
    public static func / (a: Tensor, b: Tensor) -> Tensor { make("/", a, b) { ct_div($0, $1) } }

    /// Adds a number to each element.
    public static func + (a: Tensor, b: Double) -> Tensor { make("+", a) { ct_add_scalar($0, b) } }
    /// Adds a number to each element.
    public static func + (a: Double, b: Tensor) -> Tensor { make("+", b) { ct_add_scalar($0, a) } }
    /// Subtracts a number from each element.
    public static func - (a: Tensor, b: Double) -> Tensor { make("-", a) { ct_add_scalar($0, -b) } }
    /// A number minus each element.
    public static func - (a: Double, b: Tensor) -> Tensor { make("-", b) { ct_rsub_scalar($0, a) } }
    /// Multiplies each element by a number.
    public static func * (a: Tensor, b: Double) -> Tensor { make("*", a) { ct_mul_scalar($0, b) } }
    /// Multiplies each element by a number.
    public static func * (a: Double, b: Tensor) -> Tensor { make("*", b) { ct_mul_scalar($0, a) } }
    /// Divides each element by a number.
    public static func / (a: Tensor, b: Double) -> Tensor { make("/", a) { ct_div_scalar($0, b) } }
    /// A number divided by each element.
    public static func / (a: Double, b: Tensor) -> Tensor { make("/", b) { ct_rdiv_scalar($0, a) } }
    /// The negative of each element.
    public static prefix func - (a: Tensor) -> Tensor { make("-", a) { ct_neg($0) } }
}

extension Tensor {
    /// Each element to a power.
    public func pow(_ exponent: Double) -> Tensor { Tensor.make("pow", self) { ct_pow_scalar($0, exponent) } }

    /// The square of each element.
    public func square() -> Tensor { Tensor.make("square", self, self) { ct_mul($0, $1) } }

    /// The lesser of both, element by element; NaN where either is.
    public func minimum(_ other: Tensor) -> Tensor { Tensor.make("minimum", self, other) { ct_minimum($0, $1) } }

    /// The greater of both, element by element; NaN where either is.
    public func maximum(_ other: Tensor) -> Tensor { Tensor.make("maximum", self, other) { ct_maximum($0, $1) } }

    /// Each element moved into the range; an infinite bound does not bind.
    public func clamp(min: Double = -.infinity, max: Double = .infinity) -> Tensor {
        precondition(min <= max, "clamp needs min ≤ max, not \(min) and \(max)")
        if min == -.infinity && max == .infinity { return self }
        return Tensor.make("clamp", self) { ct_clamp($0, min, max) }
    }

    /// `a` where the condition holds, `b` elsewhere.
    public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        make("where", condition, a, b) { ct_where($0, $1, $2) }
    }

    /// `a` where the condition holds, the number `b` elsewhere.
    public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Double) -> Tensor {
        `where`(condition, a, Tensor(scalar: b, dtype: a.dtype, device: a.device))
    }
}
