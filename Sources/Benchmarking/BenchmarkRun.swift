import Basics
import Episodes
import Foundation
import Identification
import Records
public import WorldModels

/// Trains on sets and scores what was learned: the same settings for every set.
public struct BenchmarkRun {
    /// What happens, for those who watch.
    public enum Phase: Sendable {
        /// Files are read.
        case reading
        /// A model is trained; optimiser steps done, and how many there are at most.
        case training(seed: Int, done: Int, total: Int)
        /// Its predictions of a test are made.
        case testing(seed: Int, test: String)
        /// Linear models are searched for.
        case linear
    }

    /// Settings of training; the seed is set by the run.
    public var settings: TrainingSettings
    /// The seeds.
    public var seeds: [Int]
    /// Whether linear models are refined on their free-run error: most of the time that the search for them takes.
    public var refinesLinearModels = true
    /// The version of the engine, for models' origins.
    public var engineVersion = ""
    /// Called at every phase; may throw to end the run.
    public var watch: (Phase) throws -> Void = { _ in }
    /// Called with each trained model.
    public var keep: (TrainedModel, _ seed: Int) throws -> Void = { _, _ in }

    /// Creates a run.
    public init(settings: TrainingSettings, seeds: [Int]) {
        self.settings = settings
        self.seeds = seeds
    }

    /// Learns a set and scores it.
    ///
    /// The test records are predicted once by each finished model. Nothing is chosen by what comes out.
    ///
    /// - Parameters:
    ///   - set: The set.
    ///   - data: The data folder.
    /// - Returns: Scores of the models and of what they are compared with.
    /// - Throws: `ForesightError` for files that do not fit; what training throws; what `watch` and `keep` throw.
    public func result(of set: BenchmarkSet, in data: String) throws -> SetResult {
        let start = ProgressLine.seconds()
        try watch(.reading)
        let data = try set.load(from: data)
        var result = SetResult(set: set, tests: data.tests)
        result.held = scores(data.tests) { $0.heldForecasts() }
        for seed in seeds {
            let (outcome, model) = try outcome(of: seed, data)
            if result.linear.isEmpty {
                try watch(.linear)
                let begun = ProgressLine.seconds()
                do {
                    let opponent = try LinearOpponent(data, model.description, isRefined: refinesLinearModels)
                    result.linearSummaries = opponent.summaries
                    result.linear = try scores(data.tests) { try opponent.forecasts(of: $0) }
                } catch {
                    result.notes.append("no linear model: \(error)")
                }
                result.linearSeconds = ProgressLine.seconds() - begun
            }
            result.seeds.append(outcome)
            try keep(model, seed)
        }
        result.seconds = ProgressLine.seconds() - start
        return result
    }

    private func outcome(of seed: Int, _ data: BenchmarkData) throws -> (SeedResult, TrainedModel) {
        var settings = settings
        settings.seed = seed
        var origin = ModelOrigin()
        origin.torch = engineVersion
        let start = ProgressLine.seconds()
        let model = try ModelTraining.train(data.training, settings: settings, origin: origin) { done, total in
            try watch(.training(seed: seed, done: done, total: total))
        }
        let trained = ProgressLine.seconds()
        var result = SeedResult(seed: seed, model: model.description, coverage: model.calibration.coverage)
        for test in data.tests {
            let forecasts = try test.forecasts(of: model) { done, _ in
                if done % 50 == 0 { try watch(.testing(seed: seed, test: test.name)) }
            }
            result.forecasts[test.name] = forecasts
            result.scores[test.name] = test.score(forecasts)
        }
        result.trainingSeconds = trained - start
        result.testSeconds = ProgressLine.seconds() - trained
        return (result, model)
    }

    private func scores(
        _ tests: [BenchmarkTest], _ forecasts: (BenchmarkTest) throws -> [TestForecast]
    ) rethrows -> [String: TestScore] {
        var result: [String: TestScore] = [:]
        for test in tests { result[test.name] = test.score(try forecasts(test)) }
        return result
    }
}
