/// A real number without derivatives, as an `EquationScalar`.
@frozen
public struct RealNumber: EquationScalar, Hashable {
    /// The number.
    public var value: Double

    /// A number.
    @inline(__always)
    public init(_ value: Double) { self.value = value }
}

extension RealNumber {
    /// The sum.
    @inline(__always)
    public static func + (left: RealNumber, right: RealNumber) -> RealNumber {
        RealNumber(left.value + right.value)
    }
    /// The sum with a constant.
    @inline(__always)
    public static func + (left: RealNumber, right: Double) -> RealNumber {
        RealNumber(left.value + right)
    }
    /// The sum with a constant.
    @inline(__always)
    public static func + (left: Double, right: RealNumber) -> RealNumber {
        RealNumber(left + right.value)
    }
    /// The difference.
    @inline(__always)
    public static func - (left: RealNumber, right: RealNumber) -> RealNumber {
        RealNumber(left.value - right.value)
    }
    /// The difference from a constant.
    @inline(__always)
    public static func - (left: RealNumber, right: Double) -> RealNumber {
        RealNumber(left.value - right)
    }
    /// The difference of a constant.
    @inline(__always)
    public static func - (left: Double, right: RealNumber) -> RealNumber {
        RealNumber(left - right.value)
    }
    /// The product.
    @inline(__always)
    public static func * (left: RealNumber, right: RealNumber) -> RealNumber {
        RealNumber(left.value * right.value)
    }
    /// The product with a constant.
    @inline(__always)
    public static func * (left: RealNumber, right: Double) -> RealNumber {
        RealNumber(left.value * right)
    }
    /// The product with a constant.
    @inline(__always)
    public static func * (left: Double, right: RealNumber) -> RealNumber {
        RealNumber(left * right.value)
    }
    /// The quotient.
    @inline(__always)
    public static func / (left: RealNumber, right: RealNumber) -> RealNumber {
        RealNumber(left.value / right.value)
    }
    /// The quotient by a constant.
    @inline(__always)
    public static func / (left: RealNumber, right: Double) -> RealNumber {
        RealNumber(left.value / right)
    }
    /// The quotient of a constant.
    @inline(__always)
    public static func / (left: Double, right: RealNumber) -> RealNumber {
        RealNumber(left / right.value)
    }
    /// The negative.
    @inline(__always)
    public static prefix func - (operand: RealNumber) -> RealNumber { RealNumber(-operand.value) }
    /// Adds in place.
    @inline(__always)
    public static func += (left: inout RealNumber, right: RealNumber) { left.value += right.value }
    /// Subtracts in place.
    @inline(__always)
    public static func -= (left: inout RealNumber, right: RealNumber) { left.value -= right.value }
}

extension RealNumber {
    /// The exponential function.
    public static func exp(_ x: RealNumber) -> RealNumber { RealNumber(exponential(x.value)) }
    /// The natural logarithm.
    public static func log(_ x: RealNumber) -> RealNumber { RealNumber(logarithm(x.value)) }
    /// The square root.
    public static func sqrt(_ x: RealNumber) -> RealNumber { RealNumber(x.value.squareRoot()) }
    /// The sine.
    public static func sin(_ x: RealNumber) -> RealNumber { RealNumber(sine(x.value)) }
    /// The cosine.
    public static func cos(_ x: RealNumber) -> RealNumber { RealNumber(cosine(x.value)) }
    /// The tangent.
    public static func tan(_ x: RealNumber) -> RealNumber { RealNumber(tangent(x.value)) }
    /// The arc tangent, within ±π/2.
    public static func atan(_ x: RealNumber) -> RealNumber { RealNumber(arctangent(x.value)) }
    /// The hyperbolic tangent.
    public static func tanh(_ x: RealNumber) -> RealNumber { RealNumber(hyperbolicTangent(x.value)) }
    /// A power with a constant exponent.
    public static func power(_ base: RealNumber, _ exponent: Double) -> RealNumber {
        RealNumber(Plants.power(base.value, exponent))
    }
}
