import ArgumentParser
import Basics
import Benchmarking
import Foundation
import Planning
import Records
import Reports
import Tensors
import WorldModels

/// `foresight benchmark eastman`: 48 hours of the Tennessee Eastman process for little money, under each disturbance.
struct EastmanBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eastman",
        abstract: "Run the Tennessee Eastman process for little money under each disturbance.",
        discussion: """
            Simulates a log of the process under its PI loops, whose targets are moved, learns a model from it, and lets a \
            planner move the targets every quarter of an hour, so that operation costs little and no guardrail is crossed: \
            pressure, level and temperature of the reactor, levels of separator and stripper, and G in the product. \
            48 hours without and with each of the first 15 disturbances of the paper, beside the PI loops at the targets of the \
            base case with the same noise and the same disturbances. Results are written after each episode; the same command \
            with the same --out goes on. Settings of training can be given as key=value.

              foresight benchmark eastman --out runs/eastman
              foresight benchmark eastman --faults 0 1 4 8 --tuning
              foresight benchmark eastman --model runs/eastman/model --faults 13 --episodes 5
            """)

    @Argument(help: ArgumentHelp("Settings of training as key=value.", valueName: "setting"))
    var operands: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "The disturbances by number, 0 for none, by spaces or commas; 0 to 15 by default.", valueName: "number"))
    var faults: [String] = []

    @Option(help: ArgumentHelp("Episodes of each disturbance, of seeds from 2001 on.", valueName: "number"))
    var episodes = 1

    @Flag(help: "Judge seeds from 1001 on, by which something may be chosen, in place of those that are reported.")
    var tuning = false

    @Option(help: ArgumentHelp("Hours of log in place of the protocol's.", valueName: "number"))
    var hours: Double?

    @Option(help: ArgumentHelp("Hours of an episode in place of 48.", valueName: "number"))
    var episodeHours: Double?

    @Option(help: ArgumentHelp("Hours until the disturbance comes in place of 8.", valueName: "number"))
    var onset: Double?

    @Option(help: ArgumentHelp("Judge a model that is there in place of a new one; its folder.", valueName: "model"))
    var model: String?

    @Option(
        help: ArgumentHelp("Steps of 15 min that plans look ahead, at most those of training.", valueName: "number"))
    var horizon: Int?

    @Option(
        help: ArgumentHelp(
            "Solver, in place of the protocol's: \(SolverCatalogue.continuous.joined(separator: ", ")).",
            valueName: "name"))
    var solver: String?

    @Option(help: ArgumentHelp("Episodes at once; planning times are those beside each other.", valueName: "number"))
    var jobs = 2

    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let plan = try wanted()
        try BenchmarkInput.limit(jobs, 1...64, "--jobs")
        try Engine.load()
        let folder = try output.folder(task: "benchmark", configuration: "eastman", existing: .reused)
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: ["log": EastmanProtocol.logSeed],
            versions: ["libtorch": Engine.version])
        var benchmark = EastmanBenchmark(plan)
        (benchmark.known, benchmark.workers) = (model, jobs)
        // What does not fit leaves everything as it was.
        _ = try benchmark.episodes(in: folder)
        try provenance.save(in: folder)
        Interrupt.install()
        defer { Interrupt.uninstall() }
        let (talk, path, bare) = (talking.talk, folder.path, benchmark)
        talk.note("run folder: \(path)")
        let progress = EastmanProgress(talk)
        benchmark.watch = { phase in
            guard !Interrupt.isRequested else {
                throw Interrupt.error(resumeWith: "the same command with --out \(path)")
            }
            try progress.show(phase) {
                try Self.write(plan, try bare.everything(in: folder), in: folder, started: provenance.started)
            }
        }
        defer { progress.finish() }
        try benchmark.run(in: folder)
        let episodes = try bare.episodes(in: folder)
        try Self.write(plan, try bare.everything(in: folder), in: folder, started: provenance.started)
        talking.report(
            EastmanText.json(plan, episodes),
            text: EastmanText.text(plan, episodes, report: folder.file("report.html")))
    }

    private static func write(
        _ plan: EastmanProtocol, _ episodes: [EastmanEpisode], in folder: RunFolder, started: String
    ) throws {
        try folder.write(EastmanText.json(plan, episodes), to: "results.json")
        try folder.write(EastmanPage.page(plan, episodes, started: started).html, to: "report.html")
    }

    /// The protocol with what was typed in place of its own.
    private func wanted() throws -> EastmanProtocol {
        var plan = EastmanProtocol()
        plan.overrides += try BenchmarkInput.settings(
            operands, behind: faults, hint: "disturbances are named by --faults")
        // Said before anything is learned.
        _ = try TrainingSettings.load(overrides: plan.overrides)
        let words = try BenchmarkInput.names(faults, of: "--faults", "disturbance")
        if !words.isEmpty {
            let numbers = try words.map { word in
                guard let number = Int(word), EastmanProtocol.names.indices.contains(number) else {
                    throw ForesightError.usage("'\(word)' is no disturbance", remedy: "choose from 0 to 15")
                }
                return number
            }
            // Two jobs of one name would write the same file.
            plan.faults = numbers.indices.filter { numbers.firstIndex(of: numbers[$0]) == $0 }.map { numbers[$0] }
        }
        try BenchmarkInput.limit(episodes, 1...1000, "--episodes")
        for (value, name) in [(hours, "--hours"), (episodeHours, "--episode-hours"), (onset, "--onset")] {
            try value.map { try BenchmarkInput.limit($0, upTo: 10_000, name) }
        }
        try horizon.map { try BenchmarkInput.limit($0, 1...512, "--horizon") }
        if let solver {
            guard SolverCatalogue.continuous.contains(solver) else {
                throw ForesightError.usage(
                    "no solver of these targets is called \(solver)",
                    remedy: nearestNameRemedy(to: solver, among: SolverCatalogue.continuous, lead: "there are"))
            }
            plan.solver = solver
        }
        (plan.episodes, plan.isTuning) = (episodes, tuning)
        if let hours { plan.hours = hours }
        if let episodeHours { plan.episodeHours = episodeHours }
        if let onset { plan.onset = onset }
        guard plan.onset < plan.episodeHours else {
            throw ForesightError.usage(
                "disturbances that come after \(figure(plan.onset)) h never come in episodes of \(figure(plan.episodeHours)) h",
                remedy: "choose a smaller --onset or a greater --episode-hours")
        }
        if let horizon { plan.horizon = horizon }
        return plan
    }
}
