import Basics
import Episodes
import Foundation
import Records
import Reports
import Tensors
import WorldModels

/// One training run: from a log that has been read to the model in the run folder.
struct TrainSession {
    static let configurationName = "config.yaml"
    static let checkpointName = "checkpoint.safetensors"
    /// The structures that were tried, with their errors on left-out parts.
    static let searchName = "search.csv"
    static let metricsName = "metrics.jsonl"
    static let modelName = "model"

    /// The configuration with nothing left to derive.
    let configuration: TrainConfiguration
    let log: LoadedLog
    let training: ModelTraining
    let talk: Talk

    private var inspection: LogInspection { training.inspection }
    private var preparation: TrainingPreparation { training.preparation }
    private var trainer: Trainer { training.trainer }

    /// Derives what the configuration leaves open, and says what and why.
    ///
    /// - Parameters:
    ///   - configuration: What was asked for.
    ///   - log: What to learn from.
    ///   - talk: Where to say it.
    ///   - isResumed: Whether the weights come from a checkpoint, so that no start is searched for.
    /// - Throws: `ForesightError` for settings and logs that do not fit.
    init(configuration: TrainConfiguration, log: LoadedLog, talk: Talk, isResumed: Bool = false) throws {
        self.log = log
        self.talk = talk
        let samples = "\(log.sampleCount) samples in \(log.episodes.count) episode\(log.episodes.count == 1 ? "" : "s")"
        let length = period(Double(log.sampleCount) * log.samplingTime)
        talk.note("log: \(samples), one every \(period(log.samplingTime)): \(length)")
        // Before the work, at whose end there is a model that nobody can plan with.
        let missing = LogInspection.missingRoles(log)
        if let missing { talk.warning(missing.message) }
        // Here, because a log that is too short is to be refused before there is a folder.
        var line: ProgressLine?
        Interrupt.install()
        defer { Interrupt.uninstall() }
        training = try ModelTraining(log, settings: configuration.training, refines: !isResumed) { note, done in
            if Interrupt.isRequested { throw Self.interruptedSearch }
            let current = line ?? ProgressLine("searching", total: 100, unit: "parts", style: talk.beginWork())
            current.update(Int(done * 100), note: note)
            line = current
        }
        line?.finish(100, note: "a structure")
        var configuration = configuration
        configuration.training = training.preparation.settings
        self.configuration = configuration
        for warning in inspection.warnings where warning != missing { talk.warning(warning.message) }
        for proposal in inspection.proposals { talk.note(proposal) }
        for line in derivationLines() { talk.note(line) }
    }

    /// The end of a run that has nothing to save yet.
    private static var interruptedSearch: ForesightError {
        ForesightError(
            .interrupted, "interrupted in the search for a structure, before there was anything to save",
            remedy: "start again; refine=false goes without the search")
    }

    /// What was derived, and from what.
    private func derivationLines() -> [String] {
        let settings = preparation.settings
        let (stride, window) = (settings.stride.resolved ?? 1, settings.window.resolved ?? 1)
        let horizon = settings.horizon.resolved ?? 1
        let step = preparation.samplingTime * Double(stride)
        let constants = inspection.timeConstants.compactMap { constant in
            constant.dominant.map { "\(constant.channel) \(period($0))" }
        }
        let reason = constants.isEmpty ? "" : ", from time constants: \(constants.prefix(6).joined(separator: ", "))"
        let sizes = preparation.model.architecture
        let order = settings.order.resolved ?? 0
        let core = sizes.core == order * sizes.outputs ? "order \(order)" : "\(sizes.core) states"
        return [
            "steps of \(period(step)) (\(stride) sample\(stride == 1 ? "" : "s")), history \(window) steps "
                + "(\(period(step * Double(window)))), horizon \(horizon) steps "
                + "(\(period(step * Double(horizon))))\(reason)",
            "split: \(preparation.data.folds.summary)",
        ] + [preparation.searchSummary].compactMap { $0 } + [
            "structure: a linear model of \(core) for each of \(sizes.members) members; "
                + "\(sizes.width) components, \(sizes.free) of them free, \(sizes.hidden) hidden units"
        ]
    }

