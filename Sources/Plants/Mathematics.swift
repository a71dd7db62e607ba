#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The exponential function.
func exponential(_ x: Double) -> Double { exp(x) }
/// The natural logarithm.
func logarithm(_ x: Double) -> Double { log(x) }
/// The sine.
func sine(_ x: Double) -> Double { sin(x) }
/// The cosine.
func cosine(_ x: Double) -> Double { cos(x) }
/// A power.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
/// The arc tangent, within ±π/2.
func arctangent(_ x: Double) -> Double { atan(x) }
/// The angle of a direction from the first axis, within ±π.
func arctangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
/// The tangent.
func tangent(_ x: Double) -> Double { tan(x) }
/// The hyperbolic tangent.
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
