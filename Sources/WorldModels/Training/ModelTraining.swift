import Basics
public import Episodes

/// A training as a whole, from a log that has been read to a model ready for use: what commands share.
///
///     let training = try ModelTraining(log, settings: settings)
///     while !training.trainer.isFinished { _ = training.trainer.runEpoch() }
///     let model = try training.model(origin: ModelOrigin())
public struct ModelTraining {
    /// What the log shows: time constants, warnings, timing.
    public let inspection: LogInspection
    /// Resolved settings, split and scaling.
    public let preparation: TrainingPreparation
    /// The training itself.
    public let trainer: Trainer
    private let log: LoadedLog

    /// Derives what the settings leave open and prepares training.
    ///
    /// - Throws: `ForesightError.data` when the log does not suffice; `ForesightError.usage` for settings that do not fit
    ///   it.
    public init(
        _ log: LoadedLog, settings wanted: TrainingSettings, refines: Bool = true,
        progress: (String, Double) throws -> Void = { _, _ in }
    ) throws {
        self.log = log
        inspection = LogInspection(log)
        let timing = inspection.timing(reach: wanted.horizon.seconds, stride: wanted.stride.resolved)
        preparation = try TrainingPreparation(
            log.episodes, timing: (timing.stride, timing.window, timing.horizon), settings: wanted, refines: refines,
            allowsLead: !inspection.warnings.contains { $0.kind == .closedLoop }, progress: progress)
        trainer = try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
    }

    /// Takes up the best epoch, calibrates, and puts the model together.
    ///
    /// - Parameters:
    ///   - known: What is known about the log; how training went and what the log lacks is added here.
    ///   - rehearsal: The most stretches of the log that the model's folder keeps.
    /// - Returns: The model, ready for use.
    /// - Throws: `ForesightError.failure` when no epoch had an error that is a number.
    public func model(origin known: ModelOrigin, rehearsal: Int = 0) throws -> TrainedModel {
        try trainer.restoreBest()
        guard trainer.best.error.isFinite else {
            throw ForesightError.failure(
                "the free-run error was never a number", remedy: "lower rate= or clip=, or check the log with inspect")
        }
        var origin = known
        (origin.samples, origin.episodes) = (log.sampleCount, log.episodes.count)
        origin.split = preparation.data.folds.summary
        (origin.epochs, origin.bestEpoch, origin.validationError) = (
            trainer.epoch, trainer.best.epoch, trainer.best.error
        )
        origin.warnings = inspection.warnings.map(\.message)
        return preparation.finish(episodes: log.episodes, origin: origin, rehearsal: rehearsal)
    }

    /// Trains to the end without leaving anything on disk.
    ///
    /// - Parameters:
    ///   - log: The log, with roles.
    ///   - settings: The settings; what is `auto` is derived from the log.
    ///   - origin: What is known about the log.
    ///   - progress: Called after every epoch with the optimiser steps done and how many there are at most; may throw to
    ///     end training.
    ///   - searching: Told what the search for a structure does and how much of it is done, 0 to 1; may throw to end it.
    /// - Returns: The model, ready for use.
    /// - Throws: As `init` and `model(origin:)`; what `searching` and `progress` throw.
    public static func train(
        _ log: LoadedLog, settings: TrainingSettings, origin: ModelOrigin = ModelOrigin(),
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
        searching: (String, Double) throws -> Void = { _, _ in }
    ) throws -> TrainedModel {
        let training = try ModelTraining(log, settings: settings, progress: searching)
        let (trainer, resolved) = (training.trainer, training.preparation.settings)
        while !trainer.isFinished {
            let report = trainer.runEpoch()
            guard report.validation.isFinite else { break }
            try progress(report.step, resolved.epochs * resolved.stepsPerEpoch)
        }
        return try training.model(origin: origin)
    }
}
