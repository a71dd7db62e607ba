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
    private let layouts: [Layout]

    /// Which folds the samples of an episode belong to.
    private enum Layout: Sendable {
        /// All to one.
        case whole(Int)
        /// A stretch of time to each.
        case stretches
        /// So many samples to the fold of a row, row by row.
        case rows([Int], stride: Int)
    }

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
        self.init(lengths: episodes.map(\.count), windowLength: windowLength, count: count)
    }

    /// Other folds of the same log, behind those of what is kept of an older one, if anything is.
    ///
    /// - Parameters:
    ///   - other: The folds of both.
    ///   - episodes: The log; not what is kept.
    ///   - windowLength: Samples of one free-run window.
    ///   - count: How many folds.
    init(instead other: Folds, of episodes: [Episode], windowLength: Int, count: Int) {
        let fresh = Folds(episodes, windowLength: windowLength, count: count)
        let kept = Array(other.lengths.dropLast(episodes.count))
        guard !kept.isEmpty else {
            self = fresh
            return
        }
        self.init(Folds(lengths: kept, windowLength: windowLength, count: count), fresh)
    }

    private init(lengths: [Int], windowLength: Int, count: Int?) {
        self.lengths = lengths
        let total = lengths.reduce(0, +)
        independentWindows = Double(total) / Double(max(1, windowLength))
        let isShort = independentWindows < Double(2 * Self.usualCount)
        let chosen = count ?? (isShort ? Self.shortCount : Self.usualCount)
        self.count = chosen
        let isByEpisode = lengths.count >= 2 * chosen
        self.isByEpisode = isByEpisode
        guard isByEpisode else {
            layouts = lengths.map { _ in .stretches }
            return
        }
        var (before, fold) = (0, -1)
        layouts = lengths.enumerated().map { index, length in
            // An episode belongs to the fold that its middle lies in. No fold is passed over where one episode is as long as
            // several, and each of those behind it is left an episode: a member that leaves nothing out is judged by nothing.
            let middle = (2 * before + length) * chosen / max(1, 2 * total)
            before += length
            fold = max(min(middle, chosen - 1, fold + 1), chosen - (lengths.count - index), fold)
            return .whole(fold)
        }
    }

    /// Folds of rows that are known one by one, such as those of kept windows.
    ///
    /// - Parameters:
    ///   - rows: The fold of each row, `[episode][row]`.
    ///   - count: How many folds there are.
    ///   - stride: Samples that a row stands for.
    ///   - windowLength: Rows of one free-run window.
    init(rows: [[Int]], count: Int, stride: Int, windowLength: Int) {
        lengths = rows.map { $0.count * stride }
        self.count = count
        isByEpisode = false
        independentWindows = Double(rows.reduce(0) { $0 + $1.count }) / Double(max(1, windowLength))
        layouts = rows.map { .rows($0, stride: stride) }
    }

    /// The folds of one log behind those of another: each member leaves out a part of both.
    ///
    /// - Parameters:
    ///   - first: The folds of the first episodes.
    ///   - second: The folds of those behind them, as many.
    init(_ first: Folds, _ second: Folds) {
        precondition(first.count == second.count, "\(first.count) and \(second.count) folds")
        count = first.count
        isByEpisode = first.isByEpisode && second.isByEpisode
        independentWindows = first.independentWindows + second.independentWindows
        lengths = first.lengths + second.lengths
        layouts = first.layouts + second.layouts
    }

    /// The same folds of a log at a coarser step: an episode that is too short for a row of it is left out, and changes
    /// nothing of the others.
    ///
    /// - Parameters:
    ///   - folds: Those of the log.
    ///   - episodes: The log at the coarser step.
    ///   - kept: The number that each of these has in the log.
    ///   - stride: Samples of the log per step.
    ///   - windowLength: Steps of one free-run window.
    init(_ folds: Folds, coarse episodes: [Episode], kept: [Int], stride: Int, windowLength: Int) {
        precondition(episodes.count == kept.count, "\(kept.count) numbers of \(episodes.count) episodes")
        lengths = episodes.map(\.count)
        (count, isByEpisode) = (folds.count, folds.isByEpisode)
        independentWindows = Double(lengths.reduce(0, +)) / Double(max(1, windowLength))
        layouts = kept.map { index in
            guard case .rows(let rows, let samples) = folds.layouts[index] else { return folds.layouts[index] }
            return .rows(rows, stride: max(1, samples / stride))
        }
    }

    /// The fold of a sample.
    public func fold(episode: Int, sample: Int) -> Int {
        switch layouts[episode] {
        case .whole(let fold): fold
        case .stretches: min(sample * count / max(1, lengths[episode]), count - 1)
        case .rows(let folds, let stride): folds[min(sample / stride, folds.count - 1)]
        }
    }

    /// The log without one fold, in contiguous pieces.
    public func without(_ fold: Int, of episodes: [Episode]) -> [Episode] {
        guard count > 1 else { return episodes }
        return episodes.enumerated().flatMap { index, episode -> [Episode] in
            switch layouts[index] {
            case .whole(let own): return own == fold ? [] : [episode]
            case .stretches:
                let rows = range(fold, length: episode.count)
                return [episode.slice(0..<rows.lowerBound), episode.slice(rows.upperBound..<episode.count)]
                    .filter { $0.count > 1 }
            case .rows: return runs(index, of: episode) { $0 != fold }.map { episode.slice($0) }.filter { $0.count > 1 }
            }
        }
    }

    /// One fold, with some samples before it where whole episodes are not left out.
    public func only(_ fold: Int, of episodes: [Episode], before: Int = 0) -> [Episode] {
        return episodes.enumerated().flatMap { index, episode -> [Episode] in
            switch layouts[index] {
            case .whole(let own): return own == fold ? [episode] : []
            case .stretches:
                let rows = range(fold, length: episode.count)
                return [episode.slice(max(0, rows.lowerBound - before)..<rows.upperBound)]
            case .rows:
                return runs(index, of: episode) { $0 == fold }.map {
                    episode.slice(max(0, $0.lowerBound - before)..<$0.upperBound)
                }
            }
        }
    }

    /// Contiguous samples of an episode whose folds are wanted.
    private func runs(_ index: Int, of episode: Episode, _ isWanted: (Int) -> Bool) -> [Range<Int>] {
        var (runs, start): ([Range<Int>], Int) = ([], 0)
        while start < episode.count {
            let kind = isWanted(fold(episode: index, sample: start))
            var end = start + 1
            while end < episode.count && isWanted(fold(episode: index, sample: end)) == kind { end += 1 }
            if kind { runs.append(start..<end) }
            start = end
        }
        return runs
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