    /// Trains to the end and fills the folder.
    ///
    /// - Throws: `ForesightError.interrupted` after Ctrl-C, with the command that goes on.
    func run(in folder: RunFolder, isResumed: Bool) throws -> TrainResult {
        // Before hours of training: what is not a model there would be lost.
        try ModelFolder.check(place: folder.file(Self.modelName))
        let fingerprint = DataFingerprint(log.episodes)
        let checkpoint = folder.file(Self.checkpointName)
        let provenance = try Provenance(
            command: Provenance.commandLine,
            seeds: ["training": UInt64(max(0, preparation.settings.seed))], inputs: log.files.map(\.source),
            versions: ["libtorch": Engine.version])
        if isResumed {
            try Self.resume(trainer, data: fingerprint, in: folder, talk: talk)
        } else {
            try folder.write(configuration.yaml(), to: Self.configurationName)
            if let table = preparation.searchTable { try folder.write(table, to: Self.searchName) }
            try provenance.save(in: folder)
            try TrainingCheckpoint.save(trainer, data: fingerprint, to: checkpoint)
            talk.note("run folder: \(folder.path)")
        }
        // Of a resumed run what it was resumed with: before, the model has learned nothing.
        let watch = CollapseWatch(start: trainer.health())
        let loop = TrainLoop(
            trainer: trainer, folder: folder, fingerprint: fingerprint, watch: watch, talk: talk)
        let outcome = try loop.run()
        return try finish(outcome, provenance, in: folder)
    }

    /// Takes a training up where its run folder has it.
    ///
    /// - Throws: `ForesightError.data` for a folder without a checkpoint, and for one of another training.
    static func resume(_ trainer: Trainer, data: DataFingerprint, in folder: RunFolder, talk: Talk) throws {
        guard folder.has(checkpointName) else {
            throw ForesightError.data(
                "\(folder.path) holds no \(checkpointName) to go on from", remedy: "start a new run")
        }
        for note in try TrainingCheckpoint.restore(trainer, data: data, from: folder.file(checkpointName)) {
            talk.warning(note)
        }
        talk.note("goes on after epoch \(trainer.epoch) in \(folder.path)")
    }

    /// Leaves the linear models that evaluations compare with beside the model.
    private func saveReference(_ description: ModelDescription, in modelFolder: String) {
        do {
            talk.note("fitting the linear models that evaluation compares with")
            try LinearReference.fit(log.episodes, for: description).save(inModelFolder: modelFolder)
        } catch {
            talk.warning("no linear models to compare with: \(error)")
        }
    }

    /// Calibrates, saves the model, writes the report.
    private func finish(
        _ outcome: TrainLoop.Outcome, _ provenance: Provenance, in folder: RunFolder
    ) throws -> TrainResult {
        var origin = ModelOrigin()
        origin.logs = provenance.inputs.map { .init(name: $0.name, bytes: $0.bytes, sha256: $0.sha256) }
        origin.torch = Engine.version
        let model = try training.model(origin: origin, rehearsal: configuration.rehearsal)
        try ModelFolder.save(model, to: folder.file(Self.modelName))
        saveReference(model.description, in: folder.file(Self.modelName))
        let result = TrainResult(
            folder: folder.path, model: model, errors: preparation.heldOutErrors(), health: trainer.health(),
            outcome: outcome, logs: configuration.logs, warnings: inspection.warnings.map(\.message))
        try folder.write(result.json, to: "training.json")
        let metrics = try MetricsLog.read(folder.file(Self.metricsName))
        try folder.write(
            TrainReport.page(result, metrics: metrics, configuration: configuration).html, to: "report.html")
        return result
    }
}
