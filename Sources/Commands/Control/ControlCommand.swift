import Agents
import ArgumentParser
import Basics
import Episodes
import Foundation
import Objectives
import Planning
import Plants
import Records
import Reports
import Tensors
import WorldModels

/// `foresight control MODEL --plant PLANT`: receding horizon in closed loop, beside what it is compared with.
struct ControlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control",
        abstract: "Control a simulated plant with a model, and compare.",
        discussion: """
            Plans anew at each sample from what the sensors showed, applies the first action, and scores the true outputs \
            over seeded episodes. On the same episodes: the same planner with the plant's true equations and its true \
            state, and PID loops tuned on other episodes, or what is customary on the plant. Without --goal the plant's \
            own task is run.

              foresight control runs/heater --plant heater-lab --episodes 50
              foresight control runs/heater --plant heater-lab --goal "T1 = 45" --guardrail "always(T1 <= 50)"
              foresight control runs/patient --plant patient-adult-1 --episodes 3 --announce 30min
              foresight control runs/heater --plant heater-lab --fault change:convection:0.7@5min

            A model that learned from pictures acts in a world or an environment of Gymnasium by what it sees, towards a \
            goal that is a picture: --goal-picture, or the goal that the environment itself shows.

              foresight control runs/rooms --environment two-rooms --goal-picture goal.png
            """)

    @Argument(help: ArgumentHelp("The model folder, or the run folder that it is in.", valueName: "model"))
    var model: String

    @Option(help: ArgumentHelp("The plant, as foresight simulate --list names it.", valueName: "plant"))
    var plant: String?

    @Option(
        help: ArgumentHelp(
            "For a model that learned from pictures: the world, or gymnasium: and the name of an environment.",
            valueName: "environment"))
    var environment: String?

    @Flag(help: "Run the plant's own task, which is the default without --goal.")
    var task = false

    @Option(help: ArgumentHelp("Number of episodes; 50 by default, 10 in an environment.", valueName: "number"))
    var episodes: Int?

    @Option(help: ArgumentHelp("Seed of the first episode; the others follow.", valueName: "number"))
    var firstEpisode: UInt64 = 1

    @Option(help: ArgumentHelp("Length of an episode under a --goal, such as 15min.", valueName: "time"))
    var duration = Self.usualDuration
    static let usualDuration = "15min"
    private static let mostSteps = 1e6

    @Option(
        help: ArgumentHelp(
            "Samples that one plan serves before the next is made; 1 by default, one step of a model from pictures.",
            valueName: "number"))
    var replanEvery: Int?

    @Option(
        help: ArgumentHelp(
            """
            Whether the planner knows disturbances ahead, such as weather and meals, where the model has them: never; \
            at-once; or by how long meals are announced before they begin, such as 30min. The plant's own task decides \
            by default.
            """, valueName: "time"))
    var announce: String?

    @Option(
        help: ArgumentHelp(
            """
            What to compare with: exact, pid, optimum (the least cost that was possible, all actions at once, on the \
            plant's own task), several with commas, or none.
            """, valueName: "names"))
    var compare = "exact,pid"

    @Flag(help: "Write no page.")
    var noReport = false

    @OptionGroup(title: "Faults and feedback") var answering: ControlFeedbackOptions
    @OptionGroup(title: "Predictions that are kept") var keeping: StoreOptions
    @OptionGroup(title: "Environments") var seeing: PictureControlOptions
    @OptionGroup(title: "Gymnasium") var running: EnvironmentOptions
    @OptionGroup(title: "Planning") var planning: PlanningOptions
    @OptionGroup(title: "Switched actions") var switching: SwitchOptions
    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        if let environment, keeping.store != nil {
            throw ForesightError.usage(
                "--store keeps predictions of plants, and \(environment) is an environment", remedy: "leave it out")
        }
        if let environment { return try control(environment) }
        if let coverage = planning.guardCoverage, keeping.store != nil {
            throw ForesightError.usage(
                "--store follows the bands of the model, and --guard-coverage \(coverage) asks for others",
                remedy: "leave one of them out")
        }
        guard let name = plant else {
            throw ForesightError.usage(
                "neither --plant nor --environment is given, and control runs what is simulated",
                remedy: "name one, such as --plant heater-lab; for a plant of your own foresight plan decides from the "
                    + "last rows of its log, and a loop is written in Swift (Documentation/service.md)")
        }
        try running.requireNone(for: name)
        try seeing.requireNone(for: name)
        let episodes = episodes ?? 50
        let comparisons = try comparisons()
        guard (1...100_000).contains(episodes) else {
            throw ForesightError.usage("--episodes \(episodes) is not 1 to 100000", remedy: "choose another number")
        }
        if let replanEvery, !(1...100_000).contains(replanEvery) {
            throw ForesightError.usage(
                "--replan-every \(replanEvery) is not 1 to 100000", remedy: "choose another number")
        }
        guard planning.goal == nil || !task else {
            throw ForesightError.usage("--task and --goal ask for different things", remedy: "leave one of them out")
        }
        if planning.goal == nil, !planning.guardrails.isEmpty {
            throw ForesightError.usage("guardrails come with a goal of their own", remedy: "give --goal, too")
        }
        guard planning.goal == nil || !comparisons.contains(.optimum) else {
            throw ForesightError.usage(
                "--compare optimum is for the plant's own task, and a --goal is given", remedy: "leave one of them out")
        }
        var request = try planning.request(goal: planning.goal ?? "", guardrails: planning.guardrails)
        (request.values, request.dwell) = (try switching.lists(), try switching.times())
        let feedback = try answering.feedback()
        let plant = try PlantCatalog.plant(name)
        let faults = try answering.faults(on: plant)
        guard faults.isEmpty || !comparisons.contains(.optimum) else {
            throw ForesightError.usage(
                "--compare optimum knows of no fault, and --fault is given", remedy: "leave one of them out")
        }
        let description = try ModelFolder.description(of: model)
        try PlantAgent.requireFit(description, plant)
        var scenario = try scenario(on: plant, description)
        scenario.task.faults = faults
        let end = Double(scenario.task.steps) * plant.samplingTime
        if let late = zip(answering.faults, faults).first(where: { $0.1.start >= end }) {
            throw ForesightError.usage(
                "--fault \(late.0) begins after the end of an episode, which takes \(period(end))",
                remedy: "let it begin earlier, or choose a longer --duration")
        }
        let model = try planning.chosen(ModelFolder.load(model, isForPlanning: true))
        Engine.threads = 1
        var study = ControlStudy(
            scenario: scenario, seeds: (0..<UInt64(episodes)).map { firstEpisode &+ $0 }, request: request)
        study.replanEvery = replanEvery ?? 1
        study.feedback = feedback
        study.store = try keeping.open(for: self.model).map {
            ControlStore($0, plant: plant.name, interval: plant.samplingTime)
        }
        if announce.map({ $0 != "never" }) == true, description.disturbances.isEmpty {
            let names = plant.disturbanceChannels.map(\.name).joined(separator: ", ")
            talking.talk.warning(
                "\(self.model) knows no disturbance, so its plans are told nothing ahead: train on a log that has "
                    + "\(names) (simulate --record-disturbances)")
        }
        study.progress = talking.talk.beginWork()
        Interrupt.install()
        defer { Interrupt.uninstall() }
        var outcome = try Self.run(study, model: model, path: self.model, comparisons, talk: talking.talk)
        outcome.faultTexts = answering.faults
        outcome.faults = try FaultOutcome(outcome.results[0], scenario)
        for warning in outcome.results[0].warnings.sorted() { talking.talk.warning(warning) }
        let report: String?
        do {
            report = try noReport ? nil : write(outcome)
        } catch {
            // What was found out is not lost because a page could not be saved.
            show(outcome, report: nil, isRefused: true)
            throw error
        }
        show(outcome, report: report, isRefused: outcome.wanted != nil)
        guard outcome.wanted != nil else { return }
        throw ForesightError(
            .interrupted, "stopped after \(outcome.episodes)" + (report.map { ", which are in \($0)" } ?? ""),
            remedy: "the same command runs them all")
    }

    private func show(_ outcome: ControlOutcome, report: String?, isRefused: Bool = false) {
        talking.report(
            ControlJSON.value(outcome, report: report), text: ControlText.text(outcome, report: report),
            isRefused: isRefused)
    }

    private func scenario(on plant: any Plant, _ description: ModelDescription) throws -> ControlScenario {
        let scales = ControlScenario.scales(plant, description)
        guard let goal = planning.goal else {
            guard duration == Self.usualDuration else {
                throw ForesightError.usage(
                    "--duration \(duration) is for a goal of one's own, and the plant's own task says how long it is",
                    remedy: "give --goal, too, or leave it out")
            }
            var task = try ControlTask.named(plant.name)
            if announce != nil { task.announcementLead = try announcementLead(on: plant) }
            return ControlScenario(task: task, scales: scales)
        }
        // Words that cannot be read are said before anything is loaded.
        _ = try Goal.parse(goal)
        for guardrail in planning.guardrails { _ = try Guardrail.parse(guardrail) }
        let seconds = try DurationText.seconds(duration, option: "--duration")
        guard seconds <= Self.mostSteps * plant.samplingTime else {
            throw ForesightError.usage(
                "--duration \(duration) is more than \(period(Self.mostSteps * plant.samplingTime)), a million samples of "
                    + plant.name, remedy: "choose a shorter one")
        }
        var scenario = ControlScenario(
            plant: plant, goal: goal, guardrails: planning.guardrails, scales: scales, seconds: seconds)
        if announce != nil { scenario.task.announcementLead = try announcementLead(on: plant) }
        return scenario
    }

    /// Seconds by which disturbances that come at once are announced; `nil` where nothing is.
    private func announcementLead(on plant: any Plant) throws -> Double? {
        guard let announce, !plant.disturbanceChannels.isEmpty else {
            throw ForesightError.usage(
                "--announce is for plants with disturbances, \(plant.name) has none", remedy: "leave it out")
        }
        switch announce {
        case "never": return nil
        case "at-once": return 0
        default: return try DurationText.seconds(announce, option: "--announce")
        }
    }

    private func comparisons() throws -> [ControlStudy.Comparison] {
        guard compare != "none" else { return [] }
        let names = ControlStudy.Comparison.allCases.map(\.rawValue)
        return try compare.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let name = part.filter { $0 != " " }
            guard let found = ControlStudy.Comparison(rawValue: name) else {
                throw ForesightError.usage(
                    "--compare names '\(name)'",
                    remedy: nearestNameRemedy(to: name, among: names, isQuoted: true) + " and none")
            }
            return found
        }
    }
}
