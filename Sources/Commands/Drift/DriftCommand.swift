import ArgumentParser
import Basics
import Episodes
import Foundation
import Monitoring
import Records
import Reports
import Tensors
import WorldModels

/// `foresight drift MODEL LOG…`: whether the plant is still the one that the model was made of.
struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Tell whether a plant has changed since its model was made.",
        discussion: """
            Predictions one and several steps ahead of a new log are compared with what was measured. Errors that lie to \
            one side or have grown, by more than a tolerance, mean that the plant, a sensor or an actuator has changed: in \
            which channel, since when and by how much. The p-values count stretches of time and not rows, which are alike, \
            and are corrected for the number of channels and lead times. With --check the status is 2 when something has \
            changed.

              foresight drift runs/heater this-week.csv
              foresight drift runs/heater this-week.csv --check --json
              foresight drift runs/heater --store kept/heater
            """)

    @Argument(help: ArgumentHelp("A model folder, or the run folder of a training.", valueName: "model"))
    var model: String

    @Argument(help: ArgumentHelp("Log files (CSV, TSV, NPZ), folders of them, or patterns.", valueName: "log"))
    var operands: [String] = []

    @Option(
        help: ArgumentHelp(
            "Judge the predictions that foresight control or watch kept in this folder, instead of a log.",
            valueName: "folder"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "A log of normal operation to compare with, instead of what the model knows; may be repeated.",
            valueName: "log"))
    var normal: [String] = []

    @Option(help: ArgumentHelp("The corrected p-value below which a change is told.", valueName: "number"))
    var significance = 0.01

    @Option(
        help: ArgumentHelp(
            "The mean error that is no change, in normal standard deviations of errors.", valueName: "number"))
    var toleratedBias = 0.25

    @Option(help: ArgumentHelp("The factor by which errors may grow without a change.", valueName: "factor"))
    var toleratedGrowth = 1.25

    @Flag(help: "End with status 2 when the plant has changed.")
    var check = false

    @Option(help: ArgumentHelp("Processor threads.", valueName: "number"))
    var threads = 1

    @Flag(help: "Write no page.")
    var noReport = false

    @OptionGroup(title: "Reading logs") var reading: LogOptionsGroup
    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let operands = try Operands(operands)
        try operands.requireOnlyLogs()
        guard !operands.logs.isEmpty || store != nil else {
            throw ForesightError.usage(
                "no log is named",
                remedy: "name the log to compare with the model, or the predictions kept of it by --store")
        }
        guard operands.logs.isEmpty || store == nil else {
            throw ForesightError.usage(
                "--store and the log \(operands.logs[0]) are both given", remedy: "judge one of them at a time")
        }
        try require(significance > 0 && significance < 1, "--significance \(significance)", "between 0 and 1")
        try require(toleratedBias >= 0 && toleratedBias.isFinite, "--tolerated-bias \(toleratedBias)", "at least 0")
        try require(
            toleratedGrowth >= 1 && toleratedGrowth.isFinite, "--tolerated-growth \(toleratedGrowth)", "at least 1")
        try require((1...100_000).contains(threads), "--threads \(threads)", "1 to 100000")
        let trained = try ModelFolder.load(model)
        Engine.threads = threads
        let talk = talking.talk
        let reference: SurpriseReference? =
            normal.isEmpty
            ? nil
            : try SurpriseReference(
                trained, normal: reading.load(normal, for: trained.description, at: model, talk: talk).episodes)
        if reference == nil, trained.surprise?.isLeftOut == false {
            talk.warning(
                "the model has a single member, which learned from all of its log: errors look grown on any other; name "
                    + "a log of normal operation with --normal")
        }
        let tolerance = DriftTest.Tolerance(bias: toleratedBias, growth: toleratedGrowth)
        var outcome: DriftOutcome
        if let store {
            let stored = try StoredPredictions(store, model: model, trained.description)
            let segments = try stored.segments(reference ?? ModelWatch(trained).reference)
            let drift = try ModelDrift(
                trained, segments: segments, starts: stored.episodes.map(\.episode.head.start), reference: reference,
                tolerance: tolerance)
            outcome = DriftOutcome(
                drift: drift, episodes: stored.frames, model: trained.description, significance: significance)
            outcome.stored = StoredPage.text(stored, trained)
            outcome.blocks = StoredPage.blocks(stored, trained)
            outcome.coverages = stored.coverages
        } else {
            let log = try reading.load(operands.logs, for: trained.description, at: model, talk: talk)
            let drift = try ModelDrift(trained, log.episodes, reference: reference, tolerance: tolerance)
            outcome = DriftOutcome(
                drift: drift, episodes: log.episodes, model: trained.description, significance: significance)
        }
        let report: String?
        do {
            report = try noReport ? nil : write(outcome, operands.logs)
        } catch {
            // What was found is not lost because a page could not be saved.
            talking.report(outcome.json(report: nil), text: outcome.text(report: nil), isRefused: true)
            throw error
        }
        talking.report(outcome.json(report: report), text: outcome.text(report: report))
        if check && outcome.hasChanged { throw ExitCode.found }
    }

    private func require(_ isWithin: Bool, _ what: String, _ limit: String) throws {
        guard isWithin else {
            throw ForesightError.usage("\(what) is not \(limit)", remedy: "give a number within")
        }
    }

    private func write(_ outcome: DriftOutcome, _ logs: [String]) throws -> String {
        let name = URL(fileURLWithPath: logs.first ?? store ?? "store").deletingPathExtension().lastPathComponent
        let folder = try output.folder(task: "drift", configuration: name, existing: .reused)
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: [:],
            inputs: try logs.isEmpty ? [] : LogPaths.resolve(logs), versions: ["libtorch": Engine.version])
        try provenance.save(in: folder)
        try folder.write(outcome.json(report: nil), to: "drift.json")
        try folder.write(DriftPage.page(outcome, started: provenance.started).html, to: "report.html")
        return folder.file("report.html")
    }
}
