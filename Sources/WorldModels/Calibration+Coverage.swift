import Basics

extension Calibration {
    /// The least and the greatest coverage of guardrails that quantiles of errors say something about.
    private static let chosenCoverages = 0.5...0.99

    /// The same bands, of which guardrails keep clear by another coverage than the model was trained with.
    ///
    /// With F the distribution of signed scores, linear between the quantiles that are kept, q is the least with
    /// `F(q) − F(−q) ≥ coverage`: half-widths of both sides alike, as those of training. Straight lines put more beyond a value than
    /// there is where a distribution has one mode, so that q is rather too great.
    ///
    /// - Throws: `ForesightError.usage` for a coverage that is neither the trained one nor 0.5 to 0.99, or of a model that keeps no
    ///   quantiles of errors.
    public func guarding(_ coverage: Double) throws -> Calibration {
        if abs(coverage - guardCoverage) < 1e-9 { return self }
        guard Self.chosenCoverages.contains(coverage) else {
            throw ForesightError.usage(
                "bands of coverage \(coverage) can't be had of this model: 0.5 to 0.99, or the \(guardCoverage) of its training",
                remedy: "choose one between, or train with guard_coverage=\(coverage)")
        }
        guard let errors else {
            throw ForesightError.usage(
                "the model does not keep how its errors are distributed, so that its bands are those of training",
                remedy: "train it again, then another coverage can be chosen when planning")
        }
        var bands = self
        let count = errors.levels.count
        bands.guardCoverage = coverage
        bands.guardQuantile = guardQuantile.indices.map { index in
            errors.halfWidth(of: errors.quantiles[index * count..<(index + 1) * count], coverage: coverage)
        }
        return bands
    }
}

extension Calibration.ErrorScores {
    /// The least q for which scores lie within ±q with a probability.
    fileprivate func halfWidth(of row: ArraySlice<Double>, coverage: Double) -> Double {
        var (low, high) = (0.0, row.map(abs).max() ?? 0)
        // Enough to halve any width to the precision of a number.
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if below(middle, row) - below(-middle, row) < coverage { low = middle } else { high = middle }
        }
        return high
    }

    /// The probability that a score is below a value: that of the outermost quantile beyond it.
    private func below(_ value: Double, _ row: ArraySlice<Double>) -> Double {
        guard let upper = row.firstIndex(where: { $0 > value }) else { return levels.last ?? 1 }
        let index = upper - row.startIndex
        guard index > 0 else { return levels[0] }
        let share = (value - row[upper - 1]) / (row[upper] - row[upper - 1])
        return levels[index - 1] + share * (levels[index] - levels[index - 1])
    }
}
