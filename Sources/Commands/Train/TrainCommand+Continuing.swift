import Basics
import Episodes
import Foundation
import Records
import Tensors
import WorldModels

/// Going on from a model that was trained before.
extension TrainCommand {
    /// The run of a model that goes on; `nil` where training begins anew.
    ///
    /// - Throws: `ForesightError` for settings, models and logs that do not fit together.
    func continuing(_ operands: Operands, former: RunFolder?) throws -> (() throws -> Void)? {
        let isResumed = try former.map { try Self.continues($0) } ?? false
        guard from != nil || isResumed else {
            if let option = !oldLog.isEmpty
                ? "--old-log" : !oldTest.isEmpty ? "--old-test" : keep.map({ _ in "--keep" })
            {
                throw ForesightError.usage(
                    "\(option) is for a model that goes on", remedy: "name it with --from, or leave \(option) out")
            }
            return nil
        }
        if former != nil, let problem = from.map({ "--from \($0)" }) ?? output.out.map({ "--out \($0)" }) {
            throw ForesightError.usage(
                "\(problem) is given, and a resumed run keeps its own", remedy: "leave it out, or start a new run")
        }
        return { try goOn(operands, former: former, isResumed: isResumed) }
    }

    private static func continues(_ folder: RunFolder) throws -> Bool {
        guard folder.has(TrainSession.configurationName) else { return false }
        let text = try InputFile.text(folder.file(TrainSession.configurationName))
        // Runs of models from pictures have settings of their own.
        return (try? TrainConfiguration.parse(yaml: text, source: ""))?.continuing.from.isEmpty == false
    }

    private func goOn(_ operands: Operands, former: RunFolder?, isResumed: Bool) throws {
        let (model, configured) = try continuation(operands, former: former)
        var configuration = configured
        if printConfig { return print(configuration.yaml(commented: true), terminator: "") }
        if former == nil, let out = output.out, !Folder.names(in: out).isEmpty {
            throw ForesightError.usage(
                "the run folder \(out) is not empty", remedy: "go on with it by --resume \(out), or name another")
        }
        guard !configuration.logs.isEmpty else {
            throw ForesightError.usage("no log is named", remedy: "name the new log to learn from")
        }
        try Engine.load()
        Engine.threads = configuration.threads
        let parent = try ModelFolder.load(model)
        let description = parent.description
        var schema = configuration.schema
        if schema.channels.isEmpty {
            schema = try reading.schema(configuration.logs, of: description, at: model, talk: talking.talk)
            configuration.schema = schema
        }
        let log = try reading.load(configuration.logs, base: schema, talk: talking.talk)
        // A run that is resumed may have been told how to convert, and knows its data by their content.
        if former == nil { try reading.checkUnits(of: log, description) }
        let old = try oldExperience(configuration, description, model)
        let tests =
            try configuration.continuing.oldTests.isEmpty
            ? nil
            : reading.load(configuration.continuing.oldTests, for: description, at: model, talk: quiet)
        // Before training, behind which they are compared.
        try description.check(samplingOf: tests?.episodes ?? [])
        let session = try ContinueSession(
            configuration: configuration, parent: parent, path: model, log: log, old: old, tests: tests?.episodes ?? [],
            talk: talking.talk, isResumed: isResumed)
        let folder =
            try former
            ?? output.folder(
                task: "train", configuration: Self.name(operands, configuration),
                seed: UInt64(max(0, configuration.training.seed)))
        let result = try session.run(in: folder, isResumed: isResumed)
        talking.report(result.json, text: result.text)
    }

    private var quiet: Talk {
        var talk = talking.talk
        talk.isQuiet = true
        return talk
    }

