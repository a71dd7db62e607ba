import ArgumentParser
import Basics
import Benchmarking
import Foundation
import Records
import Reports
import Tensors
import WorldModels

/// `foresight benchmark ablation`: what each part of the recipe is worth.
struct AblationBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ablation",
        abstract: "What each part of the recipe and each term of the loss is worth.",
        discussion: """
            Leaves out one part of the recipe at a time, trains, and scores by the set's protocol, beside the recipe as it \
            is. Nothing of the tests is looked at: the end of each training part is held back and scored in their place. \
            Terms of the loss are left out without the search for a structure, which all but does away with them. Results \
            are written after each training; the same command with the same --out goes on, and others of the same \
            settings add parts, sets and seeds. Settings of training can be given as key=value; they hold for all.

              foresight benchmark ablation --data data
              foresight benchmark ablation --data data --only cascaded_tanks --parts lead cubic starts --seeds 5
              foresight benchmark ablation --list
            """)

    @Argument(help: ArgumentHelp("Settings of training as key=value, for every training.", valueName: "setting"))
    var operands: [String] = []

    @OptionGroup(title: "Sets") var sets: ComparisonOptions

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Parts to leave out, by spaces or commas; all by default.", valueName: "part"))
    var parts: [String] = []

    @Option(
        help: ArgumentHelp(
            "The most rows learned from a single record: those before what is held back; 0 for all.",
            valueName: "number"))
    var rows = Self.usualRows

    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    /// What is learned by default.
    static let usual = ["cascaded_tanks", "exchanger", "hairdryer", "ballbeam"]
    /// What --quick learns.
    static let quickSets = ["hairdryer", "ballbeam"]
    /// Rows of a record that --rows takes when it is not given.
    static let usualRows = 3000

    func run() throws {
        let chosen = try sets.sets(usual: sets.quick ? Self.quickSets : Self.usual)
        let seeds = try sets.seedList(usual: 3)
        let wanted = try AblationPart.named(BenchmarkInput.names(parts, of: "--parts", "part"))
        let typed = try BenchmarkInput.settings(
            operands, behind: sets.only, parts, hint: "sets are named by --only, parts by --parts")
        guard (0...10_000_000).contains(rows), rows == 0 || rows >= 64 else {
            throw ForesightError.usage("--rows \(rows) is neither 0 nor 64 to 10000000", remedy: "give a number within")
        }
        let short = sets.quick ? ["epochs=\(IdentificationBenchmarkCommand.quickEpochs)"] : []
        let settings = try TrainingSettings.load(overrides: short + typed)
        if sets.list {
            return talking.report(AblationText.listed(wanted, chosen), text: AblationText.list(wanted, chosen))
        }
        let data = try sets.dataFolder(for: chosen)
        try Engine.load()
        let home = try output.benchmark(
            "ablation", isQuick: sets.quick, seed: settings.seed, settings: settings, words: ["\(rows) rows"])
        defer { home.release() }
        var doubts = sets.quick ? ["at most \(settings.epochs) epochs (--quick)"] : []
        if seeds.count == 1 { doubts.append("one seed, whose spread nobody knows, so that signs may be chance") }
        let note = doubts.isEmpty ? "" : "rough: \(doubts.joined(separator: "; "))"
        var ablation = Ablation(parts: wanted, seeds: seeds.map { settings.seed + $0 })
        ablation.overrides = short + typed
        ablation.mostRows = rows == 0 ? nil : rows
        ablation.workers = sets.jobs
        ablation.archive = home.archive
        Interrupt.install()
        defer { Interrupt.uninstall() }
        let results = try run(ablation, chosen, data, home, note: note)
        talking.report(
            AblationRecord.json(results, note: note),
            text: AblationText.text(results, note: note, report: home.folder.file("report.html")))
    }

    private func run(
        _ planned: Ablation, _ chosen: [BenchmarkSet], _ data: String, _ home: BenchmarkFolder, note: String
    ) throws -> [AblationSetResult] {
        var ablation = planned
        let (talk, folder, started, count) = (talking.talk, home.folder, home.started, planned.seeds.count)
        let path = folder.path
        talk.note("run folder: \(path)")
        ablation.check = { try BenchmarkFolder.stopIfAsked(path) }
        let others = try kept(besides: chosen, planned, data, folder)
        @Sendable func write(_ results: [AblationSetResult]) throws {
            let all = BenchmarkInput.inOrder(
                results, others, of: BenchmarkCatalog.comparisons.map(\.name), called: \.set)
            try folder.write(AblationRecord.json(all, note: note), to: "results.json")
            try folder.write(AblationRecord.csv(all), to: "errors.csv")
            try folder.write(
                AblationPage.page(all, seeds: count, note: note, started: started).html, to: "report.html")
        }
        let watch = AblationWatch(talk: talk)
        ablation.done = { task, run, results in
            watch.advance("\(task.set), \(name(task.part)), seed \(task.seed): \(outcome(run))")
            try write(results)
        }
        let results = try ablation.results(of: chosen, in: data) { watch.begin($0) }
        watch.finish()
        // Also where nothing was left to train.
        try write(results)
        return results
    }

    /// What came of other sets with the same settings, where the folder has it.
    private func kept(
        besides chosen: [BenchmarkSet], _ planned: Ablation, _ data: String, _ folder: RunFolder
    ) throws -> [AblationSetResult] {
        var ablation = planned
        ablation.parts = []
        let bare = ablation
        let held = BenchmarkCatalog.comparisons.filter { set in
            !chosen.contains { $0.name == set.name } && Ablation.isThere(set.name, in: folder)
        }
        return try BenchmarkFolder.others(held, talk: talking.talk) { try bare.results(of: [$0], in: data) }
            .flatMap { $0 }.filter { !$0.runs.isEmpty }
    }
}

/// The name of a part in a line of progress.
private func name(_ part: AblationPart) -> String { part == .full ? "full recipe" : "without \(part.name)" }

/// What came out, in a line of progress.
private func outcome(_ run: AblationRun) -> String {
    run.reason ?? "\(BenchmarkText.number(run.value)) after \(period(run.seconds))"
}
