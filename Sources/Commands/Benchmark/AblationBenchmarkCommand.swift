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
            are written after each training. Settings of training can be given as key=value; they hold for all.

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
        let (folder, provenance) = try output.benchmark("ablation", isQuick: sets.quick, settings)
        var doubts = sets.quick ? ["at most \(settings.epochs) epochs (--quick)"] : []
        if seeds.count == 1 { doubts.append("one seed, whose spread nobody knows, so that signs may be chance") }
        let note = doubts.isEmpty ? "" : "rough: \(doubts.joined(separator: "; "))"
        var ablation = Ablation(parts: wanted, seeds: seeds.map { settings.seed + $0 })
        ablation.overrides = short + typed
        ablation.mostRows = rows == 0 ? nil : rows
        ablation.workers = sets.jobs
        Interrupt.install()
        defer { Interrupt.uninstall() }
        let results = try run(ablation, chosen, data, folder, note: note, started: provenance.started)
        talking.report(
            AblationRecord.json(results, note: note),
            text: AblationText.text(results, note: note, report: folder.file("report.html")))
    }

    private func run(
        _ planned: Ablation, _ chosen: [BenchmarkSet], _ data: String, _ folder: RunFolder, note: String,
        started: String
    ) throws -> [AblationSetResult] {
        var ablation = planned
        let talk = talking.talk
        let count = planned.seeds.count
        let path = folder.path
        talk.note("run folder: \(path)")
        ablation.check = {
            guard Interrupt.isRequested else { return }
            throw ForesightError(
                .interrupted, "stopped; the trainings that were done are saved in \(path)",
                remedy: "run the others with --only and --parts")
        }
        let watch = AblationWatch(talk: talk)
        ablation.done = { task, run, results in
            watch.advance("\(task.set), \(name(task.part)), seed \(task.seed): \(outcome(run))")
            try folder.write(AblationRecord.json(results, note: note), to: "results.json")
            try folder.write(AblationRecord.csv(results), to: "errors.csv")
            try folder.write(
                AblationPage.page(results, seeds: count, note: note, started: started).html, to: "report.html")
        }
        let results = try ablation.results(of: chosen, in: data) { watch.begin($0) }
        watch.finish()
        return results
    }
}

/// The name of a part in a line of progress.
private func name(_ part: AblationPart) -> String { part == .full ? "full recipe" : "without \(part.name)" }

/// What came out, in a line of progress.
private func outcome(_ run: AblationRun) -> String {
    run.reason ?? "\(BenchmarkText.number(run.value)) after \(period(run.seconds))"
}
