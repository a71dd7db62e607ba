public import Episodes

/// Contiguous parts of a log, one for each ensemble member to leave out: the part judges the member and calibrates its
/// bands, so that every sample serves both training and judgement (cross-conformal prediction and the jackknife+: Barber
/// et al., Annals of Statistics 2021, https://doi.org/10.1214/20-AOS1965).
///
/// With many episodes a fold is a run of whole episodes in the order of the log, so that what a group of days has in
/// common (a season, a site) is left out together; with few, a stretch of time of each. Nothing is shuffled.
public struct Folds: Sendable {
    /// The number of folds: that of the ensemble's members.
    public let count: Int
    /// Whether whole episodes are left out.
    public let isByEpisode: Bool
    /// How many free-run windows the log holds that do not overlap.
    public let independentWindows: Double
    /// Whether the log is so short that a fold cannot hold two windows: then left-out errors say little.
    public var isShort: Bool { independentWindows < Double(2 * Self.usualCount) }
    private let lengths: [Int]
    private let groups: [Int]

    /// Folds for logs that are long enough.
    static let usualCount = 5
    /// Folds for short logs, so that each member still sees nine tenths of them.
    static let shortCount = 10

    /// Lays out folds.
    ///
    /// - Parameters:
    ///   - episodes: The log, in order.
    ///   - windowLength: Samples of one free-run window.
    ///   - count: How many folds, or `nil` to choose.
    public init(_ episodes: [Episode], windowLength: Int, count: Int?) {
        lengths = episodes.map(\.count)
        let total = lengths.reduce(0, +)
        independentWindows = Double(total) / Double(max(1, windowLength))
        let isShort = independentWindows < Double(2 * Self.usualCount)
        let chosen = count ?? (isShort ? Self.shortCount : Self.usualCount)
        self.count = chosen
        isByEpisode = episodes.count >= 2 * chosen
        var before = 0
        groups = lengths.map { length in
            // An episode belongs to the fold that its middle lies in.
            let fold = (2 * before + length) * chosen / max(1, 2 * total)
            before += length
            return min(fold, chosen - 1)
        }
    }

    /// The fold of a sample.
    public func fold(episode: Int, sample: Int) -> Int {
        isByEpisode ? groups[episode] : min(sample * count / max(1, lengths[episode]), count - 1)
    }

    /// The log without one fold, in contiguous pieces.
    public func without(_ fold: Int, of episodes: [Episode]) -> [Episode] {
        guard count > 1 else { return episodes }
        if isByEpisode { return episodes.indices.filter { groups[$0] != fold }.map { episodes[$0] } }
        return episodes.flatMap { episode -> [Episode] in
            let rows = range(fold, length: episode.count)
            return [episode.slice(0..<rows.lowerBound), episode.slice(rows.upperBound..<episode.count)]
                .filter { $0.count > 1 }
        }
    }

    /// One fold, with some samples before it where whole episodes are not left out.
    public func only(_ fold: Int, of episodes: [Episode], before: Int = 0) -> [Episode] {
        if isByEpisode { return episodes.indices.filter { groups[$0] == fold }.map { episodes[$0] } }
        return episodes.map { episode in
            let rows = range(fold, length: episode.count)
            return episode.slice(max(0, rows.lowerBound - before)..<rows.upperBound)
        }
    }

    private func range(_ fold: Int, length: Int) -> Range<Int> {
        // The first sample s with s · count / length ≥ fold.
        func first(_ fold: Int) -> Int { (fold * length + count - 1) / count }
        return first(fold)..<(fold == count - 1 ? length : first(fold + 1))
    }

    /// The layout in one line, for the card and the terminal.
    public var summary: String {
        let total = lengths.reduce(0, +)
        guard count > 1 else { return "\(total) samples train the only member; nothing is left out to judge it" }
        if isByEpisode {
            return
                "\(lengths.count) episodes in \(count) runs: each ensemble member leaves out one run, which judges and "
                + "calibrates it"
        }
        let few = isShort ? ", few for that" : ""
        return
            "\(total) samples in \(count) stretches of time\(few): each ensemble member leaves out one stretch, which "
            + "judges and calibrates it"
    }
}
