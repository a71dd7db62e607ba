import ArgumentParser
import Basics
import Benchmarking
import Foundation
import Records
import Reports
import Tensors
import WorldModels

/// `foresight benchmark data`: how wrong a model is after how many hours of log.
struct DataBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Error against hours of log, on the same tests.",
        discussion: """
            Trains the default recipe on the first sixteenth, eighth, quarter, half and all of each training log and scores \
            each model by the set's protocol, beside the best linear model of the same rows and the last value held. \
            Nothing but the length of the log differs. The same command with the same --out goes on: a model that is \
            there is not learned again. Settings of training can be given as key=value.

              foresight benchmark data --data data
              foresight benchmark data --only heater_lab --quick
            """)

    @Argument(help: ArgumentHelp("Settings of training as key=value, for every set.", valueName: "setting"))
    var operands: [String] = []

    @OptionGroup(title: "Sets") var sets: ComparisonOptions
    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    /// What is learned by default: a slow plant that is known, a fast nonlinear circuit, days of a heat pump.
    static let usual = ["heater_lab", "silverbox", "nist_ashp"]

    func run() throws {
        let chosen = try sets.sets(usual: Self.usual)
        let seeds = try sets.seedList(usual: 1)
        let typed = try BenchmarkInput.settings(operands, behind: sets.only, hint: "sets are named by --only")
        let short = sets.quick ? ["epochs=\(IdentificationBenchmarkCommand.quickEpochs)"] : []
        let settings = try TrainingSettings.load(overrides: short + typed)
        if sets.list { return talking.report(BenchmarkText.listed(chosen), text: BenchmarkText.list(chosen)) }
        let data = try sets.dataFolder(for: chosen)
        try Engine.load()
        let home = try output.benchmark(
            "data", isQuick: sets.quick, seed: settings.seed, settings: settings,
            words: [sets.quick ? "three lengths, linear models not refined" : "five lengths, linear models refined"])
        defer { home.release() }
        let folder = home.folder
        let note = sets.quick ? "rough: three lengths, briefly trained (--quick)" : ""
        Interrupt.install()
        defer { Interrupt.uninstall() }
        let wanted = seeds.map { settings.seed + $0 }
        func known(_ set: BenchmarkSet) -> [Int] { home.archive.seeds(set.name).filter { wanted.contains($0) } }
        let held = BenchmarkCatalog.comparisons.filter { set in
            !chosen.contains { $0.name == set.name } && !known(set).isEmpty
        }
        let others = try BenchmarkFolder.others(held, talk: talking.talk) { set in
            try one(set, "\(set.name), there already", settings, known(set), data: data, home)
        }
        var results: [DataSetResult] = []
        for (index, set) in chosen.enumerated() {
            let label = "\(set.name) (\(index + 1) of \(chosen.count))"
            results.append(try one(set, label, settings, wanted, data: data, home))
            let all = BenchmarkInput.inOrder(
                results, others, of: BenchmarkCatalog.comparisons.map(\.name), called: \.set.name)
            try folder.write(DataRecord.json(all, note: note), to: "results.json")
            try folder.write(DataRecord.csv(all), to: "errors.csv")
            try folder.write(DataPage.page(all, note: note, started: home.started).html, to: "report.html")
        }
        talking.report(
            DataRecord.json(results, note: note),
            text: DataText.text(results, note: note, report: folder.file("report.html")))
    }

    private func one(
        _ set: BenchmarkSet, _ label: String, _ settings: TrainingSettings, _ seeds: [Int], data: String,
        _ home: BenchmarkFolder
    ) throws -> DataSetResult {
        var run = BenchmarkRun(settings: settings, seeds: seeds)
        run.workers = sets.jobs
        run.refinesLinearModels = !sets.quick
        run.archive = home.archive
        let path = home.folder.path
        let talk = talking.talk
        let shares = sets.quick ? [1.0 / 16, 1.0 / 4, 1] : DataComparison.usualShares
        let line = ComparisonProgress(label, total: shares.count + 1, talk: talk)
        run.watch = { phase in
            try BenchmarkFolder.stopIfAsked(path)
            if case .known(let seed) = phase { line.say("\(label): seed \(seed) is learned already") }
        }
        var comparison = DataComparison(run: run)
        comparison.shares = shares
        comparison.begin = { share, hours in
            try BenchmarkFolder.stopIfAsked(path)
            line.advance()
            line.say("\(label): \(DataText.share(share)) of the log, \(period(hours * 3600))")
        }
        var result = try comparison.result(of: set, in: data)
        line.advance()
        line.finish()
        for point in result.points {
            if let reason = point.reason { talk.warning("\(label): \(DataText.share(point.share)): \(reason)") }
        }
        talk.note("\(label): done in \(period(result.seconds))")
        // Of what was there before, as long as it took then.
        result.seconds = try home.archive.finish(set.name, seeds: seeds, seconds: result.seconds).seconds
        return result
    }
}
