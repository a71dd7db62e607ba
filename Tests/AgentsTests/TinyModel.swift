import Basics
import Episodes
import Networks
import Tensors
import WorldModels

/// A small two-output system with a disturbance, its log, and a model of it that has trained for a moment.
enum TinyModel {
    static let channels = [
        Channel(name: "T1", unit: "°C", role: .observation, lowerLimit: 0, upperLimit: 80),
        Channel(name: "T2", unit: "°C", role: .observation, lowerLimit: 0, upperLimit: 80),
        Channel(name: "Q1", unit: "%", role: .action, lowerLimit: 0, upperLimit: 100),
        Channel(name: "Q2", unit: "%", role: .action),
        Channel(name: "Ta", unit: "°C", role: .disturbance),
    ]

    /// Two coupled lags that are heated above an ambient temperature that wanders.
    static func log(seed: UInt64 = 1, count: Int = 400, noise: Double = 0.05) -> Episode {
        var generator = SeededGenerator(seed: seed)
        var (t1, t2, ambient) = (21.0, 21.0, 21.0)
        var (q1, q2) = (20.0, 20.0)
        var values: [Double] = []
        for row in 0..<count {
            if row % 13 == 0 { q1 = generator.uniform(in: 0...100) }
            if row % 17 == 5 { q2 = generator.uniform(in: 0...60) }
            values += [t1 + noise * generator.normal(), t2 + noise * generator.normal(), q1, q2, ambient]
            let (before1, before2) = (t1, t2)
            t1 += 0.12 * (ambient - before1) + 0.05 * (before2 - before1) + 0.06 * q1
            t2 += 0.10 * (ambient - before2) + 0.05 * (before1 - before2) + 0.05 * q2
            ambient += 0.1 * generator.normal() + 0.05 * (21 - ambient)
        }
        return Episode(name: "tiny", channels: channels, samplingTime: 10, values: values)
    }

    /// A model after a few steps of training; bent, it has a nonlinear part that is not nearly zero.
    static func make(
        members: Int = 3, stride: Int = 1, horizon: Int = 12, isBent: Bool = true, adapts: Auto<Bool> = .auto
    ) throws -> TrainedModel {
        try Engine.load()
        var settings = TrainingSettings()
        settings.members = .value(members)
        settings.free = .value(3)
        settings.hidden = .value(6)
        settings.order = .value(1)
        settings.epochs = 1
        settings.refine = false
        settings.stepsPerEpoch = 4
        settings.batch = 8
        settings.adaptation.on = adapts
        let log = log()
        let preparation = try TrainingPreparation([log], timing: (stride, 6, horizon), settings: settings)
        let trainer = try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
        _ = trainer.runEpoch()
        let model = preparation.finish(episodes: [log])
        guard isBent else { return model }
        withoutGradients {
            let correction = model.network.predictor.correction
            correction.assign(Tensor.normal(correction.shape, using: TorchGenerator(seed: 5)) * 0.05)
        }
        return model
    }
}