    /// The model's own settings, over them what was typed.
    private func continuation(_ operands: Operands, former: RunFolder?) throws -> (String, TrainConfiguration) {
        if let file = operands.configuration {
            throw ForesightError.usage(
                "\(file) is a configuration, and a model that goes on has its own",
                remedy: "give what is to be different as key=value")
        }
        var overrides = operands.overrides
        if let threads { overrides.append("threads=\(threads)") }
        if let device { overrides.append("device=\(device)") }
        if let keep { overrides.append("continuing.keep=\(keep)") }
        var base = TrainConfiguration()
        if let former {
            base = try TrainConfiguration.load(file: former.file(TrainSession.configurationName))
        } else if let from {
            base.training = try ModelFolder.description(of: from).settings
            base.training.patience = .auto
            // Also where the model was too small or its log too short for a search: weights alone are fitted here.
            base.training.refine = true
            base.continuing.from = from
        }
        var configuration = try TrainConfiguration.parse(yaml: base.yaml(), source: "", overrides: overrides)
        if !operands.logs.isEmpty { configuration.logs = operands.logs }
        if !oldLog.isEmpty { configuration.continuing.oldLogs = oldLog }
        if !oldTest.isEmpty { configuration.continuing.oldTests = oldTest }
        return (configuration.continuing.from, configuration)
    }

    /// What there is of the data that a model was trained on.
    private func oldExperience(
        _ configuration: TrainConfiguration, _ description: ModelDescription, _ model: String
    ) throws -> OldExperience {
        let settings = configuration.continuing
        func kept() throws -> OldExperience? { try ModelFolder.rehearsal(of: model).map { .rehearsal($0) } }
        func logs() throws -> OldExperience? {
            let paths = settings.oldLogs
            guard !paths.isEmpty else {
                return try Self.sameLogs(description, model).map {
                    .log(try LogOptionsGroup.load($0.logs, asTrained: $0.schema, for: description).episodes)
                }
            }
            let known = Set(description.origin.logs.map(\.sha256))
            for path in try LogPaths.resolve(paths) where try !known.contains(SHA256.hex(ofFile: path)) {
                talking.talk.warning(
                    "the model was not trained on \(path) as it is now; it counts as old data all the same")
            }
            if !description.origin.parent.isEmpty {
                talking.talk.warning(
                    "the model was trained on before: which parts of the logs each member left out is known of what its "
                        + "folder keeps, not of logs that are named; errors on old data may look too good")
            }
            return .log(try reading.load(paths, for: description, at: model, talk: quiet).episodes)
        }
        switch settings.protect {
        case .none: return try (settings.oldLogs.isEmpty ? kept() : nil) ?? logs() ?? kept() ?? .nothing
        case .log:
            guard let found = try logs() else {
                throw ForesightError.data(
                    "the log that \(model) was trained on is not at hand", remedy: "name it with --old-log")
            }
            return found
        case .rehearsal:
            guard let found = try kept() else {
                throw ForesightError.data(
                    "\(model) keeps nothing of its log", remedy: "name the old log with --old-log")
            }
            return found
        case .auto:
            guard let found = try logs() ?? kept() else {
                throw ForesightError.data(
                    "nothing is at hand of the data that \(model) was trained on, so nothing would keep it from forgetting "
                        + "them",
                    remedy: "name the old log with --old-log, or say that it may forget with continuing.protect=none")
            }
            return found
        }
    }

    /// The logs that a model's run folder names and how they were read, where all are still what the model was trained on
    /// and the model was trained on them alone.
    private static func sameLogs(
        _ description: ModelDescription, _ model: String
    ) -> (logs: [String], schema: LogSchema)? {
        let known = description.origin.logs.map(\.sha256)
        guard !known.isEmpty, description.origin.parent.isEmpty else { return nil }
        let parent = URL(fileURLWithPath: model).deletingLastPathComponent().path
        for folder in [model, parent] {
            let file = "\(folder)/\(TrainSession.configurationName)"
            guard FileManager.default.fileExists(atPath: file),
                let configuration = try? TrainConfiguration.load(file: file),
                let paths = try? LogPaths.resolve(configuration.logs),
                let digests = try? paths.map({ try SHA256.hex(ofFile: $0) }), digests.sorted() == known.sorted()
            else { continue }
            return (configuration.logs, configuration.schema)
        }
        return nil
    }
}
