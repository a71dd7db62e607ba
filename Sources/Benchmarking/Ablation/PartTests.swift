import Foundation

/// Whether differences between pairs may be chance, for many parts that are looked at together.
enum PartTests {
    /// More pairs are judged by the normal distribution.
    private static let most = 100

    /// The two-sided p-value of the signed-rank test (Wilcoxon, Biometrics Bulletin 1945), exact by the distribution of the ranks under
    /// all choices of signs, ties and pairs without a difference, which are left out, as they are.
    ///
    /// Unlike the normal distribution it stays right where few pairs differ: of three that do nothing is below 1/4.
    ///
    /// - Parameter differences: The difference of each pair; may be infinite.
    /// - Returns: The value; 1 where no pair differs.
    static func signedRank(_ differences: [Double]) -> Double {
        let moved = differences.filter { $0 != 0 }
        guard !moved.isEmpty else { return 1 }
        guard moved.count <= most else {
            let nothing = [Double](repeating: 0, count: moved.count)
            let tails = (RankTests.signedRank(moved, nothing), RankTests.signedRank(nothing, moved))
            return min(1, 2 * min(tails.0, tails.1))
        }
        // Twice the ranks, so that those of ties are whole.
        let ranks = RankTests.ranks(moved.map(abs)).map { Int((2 * $0).rounded()) }
        let sum = zip(moved, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
        // The chance of each sum of the ranks whose sign is positive.
        var chances = [1.0]
        for rank in ranks {
            var next = chances + [Double](repeating: 0, count: rank)
            for (place, chance) in chances.enumerated() { next[place + rank] += chance }
            chances = next.map { $0 / 2 }
        }
        let (below, above) = (chances[...sum].reduce(0, +), chances[sum...].reduce(0, +))
        return min(1, 2 * min(below, above))
    }

    /// P-values corrected for their number, so that all that are below a level are true but for that part of all cases, however they
    /// hang together (Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 1979).
    static func holm(_ chances: [Double]) -> [Double] {
        var (corrected, greatest) = (chances, 0.0)
        for (place, index) in chances.indices.sorted(by: { chances[$0] < chances[$1] }).enumerated() {
            greatest = max(greatest, min(1, Double(chances.count - place) * chances[index]))
            corrected[index] = greatest
        }
        return corrected
    }

    /// The chance that so many values all lie on one side of as many others where nothing tells them apart: 2 of all ways to deal them.
    static func separation(_ count: Int) -> Double {
        var ways = 1.0
        for dealt in 0..<count { ways *= Double(2 * count - dealt) / Double(dealt + 1) }
        return 2 / ways
    }
}
