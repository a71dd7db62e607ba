import Basics

/// Intervals around what was averaged over episodes.
public enum ControlStatistics {
    /// Of fewer episodes than this the bootstrap's interval is said to be too narrow. It reaches `1.96 √((n − 1)/n)` of the standard
    /// errors that n episodes tell of; by Student's distribution so much holds the mean of normal numbers in 90 % of all cases for ten
    /// and in 85 % for five. What is drawn from few episodes knows nothing of rarer ones.
    public static let fewest = 10

    /// The percentile interval of the bootstrap for a ratio of sums over episodes (Efron, "Bootstrap methods: another look at
    /// the jackknife", Annals of Statistics 7, 1979): Σ numerators / Σ denominators over episodes drawn with replacement. Of few episodes it
    /// is too narrow: see ``fewest``.
    ///
    /// - Parameters:
    ///   - pairs: Numerator and denominator of each episode.
    ///   - coverage: The share of the draws that lie inside.
    ///   - draws: How often all episodes are drawn anew.
    ///   - seed: What is drawn from.
    /// - Returns: The interval; `nil` for less than two episodes.
    public static func bootstrap(
        _ pairs: [(Double, Double)], coverage: Double = 0.95, draws: Int = 2000, seed: UInt64 = 0
    ) -> ClosedRange<Double>? {
        guard pairs.count >= 2 else { return nil }
        var generator = SeededGenerator(seed: seed, stream: 0xB007)
        var ratios: [Double] = []
        for _ in 0..<draws {
            var (above, below) = (0.0, 0.0)
            for _ in pairs.indices {
                let pair = pairs[Int(generator.next(upperBound: UInt64(pairs.count)))]
                above += pair.0
                below += pair.1
            }
            ratios.append(above / below)
        }
        ratios.sort()
        let tail = (1 - coverage) / 2
        let low = ratios[Int(tail * Double(draws - 1))]
        return low...max(low, ratios[Int(((1 - tail) * Double(draws - 1)).rounded(.up))])
    }
}
