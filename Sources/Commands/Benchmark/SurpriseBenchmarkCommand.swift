import ArgumentParser
import Basics
import Benchmarking
import Foundation
import Records
import Reports
import Tensors
import WorldModels

/// `foresight benchmark surprise`: whether world models from pictures are surprised by what cannot happen.
struct SurpriseBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "surprise",
        abstract: "Measure whether models from pictures are surprised by what cannot happen.",
        discussion: """
            Records each world, learns a model of lawful episodes alone, and compares the errors of its predictions \
            where something impossible is seen (a jump, a disappearance, a way through a wall) with those at the same \
            rows of a lawful twin: the same start, the same actions, the same pictures before. In worlds where things \
            are hidden a filter that remembers stands beside the model's own predictor. Settings of training can be \
            given as key=value. Training is saved each minute: the same command with the same --out goes on, a model \
            that is there is not learned again, and pairs that were judged are not judged again.

              foresight benchmark surprise --worlds bouncing-ball --seeds 1
              foresight benchmark surprise --quick
              foresight benchmark surprise --list
            """)

    @Argument(help: ArgumentHelp("Settings of training as key=value, for every world.", valueName: "setting"))
    var operands: [String] = []

    @Option(parsing: .upToNextOption, help: ArgumentHelp("The worlds; all by default.", valueName: "world"))
    var worlds: [String] = []

    @Option(help: ArgumentHelp("Models of each world, with seeds from that of the settings on.", valueName: "number"))
    var seeds = 3

    @Option(help: ArgumentHelp("Pairs of each violation.", valueName: "number"))
    var pairs = 100

    @Option(help: ArgumentHelp("Episodes to learn from; the world's own number by default.", valueName: "number"))
    var episodes: Int?

    @Option(
        help: ArgumentHelp("Optimiser steps of the filter; the world's own number by default.", valueName: "number"))
    var filterSteps: Int?

    @Option(
        help: ArgumentHelp(
            "Take the models of an earlier run of the same settings instead of training; its folder.", valueName: "run")
    )
    var models: String?

    @Flag(help: "One model, 30 pairs, a quarter of the steps: rough figures within minutes.")
    var quick = false

    @Flag(help: "Show the worlds and what cannot happen in them.")
    var list = false

    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let names = try BenchmarkInput.names(worlds, of: "--worlds", "world")
        let sets = try BenchmarkInput.worlds(names, of: SurpriseSet.all, called: \.name)
        if list { return talking.report(SurpriseText.listed(sets), text: SurpriseText.list(sets)) }
        let typed = try BenchmarkInput.settings(operands, behind: worlds, hint: "worlds are named by --worlds")
        try BenchmarkInput.limit(seeds, 1...100, "--seeds")
        try BenchmarkInput.limit(pairs, 1...1000, "--pairs")
        try episodes.map { try BenchmarkInput.limit($0, 2...1_000_000, "--episodes") }
        try filterSteps.map { try BenchmarkInput.limit($0, 0...1_000_000, "--filter-steps") }
        let benchmarks = try sets.map { try benchmark($0, typed) }
        try Engine.load()
        Engine.threads = 1
        let folder = try output.folder(
            task: "benchmark", configuration: quick ? "surprise-quick" : "surprise",
            seed: UInt64(max(0, benchmarks.first?.settings.seed ?? 0)), existing: .reused)
        let account = try RunAccount(
            Provenance(command: Provenance.commandLine, seeds: [:], versions: ["libtorch": Engine.version]),
            in: folder)
        talking.talk.note("run folder: \(folder.path)")
        let note = quick ? "rough: one model, briefly trained, 30 pairs (--quick)" : ""
        var results: [SurpriseResult] = []
        let others = kept(besides: sets, typed, in: folder)
        Interrupt.install()
        defer { Interrupt.uninstall() }
        for benchmark in benchmarks {
            let session = SurpriseSession(
                benchmark, talk: talking.talk, folder: folder, accepted: account.save)
            let result = try session.run(models: quick ? 1 : seeds, from: models)
            results.append(result)
            try KeptFiles(folder).write(
                KeptSurpriseResult(result), KeptSurpriseResult.file(result.set.name),
                words: benchmark.words(models: models))
            let all = BenchmarkInput.inOrder(results, others, of: SurpriseSet.all.map(\.name), called: \.set.name)
            try folder.write(SurpriseText.json(all, note: note), to: "results.json")
            try folder.write(SurprisePage.page(all, note: note).html, to: "report.html")
        }
        talking.report(
            SurpriseText.json(results, note: note),
            text: SurpriseText.text(results, note: note, report: folder.file("report.html")))
    }

    /// What came of other worlds with the same settings, where the folder has it.
    private func kept(besides sets: [SurpriseSet], _ typed: [String], in folder: RunFolder) -> [SurpriseResult] {
        BenchmarkInput.kept(
            SurpriseSet.all, besides: sets.map(\.name), called: \.name, file: KeptSurpriseResult.file, in: folder,
            talk: talking.talk
        ) { set in
            let same = try benchmark(set, typed)
            let kept: KeptSurpriseResult? = try KeptFiles(folder).read(
                KeptSurpriseResult.file(set.name), words: same.words(models: models))
            return try kept?.result(set) { try same.makePairs($0, first: 1) { _ in }.first }
        }
    }

    private func benchmark(_ set: SurpriseSet, _ overrides: [String]) throws -> SurpriseBenchmark {
        var settings = try set.settings(overrides)
        if quick { settings.steps = max(1, settings.steps / 4) }
        var benchmark = SurpriseBenchmark(
            set, settings: settings, pairs: quick ? min(pairs, 30) : pairs, episodes: episodes)
        if let filterSteps, set.filterSteps > 0 { benchmark.filterSteps = filterSteps }
        if quick { benchmark.filterSteps /= 4 }
        try benchmark.validate()
        return benchmark
    }
}
