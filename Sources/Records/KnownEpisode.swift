import Foundation

/// What an open store knows of one episode: enough to tell whether a log is the same recording, and to go on with it.
struct KnownEpisode {
    /// What it is called.
    let head: PredictionStore.EpisodeHead
    /// The row of the last record; −1 before the first.
    private(set) var lastRow = -1
    /// The time of the last record.
    private(set) var last = -Double.infinity
    /// What was observed, by channel and row: what the file that is written to holds, and what the one before it does.
    private var observed: [String: [Int: Double]] = [:]
    private var before: [String: [Int: Double]] = [:]
    private var trails: [PredictionStore.Place: FactorTrail] = [:]

    /// Nothing but the head is known.
    init(_ head: PredictionStore.EpisodeHead) { self.head = head }

    /// Takes in a record.
    mutating func take(_ record: PredictionStore.Record) {
        lastRow = max(lastRow, record.row)
        last = max(last, record.time)
        // Runs of a loop are numbered, and none goes on in another.
        guard head.kind == PredictionStore.EpisodeHead.watched else { return }
        observed[record.place.channel, default: [:]][record.row] = record.observed
        let rows = Int((record.place.lead / head.interval).rounded())
        trails[record.place, default: FactorTrail(before: record.factor, rows: rows)].take(record.row, record.next)
    }

    /// What a channel was observed to be; `nil` where no record says so.
    func observed(_ channel: String, row: Int) -> Double? { observed[channel]?[row] ?? before[channel]?[row] }

    /// Forgets what no file holds any more, since a new one begins: what is known stays as small as the files.
    mutating func beginFile() { (before, observed) = (observed, [:]) }

    /// What half-widths at a place were multiplied by once a row had come; `nil` before the first record there.
    func factor(_ place: PredictionStore.Place, at row: Int) -> Double? { trails[place]?.factor(at: row) }

    /// Whether a head may be of the same recording.
    ///
    /// A log that grows may get gaps, which number its stretches, and its sampling time is known better and better.
    func mayBe(_ other: PredictionStore.EpisodeHead) -> Bool {
        head.kind == other.kind && head.log == other.log
            && abs(head.start - other.start) < 0.5 * min(head.interval, other.interval)
            && abs(head.interval / other.interval - 1) < 0.02
    }
}

/// What half-widths were multiplied by, row by row, as far back as the predictions that are still on their way were made.
private struct FactorTrail {
    /// What it was before the first of the rows.
    var before: Double
    /// Rows from a prediction to what came.
    let rows: Int
    private var steps: [(row: Int, factor: Double)] = []

    init(before: Double, rows: Int) { (self.before, self.rows) = (before, rows) }

    mutating func take(_ row: Int, _ factor: Double) {
        steps.append((row, factor))
        while steps.count > 1, steps[1].row <= row - rows { before = steps.removeFirst().factor }
    }

    func factor(at row: Int) -> Double { steps.last { $0.row <= row }?.factor ?? before }
}

extension PredictionStore.EpisodeHead {
    /// What feeds a store from logs.
    public static let watched = "watch"

    /// The source without the number of a stretch.
    fileprivate var log: Substring {
        guard let mark = source.lastIndex(of: "#"), !source[mark...].dropFirst().isEmpty,
            source[mark...].dropFirst().allSatisfy(\.isNumber)
        else { return source[...] }
        return source[..<mark]
    }
}

extension PredictionStore {
    /// Episodes that a log may go on, as far as source, start and interval tell, by number.
    public func episodes(like head: EpisodeHead) -> [Int] {
        episodes.filter { $0.value.mayBe(head) }.keys.sorted()
    }

    /// The row of an episode's last record; −1 before the first.
    public func lastRow(of episode: Int) -> Int { episodes[episode]?.lastRow ?? -1 }

    /// Whether a row of a watched log is another than the one that the store has.
    ///
    /// The last row is not looked at: it may have been the mean of a part of what it is now.
    ///
    /// - Parameters:
    ///   - episode: The number of the episode.
    ///   - row: The row.
    ///   - channel: The channel.
    ///   - value: What it is in the log.
    ///   - tolerance: By how much it may differ.
    /// - Returns: Whether both have the row, and it differs by more.
    public func differs(_ episode: Int, row: Int, _ channel: String, _ value: Double, tolerance: Double) -> Bool {
        guard let known = episodes[episode], row < known.lastRow, let observed = known.observed(channel, row: row)
        else { return false }
        return abs(value - observed) > tolerance
    }

    /// What half-widths at a place were multiplied by once a row of a watched log had come; `nil` where nothing was compared
    /// there yet.
    public func factor(_ place: Place, of episode: Int, at row: Int) -> Double? {
        episodes[episode]?.factor(place, at: row)
    }
}
