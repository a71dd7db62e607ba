import Agents
import ArgumentParser
import Basics
import Episodes
import Foundation
import Objectives
import Planning
import Records
import Reports
import Tensors
import WorldModels

/// `foresight plan MODEL --from LOG --goal …`: one decision, explained.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Plan one decision with a model, under guardrails, and say why.",
        discussion: """
            Starts where the log ends, or at --at, and searches the actions that serve the goal best among those that \
            keep every guardrail at the edge of the calibrated bands. A plan is certified, or a fallback to the declared \
            safe action, or refused (exit status 2). The run folder gets a page with the predictions, their bands, the \
            margins, and the best plans that were turned down.

              foresight plan runs/heater --from heater.csv --goal "T1 = 45; T2 = 35" \
            --guardrail "always(T1 <= 55)" --safe-action Q1=0,Q2=0

            A model from pictures starts from what is seen now, and goals may be pictures: goals and guardrails then speak of \
            distance and difference to the picture (distance_NAME where it has a name), of what the model reads off what it \
            sees, and of regions that it has learned.

              foresight plan runs/rooms --now now.png --to goal.png --guardrail "always(unsafe <= 0)"
              foresight plan runs/rooms --now now.png --to a=here.png --to b=there.png \
            --goal "minimize(min(distance_a, distance_b))"

            The words of goals:
            \(ObjectiveGrammar.table(ObjectiveGrammar.goals))

            The words of guardrails:
            \(ObjectiveGrammar.table(ObjectiveGrammar.guardrails))

            Both speak of:
            \(ObjectiveGrammar.table(ObjectiveGrammar.values))
            """)

    @Argument(help: ArgumentHelp("The model folder, or the run folder that it is in.", valueName: "model"))
    var model: String

    @Option(
        help: ArgumentHelp(
            "Log that the plan starts from: a file, or '-' for CSV on standard input.", valueName: "log"))
    var from: String?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Picture of what is seen now, PNG or JPEG; for a model that sees several at once repeated, the latest last.",
            valueName: "picture"))
    var now: [String] = []

    @Option(
        help: ArgumentHelp(
            "What the body senses now, for a model that was trained with proprioception, such as 0.5,1.2.",
            valueName: "numbers"))
    var sensed: String?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Picture that is a goal, or NAME=PICTURE; may be repeated with other names.", valueName: "picture"))
    var to: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where in the log: last, seconds on its clock (from its start where it has dates), or a date.",
            valueName: "time"))
    var at = "last"

    @Option(
        help: ArgumentHelp(
            "Known future of the disturbances: a file with one column each, the first row now; the last ones are held by "
                + "default.", valueName: "file"))
    var forecast: String?

    @Flag(help: "Write no page.")
    var noReport = false

    @OptionGroup(title: "Planning") var planning: PlanningOptions
    @OptionGroup(title: "Reading logs") var reading: LogOptionsGroup
    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let outcome = try now.isEmpty && to.isEmpty ? decideFromLog() : decideFromPictures()
        for warning in outcome.warnings { talking.talk.warning(warning) }
        let report: String?
        do {
            report = try noReport ? nil : write(outcome)
        } catch {
            // The decision is not lost because a page could not be saved.
            talking.report(
                PlanJSON.value(outcome, report: nil), text: PlanText.text(outcome, report: nil), isRefused: true)
            throw error
        }
        talking.report(
            PlanJSON.value(outcome, report: report), text: PlanText.text(outcome, report: report),
            isRefused: outcome.plan.status == .refused)
        if outcome.plan.status == .refused {
            throw ForesightError.refused(
                "planning is refused: \(outcome.reason ?? "no plan")", remedy: outcome.refusalRemedy)
        }
    }

    /// The request with a goal; words that cannot be read are said before anything is loaded.
    func request(goal: String) throws -> PlanRequest {
        var request = try planning.request(goal: goal, guardrails: planning.guardrails)
        (request.values, request.dwell) = (try reading.switching.lists(), try reading.switching.times())
        _ = try Goal.parse(goal)
        for guardrail in planning.guardrails { _ = try Guardrail.parse(guardrail) }
        return request
    }

    /// Loads the model and the log, and plans.
    private func decideFromLog() throws -> PlanOutcome {
        if let place = try? ImageModelFolder.place(model), ImageModelFolder.isHere(place) {
            throw ForesightError.usage(
                "\(model) sees pictures, and none is given",
                remedy: "name what is seen now by --now now.png, and a goal by --to goal.png or --goal")
        }
        guard let from else {
            throw ForesightError.usage("no log is named to start from", remedy: "name one by --from LOG")
        }
        guard let goal = planning.goal else {
            throw ForesightError.usage("no goal is given", remedy: "say what to reach, such as --goal \"T1 = 45\"")
        }
        let request = try request(goal: goal)
        let model = try planning.chosen(ModelFolder.load(model, isForPlanning: true))
        Engine.threads = 1
        let load = { (path: String) throws -> LoadedLog in
            try reading.load([path], for: model.description, at: self.model, talk: talking.talk)
        }
        let isStream = from == StandardInput.sign
        let log = try isStream ? StandardInput.withFile(load) : load(from)
        let moment = try LogMoment(at, in: log)
        try moment.requireValues(
            of: model.description.outputs.map(\.name),
            in: isStream ? StandardInput.name : URL(fileURLWithPath: from).lastPathComponent)
        let ahead = try forecast.map { try Forecast.load($0, for: model.description) } ?? []
        var estimator = HistoryEstimator(model, forecast: ahead)
        try estimator.read(moment.episode, upTo: moment.row)
        var planner = try request.planner(for: model)
        let state = try estimator.state()
        var start = estimator.start()
        start.held = try Self.held(model.description.actions, at: moment)
        let plan = try planner.decide(from: state, start: start)
        let source = PlanSource.LogStart(
            model: model.description,
            log: isStream ? StandardInput.name : URL(fileURLWithPath: from).lastPathComponent, moment: moment,
            historyCount: estimator.count, gaps: model.description.gapWords(estimator.gaps),
            adaptation: state.adapted?.summary)
        return PlanOutcome(
            source: .log(source), request: request, modelPath: self.model, plan: plan,
            alternativeOutputs: try plan.alternatives.map { try Self.predict($0, planner.dynamics, state) })
    }

    /// For how long each action had its last value at a moment of a log, s.
    private static func held(_ channels: [Channel], at moment: LogMoment) throws -> [Double] {
        let episode = moment.episode
        let columns = channels.map { episode.channelIndex($0.name) }
        return PlanningStart.held(
            rows: moment.row, actions: columns.count, samplingTime: episode.samplingTime
        ) { row, action in columns[action].map { episode[row, $0] } ?? 0 }
    }

    /// What an alternative is predicted to do, `[output][step]`.
    static func predict<D: Dynamics>(
        _ alternative: Alternative, _ dynamics: D, _ state: D.State
    ) throws -> [[Double]] {
        let horizon = alternative.actions.first?.values.count ?? 0
        var batch = TrajectoryBatch(
            candidates: 1, horizon: horizon, actionCount: dynamics.actionChannels.count,
            outputCount: dynamics.outputChannels.count)
        batch.actions = (0..<horizon).flatMap { step in alternative.actions.map { Float($0.values[step]) } }
        try dynamics.rollout(from: state, into: &batch)
        return dynamics.outputChannels.indices.map { channel in
            (0..<horizon).map { Double(batch.output(0, $0, channel)) }
        }
    }

    /// Fills the run folder and returns the path of the page.
    private func write(_ outcome: PlanOutcome) throws -> String {
        let name = URL(fileURLWithPath: model).lastPathComponent
        let folder = try output.folder(
            task: "plan", configuration: name, seed: planning.seed, existing: .reused)
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: ["search": planning.seed],
            inputs: [from, forecast].compactMap { $0 }.filter { $0 != StandardInput.sign } + now
                + goalFiles.map(\.path))
        try provenance.save(in: folder)
        try folder.write(PlanJSON.value(outcome, report: nil), to: "plan.json")
        try folder.write(PlanPage.page(outcome, started: provenance.started).html, to: "report.html")
        return folder.file("report.html")
    }
}
