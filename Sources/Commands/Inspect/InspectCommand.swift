import ArgumentParser
import Basics
import Episodes
import Foundation
import Records
import Reports

/// `foresight inspect LOG…`: what is in a log, and what it can teach a model.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what is in a log or in recorded pictures, and what they can teach a model.",
        discussion: """
            A table of the channels, warnings in plain words, and the step, window and horizon that training would \
            take; a page with plots goes to the run folder.

            Of recorded pictures with actions (NPZ, HDF5, a folder of pictures or films): episodes, sizes, columns and \
            their ranges, and pictures of some episodes on the page.

              foresight inspect heater.csv --actions Q1,Q2 --observations T1,T2
              foresight inspect rooms.h5
            """)

    @Argument(
        help: ArgumentHelp(
            "Log files (CSV, TSV, NPZ), folders of them, or patterns; or one data set of pictures.", valueName: "log"))
    var operands: [String] = []

    @Flag(help: "Write no page.")
    var noReport = false

    @Option(help: ArgumentHelp("Name of the pictures, where there is more than one array of them.", valueName: "name"))
    var pixels: String?

    @OptionGroup(title: "Reading logs") var reading: LogOptionsGroup
    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let operands = try Operands(operands)
        try operands.requireOnlyLogs()
        if let format = try frameFormat(operands.logs) { return try showFrames(operands.logs[0], format) }
        let log = try reading.load(operands.logs, talk: talking.talk)
        let inspection = LogInspection(log)
        guard !noReport else { return show(log, inspection, report: nil) }
        let report: String
        do {
            report = try write(log, inspection)
        } catch {
            // What was found out is not lost because a page could not be saved.
            show(log, inspection, report: nil, isRefused: true)
            throw error
        }
        show(log, inspection, report: report)
    }

    private func show(_ log: LoadedLog, _ inspection: LogInspection, report: String?, isRefused: Bool = false) {
        talking.report(
            InspectionJSON.value(log, inspection, report: report),
            text: InspectionText.text(log, inspection, report: report), isRefused: isRefused)
    }

    /// Fills the run folder and returns the path of the page.
    private func write(_ log: LoadedLog, _ inspection: LogInspection) throws -> String {
        let first = URL(fileURLWithPath: operands.first ?? "log").deletingPathExtension().lastPathComponent
        let folder = try output.folder(task: "inspect", configuration: first, existing: .reused)
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: [:], inputs: log.files.map(\.source))
        try provenance.save(in: folder)
        try folder.write(
            InspectionJSON.value(log, inspection, report: nil, names: SourceNames(log)), to: "inspection.json")
        try folder.write(InspectionPage.page(log, inspection, started: provenance.started).html, to: "report.html")
        return folder.file("report.html")
    }
}
