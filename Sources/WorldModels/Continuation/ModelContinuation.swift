import Basics
public import Episodes
import Networks
import Tensors

/// How a model is trained on.
public struct ContinuationOptions: Sendable, Equatable {
    /// What old data weigh in the loss at first, relative to new ones; 0 learns from the new ones alone.
    public var keep = 1.0
    /// By what fraction the left-out error on old data may grow; `nil` lets it grow.
    public var tolerance: Double? = 0.05

    /// The defaults.
    public init(keep: Double = 1, tolerance: Double? = 0.05) {
        (self.keep, self.tolerance) = (keep, tolerance)
    }
}

/// Trains a model on with new data, from its weights and in its own channels, scaling, timing and sizes, without forgetting
/// the old data: half of what is learned from is old, and nothing is kept that predicts old left-out data worse than by a
/// tolerance.
///
///     let continuation = try ModelContinuation(of: model, old: .rehearsal(kept), log, settings: settings)
///     while !continuation.trainer.isFinished { _ = continuation.trainer.runEpoch() }
///     let model = try continuation.model(origin: ModelOrigin())
public struct ModelContinuation {
    /// The model that training went on from.
    public let parent: TrainedModel
    /// What the new log shows.
    public let inspection: LogInspection
    /// The settings, those of the model where nothing else was asked for.
    public let settings: TrainingSettings
    /// The training itself.
    public let trainer: Trainer
    /// How the data are split, in one line.
    public var split: String {
        data.oldSegments > 0
            ? "each of \(data.folds.count) members leaves out a part of the old data and a part of the new; these judge it"
            : data.folds.summary
    }
    /// What Gauss–Newton came to, in one line; `nil` where it was not used.
    public let fitSummary: String?

    let data: TrainingData
    private let log: LoadedLog

    var newEpisodes: [Episode] { log.episodes }
    var sampleCount: Int { log.sampleCount }
    var episodeCount: Int { log.episodes.count }

    /// Prepares training on, and fits the model by Gauss–Newton where it is small enough.
    ///
    /// - Parameters:
    ///   - parent: The model.
    ///   - old: What is at hand of the data that it was trained on.
    ///   - log: New data with the model's channels.
    ///   - wanted: The model's settings with what is to be different of epochs, rates and losses.
    ///   - options: What keeps it from forgetting.
    ///   - refines: Whether Gauss–Newton goes first; not so for a run that is taken up again.
    ///   - progress: Told what that does and how much of it is done, 0 to 1; may throw.
    /// - Throws: `ForesightError.usage` for settings that would need another model; `ForesightError.data` for a log that
    ///   lacks a channel, is sampled at another rate or too short.
    public init(
        of parent: TrainedModel, old: OldExperience, _ log: LoadedLog, settings wanted: TrainingSettings,
        options: ContinuationOptions = ContinuationOptions(), refines: Bool = true,
        progress: (String, Double) throws -> Void = { _, _ in }
    ) throws {
        let description = parent.description
        try Self.check(wanted, description)
        try Self.check(log, description)
        (self.parent, self.log) = (parent, log)
        inspection = LogInspection(log)
        data = try TrainingData(continuing: description, old: old, new: log.episodes)
        let (history, steps) = (description.window, description.horizon)
        guard !data.table.starts(history: history, steps: 1, in: data.parts.last).isEmpty else {
            let needed = Double((history + 1) * description.stride) * description.samplingTime
            throw ForesightError.data(
                "no episode of the new log has a history of \(history) steps and one to predict",
                remedy: "give logs of \(needed.yaml) s or more without a gap")
        }
        guard data.parts.count < 2 || !data.table.starts(history: history, steps: 1, in: data.parts[0]).isEmpty else {
            let needed = Double((history + 1) * description.stride) * description.samplingTime
            throw ForesightError.data(
                "no episode of the old log has a history of \(history) steps and one to predict, so nothing would tell what "
                    + "is forgotten",
                remedy: "give old logs of \(needed.yaml) s or more without a gap, or none")
        }
        if !description.actions.isEmpty { try wanted.checkInverse(window: history, horizon: steps) }
        let network = SensorWorldModel(
            description.architecture, start: .empty(description.architecture), seed: Seed(UInt64(wanted.seed)))
        try network.load(parent.network.stateDict().mapValues { $0.clone() })
        let judges = Self.judges(data, history: history, steps: steps)
        var guarding = OldDataGuard(isContinued: true, keep: data.oldSegments > 0 ? options.keep : 0)
        if let tolerance = options.tolerance, let judge = judges.old {
            guarding.limit = (1 + tolerance) * judge.error(of: network)
        }
        var settings = wanted
        var summary: String?
        if refines {
            settings.refine = wanted.refine && ContinuedFit.canFit(network, data)
            if settings.refine {
                let outcome = try ContinuedFit(
                    data: data, judges: judges, history: history, steps: steps, options: settings.search
                ).fit(network, guarding: guarding, progress: progress)
                summary = Self.words(outcome, hasOld: judges.old != nil)
            }
        }
        settings.descent.polish = .value(settings.refine)
        settings.patience = wanted.patience
        self.settings = settings
        fitSummary = summary
        trainer = try Trainer(model: network, data: data, settings: settings, guarding: guarding)
    }

