import Basics
import Episodes
import Foundation
import Planning
import Records
import WorldModels

/// Puts the rows of watched records into a store, with the bands that calibration gives them.
///
/// Each row is compared once; a record that is watched again, or a log that was followed before, goes on where the store
/// ends.
final class WatchStore {
    private let store: PredictionStore
    private let model: TrainedModel
    private let leads: [Int]
    private var scales: [PredictionStore.Place: ConformalScale] = [:]
    private var recordings: [Int: Recording] = [:]
    private let note: (String) -> Void

    /// A record of the watch, and the episode of the store that it belongs to.
    private struct Recording {
        var head: PredictionStore.EpisodeHead
        /// Episodes of the store that agree with it so far.
        var candidates: [Int]
        /// The episode, once that is clear.
        var number: Int?
        /// Rows that came before it was clear.
        var held: [(row: Int, time: Double, comparisons: [Comparison])] = []
    }

    /// A prediction, and what came.
    private struct Comparison {
        var place: PredictionStore.Place
        /// Rows from one to the other.
        var rows: Int
        var predicted: Double
        var halfWidth: Double
        var observed: Double
    }

    /// Feeds a store with predictions so many steps ahead; `note` hears when a log is another than the one that is known.
    init(_ store: PredictionStore, _ model: TrainedModel, leads: [Int], note: @escaping (String) -> Void) {
        (self.store, self.model, self.leads, self.note) = (store, model, leads, note)
        // The bands that guardrails keep clear of, as a closed loop has them: both feed the same scales.
        let alpha = 1 - model.calibration.guardCoverage
        for lead in leads {
            for channel in model.description.outputs {
                let place = PredictionStore.Place(
                    channel: channel.name, lead: Double(lead) * model.description.stepTime)
                // As in a closed loop: errors far ahead overlap, and each run of them is to count about once.
                var scale = ConformalScale(miscoverage: alpha, rate: 0.25 / Double(lead).squareRoot())
                if let known = store.calibration[place] { scale.resume(at: known.factor) }
                scales[place] = scale
            }
        }
    }

    /// Takes in rows of an episode.
    ///
    /// - Parameters:
    ///   - samples: The rows, as they were watched.
    ///   - episode: The record they are of.
    ///   - index: Its number in the watch.
    /// - Throws: `ForesightError.failure` when they cannot be kept.
    func take(_ samples: [ModelWatch.Sample], of episode: Episode, index: Int) throws {
        let head = PredictionStore.EpisodeHead(
            kind: PredictionStore.EpisodeHead.watched, source: episode.name, start: episode.startTime,
            interval: episode.samplingTime)
        var recording =
            recordings[index] ?? Recording(head: head, candidates: store.episodes(like: head))
        defer { recordings[index] = recording }
        for sample in samples where !sample.errors.isEmpty {
            let comparisons = comparisons(sample)
            guard !comparisons.isEmpty else { continue }
            recording.held.append((sample.row, sample.time, comparisons))
            if recording.number == nil { try settle(&recording) }
            guard let number = recording.number else { continue }
            let known = store.lastRow(of: number)
            for row in recording.held where row.row > known {
                try append(row.comparisons, number: number, row: row.row, time: row.time)
            }
            recording.held = []
        }
    }

    /// Finds the episode that a recording belongs to, if its last row makes that clear.
    ///
    /// A name says little: `today.csv` is another log each day. The same recording is one whose rows are those that the store
    /// has; where it goes on behind them, it is that episode.
    private func settle(_ recording: inout Recording) throws {
        guard let last = recording.held.last else { return }
        let agreeing = recording.candidates.filter { number in
            !last.comparisons.contains { comparison in
                store.differs(
                    number, row: last.row, comparison.place.channel, comparison.observed,
                    tolerance: 1e-3 * comparison.halfWidth)
            }
        }
        if agreeing.isEmpty {
            if !recording.candidates.isEmpty {
                note(
                    "\(recording.head.source) is another recording than \(store.folder) has under that name, and is kept "
                        + "beside it")
            }
            recording.number = try store.beginAnew(recording.head)
        } else if agreeing.allSatisfy({ store.lastRow(of: $0) < last.row }) {
            recording.number = agreeing.max { store.lastRow(of: $0) < store.lastRow(of: $1) }
        }
        recording.candidates = agreeing
    }

    /// What can be compared at a row.
    private func comparisons(_ sample: ModelWatch.Sample) -> [Comparison] {
        let (description, calibration) = (model.description, model.calibration)
        let width = description.outputs.count
        var result: [Comparison] = []
        for (position, lead) in leads.enumerated() {
            for (output, channel) in description.outputs.enumerated() {
                let (error, value) = (sample.errors[position * width + output], sample.values[output])
                guard error.isFinite, value.isFinite else { continue }
                let step = min(lead, calibration.steps) - 1
                let half = calibration.halfWidth(
                    step: step, output: output, spread: calibration.typicalSpread[step * width + output],
                    for: .guardrail)
                guard half > 0 else { continue }
                let place = PredictionStore.Place(channel: channel.name, lead: Double(lead) * description.stepTime)
                result.append(
                    Comparison(
                        place: place, rows: lead * description.stride, predicted: value - error, halfWidth: half,
                        observed: value))
            }
        }
        return result
    }

    /// Appends a row, and lets the scales follow it.
    private func append(_ comparisons: [Comparison], number: Int, row: Int, time: Double) throws {
        var records: [PredictionStore.Record] = []
        for comparison in comparisons {
            guard var scale = scales[comparison.place] else { continue }
            // The band was as wide as it was known to have to be when the prediction was made.
            let factor = store.factor(comparison.place, of: number, at: row - comparison.rows) ?? scale.factor
            scale.update(abs(comparison.observed - comparison.predicted) / comparison.halfWidth)
            scales[comparison.place] = scale
            records.append(
                PredictionStore.Record(
                    episode: number, row: row, time: time, place: comparison.place, predicted: comparison.predicted,
                    halfWidth: comparison.halfWidth, factor: factor, observed: comparison.observed, kind: "watched",
                    next: scale.factor))
        }
        try store.append(records)
    }
}
