import Basics
import Episodes

/// A log that is followed, as parts of its records. Of a long one only the last rows are read again and again, as many as a watch
/// looks back on, below what stands above its first row.
///
/// How rows are read depends on others: sampling time, clock and gaps are found out from all that is read. So rows are left out only
/// where the last record is read without them as it was with them.
struct FollowedLog {
    /// What has come of it.
    enum News {
        /// Rows of its records, the last of those that are known among them.
        case rows([WatchRun.Part])
        /// Another recording begins.
        case another
        /// It is not there any more.
        case gone
    }

    /// What is read of a file.
    struct Contents {
        /// The records.
        var episodes: [Episode]
        /// The line of the first row, counted from one.
        var firstLine: Int?
    }

    /// Where a record goes on once rows before are left out.
    private struct Beginning {
        /// The place of the record among those that are read.
        var place: Int
        /// Its number in the recording.
        var record: Int
        /// The first row of it that is read.
        var row: Int
        /// The time of that row, s.
        var time: Double
        /// What its times count from.
        var clock: LogClock
        /// What inputs were in force there, by column; `NaN` where nobody knows, and for observations.
        var held: [Double]
    }

    /// Rows that are kept at least, so that a sampling time can be found out.
    static let usualRows = 2000

    private let source: GrowingLog
    private let name: String
    /// Rows that a watch looks back on.
    private let back: Int
    /// Rows that are kept, and those beyond which more are left out.
    private let kept: Int
    private var limit: Int
    private let read: (_ copy: String, _ isPart: Bool) throws -> Contents
    private var beginning: Beginning?
    private var leftOut = 0

    /// Follows a log.
    ///
    /// - Parameters:
    ///   - source: Its text.
    ///   - name: What it is called.
    ///   - back: Rows that a watch looks back on.
    ///   - rows: Rows that are kept at least.
    ///   - read: Reads a copy of it, or of a part of it.
    init(
        _ source: GrowingLog, name: String, back: Int, rows: Int = usualRows,
        read: @escaping (_ copy: String, _ isPart: Bool) throws -> Contents
    ) {
        (self.source, self.name, self.back, self.read) = (source, name, back, read)
        kept = max(rows, 2 * back)
        limit = 4 * kept
    }

    /// What has happened since it was asked last; `nil` when nothing has.
    ///
    /// - Throws: `ForesightError` when it cannot be read any more.
    mutating func next() throws -> News? {
        switch try source.next() {
        case nil: return nil
        case .gone: return .gone
        case .replaced:
            (beginning, leftOut, limit) = (nil, 0, 4 * kept)
            return .another
        case .grown(let copy):
            let contents: Contents
            do { contents = try read(copy, beginning != nil) } catch var error as ForesightError {
                if leftOut > 0 { error.message += " (lines counted without \(leftOut) that were read before)" }
                throw error
            }
            let parts = try parts(contents)
            if contents.episodes.reduce(0, { $0 + $1.count }) > limit { try shorten(contents, parts) }
            return .rows(parts)
        }
    }

    /// The records of what was read, with numbers, rows and times as of all of the log.
    private func parts(_ contents: Contents) throws -> [WatchRun.Part] {
        let episodes = contents.episodes
        guard let beginning else {
            return episodes.enumerated().map { WatchRun.Part(record: $0.offset, first: 0, episode: $0.element) }
        }
        guard beginning.place < episodes.count, episodes[beginning.place].clock == beginning.clock else {
            throw ForesightError.data(
                "the last rows of \(name) are read otherwise than those before them",
                remedy: "name its time column by --time, or say how it is sampled by --sampling-time")
        }
        // A time of day goes on behind midnights that are left out.
        let turns = ((beginning.time - episodes[beginning.place].startTime) / 3600).rounded() * 3600
        let number = beginning.record - beginning.place
        let isOnly = number + episodes.count == 1
        return episodes.indices.dropFirst(beginning.place).map { place in
            var episode = episodes[place]
            episode.name = isOnly ? name : "\(name)#\(number + place + 1)"
            guard place == beginning.place else {
                if episode.clock == .relative { episode.startTime += turns }
                return WatchRun.Part(record: number + place, first: 0, episode: episode)
            }
            episode.startTime = beginning.time
            for (column, value) in beginning.held.enumerated() where value.isFinite && !episode[0, column].isFinite {
                episode[0, column] = value
            }
            return WatchRun.Part(record: number + place, first: beginning.row, episode: episode)
        }
    }

    /// Leaves out the rows that nobody looks back on, where the last record stays what it is.
    private mutating func shorten(_ contents: Contents, _ parts: [WatchRun.Part]) throws {
        guard let line = contents.firstLine, let last = parts.last,
            let copy = try source.shortened(first: line - 1, last: kept), let rest = try? read(copy, true),
            let next = continuation(of: last, in: rest)
        else {
            // It is tried again when there is twice as much.
            limit *= 2
            return
        }
        leftOut += source.leaveOut()
        (beginning, limit) = (next, 4 * kept)
    }

    /// Where the last record goes on in what is left; `nil` where that is read otherwise.
    private func continuation(of last: WatchRun.Part, in rest: Contents) -> Beginning? {
        guard let episode = rest.episodes.last, episode.clock == last.episode.clock,
            episode.channels == last.episode.channels,
            abs(episode.samplingTime / last.episode.samplingTime - 1) < 0.005
        else { return nil }
        let skipped = last.episode.count - episode.count
        guard skipped == 0 || (skipped > 0 && episode.count >= back) else { return nil }
        let time = last.episode.startTime + Double(skipped) * last.episode.samplingTime
        if episode.clock == .absolute || episode.clock == .yearless {
            // Times of rows are counted from the first: they may drift from what is written, but no day is another.
            let drift = 2 + 0.02 * Double(last.first + skipped)
            guard abs(episode.startTime - time) <= drift * episode.samplingTime else { return nil }
        }
        // The last row is the same of both.
        let same = zip(episode.values, last.episode.values.suffix(episode.values.count)).allSatisfy { now, before in
            !now.isFinite || now == before
        }
        guard same else { return nil }
        let held = episode.channels.enumerated().map { column, channel -> Double in
            guard channel.role != .observation else { return .nan }
            let known = (0...skipped).last { last.episode[$0, column].isFinite }
            return known.map { last.episode[$0, column] } ?? .nan
        }
        return Beginning(
            place: rest.episodes.count - 1, record: last.record, row: last.first + skipped, time: time,
            clock: episode.clock, held: held)
    }
}
