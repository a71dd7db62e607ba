/// The distributions of all charts, from some rows of a reference, and how surprising every row is to them.
struct ChartTails {
    /// The distribution of each chart.
    let tails: [TailDistribution]
    /// The greatest surprise of any chart at each row; `NaN` where none has a value.
    let greatest: [Double]

    /// Fits distributions; `nil` for too few rows.
    ///
    /// - Parameters:
    ///   - distances: The squared distance of each average of each vector, `[average][row]`.
    ///   - vectors: The number of watched vectors.
    ///   - lengths: Rows of each run.
    ///   - order: The rows in the order of time.
    ///   - isSeen: Whether a row is fitted.
    init?(
        _ distances: [[Double]], vectors: Int, lengths: [Int], order: RowOrder, where isSeen: (Int) -> Bool
    ) {
        let count = lengths.reduce(0, +)
        let seen = order.episodes.flatMap { $0.rows.filter(isSeen) }
        let closing = SurpriseReference.closing * order.phases
        func fitted(_ values: [[Double]]) -> [TailDistribution]? {
            let tails = values.compactMap { column in TailDistribution(seen.map { column[$0] }, closing: closing) }
            return tails.count == values.count ? tails : nil
        }
        guard let means = fitted(distances) else { return nil }
        var scatter = [[Double]](
            repeating: [Double](repeating: .nan, count: count), count: vectors * (SurpriseReference.weights.count - 1))
        var greatest = [Double](repeating: .nan, count: count)
        var row = 0
        for length in lengths {
            var averages = ScatterAverages(vectors: vectors)
            for _ in 0..<length {
                let surprises = means.indices.map { means[$0].surprise(ofMissing: distances[$0][row]) }
                for (index, value) in averages.step(surprises).enumerated() { scatter[index][row] = value }
                if surprises[0] != nil { greatest[row] = surprises.compactMap { $0 }.max() ?? .nan }
                row += 1
            }
        }
        guard let spreads = fitted(scatter) else { return nil }
        for row in 0..<count where greatest[row].isFinite {
            for (index, spread) in spreads.enumerated() {
                greatest[row] = max(greatest[row], spread.surprise(ofMissing: scatter[index][row]) ?? 0)
            }
        }
        tails = means + spreads
        self.greatest = greatest
    }
}

/// The rows of some runs in the order of time: where a step covers several rows, the phases of an episode take turns.
struct RowOrder {
    /// The rows of each episode, counted through all runs, and how many phases they are of.
    let episodes: [(rows: [Int], phases: Int)]
    /// The most phases of any episode.
    var phases: Int { episodes.map(\.phases).max() ?? 1 }

    /// Orders rows.
    ///
    /// - Parameters:
    ///   - lengths: Rows of each run.
    ///   - phases: The runs of each episode, in the order of their first rows.
    init(lengths: [Int], phases: [[Int]]) {
        var firsts = [0]
        for length in lengths { firsts.append(firsts[firsts.count - 1] + length) }
        episodes = phases.filter { !$0.isEmpty }.map { runs -> (rows: [Int], phases: Int) in
            let longest = runs.map { lengths[$0] }.max() ?? 0
            let rows = (0..<longest).flatMap { step -> [Int] in
                runs.filter { step < lengths[$0] }.map { firsts[$0] + step }
            }
            return (rows, runs.count)
        }
    }
}

extension TailDistribution {
    /// The surprise of a value; `nil` for one that is missing.
    func surprise(ofMissing value: Double) -> Double? { value.isFinite ? surprise(of: value) : nil }
}
