import Foundation

/// Student's distribution.
public enum StudentDistribution {
    /// The value that is exceeded with a chance: the inverse of ``tail(above:degrees:)``.
    ///
    /// - Parameters:
    ///   - chance: The chance, between 0 and 1.
    ///   - degrees: The degrees of freedom, above 0.
    /// - Returns: The value.
    public static func value(exceededWith chance: Double, degrees: Double) -> Double {
        precondition(
            chance > 0 && chance < 1 && degrees > 0, "a chance of \(chance) with \(degrees) degrees of freedom")
        guard chance <= 0.5 else { return -value(exceededWith: 1 - chance, degrees: degrees) }
        var (low, high) = (0.0, 1.0)
        while tail(above: high, degrees: degrees) > chance { (low, high) = (high, 2 * high) }
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if tail(above: middle, degrees: degrees) > chance { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The chance of a value above `t`, by the regularised incomplete beta function: `I_x(ν/2, ½)/2` with `x = ν/(ν + t²)`.
    public static func tail(above t: Double, degrees: Double) -> Double {
        guard t.isFinite else { return t > 0 ? 0 : 1 }
        let half = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
        return t >= 0 ? half : 1 - half
    }

    /// `I_x(a, b)`.
    private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        // The fraction converges quickly on this side; the other is its complement. Chosen once: between the two there is a
        // value that lies on neither side.
        return x < (a + 1) / (a + b + 2) ? continuedFraction(x, a, b) : 1 - continuedFraction(1 - x, b, a)
    }

    /// `I_x(a, b)` by its continued fraction (Lentz's method; NIST Digital Library of Mathematical Functions, 8.17.22).
    private static func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let gammas: Double = lgamma(a + b) - lgamma(a) - lgamma(b)
        let powers: Double = a * log(x) + b * log(1 - x)
        let front = exp(gammas + powers) / a
        let least = 1e-300
        var (c, d) = (1.0, 1 - (a + b) * x / (a + 1))
        d = 1 / (abs(d) < least ? least : d)
        var fraction = d
        for m in 1...300 {
            let k = Double(m)
            let (before, here, after): (Double, Double, Double) = (a + 2 * k - 1, a + 2 * k, a + 2 * k + 1)
            let even: Double = k * (b - k) * x / (before * here)
            let odd: Double = -(a + k) * (a + b + k) * x / (here * after)
            for term in [even, odd] {
                d = 1 + term * d
                d = 1 / (abs(d) < least ? least : d)
                c = 1 + term / c
                if abs(c) < least { c = least }
                fraction *= d * c
            }
            if abs(d * c - 1) < 1e-14 { break }
        }
        return front * fraction
    }
}
