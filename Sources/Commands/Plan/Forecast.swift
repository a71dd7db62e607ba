import Basics
import Episodes
import WorldModels

/// Disturbances that are known ahead, from a file with one column a disturbance and one row a step.
enum Forecast {
    /// Reads a forecast whose first row is the present.
    ///
    /// - Parameters:
    ///   - path: A CSV, TSV or NPZ file; without times its rows are one step of the model apart.
    ///   - model: What the model says about itself.
    /// - Returns: Row-major `[step, disturbance]`, physical units, at the model's step.
    /// - Throws: `ForesightError` when the model knows no disturbance, or the file does not fit.
    static func load(_ path: String, for model: ModelDescription) throws -> [Double] {
        let names = model.disturbances.map(\.name)
        guard !names.isEmpty else {
            throw ForesightError.usage(
                "--forecast \(path) is given, and the model knows no disturbance", remedy: "leave it out")
        }
        var schema = LogSchema()
        // A file of disturbances alone has nothing that is measured.
        schema.channels = names.map { ChannelSettings(name: $0, role: .observation) }
        schema.log.samplingTime = model.stepTime
        let log = try EpisodeLoader(schema: schema).load([path])
        guard log.episodes.count == 1, let episode = log.episodes.first else {
            throw ForesightError.data("\(path) has gaps, and a forecast must not", remedy: "fill them")
        }
        let columns = try names.map { name in
            guard let index = episode.channelIndex(name) else {
                throw ForesightError.data("\(path) has no channel \(name)", remedy: "give a column of that name")
            }
            return SignalSeries(episode.column(index))
        }
        let steps = Int((Double(episode.count) * episode.samplingTime / model.stepTime).rounded(.up))
        var values: [Double] = []
        for step in 0..<max(1, steps) {
            for (name, column) in zip(names, columns) {
                let from = Double(step) * model.stepTime / episode.samplingTime
                let value = column.mean(from: from, to: from + model.stepTime / episode.samplingTime)
                guard value.isFinite else {
                    throw ForesightError.data(
                        "\(path): \(name) has no value at step \(step)", remedy: "fill the gaps of the forecast")
                }
                values.append(value)
            }
        }
        return values
    }
}

/// A series of held samples that is averaged over stretches of it.
private struct SignalSeries {
    private let values: [Double]

    init(_ values: [Double]) { self.values = values }

    /// The mean between two places, in samples; the last value holds beyond the end.
    func mean(from: Double, to: Double) -> Double {
        var sum = 0.0
        var place = from
        while place < to - 1e-9 {
            let index = Int(place + 1e-9)
            let end = min(to, Double(index + 1))
            sum += (end - place) * values[min(index, values.count - 1)]
            place = end
        }
        return sum / (to - from)
    }
}
