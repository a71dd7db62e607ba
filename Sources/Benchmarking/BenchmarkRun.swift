import Basics
import Episodes
import Foundation
import Identification
import Records
import Synchronization
import Tensors
public import WorldModels

/// Trains on sets and scores what was learned: the same settings for every set.
public struct BenchmarkRun: Sendable {
    /// What happens, for those who watch.
    public enum Phase: Sendable, Equatable {
        /// Files are read.
        case reading
        /// A model is trained; optimiser steps done, and how many there are at most.
        case training(seed: Int, done: Int, total: Int)
        /// Training has come to its end.
        case trained(seed: Int, seconds: Double)
        /// Predictions of a test are made.
        case testing(seed: Int, test: String)
        /// Linear models are searched for.
        case searchingLinear
        /// They are found.
        case foundLinear(seconds: Double)
    }

    /// Settings of training; the seed is set by the run.
    public var settings: TrainingSettings
    /// The seeds.
    public var seeds: [Int]
    /// How many seeds are trained at once, the search for linear models counted as one.
    public var workers = 1
    /// Processor threads of each.
    public var threads = 1
    /// Whether linear models are refined on their free-run error: most of the time that the search for them takes.
    public var refinesLinearModels = true
    /// Called at every phase, from any thread; may throw to end the run.
    public var watch: @Sendable (Phase) throws -> Void = { _ in }
    /// Called with each trained model, from any thread.
    public var keep: @Sendable (TrainedModel, _ seed: Int) throws -> Void = { _, _ in }

    /// Creates a run.
    public init(settings: TrainingSettings, seeds: [Int]) {
        self.settings = settings
        self.seeds = seeds
    }

    /// Learns a set and scores it.
    ///
    /// The test records are predicted once by each finished model. Nothing is chosen by what comes out, and nothing
    /// depends on how many seeds are trained at once.
    ///
    /// - Parameters:
    ///   - set: The set.
    ///   - data: The data folder.
    /// - Returns: Scores of the models and of what they are compared with.
    /// - Throws: `ForesightError` for files that do not fit; what training throws; what `watch` and `keep` throw.
    public func result(of set: BenchmarkSet, in data: String) throws -> SetResult {
        var run = self
        run.watch = Workers.checking(watch)
        return try run.checked(set, data)
    }

    private func checked(_ set: BenchmarkSet, _ data: String) throws -> SetResult {
        let start = ProgressLine.seconds()
        try watch(.reading)
        let data = try set.load(from: data)
        let shared = Mutex(SetResult(set: set, tests: data.tests))
        shared.withLock { $0.held = scores(data.tests) { $0.heldForecasts() } }
        var prints = ["training": DataFingerprint(data.training.episodes)]
        for test in data.tests { prints[test.name] = DataFingerprint(test.episodes) }
        let fingerprints = prints
        shared.withLock { $0.fingerprints = fingerprints }
        // Seeds first: training takes longer than the search.
        var jobs = seeds.map { seed -> @Sendable () throws -> Void in
            {
                let outcome = try outcome(of: seed, data)
                shared.withLock { $0.seeds.append(outcome) }
            }
        }
        jobs.append {
            try watch(.searchingLinear)
            let begun = ProgressLine.seconds()
            do {
                let opponent = try LinearOpponent(data, isRefined: refinesLinearModels)
                let linear = try scores(data.tests) { try opponent.forecasts(of: $0) }
                shared.withLock { ($0.linear, $0.linearSummaries) = (linear, opponent.summaries) }
            } catch let error as ForesightError {
                shared.withLock { $0.notes.append("no linear model: \(error)") }
            }
            shared.withLock { $0.linearSeconds = ProgressLine.seconds() - begun }
            try watch(.foundLinear(seconds: ProgressLine.seconds() - begun))
        }
        try Workers.run(jobs, atOnce: workers) { Engine.threads = threads }
        var result = shared.withLock { $0 }
        result.seeds.sort { $0.seed < $1.seed }
        result.seconds = ProgressLine.seconds() - start
        return result
    }

    private func outcome(of seed: Int, _ data: BenchmarkData) throws -> SeedResult {
        var settings = settings
        settings.seed = seed
        var origin = ModelOrigin()
        origin.torch = Engine.version
        let start = ProgressLine.seconds()
        let model = try ModelTraining.train(data.training, settings: settings, origin: origin) { done, total in
            try watch(.training(seed: seed, done: done, total: total))
        }
        let trained = ProgressLine.seconds()
        try watch(.trained(seed: seed, seconds: trained - start))
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
        try keep(model, seed)
        return result
    }

    private func scores(
        _ tests: [BenchmarkTest], _ forecasts: (BenchmarkTest) throws -> [TestForecast]
    ) rethrows -> [String: TestScore] {
        var result: [String: TestScore] = [:]
        for test in tests { result[test.name] = test.score(try forecasts(test)) }
        return result
    }
}
