import Foundation

/// Rates that are known by counting: how often something was so, of how many.
public enum BinomialRate {
    /// The interval of Clopper and Pearson for a rate: it holds the true one at least as often as it says, whatever that is.
    ///
    /// Its ends are the rates at which so many successes or more, and so many or fewer, have a probability of (1 − coverage)/2
    /// (Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26,
    /// 1934).
    ///
    /// - Parameters:
    ///   - count: How often it was so.
    ///   - total: Of how many; at least 1.
    ///   - coverage: How often the interval holds the true rate, between 0 and 1.
    /// - Returns: The interval within 0 to 1.
    public static func clopperPearson(_ count: Int, of total: Int, coverage: Double = 0.95) -> ClosedRange<Double> {
        precondition(total >= 1 && (0...total).contains(count), "\(count) of \(total)")
        let tail = (1 - coverage) / 2
        // P(X ≤ count) falls as the rate rises.
        let lower = count == 0 ? 0 : solve { 1 - cumulative(count - 1, total, $0) < tail }
        let upper = count == total ? 1 : solve { cumulative(count, total, $0) > tail }
        return lower...max(lower, upper)
    }

    /// Where a condition that holds for small rates ceases to hold.
    private static func solve(_ holds: (Double) -> Bool) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if holds(middle) { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The probability of at most so many of so many at a rate.
    private static func cumulative(_ count: Int, _ total: Int, _ rate: Double) -> Double {
        guard rate > 0 else { return 1 }
        guard rate < 1 else { return count >= total ? 1 : 0 }
        var term = Double(total) * log1p(-rate)
        var sum = exp(term)
        for k in stride(from: 1, through: count, by: 1) {
            term += log(Double(total - k + 1) / Double(k)) + log(rate) - log1p(-rate)
            sum += exp(term)
        }
        return min(1, sum)
    }
}
