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
            Nothing but the length of the log differs. Settings of training can be given as key=value.

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
        let (folder, provenance) = try output.benchmark("data", isQuick: sets.quick, settings)
        let note = sets.quick ? "rough: three lengths, briefly trained (--quick)" : ""
        var results: [DataSetResult] = []
        Interrupt.install()
        defer { Interrupt.uninstall() }
        for (index, set) in chosen.enumerated() {
            let label = "\(set.name) (\(index + 1) of \(chosen.count))"
            results.append(
                try one(set, label, settings, seeds.map { settings.seed + $0 }, data: data, path: folder.path))
            try folder.write(DataRecord.json(results, note: note), to: "results.json")
            try folder.write(DataRecord.csv(results), to: "errors.csv")
            try folder.write(
                DataPage.page(results, note: note, started: provenance.started).html, to: "report.html")
        }
        talking.report(
            DataRecord.json(results, note: note),
            text: DataText.text(results, note: note, report: folder.file("report.html")))
    }

    private func one(
        _ set: BenchmarkSet, _ label: String, _ settings: TrainingSettings, _ seeds: [Int], data: String, path: String
    ) throws -> DataSetResult {
        var run = BenchmarkRun(settings: settings, seeds: seeds)
        run.workers = sets.jobs
        run.refinesLinearModels = !sets.quick
        run.watch = { _ in try ObjectivesBenchmarkCommand.stopIfAsked(path) }
        var comparison = DataComparison(run: run)
        if sets.quick { comparison.shares = [1.0 / 16, 1.0 / 4, 1] }
        let talk = talking.talk
        let line = ComparisonProgress(label, total: comparison.shares.count + 1, talk: talk)
        comparison.begin = { share, hours in
            try ObjectivesBenchmarkCommand.stopIfAsked(path)
            line.advance()
            line.say("\(label): learning from \(DataText.share(share)), \(period(hours * 3600))")
        }
        let result = try comparison.result(of: set, in: data)
        line.advance()
        line.finish()
        for point in result.points {
            if let reason = point.reason { talk.warning("\(label): \(DataText.share(point.share)): \(reason)") }
        }
        talk.note("\(label): done in \(period(result.seconds))")
        return result
    }
}
