import ArgumentParser
import Basics
import Benchmarking
import Foundation
import Records
import Tensors
import WorldModels

/// `foresight benchmark identification`: free-run prediction on recorded data sets.
struct IdentificationBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identification",
        abstract: "Free-run prediction of recorded systems, with one recipe for all sets.",
        discussion: """
            Trains on each set with the same settings and scores free runs on its test records, from the official initial \
            window, beside published figures and the best linear model. Sets are folders below the data folder. Results \
            are written after each set: results.json, predictions as CSV, models, and a page with plots. The same command \
            with the same --out goes on: a model that is there is not learned again. Settings of training can be given \
            as key=value; they hold for every set.

              foresight benchmark identification --data data
              foresight benchmark identification --data data --only silverbox,emps --seeds 1
            """)

    @Argument(help: ArgumentHelp("Settings of training as key=value, for every set.", valueName: "setting"))
    var operands: [String] = []

    @Option(
        help: ArgumentHelp("Folder of the data sets; FORESIGHT_DATA by default.", valueName: "folder"))
    var data: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Sets or groups of sets, by spaces or commas; all by default.", valueName: "set"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Number of seeds: 3, or 1 with --quick.", valueName: "number"))
    var seeds: Int?

    @Flag(help: "Train briefly: a rough look within minutes.")
    var quick = false

    @Flag(help: "Print the sets with their protocols, and stop.")
    var list = false

    @Option(help: ArgumentHelp("Seeds trained at once; figures do not depend on it.", valueName: "number"))
    var jobs = 2

    @Option(help: ArgumentHelp("Processor threads of each.", valueName: "number"))
    var threads = 1

    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    /// How many epochs --quick trains at most.
    static let quickEpochs = 8
    /// What --quick leaves out of the search: further starts, more hidden units, free components, reduced models.
    static let quickSearch = [
        "search.starts=1", "hidden=8", "free=0", "search.reduced=false", "search.filtered=false", "search.span=horizon",
    ]

    func run() throws {
        let sets = try BenchmarkCatalog.sets(named: BenchmarkInput.names(only, of: "--only", "set"))
        let settings = try settings()
        let count = seeds ?? (quick ? 1 : 3)
        for (value, name) in [(count, "--seeds"), (threads, "--threads"), (jobs, "--jobs")] {
            try BenchmarkInput.limit(value, 1...1000, name)
        }
        if list { return talking.report(BenchmarkText.listed(sets), text: BenchmarkText.list(sets)) }
        let data = try BenchmarkInput.dataFolder(data, for: sets.map { ($0.name, $0.folder) })
        try Engine.load()
        Engine.threads = threads
        let home = try output.benchmark(
            "identification", isQuick: quick, seed: settings.seed, settings: settings,
            words: ["\(threads) threads", quick ? "linear models not refined" : "linear models refined"])
        defer { home.release() }
        let session = BenchmarkSession(
            sets: sets, data: data, settings: settings, seeds: (0..<count).map { settings.seed + $0 },
            isQuick: quick, workers: jobs, threads: threads, home: home, talk: talking.talk)
        let (results, failures) = try session.results()
        if results.isEmpty, let first = failures.first { throw first.error }
        talking.report(
            BenchmarkRecord.json(results, failures: failures, note: session.note),
            text: BenchmarkText.text(results, note: session.note, report: home.folder.file("report.html")),
            isRefused: !failures.isEmpty)
        if let first = failures.first {
            let names = failures.map(\.set).joined(separator: ", ")
            throw ForesightError(
                first.error.code, "no figures of \(names): \(first.error.message)", remedy: first.error.remedy)
        }
    }

    /// Defaults, shortened for --quick, over them what was typed.
    private func settings() throws -> TrainingSettings {
        let typed = try BenchmarkInput.settings(operands, behind: only, hint: "sets are named by --only")
        let short = quick ? ["epochs=\(Self.quickEpochs)"] + Self.quickSearch : []
        return try TrainingSettings.load(overrides: short + typed)
    }
}
