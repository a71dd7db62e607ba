import Basics
import Episodes
import Foundation
import Plants
import Tensors
import WorldModels

/// A model of a small heated system and its log, made once for all tests of planning commands.
enum PlanningModel {
    /// Two lags with heaters, a sample every 10 s.
    static let log: Episode = {
        var generator = SeededGenerator(seed: 1)
        var (t1, t2, q1, q2) = (21.0, 21.0, 20.0, 20.0)
        var values: [Double] = []
        for row in 0..<400 {
            if row % 13 == 0 { q1 = generator.uniform(in: 0...100) }
            if row % 17 == 5 { q2 = generator.uniform(in: 0...100) }
            // The end of the log is calm, so that plans start from an ordinary state.
            if row > 370 { (q1, q2) = (20, 20) }
            values += [t1 + 0.05 * generator.normal(), t2 + 0.05 * generator.normal(), q1, q2]
            let before = (t1, t2)
            t1 += 0.12 * (21 - before.0) + 0.05 * (before.1 - before.0) + 0.06 * q1
            t2 += 0.10 * (21 - before.1) + 0.05 * (before.0 - before.1) + 0.05 * q2
        }
        let channels = ["T1", "T2"].map {
            Channel(name: $0, unit: "°C", role: .observation, lowerLimit: 0, upperLimit: 80)
        }
        let actions = ["Q1", "Q2"].map {
            Channel(name: $0, unit: "%", role: .action, lowerLimit: 0, upperLimit: 100)
        }
        return Episode(name: "tiny", channels: channels + actions, samplingTime: 10, values: values)
    }()

    /// The same log without what was done.
    static let undriven: Episode = {
        let values = (0..<log.count).flatMap { [log[$0, 0], log[$0, 1]] }
        return Episode(name: "undriven", channels: Array(log.channels[..<2]), samplingTime: 10, values: values)
    }()

    /// Two days of a patient.
    static func patientLog() throws -> Episode {
        try LogSimulation(patient: try VirtualPatient.named("patient-adult-1")).episode(hours: 48, seed: 1)
    }

    /// Puts `model/` and `log.csv` into a folder.
    static func save(_ log: Episode = log, in folder: String, adapts: Bool = false) throws {
        try Engine.load()
        var settings = TrainingSettings()
        settings.refine = false
        settings.members = .value(2)
        settings.free = .value(2)
        settings.hidden = .value(4)
        settings.order = .value(1)
        settings.epochs = 1
        settings.stepsPerEpoch = 2
        settings.batch = 8
        if adapts { settings.adaptation.on = .value(true) }
        let preparation = try TrainingPreparation([log], timing: (1, 6, 12), settings: settings)
        try ModelFolder.save(preparation.finish(episodes: [log]), to: folder + "/model")
        try write(log, to: folder + "/log.csv")
    }

    /// Writes an episode as a log with times in seconds.
    static func write(_ episode: Episode, to path: String) throws {
        var lines = ["time (s)," + episode.channels.map(\.name).joined(separator: ",")]
        for row in 0..<episode.count {
            let fields = episode.channels.indices.map { column -> String in
                let value = episode[row, column]
                return value.isFinite ? "\(value)" : ""
            }
            lines.append("\(Double(row) * episode.samplingTime)," + fields.joined(separator: ","))
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    }
}
