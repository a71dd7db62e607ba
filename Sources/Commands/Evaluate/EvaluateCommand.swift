import ArgumentParser
import Basics
import Episodes
import Foundation
import Records
import Reports
import Tensors
import WorldModels

/// `foresight evaluate MODEL LOG…`: how wrong a model is, and how far ahead.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Show how wrong a model is, and how far ahead it can be trusted.",
        discussion: """
            From many starts in the logs the model sees a window of history and then only the inputs: its error by time \
            ahead stands beside that of the last value held and of a linear model fitted on the same training data. Give \
            logs that it was not trained on. A page with plots goes to the run folder.

              foresight evaluate runs/heater/model other-day.csv
            """)

    @Argument(help: ArgumentHelp("A model folder, or the run folder of a training.", valueName: "model"))
    var model: String

    @Argument(help: ArgumentHelp("Log files (CSV, TSV, NPZ), folders of them, or patterns.", valueName: "log"))
    var operands: [String] = []

    @Option(
        help: ArgumentHelp(
            "How far ahead: seconds, or a duration such as 5min; as far as the model was trained by default.",
            valueName: "time"))
    var horizon: String?

    @Option(help: ArgumentHelp("The most starts, spread evenly over all that there are.", valueName: "number"))
    var starts = EvaluationOptions().maximumStarts

    @Option(
        help: ArgumentHelp(
            "A training log to fit the linear models on, for a model saved without; may be repeated.",
            valueName: "log"))
    var train: [String] = []

    @Option(help: ArgumentHelp("Processor threads.", valueName: "number"))
    var threads = 1

    @Flag(help: "Predict every record as if it were the training log, also with a model that adapts.")
    var noAdapt = false

    @Flag(help: "Write no page.")
    var noReport = false

    @OptionGroup(title: "Reading logs") var reading: LogOptionsGroup
    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let operands = try Operands(operands)
        try operands.requireOnlyLogs()
        for (value, name) in [(starts, "--starts"), (threads, "--threads")] where !(1...100_000).contains(value) {
            throw ForesightError.usage("\(name) \(value) is not between 1 and 100000", remedy: "give a number within")
        }
        let ahead = try horizon.map { try DurationText.seconds($0, option: "--horizon") }
        let loaded = try ModelFolder.load(model)
        let trained = noAdapt ? loaded.withoutAdaptation() : loaded
        Engine.threads = threads
        let talk = talking.talk
        let log = try reading.load(operands.logs, for: trained.description, at: model, talk: talk)
        let reference = try reference(trained.description)
        var options = EvaluationOptions()
        options.horizon = ahead
        options.maximumStarts = starts
        let evaluation = try Evaluation(trained, on: log.episodes, reference: reference, options: options)
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: [:], inputs: log.files.map(\.source),
            versions: ["libtorch": Engine.version])
        let result = EvaluationResult(
            evaluation: evaluation, model: trained.description, log: log,
            knownLogs: provenance.inputs.filter { input in
                trained.description.origin.logs.contains { $0.sha256 == input.sha256 }
            }.map(\.name), name: Self.name(of: model))
        guard !noReport else { return show(result, report: nil) }
        let report: String
        do {
            report = try write(result, provenance)
        } catch {
            // What was found out is not lost because a page could not be saved.
            show(result, report: nil, isRefused: true)
            throw error
        }
        show(result, report: report)
    }

    private func show(_ result: EvaluationResult, report: String?, isRefused: Bool = false) {
        talking.report(
            result.json(report: report), text: EvaluationText.text(result, report: report), isRefused: isRefused)
    }

    /// The linear models: from the model folder, or fitted now.
    private func reference(_ description: ModelDescription) throws -> LinearReference? {
        guard train.isEmpty else {
            let log = try reading.load(train, for: description, at: model, talk: talking.talk)
            if let episode = log.episodes.first(where: { abs($0.samplingTime / description.samplingTime - 1) > 0.02 }) {
                throw ForesightError.data(
                    "\(episode.name) is sampled every \(episode.samplingTime.yaml) s, the model was trained on samples "
                        + "every \(description.samplingTime.yaml) s", remedy: "name the logs that it was trained on")
            }
            talking.talk.note("fitting the linear models to compare with")
            return try LinearReference.fit(log.episodes, for: description)
        }
        return try LinearReference.load(fromModelFolder: model, for: description)
    }

    /// Fills the run folder and returns the path of the page.
    private func write(_ result: EvaluationResult, _ provenance: Provenance) throws -> String {
        let folder = try output.folder(task: "evaluate", configuration: result.name, existing: .reused)
        try provenance.save(in: folder)
        try folder.write(result.json(report: nil), to: "evaluation.json")
        try folder.write(EvaluationPage.page(result, started: provenance.started).html, to: "report.html")
        return folder.file("report.html")
    }

    /// What a model is called: the name of its folder, or of the run folder it lies in.
    private static func name(of path: String) -> String {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let name = url.lastPathComponent
        return name == TrainSession.modelName ? url.deletingLastPathComponent().lastPathComponent : name
    }
}

/// An evaluation with what it was made of.
struct EvaluationResult {
    var evaluation: Evaluation
    var model: ModelDescription
    var log: LoadedLog
    /// Logs that the model was trained on.
    var knownLogs: [String]
    /// What the model is called.
    var name: String

    /// The last step, or the last that can be judged.
    var horizon: Double { evaluation.scope.seconds.last ?? 0 }
}
