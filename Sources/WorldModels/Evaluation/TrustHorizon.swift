/// How far ahead a model is better than what is simple, and how wrong it is within that time.
public struct TrustHorizon: Sendable, Equatable {
    /// Seconds up to which it is, at every step, not worse than persistence and the linear model; 0 for never.
    public var seconds: Double
    /// What the promised share of absolute errors does not exceed at any step up to then, physical units.
    public var error: Double
    /// What is better right after that time: `nil` when nothing is up to the end.
    public var beatenBy: Rival?
    /// The last step's seconds.
    public var horizon: Double

    /// What a model is compared with.
    public enum Rival: String, Sendable, Codable {
        /// The last value held.
        case persistence
        /// The linear model.
        case linear
    }

    /// How much worse than the better rival a step may be and still count: two figures of this closeness cannot be told
    /// apart.
    static let tolerance = 1.02

    /// Judges the steps of one output.
    public init(_ rows: [Evaluation.Row]) {
        (seconds, error, beatenBy) = (0, 0, nil)
        horizon = rows.last?.seconds ?? 0
        for row in rows where row.rmse.isFinite {
            if let linear = row.linear, linear <= row.persistence, row.rmse > linear * Self.tolerance {
                beatenBy = .linear
            } else if row.rmse > row.persistence * Self.tolerance {
                beatenBy = .persistence
            } else if let linear = row.linear, row.rmse > linear * Self.tolerance {
                beatenBy = .linear
            }
            if beatenBy != nil { break }
            seconds = row.seconds
            error = max(error, row.errorQuantile)
        }
        if seconds == 0, let first = rows.first { error = first.errorQuantile }
    }
}
