import Foundation

/// How often a statistic is exceeded in normal operation: ranks where there are enough values, a generalised Pareto tail
/// beyond.
///
/// Below the tail, `p(v)` is the share of reference values above v. Above the threshold u, which a share ζ of them
/// exceeds, peaks over it follow `p(v) = ζ (1 + ξ (v − u) / σ)^(−1/ξ)` (Pickands, Annals of Statistics 1975; Davison and
/// Smith, JRSS B 1990), with σ and ξ from probability-weighted moments (Hosking and Wallis, Technometrics 1987,
/// https://doi.org/10.1080/00401706.1987.10488243). ξ is at most 0.5 and at least 1/m, with m the number of clusters that the
/// peaks come in: an exponential tail whose scale is only known from m values predicts the next one by
/// `(1 + x / (m σ))^(−m)` (its Bayesian predictive distribution), so that a few peaks do not promise one in a million.
public struct TailDistribution: Sendable, Equatable, Codable {
    /// Values at evenly spaced probabilities from 0 to 1 − ζ.
    let knots: [Double]
    /// ζ: the share of reference values in the tail.
    let share: Double
    /// σ of the tail.
    let scale: Double
    /// ξ of the tail.
    let shape: Double

    /// The least number of reference values.
    public static let leastCount = 40
    private static let usualShare = 0.05
    private static let leastExceedances = 20.0
    private static let greatestShape = 0.5
    private static let knotCount = 201

    /// Fits a distribution to values in the order of time; `nil` for fewer than `leastCount` finite ones.
    ///
    /// - Parameters:
    ///   - values: The reference.
    ///   - isPredictive: Whether ξ is at least 1/m; not so for values that are surprises already, in which it is.
    ///   - closing: Values below a threshold that end a cluster beyond it.
    public init?(_ values: [Double], isPredictive: Bool = true, closing: Int = SurpriseReference.closing) {
        let sorted = values.filter(\.isFinite).sorted()
        guard sorted.count >= Self.leastCount else { return nil }
        let count = Double(sorted.count)
        share = min(0.5, max(Self.usualShare, Self.leastExceedances / count))
        let levels = min(Self.knotCount, sorted.count)
        func quantile(_ probability: Double) -> Double {
            let place = probability * (count - 1)
            let low = min(sorted.count - 1, Int(place))
            let high = min(sorted.count - 1, low + 1)
            return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
        }
        let bulk = 1 - share
        knots = (0..<levels).map { quantile(bulk * Double($0) / Double(levels - 1)) }
        let threshold = knots[levels - 1]
        let excesses = sorted.filter { $0 > threshold }.map { $0 - threshold }
        let n = Double(max(1, excesses.count))
        let mean = excesses.reduce(0, +) / n
        let weighted =
            excesses.enumerated().reduce(0.0) { $0 + (1 - (Double($1.offset) + 0.65) / n) * $1.element } / n
        let raw = mean - 2 * weighted > 0 ? 2 - mean / (mean - 2 * weighted) : Self.greatestShape
        let least =
            isPredictive ? min(Self.greatestShape, 1 / Double(Self.clusters(values, beyond: threshold, closing))) : 0
        let fitted = raw.isFinite ? min(Self.greatestShape, raw) : Self.greatestShape
        shape = max(least, fitted)
        // The mean of the excesses is σ / (1 − ξ); that of a predictive distribution is not what was observed.
        scale = max(fitted > least ? mean * (1 - fitted) : mean, 1e-12 * max(1, abs(threshold)))
    }

    /// How many times values pass a threshold, with as many quiet ones between as end an event.
    private static func clusters(_ values: [Double], beyond threshold: Double, _ closing: Int) -> Int {
        var (count, quiet) = (0, closing)
        for value in values where value.isFinite {
            if value > threshold {
                if quiet >= closing { count += 1 }
                quiet = 0
            } else {
                quiet += 1
            }
        }
        return max(1, count)
    }

    /// The share of normal values above this one: above 0, at most 1.
    public func probability(above value: Double) -> Double {
        let last = knots.count - 1
        guard value <= knots[last] else {
            let excess = (value - knots[last]) / scale
            let tail = shape > 1e-6 ? pow(1 + shape * excess, -1 / shape) : exp(-excess)
            return max(share * tail, 1e-300)
        }
        guard value > knots[0] else { return 1 }
        var (low, high) = (0, last)
        while high - low > 1 {
            let middle = (low + high) / 2
            if knots[middle] < value { low = middle } else { high = middle }
        }
        let width = knots[high] - knots[low]
        let place = Double(low) + (width > 0 ? (value - knots[low]) / width : 1)
        return 1 - (1 - share) * place / Double(last)
    }

    /// `−log₁₀` of that share: 2 for what one normal value in a hundred exceeds.
    public func surprise(of value: Double) -> Double { max(0, -log10(probability(above: value))) }

    /// Whether a distribution that was read is usable.
    public var isConsistent: Bool {
        knots.count >= 2 && knots.allSatisfy(\.isFinite) && zip(knots, knots.dropFirst()).allSatisfy { $0 <= $1 }
            && share > 0 && share <= 0.5 && scale.isFinite && scale > 0 && shape >= 0 && shape <= Self.greatestShape
    }
}
