import Basics
import Episodes
import Tensors

@testable import WorldModels

/// Whether libtorch can be loaded; without it nothing here can run.
let torchIsSetUp: Bool = {
    guard (try? Engine.load()) != nil else { return false }
    // Sums in another order would differ in the last bits, and other tests share the machine.
    Engine.threads = 1
    return true
}()

/// A small nonlinear system with two outputs, one action and one disturbance, recorded for a while.
enum TinyLog {
    static let channels = [
        Channel(name: "T", unit: "°C", role: .observation, lowerLimit: -50, upperLimit: 150),
        Channel(name: "p", role: .observation),
        Channel(name: "Q", unit: "%", role: .action, lowerLimit: 0, upperLimit: 100, rateLimit: 5),
        Channel(name: "wind", role: .disturbance),
    ]

    /// Episodes of so many samples, one a second.
    static func episodes(_ count: Int = 1, samples: Int = 400, seed: UInt64 = 3) -> [Episode] {
        (0..<count).map { index in
            var random = SeededGenerator(seed: seed, stream: UInt64(index))
            var (temperature, pressure, heat, wind) = (20.0, 1.0, 40.0, 0.0)
            var values: [Double] = []
            for row in 0..<samples {
                if row % 17 == 0 { heat = random.uniform(in: 0...100) }
                wind = 0.9 * wind + 0.3 * random.normal()
                values += [
                    temperature + 0.05 * random.normal(), pressure + 0.01 * random.normal(), heat, wind,
                ]
                let next = 0.92 * temperature + 0.04 * heat + 1.6 - 0.1 * wind
                pressure += 0.1 * (0.02 * temperature + 0.3 * (temperature / 40) * (temperature / 40) - pressure)
                temperature = next
            }
            return Episode(name: "tiny \(index)", channels: channels, samplingTime: 1, values: values)
        }
    }

    /// Settings that train in a second.
    static func settings(epochs: Int = 3) -> TrainingSettings {
        var settings = TrainingSettings()
        settings.members = .value(2)
        settings.batch = 8
        settings.epochs = epochs
        settings.stepsPerEpoch = 4
        settings.hidden = .value(4)
        settings.free = .value(1)
        settings.order = .value(2)
        settings.refine = false
        return settings
    }

    static let timing = (stride: 1, window: 6, horizon: 10)

    static func preparation(
        _ episodes: [Episode] = TinyLog.episodes(), settings: TrainingSettings = TinyLog.settings()
    ) throws -> TrainingPreparation {
        try TrainingPreparation(episodes, timing: timing, settings: settings)
    }

    /// A model after a few epochs.
    static func model(
        _ episodes: [Episode] = TinyLog.episodes(), settings: TrainingSettings = TinyLog.settings()
    ) throws -> TrainedModel {
        let preparation = try preparation(episodes, settings: settings)
        let trainer = try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
        while !trainer.isFinished { _ = trainer.runEpoch() }
        try trainer.restoreBest()
        var origin = ModelOrigin()
        origin.logs = [.init(name: "tiny.csv", bytes: 12, sha256: String(repeating: "ab", count: 32))]
        origin.samples = episodes.reduce(0) { $0 + $1.count }
        origin.episodes = episodes.count
        origin.split = preparation.data.folds.summary
        (origin.epochs, origin.bestEpoch, origin.validationError) = (
            trainer.epoch, trainer.best.epoch, trainer.best.error
        )
        origin.warnings = ["the action “Q” moved only \"a little\": 3 %"]
        return preparation.finish(episodes: episodes, origin: origin)
    }
}
