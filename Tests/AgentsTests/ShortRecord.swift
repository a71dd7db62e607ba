import Basics
import Episodes
import Plants
import Tensors
import WorldModels

/// Ten-minute records of a simulated heater lab, each of its own day and unit, and models of one of them.
enum ShortRecord {
    /// What may differ from record to record and is in no channel.
    struct Day {
        var ambient = 23.0
        var gains = [1.0, 1.0]
    }

    static let samplingTime = 6.0

    /// A record: heaters held for one to three minutes each, sensors with noise, room temperature not recorded.
    static func episode(seed: UInt64, day: Day = Day(), samples: Int = 100) -> Episode {
        var parameters = HeaterLab.Parameters.published
        parameters.ambient = day.ambient
        parameters.power1 *= day.gains[0]
        parameters.power2 *= day.gains[1]
        let lab = HeaterLab(parameters: parameters, samplingTime: samplingTime)
        var generator = SeededGenerator(seed: seed)
        var (state, heaters, until) = (lab.initialState, [0.0, 0.0], [0, 0])
        var values: [Double] = []
        for row in 0..<samples {
            for heater in 0..<2 where row >= until[heater] {
                heaters[heater] = generator.uniform() < 0.2 ? 0 : generator.uniform(in: 0...100)
                until[heater] = row + 10 + Int(generator.next(upperBound: UInt64(24)))
            }
            values += lab.observe(state, using: &generator) + heaters
            state = lab.step(state, action: heaters, disturbance: [day.ambient])
        }
        return Episode(
            name: "record \(seed)", channels: lab.outputChannels + lab.actionChannels, samplingTime: samplingTime,
            values: values)
    }

    /// A day as far from the usual one as records are assumed to differ: 2.5 °C and 15 % are standard deviations.
    static func otherDay(seed: UInt64) -> Day {
        var generator = SeededGenerator(seed: seed, stream: 7)
        return Day(
            ambient: 23 + 2.5 * generator.normal(),
            gains: [1 + 0.15 * generator.normal(), 1 + 0.15 * generator.normal()])
    }

    /// A model of one record, hardly trained beyond its linear start.
    static func model(seed: UInt64, adapts: Auto<Bool> = .auto) throws -> TrainedModel {
        try Engine.load()
        var settings = TrainingSettings()
        settings.refine = false
        settings.hidden = .value(2)
        settings.epochs = 1
        settings.stepsPerEpoch = 1
        settings.batch = 4
        settings.adaptation.on = adapts
        let log = episode(seed: seed)
        let preparation = try TrainingPreparation([log], timing: (1, 10, 50), settings: settings)
        let trainer = try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
        _ = trainer.runEpoch()
        try trainer.restoreBest()
        return preparation.finish(episodes: [log])
    }
}
