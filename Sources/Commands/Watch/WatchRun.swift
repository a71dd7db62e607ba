import Basics
import Episodes
import Foundation
import Monitoring
import WorldModels

/// A watch over all episodes of a log, as far as it is known.
struct WatchRun {
    /// One episode as it was watched.
    struct Record {
        var episode: Episode
        var watch: ModelWatch
        var tracker: EventTracker
        var samples: [ModelWatch.Sample] = []
        var events: [WatchEvent] = []
        var isOver = false
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

    /// Takes up what is new.
    ///
    /// - Parameters:
    ///   - episodes: All episodes of the recording from the beginning on; the last may grow.
    ///   - isOver: Whether nothing more will come.
    /// - Returns: Events that began or ended.
    /// - Throws: `ForesightError.data` for an episode of another sampling time or without a channel of the model.
    mutating func take(_ episodes: [Episode], isOver: Bool) throws -> [Change] {
        var changes: [Change] = []
        for (offset, episode) in episodes.enumerated() {
            let index = earlier + offset
            if index == records.count {
                // First: only then the quotient is a number of samples.
                try check(episode)
                let steps = max(1, Int((fresh.reference.stepTime / episode.samplingTime).rounded()))
                records.append(
                    Record(
                        episode: episode, watch: fresh,
                        tracker: EventTracker(threshold: threshold, closing: SurpriseReference.closing * steps)))
            }
            records[index].episode = episode
            let samples = try records[index].watch.take(episode)
            try store?.take(samples, of: episode, index: index)
            for sample in samples {
                if let change = records[index].tracker.step(time: sample.time, sample.surprise) {
                    changes.append(take(change, index, sample.time))
                }
            }
            records[index].samples += samples
            if isOver || offset < episodes.count - 1 { changes += close(index) }
        }
        if isOver { for index in records.indices { changes += close(index) } }
        return changes
    }

    /// Ends what was watched, and begins a new recording.
    ///
    /// - Returns: Events that ended.
    mutating func beginAnew() -> [Change] {
        defer { earlier = records.count }
        return records.indices.flatMap { close($0) }
    }

    private mutating func close(_ index: Int) -> [Change] {
        guard !records[index].isOver else { return [] }
        records[index].isOver = true
        guard let change = records[index].tracker.end() else { return [] }
        return [take(change, index, records[index].samples.last?.time ?? 0)]
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
