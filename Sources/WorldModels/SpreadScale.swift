import Basics

/// How left-out errors and the members' disagreement become the scale of a band.
///
/// Members that each leave out one of M folds share most of their data, so the ensemble's own error is greater than they
/// disagree: by `(M − 1)/√M`, if a prediction were a sum over the folds (the delete-a-group jackknife: Efron, 1982).
struct SpreadScale: Equatable {
    /// What the members' disagreement is multiplied by.
    var factor: Double
    /// Whether the log is too short for conformal scores, so that errors are taken as normal.
    var isNormal: Bool
    /// How many windows the log holds that do not overlap.
    var windows: Double

    /// The scale for a log.
    init(folds: Folds) {
        self.init(members: folds.count, isShort: folds.isShort, windows: folds.independentWindows)
    }

    /// The scale for an ensemble trained on so many windows.
    init(members: Int, isShort: Bool, windows: Double) {
        let jackknife = members > 1 ? Double(members - 1) / Double(members).squareRoot() : 1
        factor = isShort && members > 1 ? jackknife * Self.shortShare : jackknife
        isNormal = isShort
        self.windows = windows
    }

    /// The share of the jackknife's factor that short logs take.
    ///
    /// The jackknife is biased upwards for anything but sums (Efron and Stein, Annals of Statistics 1981,
    /// https://doi.org/10.1214/aos/1176345462), the more the fewer folds decide; and members also differ by where their
    /// training started, which their mean averages out. Half of it covers nearly all of simulated records that differ in
    /// nothing but actions and noise, and about half of such whose level differs by 2.5 °C: what one record cannot show.
    static let shortShare = 0.5

    /// The deviation of normal errors in units of their median magnitude.
    private static let normalDeviation = 1.4826

    /// The quantiles and the floor of a step of an output.
    ///
    /// - Parameters:
    ///   - residuals: Magnitudes of left-out errors, each with the members' disagreement.
    ///   - coverages: What is promised, one for each quantile.
    /// - Returns: `nil` without residuals.
    func band(
        _ residuals: [(error: Double, spread: Double)], coverages: [Double]
    ) -> (quantiles: [Double], floor: Double, typicalSpread: Double)? {
        guard !residuals.isEmpty else { return nil }
        let middle = residuals.count / 2
        let typical = residuals.map(\.spread).sorted()[middle]
        let median = max(1e-9, residuals.map(\.error).sorted()[middle])
        let normal = coverages.map { NormalDistribution.quantile((1 + $0) / 2) }
        if isNormal { return (normal, median * Self.normalDeviation, typical) }
        let scores = residuals.map { residual in
            let spread = factor * residual.spread
            return residual.error / (spread * spread + median * median).squareRoot()
        }.sorted()
        let unit = normalUnit(floor: median, typicalSpread: typical)
        let quantiles = zip(coverages, normal).map { coverage, normal in
            let rank = Int((Double(scores.count + 1) * coverage).rounded(.up))
            let conformal = scores[min(max(rank, 1), scores.count) - 1]
            // Too few scores for a quantile so far out, or too few that are independent: an output may be measured seldom.
            let isTold = rank <= scores.count && windows * (1 - coverage) >= 1
            return isTold ? conformal : max(conformal, unit * normal)
        }
        return (quantiles, median, typical)
    }

    /// What a quantile of a normal distribution is multiplied by to be one in σ whose floor is the median magnitude of errors:
    /// their deviation over σ, where members disagree as they usually do.
    private func normalUnit(floor: Double, typicalSpread: Double) -> Double {
        let (spread, deviation) = (factor * typicalSpread, Self.normalDeviation * floor)
        return ((spread * spread + deviation * deviation) / (spread * spread + floor * floor)).squareRoot()
    }

    /// The probabilities for which quantiles of signed errors are kept.
    static let errorLevels = [0.005, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.995]

    /// Quantiles of signed errors in σ at `errorLevels`, so that one more error lies beyond each with no more than the probability that
    /// its level leaves there: the order statistic of rank `⌊(n + 1) p⌋` below the middle and `⌈(n + 1) p⌉` above it. Rounded
    /// outwards to thousandths.
    ///
    /// - Parameters:
    ///   - residuals: Left-out errors, truth less prediction, each with the members' disagreement.
    ///   - floor: The floor of σ.
    /// - Returns: Rising quantiles, one a level.
    func errorQuantiles(_ residuals: [(error: Double, spread: Double)], floor: Double) -> [Double] {
        let spreads = residuals.map(\.spread).sorted()
        let unit =
            isNormal || spreads.isEmpty ? 1 : normalUnit(floor: floor, typicalSpread: spreads[spreads.count / 2])
        let normal = Self.errorLevels.map { unit * NormalDistribution.quantile($0) }
        let scores = residuals.map { residual in
            let spread = factor * residual.spread
            return residual.error / (spread * spread + floor * floor).squareRoot()
        }.sorted()
        var quantiles = zip(Self.errorLevels, normal).map { level, normal -> Double in
            guard !isNormal, !scores.isEmpty else { return normal }
            let isLow = level < 0.5
            let rank = Int((Double(scores.count + 1) * level).rounded(isLow ? .down : .up))
            let score = scores[min(max(rank, 1), scores.count) - 1]
            // Too few independent scores for a quantile so far out.
            guard windows * min(level, 1 - level) < 1 else { return score }
            return isLow ? min(score, normal) : max(score, normal)
        }
        for (index, level) in Self.errorLevels.enumerated() where level != 0.5 {
            quantiles[index] = (quantiles[index] * 1000).rounded(level < 0.5 ? .down : .up) / 1000
        }
        // The middle was not rounded, and what is far out may be normal where its neighbour is not.
        for index in quantiles.indices.dropFirst() { quantiles[index] = max(quantiles[index], quantiles[index - 1]) }
        return quantiles
    }
}
