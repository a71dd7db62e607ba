/// How far ahead a model is no worse than what is simple, and how wrong it is within that time.
public struct TrustHorizon: Sendable, Equatable {
    /// Seconds up to which it is, at every step, not worse than persistence and the linear model; 0 for never.
    public var seconds: Double
    /// What the promised share of absolute errors does not exceed at any step up to then, physical units; `NaN` for never.
    public var error: Double
    /// What is better right after that time: `nil` when nothing is up to the end.
    public var beatenBy: Rival?
    /// Seconds from which it is again no worse, up to the end; `nil` when nothing beats it, or something does at the end.
    public var betterAgainFrom: Double?
    /// What errs less all the same at some step up to `seconds`, too little to count.
    public var near: [Near]
    /// Whether it errs less than everything else at each step from `betterAgainFrom` on, not only no more than counts.
    public var isBetterAgain: Bool

    /// A rival that is a little better.
    public struct Near: Sendable, Equatable {
        /// What it is.
        public var rival: Rival
        /// By how much its root mean square error is smaller at most, physical units.
        public var margin: Double
    }

    /// What a model is compared with.
    public enum Rival: String, Sendable, Codable {
        /// The last value held.
        case persistence
        /// The linear model.
        case linear
    }

    /// How much worse than a rival a step may be and still count, as a share of the rival's error and of persistence's
    /// at the last step: within noise, and too little to matter.
    static let (tolerance, allowance) = (1.02, 0.02)

    /// Judges the steps of one output.
    public init(_ rows: [Evaluation.Row]) {
        (seconds, error, beatenBy, near, isBetterAgain) = (0, 0, nil, [], false)
        let allowed = Self.allowance * (rows.last { $0.persistence.isFinite }?.persistence ?? 0)
        func rival(_ row: Evaluation.Row) -> Rival? {
            let linear = row.linear ?? .infinity
            // An error that is no number is worse than any.
            guard !(row.rmse <= min(linear, row.persistence) * Self.tolerance + allowed) else { return nil }
            return linear < row.persistence ? .linear : .persistence
        }
        // A step at which nothing was compared tells nothing; one at which a prediction ran away does.
        let known = rows.filter { $0.count > 0 }
        for row in known {
            beatenBy = rival(row)
            if beatenBy != nil { break }
            seconds = row.seconds
            error = max(error, row.errorQuantile)
        }
        if seconds == 0 { error = .nan }
        if let last = known.lastIndex(where: { rival($0) != nil }), last + 1 < known.count {
            betterAgainFrom = known[last + 1].seconds
            isBetterAgain = known[(last + 1)...].allSatisfy { row in
                row.rmse < min(row.linear ?? .infinity, row.persistence)
            }
        }
        let trusted = known.filter { $0.seconds <= seconds }
        near = [Rival.linear, .persistence].compactMap { rival in
            let margin =
                trusted.compactMap { row -> Double? in
                    let error = rival == .linear ? row.linear : row.persistence
                    return error.map { row.rmse - $0 }
                }.filter(\.isFinite).max() ?? -1
            return margin >= 0 ? Near(rival: rival, margin: margin) : nil
        }
    }
}
