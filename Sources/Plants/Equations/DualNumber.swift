/// A number with its derivatives in eight directions: forward-mode automatic differentiation.
///
/// Each operation carries the derivatives along by the chain rule (Wengert, "A simple automatic derivative evaluation
/// program", Communications of the ACM 1964, https://doi.org/10.1145/355586.364791).
public struct DualNumber: EquationScalar, Hashable {
    /// The number of directions.
    public static let directions = 8
    /// The number itself.
    public var value: Double
    /// Its derivatives in the eight directions.
    public var slopes: SIMD8<Double>

    /// A constant: no derivative.
    @inline(__always)
    public init(_ value: Double) {
        self.value = value
        slopes = .zero
    }

    /// A number with its derivatives.
    @inline(__always)
    public init(_ value: Double, slopes: SIMD8<Double>) {
        self.value = value
        self.slopes = slopes
    }

    /// A function of one variable: its value, and its derivative times those of the variable.
    @inline(__always)
    private static func chain(_ value: Double, _ derivative: Double, _ x: DualNumber) -> DualNumber {
        DualNumber(value, slopes: x.slopes * derivative)
    }
}

extension DualNumber {
    /// The sum.
    @inline(__always)
    public static func + (left: DualNumber, right: DualNumber) -> DualNumber {
        DualNumber(left.value + right.value, slopes: left.slopes + right.slopes)
    }
    /// The sum with a constant.
    @inline(__always)
    public static func + (left: DualNumber, right: Double) -> DualNumber {
        DualNumber(left.value + right, slopes: left.slopes)
    }
    /// The sum with a constant.
    @inline(__always)
    public static func + (left: Double, right: DualNumber) -> DualNumber {
        DualNumber(left + right.value, slopes: right.slopes)
    }
    /// The difference.
    @inline(__always)
    public static func - (left: DualNumber, right: DualNumber) -> DualNumber {
        DualNumber(left.value - right.value, slopes: left.slopes - right.slopes)
    }
    /// The difference from a constant.
    @inline(__always)
    public static func - (left: DualNumber, right: Double) -> DualNumber {
        DualNumber(left.value - right, slopes: left.slopes)
    }
    /// The difference of a constant.
    @inline(__always)
    public static func - (left: Double, right: DualNumber) -> DualNumber {
        DualNumber(left - right.value, slopes: SIMD8<Double>.zero - right.slopes)
    }
    /// The product.
    @inline(__always)
    public static func * (left: DualNumber, right: DualNumber) -> DualNumber {
        DualNumber(left.value * right.value, slopes: left.slopes * right.value + right.slopes * left.value)
    }
    /// The product with a constant.
    @inline(__always)
    public static func * (left: DualNumber, right: Double) -> DualNumber {
        DualNumber(left.value * right, slopes: left.slopes * right)
    }
    /// The product with a constant.
    @inline(__always)
    public static func * (left: Double, right: DualNumber) -> DualNumber {
        DualNumber(left * right.value, slopes: right.slopes * left)
    }
    /// The quotient.
    @inline(__always)
    public static func / (left: DualNumber, right: DualNumber) -> DualNumber {
        let quotient = left.value / right.value
        return DualNumber(quotient, slopes: (left.slopes - right.slopes * quotient) * (1 / right.value))
    }
    /// The quotient by a constant.
    @inline(__always)
    public static func / (left: DualNumber, right: Double) -> DualNumber {
        DualNumber(left.value / right, slopes: left.slopes * (1 / right))
    }
    /// The quotient of a constant.
    @inline(__always)
    public static func / (left: Double, right: DualNumber) -> DualNumber {
        let quotient = left / right.value
        return DualNumber(quotient, slopes: right.slopes * (-quotient / right.value))
    }
    /// The negative.
    @inline(__always)
    public static prefix func - (operand: DualNumber) -> DualNumber {
        DualNumber(-operand.value, slopes: SIMD8<Double>.zero - operand.slopes)
    }
    /// Adds in place.
    @inline(__always)
    public static func += (left: inout DualNumber, right: DualNumber) { left = left + right }
    /// Subtracts in place.
    @inline(__always)
    public static func -= (left: inout DualNumber, right: DualNumber) { left = left - right }
}

extension DualNumber {
    /// The exponential function.
    public static func exp(_ x: DualNumber) -> DualNumber {
        let result = exponential(x.value)
        return chain(result, result, x)
    }
    /// The natural logarithm.
    public static func log(_ x: DualNumber) -> DualNumber { chain(logarithm(x.value), 1 / x.value, x) }
    /// The square root. The slope is infinite at 0: that at 1e-12 stands for it.
    public static func sqrt(_ x: DualNumber) -> DualNumber {
        let result = x.value.squareRoot()
        return chain(result, 0.5 / max(result, 1e-6), x)
    }
    /// The sine.
    public static func sin(_ x: DualNumber) -> DualNumber { chain(sine(x.value), cosine(x.value), x) }
    /// The cosine.
    public static func cos(_ x: DualNumber) -> DualNumber { chain(cosine(x.value), -sine(x.value), x) }
    /// The tangent.
    public static func tan(_ x: DualNumber) -> DualNumber {
        let result = tangent(x.value)
        return chain(result, 1 + result * result, x)
    }
    /// The arc tangent, within ±π/2.
    public static func atan(_ x: DualNumber) -> DualNumber {
        chain(arctangent(x.value), 1 / (1 + x.value * x.value), x)
    }
    /// The hyperbolic tangent.
    public static func tanh(_ x: DualNumber) -> DualNumber {
        let result = hyperbolicTangent(x.value)
        return chain(result, 1 - result * result, x)
    }
    /// A power with a constant exponent.
    public static func power(_ base: DualNumber, _ exponent: Double) -> DualNumber {
        guard exponent != 0 else { return DualNumber(1) }
        return chain(
            Plants.power(base.value, exponent), exponent * Plants.power(base.value, exponent - 1), base)
    }
}
