import ArgumentParser
import Basics
import Benchmarking
import Foundation
import Records
import Reports
import Tensors
import WorldModels

/// `foresight benchmark control`: from a log to a model to closed loop on every plant, beside what else would act there.
struct ControlBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control",
        abstract: "From a log to closed loop on simulated plants, beside what else would act there.",
        discussion: """
            Simulates a log of each plant, learns a model from it, and lets a planner act: with guardrails that bind, \
            with penalties in their place, with multipliers in their place, and beside tuned loops, a clone of the \
            log's policy and the same planner with the true equations. All meet the same episodes, and costs are held \
            against the least that was possible. A second task of each plant moves goal and guardrails without another \
            training. Results are written after each row; the same command with the same --out goes on, an episode \
            that was judged is not judged again, and results of other plants in that folder stay. Settings of training \
            can be given as key=value.

              foresight benchmark control --plants cstr four-tank --episodes 10 --out runs/score
              foresight benchmark control --models runs/score --rows foresight,unguarded --out runs/again
              foresight benchmark control --list
            """)

    @Argument(help: ArgumentHelp("Settings of training as key=value, for every plant.", valueName: "setting"))
    var operands: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "The plants, by spaces or commas; all but heater-switches, production-line and tennessee-eastman by default.",
            valueName: "plant"))
    var plants: [String] = []

    @Option(
        help: ArgumentHelp(
            "Episodes of each row; by default 50, fewer on plants that take long, as --list says.", valueName: "number")
    )
    var episodes: Int?

    @Option(
        help: ArgumentHelp(
            "Seed of the first episode; those from 1001 to 2000 are there to choose by.", valueName: "number"))
    var firstEpisode = ControlProtocol.firstEpisode

    @Option(help: ArgumentHelp("Models of each plant, each from a log of its own.", valueName: "number"))
    var seeds = 1

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            """
            What acts: foresight, unguarded, rounded, beam, penalties, lagrangian, baseline, cloning, exact; by default \
            those of the plant's protocol.
            """,
            valueName: "row"))
    var rows: [String] = []

    @Option(
        help: ArgumentHelp("Judge the models of an earlier run in place of new ones; its folder.", valueName: "run"))
    var models: String?

    @Option(help: ArgumentHelp("Hours of log in place of the protocol's.", valueName: "number"))
    var hours: Double?

    @Option(
        help: ArgumentHelp("Steps that plans look ahead, at most those of training.", valueName: "number"))
    var horizon: Int?

    @Option(help: ArgumentHelp("Decisions that one plan serves, in place of the protocol's.", valueName: "number"))
    var replanEvery: Int?

    @Option(
        help: ArgumentHelp(
            "Part of a band that planners are asked to hold, in place of the protocol's.", valueName: "number"))
    var bandShare: Double?

    @Option(
        help: ArgumentHelp(
            "What becomes of calibrated bands as observations come, in place of the protocol's: widen, follow or off.",
            valueName: "way"))
    var recalibrate: String?

    @Option(
        help: ArgumentHelp(
            "Episodes for which the least possible cost is searched, in place of the protocol's; 0 for none.",
            valueName: "number"))
    var optima: Int?

    @Flag(help: "Ask planners to hold the tasks' bands beside the cost also where a published reward is judged.")
    var askForBands = false

    @Option(
        help: ArgumentHelp("Plants and rows at once; planning times are those beside each other.", valueName: "number"))
    var jobs = 2

    @Flag(help: "Show the plants with their protocols.")
    var list = false

    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let (plans, others) = try protocols()
        if list { return talking.report(ControlBenchmarkText.listed(plans), text: ControlBenchmarkText.list(plans)) }
        let rows = try wantedRows()
        try BenchmarkInput.limit(seeds, 1...ControlProtocol.mostSeeds, "--seeds")
        try episodes.map { try BenchmarkInput.limit($0, 1...10_000, "--episodes") }
        try BenchmarkInput.limit(jobs, 1...64, "--jobs")
        // Counted on from there, seeds would begin again with those of logs.
        guard firstEpisode <= UInt64.max - 10_000 else {
            throw ForesightError.usage(
                "--first-episode \(firstEpisode) leaves no seeds for the episodes after it",
                remedy: "choose a smaller number")
        }
        guard firstEpisode >= ControlProtocol.firstTuning else {
            throw ForesightError.usage(
                "--first-episode \(firstEpisode) is a seed of logs, which are below \(ControlProtocol.firstTuning)",
                remedy: "choose another number")
        }
        for plan in plans { try plan.checkSeeds(episodes, from: firstEpisode) }
        try Engine.load()
        let folder = try output.folder(task: "benchmark", configuration: "control", existing: .reused)
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: ["first_log": 1],
            versions: ["libtorch": Engine.version])
        var benchmark = ControlBenchmark(plans)
        benchmark.rows = rows
        benchmark.episodes = episodes
        benchmark.firstEpisode = firstEpisode
        benchmark.models = seeds
        benchmark.known = models
        benchmark.workers = jobs
        // What does not fit leaves everything as it was.
        try benchmark.check(ControlArchive(folder))
        try provenance.save(in: folder)
        Interrupt.install()
        defer { Interrupt.uninstall() }
        let results = try run(benchmark, others, in: folder, started: provenance.started)
        talking.report(
            ControlBenchmarkText.json(results),
            text: ControlBenchmarkText.text(results, report: folder.file("report.html")))
    }

    /// Runs, and writes results with those of other rows and other plants that the folder holds.
    private func run(
        _ planned: ControlBenchmark, _ others: [ControlProtocol], in folder: RunFolder, started: String
    ) throws -> [ControlResult] {
        var benchmark = planned
        let (talk, path) = (talking.talk, folder.path)
        talk.note("run folder: \(path)")
        let archive = ControlArchive(folder)
        let kept = planned.kept(others, in: archive)
        if !kept.others.isEmpty {
            talk.warning("of \(kept.others.joined(separator: ", ")) \(ControlBenchmarkText.others)")
        }
        let former = Self.former(kept.others, in: folder)
        let progress = ControlBenchmarkProgress(talk)
        let bare = planned
        @Sendable func write(_ results: [ControlResult], _ kept: ControlBenchmark.Kept) throws {
            let all = ControlProtocol.inOrder(results + kept.results, by: \.plan.plant)
            try folder.write(ControlBenchmarkText.json(all, former: former), to: "results.json")
            let page = ControlBenchmarkPage.page(all, others: kept.others, started: started)
            try folder.write(page.html, to: "report.html")
        }
        benchmark.watch = { phase in
            guard !Interrupt.isRequested else {
                throw Interrupt.error(resumeWith: "the same command with --out \(path)")
            }
            try progress.show(phase) { try write(try bare.results(archive, keepsRows: true), kept) }
        }
        defer { progress.finish() }
        try benchmark.run(archive)
        // Another command may have judged rows and plants of its own in the folder meanwhile.
        try write(try bare.results(archive, keepsRows: true), planned.kept(others, in: archive))
        return try bare.results(archive)
    }

    /// What results.json says of plants that nothing can be read of now.
    private static func former(_ plants: [String], in folder: RunFolder) -> [JSONValue] {
        guard !plants.isEmpty, let text = try? InputFile.text(folder.file("results.json")),
            let results = try? JSONParser.parse(text)["results"]?.array
        else { return [] }
        return results.filter { entry in entry["plant"]?.string.map(plants.contains) ?? false }
    }

    /// The protocols of the plants that are asked for, and of all others, with what was typed in place of theirs.
    private func protocols() throws -> (asked: [ControlProtocol], others: [ControlProtocol]) {
        let names = try BenchmarkInput.names(plants, of: "--plants", "plant")
        let typed = try BenchmarkInput.settings(
            operands, behind: plants, rows, hint: "plants are named by --plants")
        // Said before anything is learned.
        _ = try TrainingSettings.load(overrides: typed)
        for (value, name) in [(horizon, "--horizon"), (replanEvery, "--replan-every")] {
            try value.map { try BenchmarkInput.limit($0, 1...10_000, name) }
        }
        try optima.map { try BenchmarkInput.limit($0, 0...10_000, "--optima") }
        try bandShare.map { try BenchmarkInput.limit($0, upTo: 1, "--band-share") }
        try hours.map { try BenchmarkInput.limit($0, upTo: 10_000, "--hours") }
        // Named or listed, also what takes too long to be judged unless it is asked for.
        let known = try (names.isEmpty ? ControlProtocol.names : names).map { try ControlProtocol.named($0) }
        let asked = known.filter { $0.isUsual || list || !names.isEmpty }
        let others = ControlProtocol.names.filter { name in !asked.contains { $0.plant == name } }
        return (
            try asked.map { try changed($0, typed) },
            try others.map { try changed(ControlProtocol.named($0), typed) }
        )
    }

    /// A protocol with what was typed in place of its own.
    private func changed(_ known: ControlProtocol, _ typed: [String]) throws -> ControlProtocol {
        var plan = known
        plan.overrides += typed
        if let hours { plan.hours = hours }
        if let horizon { plan.horizon = horizon }
        if let replanEvery { plan.replanEvery = replanEvery }
        if let bandShare { plan.bandShare = bandShare }
        if let optima { plan.optimumEpisodes = optima }
        if let recalibrate { plan.recalibration = try ControlFeedbackOptions.recalibration(recalibrate) }
        if askForBands { plan.asksForBands = true }
        return plan
    }

    private func wantedRows() throws -> [ControlRow]? {
        let names = try BenchmarkInput.names(rows, of: "--rows", "row")
        guard !names.isEmpty else { return nil }
        let known = ControlRow.choices.map(\.rawValue)
        let wanted = try names.map { name -> ControlRow in
            if let row = ControlRow(rawValue: name), known.contains(name) { return row }
            throw ForesightError.usage(
                "no row is called \(name)", remedy: nearestNameRemedy(to: name, among: known, lead: "there are"))
        }
        return ControlRow.choices.filter { wanted.contains($0) }
    }
}
