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
    private var episodes: [Int: (number: Int, known: Double)] = [:]

    /// Feeds a store with predictions so many steps ahead.
    init(_ store: PredictionStore, _ model: TrainedModel, leads: [Int]) {
        (self.store, self.model, self.leads) = (store, model, leads)
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
        if episodes[index] == nil {
            episodes[index] = try store.begin(
                PredictionStore.EpisodeHead(
                    kind: "watch", source: episode.name, start: episode.startTime, interval: episode.samplingTime))
        }
        guard let (number, known) = episodes[index] else { return }
        let (description, calibration) = (model.description, model.calibration)
        let width = description.outputs.count
        for sample in samples where sample.time > known && !sample.errors.isEmpty {
            var records: [PredictionStore.Record] = []
            for (position, lead) in leads.enumerated() {
                for (output, channel) in description.outputs.enumerated() {
                    let (error, value) = (sample.errors[position * width + output], sample.values[output])
                    guard error.isFinite, value.isFinite else { continue }
                    let step = min(lead, calibration.steps) - 1
                    let half = calibration.halfWidth(
                        step: step, output: output, spread: calibration.typicalSpread[step * width + output],
                        for: .guardrail)
                    let place = PredictionStore.Place(
                        channel: channel.name, lead: Double(lead) * description.stepTime)
                    guard half > 0, var scale = scales[place] else { continue }
                    let factor = scale.factor
                    scale.update(abs(error) / half)
                    scales[place] = scale
                    records.append(
                        PredictionStore.Record(
                            episode: number, row: sample.row, time: sample.time, place: place,
                            predicted: value - error, halfWidth: half, factor: factor, observed: value,
                            kind: "watched", next: scale.factor))
                }
            }
            try store.append(records)
        }
    }
}
