import ArgumentParser
import Basics
import Benchmarking
import Foundation
import Objectives
import Records
import Reports
import Tensors
import WorldModels

/// `foresight benchmark pixels`: planning to a picture in simulated worlds, by a protocol that others can repeat.
struct PixelsBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pixels",
        abstract: "Plan to a picture in simulated worlds, beside published figures.",
        discussion: """
            Records each world, learns a model of the pictures and the actions, and lets a planner act that sees \
            pictures alone: from a recorded state to the picture of one that was recorded 25 rows later, within 50 \
            steps, under a moderate and a strict rule. Pairs are frozen before any policy acts, from episodes that \
            nothing learned from, and random actions get the same. Settings of training can be given as key=value. \
            Training is saved each minute: the same command with the same --out goes on, a model that is there is not \
            learned again, and pairs that were judged are not judged again.

              foresight benchmark pixels --worlds two-rooms --seeds 1
              foresight benchmark pixels --worlds two-rooms recipe=sigreg distance_steps=0
              foresight benchmark pixels --worlds push-t --models runs/mine --tune
              foresight benchmark pixels --list
            """)

    @Argument(help: ArgumentHelp("Settings of training as key=value, for every world.", valueName: "setting"))
    var operands: [String] = []

    @Option(parsing: .upToNextOption, help: ArgumentHelp("The worlds; all by default.", valueName: "world"))
    var worlds: [String] = []

    @Option(help: ArgumentHelp("Models of each world, with seeds from that of the settings on.", valueName: "number"))
    var seeds = 3

    @Option(help: ArgumentHelp("Pairs of start and goal under each rule and seed.", valueName: "number"))
    var pairs = 100

    @Option(help: ArgumentHelp("Episodes to learn from; the world's own number by default.", valueName: "number"))
    var episodes: Int?

    @Option(
        help: ArgumentHelp(
            "Judge the models of an earlier run instead of training, with other plans or pairs; its folder.",
            valueName: "run"))
    var models: String?

    @Option(help: ArgumentHelp("What plans minimise, over distance, difference and what is read.", valueName: "goal"))
    var objective: String?

    @Option(
        help: ArgumentHelp(
            """
            What acts: search, or a linear-quadratic regulator of representations, whose dynamics are identified from \
            recordings and look back on several steps (regulator) or on none (memoryless), or are the predictor's own \
            (jacobian); the world's own by default.
            """))
    var planner: PixelPlanner?

    @Flag(
        help: """
            Learn from worlds whose colours, sizes and motions differ from episode to episode, and judge factor by factor.
            """)
    var vary = false

    @Flag(help: "Plan as if nothing had been predicted wrongly before in the episode.")
    var noAdapt = false

    @Flag(help: "Judge on pairs that no figure is reported for, to choose settings by.")
    var tune = false

    @Flag(help: "One model, 30 pairs, one seed of pairs, a quarter of the steps: rough figures within minutes.")
    var quick = false

    @Flag(help: "Show the worlds.")
    var list = false

    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let names = try BenchmarkInput.names(worlds, of: "--worlds", "world")
        let sets = try BenchmarkInput.worlds(names, of: PixelSet.all, called: \.name)
        if list { return talking.report(PixelsText.listed(sets), text: PixelsText.list(sets)) }
        let typed = try BenchmarkInput.settings(operands, behind: worlds, hint: "worlds are named by --worlds")
        try BenchmarkInput.limit(seeds, 1...100, "--seeds")
        try BenchmarkInput.limit(pairs, 1...400, "--pairs")
        try episodes.map { try BenchmarkInput.limit($0, 2...1_000_000, "--episodes") }
        let benchmarks = try sets.map { try benchmark($0, typed) }
        try Engine.load()
        Engine.threads = 1
        let folder = try output.folder(
            task: "benchmark", configuration: quick ? "pixels-quick" : "pixels",
            seed: UInt64(max(0, benchmarks.first?.settings.seed ?? 0)), existing: .reused)
        let account = try RunAccount(
            Provenance(command: Provenance.commandLine, seeds: [:], versions: ["libtorch": Engine.version]),
            in: folder)
        talking.talk.note("run folder: \(folder.path)")
        let notes = [
            quick ? "rough: one model, briefly trained, 30 pairs (--quick)" : nil,
            noAdapt ? "without memory of errors (--no-adapt)" : nil,
            tune ? "pairs to choose settings by, not those that figures are reported for (--tune)" : nil,
        ]
        let note = notes.compactMap { $0 }.joined(separator: "; ")
        var results: [PixelResult] = []
        let others = kept(besides: sets, typed, in: folder)
        Interrupt.install()
        defer { Interrupt.uninstall() }
        for benchmark in benchmarks {
            let session = PixelsSession(
                benchmark, typed: typed, talk: talking.talk, folder: folder, accepted: account.save)
            let result = try session.run(models: quick ? 1 : seeds, from: models)
            results.append(result)
            try KeptFiles(folder).write(
                KeptPixels(result), KeptPixels.file(result.set.name), words: benchmark.words(models: models))
            let all = BenchmarkInput.inOrder(results, others, of: PixelSet.all.map(\.name), called: \.set.name)
            try folder.write(PixelsText.json(all, note: note), to: "results.json")
            try folder.write(PixelsPage.page(all, note: note).html, to: "report.html")
        }
        talking.report(
            PixelsText.json(results, note: note),
            text: PixelsText.text(results, note: note, report: folder.file("report.html")))
    }

    /// What came of other worlds with the same settings, where the folder has it.
    private func kept(besides sets: [PixelSet], _ typed: [String], in folder: RunFolder) -> [PixelResult] {
        BenchmarkInput.kept(
            PixelSet.all, besides: sets.map(\.name), called: \.name, file: KeptPixels.file, in: folder,
            talk: talking.talk
        ) { set in
            let words = try benchmark(set, typed).words(models: models)
            let kept: KeptPixels? = try KeptFiles(folder).read(KeptPixels.file(set.name), words: words)
            return try kept?.result(set)
        }
    }

    private func benchmark(_ set: PixelSet, _ overrides: [String]) throws -> PixelBenchmark {
        var settings = try set.settings(overrides)
        if quick {
            settings.steps = max(1, settings.steps / 4)
            settings.predictorSteps /= 4
            settings.distanceSteps /= 4
        }
        var benchmark = PixelBenchmark(
            set, settings: settings, pairs: quick ? min(pairs, 30) : pairs, episodes: episodes)
        if tune { benchmark.manifestSeeds = PixelBenchmark.tuningSeeds }
        if quick { benchmark.manifestSeeds = [benchmark.manifestSeeds[0]] }
        if vary { benchmark.variety = .some(PixelVariation.all(of: set.task.world)) }
        benchmark.remembers = !noAdapt
        if let planner { benchmark.planner = planner }
        if let objective {
            guard benchmark.planner == .search else {
                throw ForesightError.usage(
                    "\(set.name) is acted in by a regulator, which --objective says nothing to",
                    remedy: "leave --objective out, choose --planner search, or name other worlds by --worlds")
            }
            _ = try Goal.parse(objective)
            benchmark.objective = objective
        }
        // Models of an earlier run have settings of their own.
        if models == nil { try benchmark.validate() }
        return benchmark
    }
}
