import ArgumentParser
import Basics
import Episodes
import Foundation
import Records
import Tensors
import WorldModels

/// `foresight train CONFIG|LOG… [key=value…]`: a world model from recorded logs.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a world model on recorded logs or pictures.",
        discussion: """
            Sampling, step, window, horizon and the size of the model are derived from the log; every setting can be \
            given as key=value or in a YAML file, and --print-config shows them all with their meaning. The run folder \
            gets the model, its metrics, a report, and a checkpoint after each epoch. Ctrl-C saves and stops; in the search for a structure, which comes first, there is \
            nothing to save yet.

            From a data set of pictures with actions (NPZ, HDF5, a folder of pictures or films) a world model is learned that \
            sees: encoder and predictor first, then what stands on them. Its settings are others; --print-config with the \
            data set shows them.

            With --from a model goes on learning from a new log, in its own channels, scaling, steps and sizes. So that \
            it does not forget, half of what it learns from is old: the old log where it is found or named, else \
            stretches of it that the model folder keeps; and nothing is kept that predicts left-out old data worse by \
            more than 5 %. A table compares it before and after.

              foresight train heater.csv
              foresight train heater.yaml epochs=60 loss.anti_collapse=vicreg
              foresight train --resume runs/heater
              foresight train this-week.csv --from runs/heater --old-test may.csv
              foresight train rooms.h5 recipe=sigreg-inverse
              foresight train rooms.h5 recipe=frozen pretrained=models/dinov2-small predictor=patches
              foresight train pusht.h5 --device cuda encoder=vit-tiny predictor=lewm width=192 precision=bfloat16
            """)

    @Argument(
        help: ArgumentHelp(
            """
            Logs (files, folders, patterns) or one data set of pictures, a configuration (.yaml), and settings as \
            key=value, in any order.
            """,
            valueName: "log"))
    var operands: [String] = []

    @Option(help: ArgumentHelp("Go on with the run in this folder.", valueName: "folder"))
    var resume: String?

    @Option(
        help: ArgumentHelp("A model of sensor logs to go on from: its folder, or its run folder.", valueName: "model"))
    var from: String?

    @Option(
        help: ArgumentHelp(
            """
            With --from: a log that the model was trained on; may be repeated. By default the one that its run folder \
            names, where it is still the same.
            """, valueName: "log"))
    var oldLog: [String] = []

    @Option(
        help: ArgumentHelp(
            "With --from: an old log that the model was not trained on, to compare before and after; may be repeated.",
            valueName: "log"))
    var oldTest: [String] = []

    @Option(
        help: ArgumentHelp(
            "With --from: what old data weigh at first, relative to new ones, as continuing.keep= does; 1 by default.",
            valueName: "factor"))
    var keep: Double?

    @Flag(help: "Print the configuration with the meaning of every setting, and stop.")
    var printConfig = false

    @Option(help: ArgumentHelp("Processor threads, as threads= does.", valueName: "number"))
    var threads: Int?

    @Option(help: ArgumentHelp("Where tensors live, as device= does.", valueName: "device"))
    var device: String?

    @OptionGroup(title: "Reading logs") var reading: LogOptionsGroup
    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let operands = try Operands(operands)
        let former = try resume.map { try RunFolder.open($0) }
        if let session = try continuing(operands, former: former) { return try session() }
        if let pictures = try pictures(operands, former: former) { return try train(pictures, former: former) }
        var configuration = try configuration(operands, former: former)
        if printConfig { return print(configuration.yaml(commented: true), terminator: "") }
        if former == nil, let out = output.out, !Folder.names(in: out).isEmpty {
            throw ForesightError.usage(
                "the run folder \(out) is not empty", remedy: "go on with it by --resume \(out), or name another")
        }
        try Engine.load()
        let log = try load(&configuration, isResumed: former != nil)
        Engine.threads = configuration.threads
        let session = try TrainSession(
            configuration: configuration, log: log, talk: talking.talk, isResumed: former != nil)
        let folder =
            try former
            ?? output.folder(
                task: "train", configuration: Self.name(operands, configuration),
                seed: UInt64(max(0, configuration.training.seed)))
        let result = try session.run(in: folder, isResumed: former != nil)
        talking.report(result.json, text: result.text)
    }

    /// Defaults, over them the file, over that what was typed.
    private func configuration(_ operands: Operands, former: RunFolder?) throws -> TrainConfiguration {
        if let former {
            let problem =
                operands.configuration.map { "\($0) is a configuration" }
                ?? output.out.map { "--out \($0) names another folder" }
            if let problem {
                throw ForesightError.usage(
                    "\(problem), and a resumed run keeps its own", remedy: "leave it out, or start a new run")
            }
            guard former.has(TrainSession.configurationName) else {
                throw ForesightError.data(
                    "\(former.path) holds no \(TrainSession.configurationName), so it is no training run",
                    remedy: "name the folder that foresight train made")
            }
        }
        var overrides = operands.overrides
        if let threads { overrides.append("threads=\(threads)") }
        if let device { overrides.append("device=\(device)") }
        var configuration = try TrainConfiguration.load(
            file: former?.file(TrainSession.configurationName) ?? operands.configuration, overrides: overrides)
        if !operands.logs.isEmpty { configuration.logs = operands.logs }
        return configuration
    }

    /// Reads the logs, and puts what is known about their channels into the configuration.
    private func load(_ configuration: inout TrainConfiguration, isResumed: Bool) throws -> LoadedLog {
        guard !configuration.logs.isEmpty else {
            throw ForesightError.usage(
                "no log is named", remedy: "name CSV or NPZ files, or put them under logs: in the configuration")
        }
        if configuration.schema.channels.isEmpty && !isResumed {
            let found = try reading.schema(for: configuration.logs, talk: talking.talk)
            configuration.schema.channels = found.channels
            if configuration.schema.log == LogOptions() { configuration.schema.log = found.log }
            if configuration.schema.sampling == SamplingPolicy() { configuration.schema.sampling = found.sampling }
        }
        configuration.schema = try reading.schema(
            for: configuration.logs, base: configuration.schema, talk: talking.talk)
        return try reading.load(configuration.logs, base: configuration.schema, talk: talking.talk)
    }

    /// What the run is named after.
    static func name(_ operands: Operands, _ configuration: TrainConfiguration) -> String {
        let path = operands.configuration ?? configuration.logs.first ?? "log"
        return URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }
}
