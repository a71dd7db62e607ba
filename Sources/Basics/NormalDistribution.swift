import Foundation

/// The standard normal distribution.
public enum NormalDistribution {
    /// The value that is not exceeded with the given probability, by bisection of the error function.
    public static func quantile(_ probability: Double) -> Double {
        var (low, high) = (-12.0, 12.0)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if 0.5 * erfc(-middle / 2.0.squareRoot()) < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
