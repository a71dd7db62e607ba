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
        /// An earlier run has trained the model.
        case known(seed: Int)
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
    /// What earlier runs have left, and where models go; `nil` keeps nothing.
    public var archive: BenchmarkArchive?

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
    /// - Throws: `ForesightError` for files that do not fit, and for models that an earlier run has left of other settings or data; what
    ///   training, keeping and `watch` throw.
    public func result(of set: BenchmarkSet, in data: String) throws -> SetResult {
        var run = self
        run.watch = Workers.checking(watch)
        return try run.checked(set, data)
    }

    /// What the digest of the training part is called, beside those of tests.
    private static let training = "training"

    private func checked(_ set: BenchmarkSet, _ data: String) throws -> SetResult {
        let start = ProgressLine.seconds()
        try watch(.reading)
        let data = try set.load(from: data)
        let shared = Mutex(SetResult(set: set, tests: data.tests))
        shared.withLock { $0.held = scores(data.tests) { $0.heldForecasts() } }
        var prints = [Self.training: DataFingerprint(data.training.episodes)]
        for test in data.tests { prints[test.name] = DataFingerprint(test.episodes) }
        let fingerprints = prints
        shared.withLock { $0.fingerprints = fingerprints }
        // Seeds first: training takes longer than the search.
        var jobs = seeds.map { seed -> @Sendable () throws -> Void in
            {
                let outcome = try outcome(of: seed, set, data, fingerprints)
                shared.withLock { $0.seeds.append(outcome) }
            }
        }
        jobs.append {
            let linear = try linear(set, data, fingerprints)
            shared.withLock { shared in
                shared.linear = linear.scores.mapValues(\.score)
                (shared.linearSummaries, shared.linearSeconds) = (linear.summaries, linear.seconds)
                if let note = linear.note { shared.notes.append(note) }
            }
            try watch(.foundLinear(seconds: linear.seconds))
        }
        try Workers.run(jobs, atOnce: workers) { Engine.threads = threads }
        var result = shared.withLock { $0 }
        result.seeds.sort { $0.seed < $1.seed }
        result.seconds = ProgressLine.seconds() - start
        return result
    }

    /// What linear models come to, or came to in an earlier run.
    private func linear(
        _ set: BenchmarkSet, _ data: BenchmarkData, _ prints: [String: DataFingerprint]
    ) throws -> BenchmarkArchive.Linear {
        if let archive, let known: BenchmarkArchive.Linear = try archive.read(archive.linearFile(set.name), of: prints)
        {
            return known
        }
        try watch(.searchingLinear)
        let begun = ProgressLine.seconds()
        var found = BenchmarkArchive.Linear(scores: [:], summaries: [], seconds: 0)
        do {
            let opponent = try LinearOpponent(data, isRefined: refinesLinearModels)
            found.scores = try scores(data.tests) { try opponent.forecasts(of: $0) }.mapValues { KeptScore($0) }
            found.summaries = opponent.summaries
        } catch let error as ForesightError {
            found.note = "no linear model: \(error)"
        }
        found.seconds = ProgressLine.seconds() - begun
        if let archive { try archive.write(found, archive.linearFile(set.name), of: prints) }
        return found
    }

    private func outcome(
        of seed: Int, _ set: BenchmarkSet, _ data: BenchmarkData, _ prints: [String: DataFingerprint]
    ) throws -> SeedResult {
        let learned = prints.filter { $0.key == Self.training }
        let model: TrainedModel
        let seconds: Double
        if let known = try archive?.model(set.name, seed: seed, of: learned) {
            model = known.model
            seconds = known.seconds
            try watch(.known(seed: seed))
        } else {
            var settings = settings
            settings.seed = seed
            var origin = ModelOrigin()
            origin.torch = Engine.version
            let start = ProgressLine.seconds()
            model = try ModelTraining.train(data.training, settings: settings, origin: origin) { done, total in
                try watch(.training(seed: seed, done: done, total: total))
            }
            seconds = ProgressLine.seconds() - start
            try archive?.save(model, set.name, seed: seed, seconds: seconds, of: learned)
            try watch(.trained(seed: seed, seconds: seconds))
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
        result.trainingSeconds = seconds
        result.testSeconds = ProgressLine.seconds() - trained
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
