import Basics
import Episodes
import Identification
import WorldModels

/// The best linear models of a training part, chosen on left-out parts of it for the very task of the tests: from their
/// window, as far ahead as they look, though no further than a tenth of the longest record and 1000 samples.
///
/// Records differ in what a row means: an input may act on the output of its own row or on that of the next. Both are
/// tried; what the left-out parts like better is taken.
struct LinearOpponent {
    private let reference: LinearReference
    /// Whether inputs act on the outputs of their own row.
    private let isAhead: Bool

    /// Searches.
    ///
    /// - Parameters:
    ///   - data: The set.
    ///   - model: Channels and timing of the world model that it stands beside.
    ///   - isRefined: Whether the best autoregressive models are refined on their free-run error, which takes long.
    /// - Throws: `ForesightError.data` when there are too few complete rows.
    init(_ data: BenchmarkData, _ model: ModelDescription, isRefined: Bool) throws {
        let longest = data.training.episodes.map(\.count).max() ?? 0
        var rules = model
        rules.stride = 1
        rules.window = data.tests.map(\.history).min() ?? 1
        rules.horizon = min(data.tests.map(\.horizon).max() ?? 1, max(10, longest / 10), 1000)
        let plain = data.training.episodes
        let ahead = plain.map { $0.takingAhead(model.inputs.map(\.name)) }
        let first = try LinearReference.fit(plain, for: rules, refinedCandidates: 0)
        let second = try LinearReference.fit(ahead, for: rules, refinedCandidates: 0)
        func error(_ reference: LinearReference) -> Double {
            zip(reference.entries, model.scaling.outputScale).reduce(0) { $0 + $1.0.leftOutError / $1.1 }
        }
        isAhead = error(second) < error(first)
        // Refining follows every coefficient through every run: with 41 outputs that would take hours.
        let signals = model.outputs.count + model.inputs.count
        let isAffordable = isRefined && model.outputs.count * signals <= Self.refinedSignals
        reference =
            isAffordable
            ? try LinearReference.fit(isAhead ? ahead : plain, for: rules, refinedCandidates: 1)
            : isAhead ? second : first
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
