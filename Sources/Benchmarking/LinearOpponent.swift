import Basics
import Episodes
import Identification
import WorldModels

/// The best linear models of a training part, chosen on left-out parts of it for the very task of the tests: from their
/// window, as far ahead as they look, though no further than a tenth of the longest record and 1000 samples.
///
/// Records differ in what a row means: an input may act on the output of its own row or on that of the next. Both are
/// tried for free runs over a record; what the left-out parts like better is taken. For predictions from many starts, as
/// a planner makes them, inputs act from the next row on: under a controller, the input of a row answers the measurement
/// of that row and would give it away.
struct LinearOpponent {
    private let reference: LinearReference
    /// Whether inputs act on the outputs of their own row.
    private let isAhead: Bool

    /// Searches.
    ///
    /// - Parameters:
    ///   - data: The set.
    ///   - isRefined: Whether the best autoregressive models are refined on their free-run error, which takes long.
    /// - Throws: `ForesightError.data` when there are too few complete rows.
    init(_ data: BenchmarkData, isRefined: Bool) throws {
        let longest = data.training.episodes.map(\.count).max() ?? 0
        let model = Self.task(
            data.training, window: data.tests.map(\.history).min() ?? 1,
            horizon: min(data.tests.map(\.horizon).max() ?? 1, max(10, longest / 10), 1000))
        let plain = data.training.episodes
        let first = try LinearReference.fit(plain, for: model, refinedCandidates: 0)
        func error(_ reference: LinearReference) -> Double {
            zip(reference.entries, model.scaling.outputScale).reduce(0) { $0 + $1.0.leftOutError / $1.1 }
        }
        var (chosen, log, isAhead) = (first, plain, false)
        if data.tests.allSatisfy(\.isWholeRecord) {
            let ahead = plain.map { $0.takingAhead(model.inputs.map(\.name)) }
            let second = try LinearReference.fit(ahead, for: model, refinedCandidates: 0)
            if error(second) < error(first) { (chosen, log, isAhead) = (second, ahead, true) }
        }
        self.isAhead = isAhead
        // Refining follows every coefficient through every run: with 41 outputs that would take hours.
        let signals = model.outputs.count + model.inputs.count
        let isAffordable = isRefined && model.outputs.count * signals <= Self.refinedSignals
        reference = isAffordable ? try LinearReference.fit(log, for: model, refinedCandidates: 1) : chosen
    }

    /// Channels and timing of a world model at the log's own rate, which is all that the search looks at.
    private static func task(_ log: LoadedLog, window: Int, horizon: Int) -> ModelDescription {
        let layout = SignalLayout(channels: log.channels)
        func channels(_ names: [String]) -> [Channel] {
            names.compactMap { name in log.channels.first { $0.name == name } }
        }
        return ModelDescription(
            outputs: channels(layout.outputs), inputs: channels(layout.inputs),
            scaling: SignalScaling(fitting: log.episodes, outputs: layout.outputs, inputs: layout.inputs),
            recordedRanges: [], samplingTime: log.samplingTime, stride: 1, window: window, horizon: horizon,
            architecture: SensorArchitecture(
                members: 1, outputs: layout.outputs.count, inputs: layout.inputs.count, actions: 0, core: 0, free: 0,
                hidden: 0, inverseSteps: 0), settings: TrainingSettings())
    }

    /// Models are refined up to this many outputs times signals.
    private static let refinedSignals = 100

    /// What the model of each output is.
    var summaries: [String] {
        reference.entries.indices.map { index in
            "\(reference.entries[index].output): \(reference.summary(index))"
                + (isAhead ? ", inputs act on their own row" : "")
        }
    }

    /// Its predictions of a test.
    ///
    /// - Throws: `ForesightError.data` when a record lacks a channel.
    func forecasts(of test: BenchmarkTest) throws -> [TestForecast] {
        var test = test
        if isAhead { test.episodes = test.episodes.map { $0.takingAhead(reference.inputs) } }
        return try test.forecasts(of: reference)
    }
}

extension Episode {
    /// The same record with inputs one row earlier, so that those of row t + 1 stand in row t; the last ones are held.
    func takingAhead(_ names: [String]) -> Episode {
        var result = self
        for column in names.compactMap({ channelIndex($0) }) {
            for row in 0..<max(0, count - 1) { result[row, column] = self[row + 1, column] }
        }
        return result
    }
}
