public import Basics
import Foundation
import Monitoring

/// How well two kinds of values can be told apart by their size alone.
public enum RankTests {
    /// The area under the receiver operating characteristic: the chance that a value of the first kind is the greater one of
    /// a value of each kind, ties counting half (Hanley and McNeil, Radiology 1982); `NaN` where there are none.
    public static func area(_ greater: [Double], _ less: [Double]) -> Double {
        guard !greater.isEmpty && !less.isEmpty else { return .nan }
        let ranks = ranks(greater + less)
        let sum = ranks[..<greater.count].reduce(0, +)
        let (m, n) = (Double(greater.count), Double(less.count))
        return (sum - m * (m + 1) / 2) / (m * n)
    }

    /// An interval of that area by the percentile bootstrap, in which pairs are drawn as a whole (Efron and Tibshirani, 1993).
    ///
    /// - Parameters:
    ///   - greater: A value of each pair.
    ///   - less: The other value of each pair.
    ///   - coverage: How often it holds the truth.
    ///   - draws: How often pairs are drawn.
    ///   - generator: What draws.
    /// - Returns: Its ends.
    public static func interval(
        _ greater: [Double], _ less: [Double], coverage: Double = 0.95, draws: Int = 1000,
        using generator: inout SeededGenerator
    ) -> ClosedRange<Double> {
        precondition(greater.count == less.count, "\(greater.count) and \(less.count) values are no pairs")
        guard !greater.isEmpty else { return 0...1 }
        let areas = (0..<draws).map { _ -> Double in
            let drawn = greater.indices.map { _ in Int(generator.next(upperBound: UInt64(greater.count))) }
            return area(drawn.map { greater[$0] }, drawn.map { less[$0] })
        }.sorted()
        let outside = (1 - coverage) / 2 * Double(draws - 1)
        return areas[Int(outside.rounded())]...areas[draws - 1 - Int(outside.rounded())]
    }

    /// The mean area of models that saw the same pairs, with an interval over other models and other pairs: what a model of another seed
    /// would come to on average.
    ///
    /// Its ends are as far from the mean as models alone say, by Student's distribution of their areas, and pairs alone, by the
    /// percentile bootstrap in which the same pairs are drawn for all models; both added as squares, within 0 to 1.
    ///
    /// - Parameters:
    ///   - models: Both values of each pair, model by model.
    ///   - coverage: How often it holds the truth.
    ///   - draws: How often pairs are drawn.
    ///   - generator: What draws.
    /// - Returns: Mean and ends; `nil` for fewer than two models, of which nothing tells how they differ, and without pairs.
    public static func mean(
        ofModels models: [(greater: [Double], less: [Double])], coverage: Double = 0.95, draws: Int = 1000,
        using generator: inout SeededGenerator
    ) -> (area: Double, interval: ClosedRange<Double>)? {
        let pairs = models.first?.greater.count ?? 0
        precondition(
            models.allSatisfy { $0.greater.count == pairs && $0.less.count == pairs }, "models that saw other pairs")
        guard models.count >= 2, pairs > 0 else { return nil }
        let count = Double(models.count)
        let areas = models.map { area($0.greater, $0.less) }
        let mean = areas.reduce(0, +) / count
        let variance = areas.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let far = StudentDistribution.value(exceededWith: (1 - coverage) / 2, degrees: count - 1)
        let seeds = far * (variance / count).squareRoot()
        let drawn = (0..<draws).map { _ -> Double in
            let places = (0..<pairs).map { _ in Int(generator.next(upperBound: UInt64(pairs))) }
            return models.reduce(0) { sum, model in
                sum + area(places.map { model.greater[$0] }, places.map { model.less[$0] })
            } / count
        }.sorted()
        let outside = Int(((1 - coverage) / 2 * Double(draws - 1)).rounded())
        let low = mean - hypot(seeds, max(0, mean - drawn[outside]))
        let high = mean + hypot(seeds, max(0, drawn[draws - 1 - outside] - mean))
        return (mean, max(0, low)...min(1, high))
    }

    /// The share of pairs whose first value is the greater one, ties counting half.
    public static func share(_ greater: [Double], _ less: [Double]) -> Double {
        precondition(greater.count == less.count, "\(greater.count) and \(less.count) values are no pairs")
        let wins = zip(greater, less).reduce(0.0) { $0 + ($1.0 > $1.1 ? 1 : $1.0 == $1.1 ? 0.5 : 0) }
        return wins / Double(max(1, greater.count))
    }

    /// The signed-rank test of whether the first values of pairs tend to be the greater ones: its one-sided p-value.
    ///
    /// F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1945. Pairs without a difference are left
    /// out. The distribution is exact for at most 50 pairs without ties; else it is the normal one with its variance
    /// corrected for ties, as in `scipy.stats.wilcoxon`.
    public static func signedRank(_ greater: [Double], _ less: [Double]) -> Double {
        precondition(greater.count == less.count, "\(greater.count) and \(less.count) values are no pairs")
        // Two errors beyond all numbers differ by none.
        let differences = zip(greater, less).map { $0 == $1 ? 0 : $0 - $1 }
        let moved = differences.filter { $0 != 0 }
        let count = moved.count
        guard count > 0 else { return 1 }
        let sizes = moved.map(abs)
        let ranks = ranks(sizes)
        let sum = zip(moved, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
        let hasTies = Set(sizes).count < count
        if count <= 50 && !hasTies && count == differences.count { return exact(sum: Int(sum), count: count) }
        let n = Double(count)
        var variance = n * (n + 1) * (2 * n + 1) / 24
        for (_, tied) in Dictionary(grouping: sizes, by: { $0 }) {
            let t = Double(tied.count)
            variance -= (t * t * t - t) / 48
        }
        guard variance > 0 else { return 1 }
        return 0.5 * erfc((sum - n * (n + 1) / 4) / variance.squareRoot() / 2.0.squareRoot())
    }

    /// The chance that the ranks 1 to n, each taken with one half, sum to at least so much.
    private static func exact(sum: Int, count: Int) -> Double {
        // The number of subsets with each sum, as a share of all.
        var shares = [1.0]
        for rank in 1...count {
            var next = shares + [Double](repeating: 0, count: rank)
            for (place, share) in shares.enumerated() { next[place + rank] += share }
            shares = next.map { $0 / 2 }
        }
        return min(1, shares[sum...].reduce(0, +))
    }

    /// Ranks from 1, the mean of those of equal values.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var result = [Double](repeating: 0, count: values.count)
        var first = 0
        while first < order.count {
            var last = first
            while last + 1 < order.count && values[order[last + 1]] == values[order[first]] { last += 1 }
            for place in first...last { result[order[place]] = Double(first + last) / 2 + 1 }
            first = last + 1
        }
        return result
    }
}
