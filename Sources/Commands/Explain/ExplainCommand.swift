import ArgumentParser
import Basics
import Episodes
import Foundation
import Records
import Reports
import Tensors
import WorldModels

/// `foresight explain MODEL LOG`: why a prediction is what it is, and what a step of each action does.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show which channels a prediction comes from, how far back, and step responses.",
        discussion: """
            For the prediction made at one moment of the log: what each channel at each time adds to it beyond a baseline, \
            by integrated gradients, so that everything adds up. For the model: what each output does after a step of each \
            action, with bands, gain, dead time and time constant, to hold against what is known of the plant. A page with \
            plots goes to the run folder.

              foresight explain runs/heater other-day.csv --at 1200 --ahead 2min
            """)

    @Argument(help: ArgumentHelp("A model folder, or the run folder of a training.", valueName: "model"))
    var model: String

    @Argument(help: ArgumentHelp("The log that the prediction starts in.", valueName: "log"))
    var log: String

    @Option(
        help: ArgumentHelp(
            "When the prediction is made: last, seconds on the log's clock (from its start where it has dates), or a date; "
                + "by default the last moment whose outcome the log holds.", valueName: "time"))
    var at: String?

    @Option(
        help: ArgumentHelp(
            "How far ahead the explained prediction is: seconds, or a duration such as 5min; as far as the model was trained "
                + "by default.", valueName: "time"))
    var ahead: String?

    @Option(
        name: .customLong("output"), parsing: .upToNextOption,
        help: ArgumentHelp("Outputs to explain, by spaces or commas; all by default.", valueName: "channel"))
    var chosen: [String] = []

    @Option(
        help: ArgumentHelp(
            "What the prediction is compared with: mean, every channel at its mean over the training log, or held, every "
                + "channel as it is at that moment.", valueName: "values"))
    var baseline = AttributionBaseline.mean

    @Option(
        help: ArgumentHelp(
            "Where steps are made: mean, at rest under the mean actions of the training log, or a time in the log as for "
                + "--at.", valueName: "point"))
    var from = "mean"

    @Option(
        help: ArgumentHelp("Size of a step, as a share of the action's recorded range.", valueName: "share"))
    var step = 0.1

    @Option(
        help: ArgumentHelp(
            "How far step responses go; three times the horizon of training by default.", valueName: "time"))
    var horizon: String?

    @Flag(help: "Write no page.")
    var noReport = false

    @OptionGroup(title: "Reading logs") var reading: LogOptionsGroup
    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        guard step > 0, step <= 1 else {
            throw ForesightError.usage(
                "--step \(step) is not above 0 and at most 1", remedy: "give a share such as 0.1")
        }
        let times = try (
            ahead.map { try DurationText.seconds($0, option: "--ahead") },
            horizon.map { try DurationText.seconds($0, option: "--horizon") }
        )
        let loaded = try ModelFolder.load(model)
        Engine.threads = 1
        let result = try explanation(of: loaded, ahead: times.0, reach: times.1)
        for warning in ExplanationWords.warnings(result) { talking.talk.warning(warning) }
        let report: String?
        do {
            report = try noReport ? nil : write(result)
        } catch {
            show(result, report: nil, isRefused: true)
            throw error
        }
        show(result, report: report)
    }

    private func explanation(of model: TrainedModel, ahead: Double?, reach: Double?) throws -> Explanation {
        let description = model.description
        let steps = try Self.steps(ahead, of: description, option: "--ahead") ?? description.horizon
        let responseSteps = try Self.steps(reach, of: description, option: "--horizon") ?? 3 * description.horizon
        let outputs = try outputs(of: description)
        let log = try reading.load([log], for: description, at: self.model, talk: talking.talk)
        let moment =
            try at.map { try LogMoment($0, in: log) }
            ?? LogMoment(samplesAhead: steps * description.stride, in: log)
        let window = try PredictionWindow(moment.episode, row: moment.row, steps: steps, for: description)
        let attributions = try model.attributions(
            of: window, step: steps - 1, outputs: outputs, from: baseline, nodes: Self.nodes)
        let place: LogMoment? = from == "mean" ? nil : try LogMoment(from, in: log, option: "--from")
        let point =
            try place.map {
                try model.point(PredictionWindow($0.episode, row: $0.row, steps: 1, for: description))
            } ?? model.typicalPoint()
        var result = Explanation(
            model: description, name: URL(fileURLWithPath: self.model).lastPathComponent,
            log: URL(fileURLWithPath: self.log).lastPathComponent, moment: moment, window: window,
            baseline: baseline, attributions: attributions,
            halfWidths: outputs.map { output in
                let index = min(steps, model.calibration.steps) * description.outputs.count
                return model.calibration.halfWidths(horizon: steps)[index - description.outputs.count + output]
            }.map(Double.init), point: point, pointMoment: place, share: step, coverage: model.calibration.coverage,
            adapts: model.adapter != nil)
        for action in description.actions.indices {
            let size = model.stepSize(of: action, share: step, at: point)
            guard size != 0 else {
                result.still.append(description.actions[action].name)
                continue
            }
            result.responses.append(model.stepResponses(of: action, size: size, at: point, steps: responseSteps))
        }
        return result
    }

    /// Nodes of the quadrature: the gap is then that of single precision.
    private static let nodes = 32

    /// Steps of the model up to a time; a prediction is at most as far ahead as training went, responses ten times that.
    private static func steps(_ seconds: Double?, of model: ModelDescription, option: String) throws -> Int? {
        guard let seconds else { return nil }
        let steps = Int(min((seconds / model.stepTime).rounded(), 1e15))
        let most = option == "--ahead" ? model.horizon : 10 * model.horizon
        guard (1...most).contains(steps) else {
            throw ForesightError.usage(
                "\(option) of \(period(seconds)) is not between a step of \(period(model.stepTime)) and "
                    + "\(period(Double(most) * model.stepTime))",
                remedy: option == "--ahead"
                    ? "give a time within, or train with a longer horizon" : "give a time within")
        }
        return steps
    }

    private func outputs(of model: ModelDescription) throws -> [Int] {
        let names = chosen.flatMap { $0.split(separator: ",").map(String.init) }
        guard !names.isEmpty else { return Array(model.outputs.indices) }
        return try names.map { name in
            guard let index = model.outputs.firstIndex(where: { $0.name == name }) else {
                let known = model.outputs.map(\.name)
                throw ForesightError.usage(
                    "the model has no output \(name)",
                    remedy: nearestNameQuestion(to: name, among: known)
                        ?? "its outputs are \(known.joined(separator: ", "))")
            }
            return index
        }
    }

    private func show(_ result: Explanation, report: String?, isRefused: Bool = false) {
        talking.report(
            ExplanationJSON.value(result, report: report), text: ExplanationText.text(result, report: report),
            isRefused: isRefused)
    }

    /// Fills the run folder and returns the path of the page.
    private func write(_ result: Explanation) throws -> String {
        let folder = try output.folder(task: "explain", configuration: result.name, existing: .reused)
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: [:], inputs: [log],
            versions: ["libtorch": Engine.version])
        try provenance.save(in: folder)
        try folder.write(ExplanationJSON.value(result, report: nil), to: "explanation.json")
        try folder.write(ExplanationPage.page(result, started: provenance.started).html, to: "report.html")
        return folder.file("report.html")
    }
}
