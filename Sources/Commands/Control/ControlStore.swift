import Foundation
import Planning
import Records

/// Puts the decisions of a closed loop into a store.
///
/// Unchecked, because a lock holds together what a compiler cannot see to be: loops hand their decisions in one by one.
final class ControlStore: @unchecked Sendable {
    private let lock = NSLock()
    private let store: PredictionStore
    private var seed: UInt64?
    private var number = 0
    private let plant: String
    private let interval: Double
    /// What makes this run's episodes other than those of another.
    private let run: Int

    /// Feeds a store with the episodes of a plant, a decision every `interval` seconds.
    init(_ store: PredictionStore, plant: String, interval: Double) {
        run = store.episodeCount
        (self.store, self.plant, self.interval) = (store, plant, interval)
    }

    /// What half-widths were widened to; `nil` where nothing is known.
    func factor(_ channel: String, _ lead: Double) -> Double? {
        lock.withLock { store.calibration[PredictionStore.Place(channel: channel, lead: lead)]?.factor }
    }

    /// Takes in a decision of the episode of a seed.
    ///
    /// - Throws: `ForesightError.failure` when it cannot be kept.
    func take(_ seed: UInt64, _ decision: LoopDecision) throws {
        try lock.withLock {
            if self.seed != seed {
                self.seed = seed
                let head = PredictionStore.EpisodeHead(
                    kind: "control", source: "\(plant), seed \(seed), run \(run)", start: 0, interval: interval)
                number = try store.begin(head).number
            }
            try store.append(
                decision.comparisons.map { comparison in
                    PredictionStore.Record(
                        episode: number, row: comparison.decision, time: Double(comparison.decision) * interval,
                        place: PredictionStore.Place(channel: comparison.channel, lead: comparison.lead),
                        predicted: comparison.predicted, halfWidth: comparison.halfWidth, factor: comparison.factor,
                        observed: comparison.observed, kind: comparison.status?.rawValue ?? "none",
                        next: comparison.next)
                })
        }
    }
}