    /// What judges new and old data.
    private static func judges(
        _ data: TrainingData, history: Int, steps: Int
    ) -> (new: FreeRunValidation, old: FreeRunValidation?) {
        func judge(_ segments: [SignalTable.Segment]) -> FreeRunValidation {
            FreeRunValidation(
                SignalTable(data.table, segments: segments), visible: data.visible, history: history, steps: steps,
                maximumStarts: OldDataGuard.starts)
        }
        let parts = data.parts.map(judge)
        return parts.count > 1 ? (parts[1], parts[0]) : (parts[0], nil)
    }

    private static func words(_ outcome: ContinuedFit.Outcome, hasOld: Bool) -> String {
        func short(_ value: Double) -> String { "\((value * 1e4).rounded() / 1e4)" }
        guard let keep = outcome.keep else {
            return "fit: nothing predicts new left-out data better without losing old ones; epochs start from the model"
        }
        var text = "fit: left-out error on new data \(short(outcome.before.new)) → \(short(outcome.after.new))"
        if hasOld {
            text +=
                ", on old ones \(short(outcome.before.old)) → \(short(outcome.after.old)), in spreads of the channels"
            if keep > 0 { text += "; old data weigh \(short(keep)) times the new ones" }
            if outcome.share < 1 { text += ", \(short(outcome.share)) of the way" }
        }
        return text
    }

    /// Settings that would need another model are refused by name.
    private static func check(_ wanted: TrainingSettings, _ description: ModelDescription) throws {
        let own = description.settings
        let fixed: [(name: String, isSame: Bool)] = [
            ("stride", wanted.stride == own.stride), ("window", wanted.window == own.window),
            ("horizon", wanted.horizon == own.horizon), ("members", wanted.members == own.members),
            ("order", wanted.order == own.order), ("states", wanted.states == own.states),
            ("free", wanted.free == own.free), ("hidden", wanted.hidden == own.hidden),
            ("activation", wanted.activation == own.activation), ("lead", wanted.lead == own.lead),
            ("bounded", wanted.bounded == own.bounded),
            ("loss.inverse_steps", wanted.loss.inverseSteps == own.loss.inverseSteps),
        ]
        let changed = fixed.filter { !$0.isSame }.map(\.name)
        guard changed.isEmpty else {
            throw ForesightError.usage(
                "\(changed.joined(separator: ", ")) belong to the structure of the model, which stays as it is",
                remedy: "leave them out, or train a new model without --from")
        }
    }

    private static func check(_ log: LoadedLog, _ description: ModelDescription) throws {
        let known = Set(log.channels.map(\.name))
        let missing = (description.outputs + description.inputs).map(\.name).filter { !known.contains($0) }
        guard missing.isEmpty else {
            throw ForesightError.data(
                "the log lacks \(missing.joined(separator: ", ")), which the model has",
                remedy: "give a log with all of the model's channels")
        }
        try description.check(samplingOf: log.episodes)
    }
}
