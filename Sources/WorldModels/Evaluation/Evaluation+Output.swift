import Episodes

extension Evaluation.Output {
    /// Sums up the steps of an output.
    init(_ channel: Channel, rows: [Evaluation.Row], windows: Int, residuals: ResidualSummary) {
        name = channel.name
        unit = channel.unit
        self.rows = rows
        self.residuals = residuals
        let known = rows.filter { $0.count > 0 }
        let total = Double(known.reduce(0) { $0 + $1.count })
        func overall(_ value: (Evaluation.Row) -> Double) -> Double {
            let squares = known.reduce(0) { $0 + value($1) * value($1) * Double($1.count) }
            return (squares / total).squareRoot()
        }
        self.overall = (
            overall(\.rmse), overall(\.persistence),
            known.contains { $0.linear != nil } ? overall { $0.linear ?? .nan } : nil
        )
        coverage = known.reduce(0) { $0 + $1.coverage * Double($1.count) } / total
        coverageInterval = Self.interval(share: coverage, of: windows)
        trust = TrustHorizon(rows)
    }

    /// The 95 % interval of a share seen in so many independent samples (Wilson, JASA 1927,
    /// https://doi.org/10.1080/01621459.1927.10502953).
    static func interval(share: Double, of count: Int) -> ClosedRange<Double> {
        guard share.isFinite else { return 0...1 }
        let (n, z) = (Double(max(1, count)), 1.959964)
        let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        let spread = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, centre - spread)...min(1, centre + spread)
    }
}

/// A channel that leaves the range that was recorded for training.
public struct Excursion: Sendable, Equatable {
    /// The channel.
    public var channel: String
    /// Its unit, if known.
    public var unit: String?
    /// Its least and greatest value in the logs, physical units.
    public var seen: ClosedRange<Double>
    /// Its least and greatest value in the training data, physical units.
    public var trained: ClosedRange<Double>
    /// The share of its samples outside of that range.
    public var share: Double

    /// Channels that leave their range by more than 2 % of it.
    static func find(in episodes: [Episode], _ model: ModelDescription) -> [Excursion] {
        zip(model.outputs + model.inputs, model.recordedRanges).compactMap { channel, trained in
            let values = episodes.flatMap { episode in
                episode.channelIndex(channel.name).map { episode.column($0).filter(\.isFinite) } ?? []
            }
            guard let least = values.min(), let greatest = values.max() else { return nil }
            let room = 0.02 * (trained.upperBound - trained.lowerBound)
            let outside = values.count { $0 < trained.lowerBound - room || $0 > trained.upperBound + room }
            guard outside > 0 else { return nil }
            return Excursion(
                channel: channel.name, unit: channel.unit, seen: least...greatest, trained: trained,
                share: Double(outside) / Double(values.count))
        }
    }
}
