/// The numbers that a plant's equations are written in: once as `RealNumber` for simulation, once as `DualNumber` for
/// derivatives, from the same text.
///
/// `Double` itself is none: operators between it and itself would then be there twice, and the compiler would take
/// minutes over formulas anywhere. Branches look at `value` only; what they choose is differentiated as if the branch were fixed.
public protocol EquationScalar: Sendable {
    /// A constant.
    init(_ value: Double)
    /// The number without its derivatives.
    var value: Double { get }

    /// The sum.
    static func + (left: Self, right: Self) -> Self
    /// The sum with a constant.
    static func + (left: Self, right: Double) -> Self
    /// The sum with a constant.
    static func + (left: Double, right: Self) -> Self
    /// The difference.
    static func - (left: Self, right: Self) -> Self
    /// The difference from a constant.
    static func - (left: Self, right: Double) -> Self
    /// The difference of a constant.
    static func - (left: Double, right: Self) -> Self
    /// The product.
    static func * (left: Self, right: Self) -> Self
    /// The product with a constant.
    static func * (left: Self, right: Double) -> Self
    /// The product with a constant.
    static func * (left: Double, right: Self) -> Self
    /// The quotient.
    static func / (left: Self, right: Self) -> Self
    /// The quotient by a constant.
    static func / (left: Self, right: Double) -> Self
    /// The quotient of a constant.
    static func / (left: Double, right: Self) -> Self
    /// The negative.
    static prefix func - (operand: Self) -> Self
    /// Adds in place.
    static func += (left: inout Self, right: Self)
    /// Subtracts in place.
    static func -= (left: inout Self, right: Self)

    /// The exponential function.
    static func exp(_ x: Self) -> Self
    /// The natural logarithm.
    static func log(_ x: Self) -> Self
    /// The square root; its slope at 0 counts as that at 1e-12.
    static func sqrt(_ x: Self) -> Self
    /// The sine.
    static func sin(_ x: Self) -> Self
    /// The cosine.
    static func cos(_ x: Self) -> Self
    /// The tangent.
    static func tan(_ x: Self) -> Self
    /// The arc tangent, within ±π/2.
    static func atan(_ x: Self) -> Self
    /// The hyperbolic tangent.
    static func tanh(_ x: Self) -> Self
    /// A power with a constant exponent.
    static func power(_ base: Self, _ exponent: Double) -> Self
}

/// The exponential function.
@inline(__always) func exp<S: EquationScalar>(_ x: S) -> S { S.exp(x) }
/// The natural logarithm.
@inline(__always) func log<S: EquationScalar>(_ x: S) -> S { S.log(x) }
/// The square root.
@inline(__always) func sqrt<S: EquationScalar>(_ x: S) -> S { S.sqrt(x) }
/// The sine.
@inline(__always) func sin<S: EquationScalar>(_ x: S) -> S { S.sin(x) }
/// The cosine.
@inline(__always) func cos<S: EquationScalar>(_ x: S) -> S { S.cos(x) }
/// The tangent.
@inline(__always) func tan<S: EquationScalar>(_ x: S) -> S { S.tan(x) }
/// The arc tangent, within ±π/2.
@inline(__always) func atan<S: EquationScalar>(_ x: S) -> S { S.atan(x) }
/// The hyperbolic tangent.
@inline(__always) func tanh<S: EquationScalar>(_ x: S) -> S { S.tanh(x) }
/// A power with a constant exponent.
@inline(__always) func power<S: EquationScalar>(_ base: S, _ exponent: Double) -> S { S.power(base, exponent) }
/// The smaller of two; the first where they are equal.
@inline(__always) func minimum<S: EquationScalar>(_ a: S, _ b: S) -> S { b.value < a.value ? b : a }
/// The larger of two; the first where they are equal.
@inline(__always) func maximum<S: EquationScalar>(_ a: S, _ b: S) -> S { b.value > a.value ? b : a }
