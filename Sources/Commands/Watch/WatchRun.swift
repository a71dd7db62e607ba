import Basics
import Episodes
import Foundation
import Monitoring
import WorldModels

/// A watch over all records of a log, as far as it is known. What it keeps of them does not grow with their length.
struct WatchRun {
    /// Rows of a record.
    struct Part {
        /// The number of the record in its recording.
        var record: Int
        /// The row of the record that they begin with.
        var first: Int
        /// The rows.
        var episode: Episode
    }

    /// One record as it was watched.
    struct Record {
        /// Its name, channels and times, without its rows.
        var episode: Episode
        /// Its rows.
        var rows = 0
        /// Those that were watched.
        var watched = 0
        /// Those with a score.
        var judged = 0
        /// The time of the last that was watched, s.
        var lastTime = 0.0
        var events: [WatchEvent] = []
        /// What a page draws of it; `nil` behind the records that a page shows.
        var course: Course?
        /// Its watch; `nil` once it is over.
        fileprivate var live: (watch: ModelWatch, tracker: EventTracker)?

        /// Seconds from its first to its last row.
        var duration: Double { Double(max(0, rows - 1)) * episode.samplingTime }
    }

    /// What a page draws of a record.
    struct Course {
        /// The scores.
        var score = SeriesEnvelope(width: 1)
        /// The channels.
        var channels: SeriesEnvelope
    }

    /// What happened at a row.
    struct Change {
        var change: EventTracker.Change
        var episode: Episode
        /// When it was known, in seconds of the record.
        var time: Double
    }

    private(set) var records: [Record] = []
    /// Where predictions are kept beside what came.
    var store: WatchStore?
    /// Where the score of each row goes.
    var scores: ScoreFile?
    private let fresh: ModelWatch
    /// Records that belong to earlier recordings under the same name.
    private var earlier = 0
    /// The share of normal rows beyond the threshold.
    let threshold: Double

    init(_ model: TrainedModel, reference: SurpriseReference, threshold: Double) throws {
        fresh = try ModelWatch(model, reference: reference)
        self.threshold = threshold
    }

    /// The score of a row at the threshold.
    var limit: Double { -Foundation.log10(threshold) }

    /// The rows before those that are new which it looks at.
    var reach: Int { fresh.reach }

    /// Takes up a whole log.
    ///
    /// - Parameter episodes: Its records.
    /// - Returns: Events that began or ended.
    /// - Throws: `ForesightError.data` for an episode of another sampling time or without a channel of the model.
    mutating func take(_ episodes: [Episode]) throws -> [Change] {
        let changes = try take(episodes.enumerated().map { Part(record: $0.offset, first: 0, episode: $0.element) })
        return changes + beginAnew()
    }

    /// Takes up what is new of a log that is followed.
    ///
    /// - Parameter parts: Records of the recording in their order, the last of those that are known and all behind it among them; of the
    ///   last one there may come more.
    /// - Returns: Events that began or ended.
    /// - Throws: `ForesightError.data` for an episode of another sampling time or without a channel of the model.
    mutating func take(_ parts: [Part]) throws -> [Change] {
        var changes: [Change] = []
        for (place, part) in parts.enumerated() {
            let index = earlier + part.record
            if index == records.count { try begin(part.episode) }
            records[index].take(part)
            guard var live = records[index].live else { continue }
            let samples = try live.watch.take(part.episode, from: part.first)
            try store?.take(samples, of: records[index].episode, index: index)
            scores?.append(samples, of: index)
            records[index].take(samples)
            for sample in samples {
                if let change = live.tracker.step(time: sample.time, sample.surprise) {
                    changes.append(take(change, index, sample.time))
                }
            }
            records[index].live = live
            if place < parts.count - 1 { changes += close(index) }
        }
        return changes
    }

    /// Ends what was watched, at the end of all or before a new recording.
    ///
    /// - Returns: Events that ended.
    mutating func beginAnew() -> [Change] {
        defer { earlier = records.count }
        return records.indices.flatMap { close($0) }
    }

    /// Begins to watch a record.
    private mutating func begin(_ episode: Episode) throws {
        // First: only then the quotient is a number of samples.
        try check(episode)
        let steps = max(1, Int((fresh.reference.stepTime / episode.samplingTime).rounded()))
        let tracker = EventTracker(threshold: threshold, closing: SurpriseReference.closing * steps)
        var record = Record(episode: episode.slice(0..<0), live: (fresh, tracker))
        if records.count < WatchPage.shownRecords {
            record.course = Course(channels: SeriesEnvelope(width: episode.channels.count))
        }
        records.append(record)
    }

    private mutating func close(_ index: Int) -> [Change] {
        guard var live = records[index].live else { return [] }
        records[index].live = nil
        guard let change = live.tracker.end() else { return [] }
        return [take(change, index, records[index].lastTime)]
    }

    private mutating func take(_ change: EventTracker.Change, _ index: Int, _ time: Double) -> Change {
        if case .ended(let event) = change { records[index].events.append(event) }
        return Change(change: change, episode: records[index].episode, time: time)
    }

    private func check(_ episode: Episode) throws {
        let known = fresh.reference.rowTime
        guard !(abs(episode.samplingTime / known - 1) <= 0.02) else { return }
        throw ForesightError.data(
            "\(episode.name) is sampled every \(episode.samplingTime.yaml) s, the model was trained on samples every "
                + "\(known.yaml) s", remedy: "resample it with --resample \(known.yaml)")
    }
}

extension WatchRun.Record {
    /// Takes in rows as they are in the log: how it is called and sampled may be known better by now.
    fileprivate mutating func take(_ part: WatchRun.Part) {
        let start = part.first == 0 ? part.episode.startTime : episode.startTime
        episode = part.episode.slice(0..<0)
        episode.startTime = start
        let (width, known) = (part.episode.channels.count, rows)
        rows = max(rows, part.first + part.episode.count)
        guard course != nil else { return }
        for row in known..<rows {
            let place = row - part.first
            let values = part.episode.values[place * width..<(place + 1) * width]
            course?.channels.add(values, at: part.episode.startTime + Double(place) * part.episode.samplingTime)
        }
    }

    /// Takes in rows as they were watched.
    fileprivate mutating func take(_ samples: [ModelWatch.Sample]) {
        watched += samples.count
        lastTime = samples.last?.time ?? lastTime
        for sample in samples {
            guard let surprise = sample.surprise else { continue }
            judged += 1
            course?.score.add(CollectionOfOne(surprise.score), at: sample.time)
        }
    }
}
