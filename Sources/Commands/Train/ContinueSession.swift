import Basics
import Episodes
import Foundation
import Records
import Reports
import Tensors
import WorldModels

/// One run of a model that is trained on: from a new log that has been read to the model in the run folder.
struct ContinueSession {
    /// The configuration with nothing left to derive.
    let configuration: TrainConfiguration
    let parent: TrainedModel
    /// Where the model lies.
    let path: String
    let log: LoadedLog
    let old: OldExperience
    let tests: [Episode]
    let continuation: ModelContinuation
    let talk: Talk

    /// Fits the model by Gauss–Newton where it is small enough, and says what was found.
    ///
    /// - Throws: `ForesightError` for settings and logs that do not fit the model.
    init(
        configuration: TrainConfiguration, parent: TrainedModel, path: String, log: LoadedLog, old: OldExperience,
        tests: [Episode], talk: Talk, isResumed: Bool
    ) throws {
        (self.parent, self.path, self.log, self.old, self.tests) = (parent, path, log, old, tests)
        self.talk = talk
        talk.note("new log: \(log.sampleCount) samples, one every \(period(log.samplingTime))")
        talk.note("against forgetting: \(configuration.continuing.protect == .none ? "nothing" : old.words)")
        var line: ProgressLine?
        Interrupt.install()
        defer { Interrupt.uninstall() }
        continuation = try ModelContinuation(
            of: parent, old: old, log, settings: configuration.training, options: configuration.continuing.options,
            refines: !isResumed
        ) { note, done in
            if Interrupt.isRequested {
                throw ForesightError(
                    .interrupted, "interrupted in the first fit, before there was anything to save",
                    remedy: "start again; refine=false goes without that fit")
            }
            let current = line ?? ProgressLine("fitting", total: 100, unit: "parts", style: talk.beginWork())
            current.update(Int(done * 100), note: note)
            line = current
        }
        line?.finish(100, note: "weights")
        var configuration = configuration
        configuration.training = continuation.settings
        self.configuration = configuration
        for warning in continuation.inspection.warnings { talk.warning(warning.message) }
        talk.note("split: \(continuation.split)")
        if let summary = continuation.fitSummary { talk.note(summary) }
    }

    /// Trains to the end and fills the folder.
    ///
    /// - Throws: `ForesightError.interrupted` after Ctrl-C, with the command that goes on.
    func run(in folder: RunFolder, isResumed: Bool) throws -> TrainResult {
        try ModelFolder.check(place: folder.file(TrainSession.modelName))
        let trainer = continuation.trainer
        // The model that it went on from is part of what a run is made of.
        var fingerprint = DataFingerprint(log.episodes)
        let digest = try ModelFolder.digest(of: path)
        if var model = fingerprint.parts.first {
            (model.name, model.samples, model.sha256) = ("the model \(path)", 0, digest)
            fingerprint.parts.append(model)
        }
        let checkpoint = folder.file(TrainSession.checkpointName)
        let provenance = try Provenance(
            command: Provenance.commandLine,
            seeds: ["training": UInt64(max(0, configuration.training.seed))], inputs: log.files.map(\.source),
            versions: ["libtorch": Engine.version, "parent": digest])
        if isResumed {
            try TrainSession.resume(trainer, data: fingerprint, in: folder, talk: talk)
        } else {
            try folder.write(configuration.yaml(), to: TrainSession.configurationName)
            try provenance.save(in: folder)
            try TrainingCheckpoint.save(trainer, data: fingerprint, to: checkpoint)
            talk.note("run folder: \(folder.path)")
        }
        let loop = TrainLoop(
            trainer: trainer, folder: folder, fingerprint: fingerprint, watch: CollapseWatch(start: trainer.health()),
            talk: talk)
        return try finish(loop.run(), provenance, digest, in: folder)
    }

    /// Calibrates, saves the model, compares it with the one before, writes the report.
    private func finish(
        _ outcome: TrainLoop.Outcome, _ provenance: Provenance, _ digest: String, in folder: RunFolder
    ) throws -> TrainResult {
        var origin = ModelOrigin()
        origin.logs = provenance.inputs.map { .init(name: $0.name, bytes: $0.bytes, sha256: $0.sha256) }
        origin.torch = Engine.version
        let model = try continuation.model(origin: origin, parentDigest: digest, rehearsal: configuration.rehearsal)
        let place = folder.file(TrainSession.modelName)
        try ModelFolder.save(model, to: place)
        do {
            var known = log.episodes
            if case .log(let episodes) = old { known = episodes + known }
            talk.note("fitting the linear models that evaluation compares with")
            try LinearReference.fit(known, for: model.description).save(inModelFolder: place)
        } catch {
            talk.warning("no linear models to compare with: \(error)")
        }
        var parts = continuation.comparison()
        if !tests.isEmpty {
            parts.insert(try continuation.comparison(on: tests, named: "old, test", isOld: true), at: 0)
        }
        let continued = ContinuedOutcome(
            from: path, old: configuration.continuing.protect == .none ? "nothing of its old data" : old.words,
            fit: continuation.fitSummary, parts: parts, outputs: model.description.outputs,
            settings: configuration.continuing)
        if continued.isForgetful || continued.isUnmoved { talk.warning(continued.verdict) }
        var result = TrainResult(
            folder: folder.path, model: model, errors: continuation.heldOutErrors(),
            health: continuation.trainer.health(),
            outcome: outcome, logs: configuration.logs, warnings: continuation.inspection.warnings.map(\.message))
        result.continued = continued
        try folder.write(result.json, to: "training.json")
        let metrics = try MetricsLog.read(folder.file(TrainSession.metricsName))
        try folder.write(
            TrainReport.page(result, metrics: metrics, configuration: configuration).html, to: "report.html")
        return result
    }
}
