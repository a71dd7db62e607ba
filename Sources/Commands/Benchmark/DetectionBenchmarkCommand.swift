import ArgumentParser
import Basics
import Benchmarking
import Foundation
import Records
import Reports
import Tensors
import WorldModels

/// `foresight benchmark detection`: faults and anomalies of recorded systems.
struct DetectionBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detection",
        abstract: "Detection of faults and anomalies, beside principal components and published figures.",
        discussion: """
            tep learns from the Tennessee Eastman plant without fault and watches 21 records with one fault each, beside the \
            T² and Q statistics of static and dynamic principal components on the same data. skab learns from the first 400 \
            rows of each of 34 records and judges the others. Labels are only used for scoring. Results are written after \
            each set: results.json, the score of every row as CSV, and a page with plots. The same command with the same \
            --out goes on: what was judged is not judged again. Settings of training can be given as key=value; they hold \
            for every model.

              foresight benchmark detection --data data
              foresight benchmark detection --data data --only skab --quick
            """)

    @Argument(help: ArgumentHelp("Settings of training as key=value, for every model.", valueName: "setting"))
    var operands: [String] = []

    @Option(help: ArgumentHelp("Folder of the data sets; FORESIGHT_DATA by default.", valueName: "folder"))
    var data: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Sets, by spaces or commas; all by default: tep, skab.", valueName: "set"))
    var only: [String] = []

    @Flag(help: "Train one epoch without a search for a structure: a rough look within minutes.")
    var quick = false

    @Option(help: ArgumentHelp("Processor threads.", valueName: "number"))
    var threads = 1

    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    static let sets = ["tep", "skab"]

    func run() throws {
        let names = try BenchmarkInput.names(only, of: "--only", "set")
        for name in names where !Self.sets.contains(name) {
            throw ForesightError.usage(
                "there is no set '\(name)'", remedy: nearestNameRemedy(to: name, among: Self.sets, isQuoted: true))
        }
        try BenchmarkInput.limit(threads, 1...1000, "--threads")
        let sets = Self.sets.filter { names.isEmpty || names.contains($0) }
        let settings = try settings()
        let data = try BenchmarkInput.dataFolder(data, for: sets.map { ($0, $0) })
        try Engine.load()
        Engine.threads = threads
        let home = try output.benchmark(
            "detection", isQuick: quick, seed: settings.seed, settings: settings, words: ["\(threads) threads"])
        defer { home.release() }
        let (folder, archive, talk) = (home.folder, home.archive, talking.talk)
        talk.note("run folder: \(folder.path)")
        Talk.release()
        Interrupt.install()
        defer { Interrupt.uninstall() }
        var result = DetectionResult(note: quick ? "rough: one epoch, no search for a structure (--quick)" : "")
        for set in sets {
            var told = Set<String>()
            let progress = { (what: String) throws in
                try BenchmarkFolder.stopIfAsked(folder.path)
                if told.insert(what).inserted && !what.hasSuffix("%") { talk.note("\(set): \(what)") }
            }
            if set == "tep" {
                result.faults = try FaultStudy.run(
                    in: data, settings: settings, archive: archive,
                    keep: { try ModelFolder.save($0, to: "\(try folder.subfolder("models"))/tep") }, progress: progress)
            } else {
                result.anomalies = try AnomalyStudy.run(
                    in: data, settings: settings, archive: archive, progress: progress)
            }
            // With the other set, where the folder has it.
            var all = result
            all.faults = try result.faults ?? FaultStudy.kept(in: archive)
            all.anomalies = try result.anomalies ?? AnomalyStudy.kept(in: archive)
            try folder.write(all.json, to: "results.json")
            for (name, csv) in result.tables { try folder.write(csv, to: name) }
            try folder.write(DetectionPage.page(all, started: home.started).html, to: "report.html")
        }
        talking.report(result.json, text: result.text + "\n\npage with plots: " + folder.file("report.html"))
    }

    /// Defaults, shortened for --quick, over them what was typed.
    private func settings() throws -> TrainingSettings {
        let typed = try BenchmarkInput.settings(operands, behind: only, hint: "sets are named by --only")
        let short = quick ? ["epochs=1", "refine=false"] : []
        return try TrainingSettings.load(overrides: short + typed)
    }
}
