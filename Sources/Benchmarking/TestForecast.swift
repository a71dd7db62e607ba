import Episodes
import Identification
public import WorldModels

/// A prediction of one stretch of a record.
public struct TestForecast: Sendable, Equatable {
    /// Which of the test's records.
    public var episode: Int
    /// The first predicted row.
    public var start: Int
    /// What was predicted, row-major `[row, output]`, physical units.
    public var outputs: [Double]
    /// Half-widths of the bands, of the same layout; empty for a predictor without.
    public var halfWidths: [Double] = []
}

extension BenchmarkTest {
    /// Where predictions start, and how far they go.
    func stretches() -> [(episode: Int, start: Int, rows: Int)] {
        switch task {
        case .record(let initial), .periodic(let initial, _, _):
            return episodes.indices.filter { episodes[$0].count > initial }.map {
                ($0, initial, episodes[$0].count - initial)
            }
        case .ahead(let history, let horizon, let every):
            return episodes.indices.flatMap { index in
                stride(from: history, through: episodes[index].count - horizon, by: max(1, every)).map {
                    (index, $0, horizon)
                }
            }
        }
    }

    /// Predictions of a learned model, at every row.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - progress: Called with predictions done and all there are.
    /// - Returns: One prediction from each start.
    /// - Throws: `ForesightError.data` when a window holds no measurement; what `progress` throws.
    public func forecasts(
        of model: TrainedModel, progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> [TestForecast] {
        let description = model.description
        let stretches = stretches()
        return try stretches.enumerated().map { index, stretch in
            try progress(index, stretches.count)
            let episode = episodes[stretch.episode]
            let first = stretch.start - history
            let run = try model.freeRun(
                measured: episode.rows(first..<stretch.start, of: description.outputs.map(\.name)),
                inputs: episode.rows(first..<(stretch.start + stretch.rows), of: description.inputs.map(\.name)))
            return TestForecast(
                episode: stretch.episode, start: stretch.start, outputs: run.outputs, halfWidths: run.halfWidths)
        }
    }

    /// Predictions of linear models, each output by its own, from the same window.
    ///
    /// - Throws: `ForesightError.data` when a record lacks a channel.
    func forecasts(of reference: LinearReference) throws -> [TestForecast] {
        try stretches().map { stretch in
            let window = episodes[stretch.episode].slice(
                (stretch.start - history)..<(stretch.start + stretch.rows))
            let width = reference.entries.count
            var outputs = [Double](repeating: .nan, count: stretch.rows * width)
            var done: [(entry: LinearReference.Entry, predicted: [Double])] = []
            for (output, entry) in reference.entries.enumerated() {
                guard let model = entry.model, let place = model.layout.outputs.firstIndex(of: entry.output) else {
                    continue
                }
                // Outputs that share a model are predicted once.
                let known = done.first {
                    $0.entry.stride == entry.stride && $0.entry.arx == entry.arx && $0.entry.subspace == entry.subspace
                }
                let predicted =
                    try known?.predicted ?? model.simulate(window, from: history, horizon: stretch.rows)
                if known == nil { done.append((entry, predicted)) }
                for row in 0..<stretch.rows {
                    outputs[row * width + output] = predicted[row * model.layout.outputs.count + place]
                }
            }
            return TestForecast(episode: stretch.episode, start: stretch.start, outputs: outputs)
        }
    }

    /// The last measured value of each output, held.
    func heldForecasts() -> [TestForecast] {
        stretches().map { stretch in
            let episode = episodes[stretch.episode]
            let columns = outputs.map { episode.channelIndex($0.name) ?? 0 }
            let last = columns.map { column in
                ((stretch.start - history)..<stretch.start).reversed().map { episode[$0, column] }
                    .first(where: \.isFinite) ?? .nan
            }
            return TestForecast(
                episode: stretch.episode, start: stretch.start,
                outputs: (0..<stretch.rows).flatMap { _ in last })
        }
    }
}

extension Episode {
    /// Rows of named channels, row-major; `NaN` for a channel that is not there.
    func rows(_ rows: Range<Int>, of names: [String]) -> [Double] {
        let columns = names.map { channelIndex($0) }
        return rows.flatMap { row in columns.map { $0.map { self[row, $0] } ?? .nan } }
    }
}
