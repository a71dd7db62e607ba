import ArgumentParser
import Basics
import Episodes
import Foundation
import Monitoring
import Records
import Reports
import Tensors
import WorldModels

/// `foresight watch MODEL LOG…`: what is unexpected in a record, as it comes.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Tell what is unexpected in a record, as it comes.",
        discussion: """
            Each row is predicted from the rows before it and the actions. How far off that is, one and several steps \
            ahead, how unusual the actions and the level of all channels are, and how that adds up over time make a score: \
            2 is what one normal row in a hundred reaches, 3 one in a thousand. What is normal is known from the training \
            log, from parts that were left out of learning, or from --normal. Events are printed when they begin and when \
            they end, with the channels that have most to do with them. A page with plots goes to the run folder.

              foresight watch runs/heater today.csv --false-alarms 1/week
              foresight watch runs/heater today.csv --follow --store kept/heater
              tail -n +1 -f today.csv | foresight watch runs/heater - --json
            """)

    @Argument(help: ArgumentHelp("A model folder, or the run folder of a training.", valueName: "model"))
    var model: String

    @Argument(
        help: ArgumentHelp(
            "Log files (CSV, TSV, NPZ), folders of them, or patterns; '-' reads CSV from standard input.",
            valueName: "log"))
    var operands: [String] = []

    @Option(
        help: ArgumentHelp(
            "How many false alarms are accepted: a number per min, h, day, week, month or year, or a share of the rows "
                + "such as 0.1%.", valueName: "rate"))
    var falseAlarms = "1/day"

    @Option(
        help: ArgumentHelp(
            "A log of normal operation to calibrate on, instead of what the model knows; may be repeated.",
            valueName: "log"))
    var normal: [String] = []

    @Flag(help: "Go on when the log grows, until Ctrl-C.")
    var follow = false

    @Flag(help: "End with status 2 when there was an event.")
    var check = false

    @Option(help: ArgumentHelp("Processor threads.", valueName: "number"))
    var threads = 1

    @Flag(help: "Write no page.")
    var noReport = false

    @OptionGroup(title: "Predictions that are kept") var keeping: StoreOptions
    @OptionGroup(title: "Reading logs") var reading: LogOptionsGroup
    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let operands = try Operands(operands)
        try operands.requireOnlyLogs()
        guard !operands.logs.isEmpty else {
            throw ForesightError.usage("no log is named", remedy: "name the log to watch, or - for standard input")
        }
        guard (1...100_000).contains(threads) else {
            throw ForesightError.usage(
                "--threads \(threads) is not between 1 and 100000", remedy: "give a number within")
        }
        let rate = try FalseAlarms(falseAlarms)
        let isStream = operands.logs.contains("-")
        guard !(follow || isStream) || operands.logs.count == 1 else {
            throw ForesightError.usage(
                "\(operands.logs.count) logs are named, and only one can be followed", remedy: "name one log")
        }
        let trained = try ModelFolder.load(model)
        Engine.threads = threads
        let reference = try reference(trained)
        let threshold = reference.threshold(rate)
        let talk = talking.talk
        describe(reference, rate, talk)
        var run = try WatchRun(trained, reference: reference, threshold: threshold)
        run.store = try keeping.open(for: model).map {
            WatchStore($0, trained, leads: reference.horizons, note: talk.note)
        }
        let printer = WatchPrinter(model: trained.description, isJSON: talking.json)
        Talk.release()
        if follow || isStream {
            let path = operands.logs[0]
            try followed(path, trained.description, back: run.reach, talk) { news in
                let changes: [WatchRun.Change]
                switch news {
                case .rows(let parts):
                    if run.scores == nil, !noReport { run.scores = try scores(operands.logs) }
                    changes = try run.take(parts)
                case .another: changes = run.beginAnew()
                case .gone: changes = []
                }
                for change in changes { printer.show(change) }
            }
            for change in run.beginAnew() { printer.show(change) }
        } else {
            let log = try reading.load(operands.logs, for: trained.description, at: model, talk: talk)
            if !noReport { run.scores = try scores(operands.logs) }
            for change in try run.take(log.episodes) { printer.show(change) }
        }
        let summary = WatchSummary(run: run, reference: reference, rate: falseAlarms, model: trained.description)
        var report: String?
        // What was found is not lost because a page could not be saved.
        defer { printer.finish(summary, report: report) }
        if !noReport { report = try write(summary, operands.logs) }
        if check && summary.events > 0 { throw ExitCode.found }
    }

    private func reference(_ trained: TrainedModel) throws -> SurpriseReference {
        guard normal.isEmpty else {
            let log = try reading.load(normal, for: trained.description, at: model, talk: talking.talk)
            return try SurpriseReference(trained, normal: log.episodes)
        }
        return try ModelWatch(trained).reference
    }

    private func describe(_ reference: SurpriseReference, _ rate: FalseAlarms, _ talk: Talk) {
        let share = NumberText.share(reference.threshold(rate))
        let hours = period(reference.hours * 3600)
        talk.note("alarms beyond what \(share) of the rows of normal operation reach, known from \(hours)")
        if reference.isExtrapolated(rate) {
            talk.note("so few false alarms are extrapolated: \(hours) of normal operation do not show them")
        }
        if !reference.isLeftOut {
            talk.warning(
                "the model has a single member, which learned from all of its log: surprises are judged too strictly; "
                    + "name another log with --normal")
        }
        if !reference.silent.isEmpty {
            talk.note("never moved in normal operation: \(reference.silent.joined(separator: ", "))")
        }
    }

    /// Reads a log as it grows, to its end or until Ctrl-C.
    private func followed(
        _ path: String, _ description: ModelDescription, back: Int, _ talk: Talk,
        _ body: (FollowedLog.News) throws -> Void
    ) throws {
        Interrupt.install()
        defer { Interrupt.uninstall() }
        // Nothing is judged before there is a history, and two samples alone tell little of the time between samples.
        let source = GrowingLog(path, leastRows: max(2, description.window * description.stride))
        defer { source.close() }
        var quiet = talk
        var log = FollowedLog(source, name: path, back: back) { copy, isPart in
            let found = try contents(of: path, copy, description, quiet, isPart: isPart)
            quiet.isQuiet = true
            return found
        }
        while true {
            let isOver = source.isOver || Interrupt.isRequested || (!follow && path != "-")
            let begun = ContinuousClock.now
            if let news = try log.next() {
                switch news {
                case .another:
                    talk.warning("\(path) is not the log that it was: what it holds now is watched as a new recording")
                case .gone: talk.warning("\(path) is not there any more: waiting until it is")
                case .rows: break
                }
                try body(news)
                if case .another = news { continue }
            }
            guard !isOver else { return }
            let effort = (ContinuousClock.now - begun) / .seconds(1)
            source.wait(afterReading: effort) { Interrupt.isRequested || source.isOver }
        }
    }

    /// Reads the copy of a log, or of a part of it, under the log's own name.
    private func contents(
        of path: String, _ copy: String, _ description: ModelDescription, _ talk: Talk, isPart: Bool
    ) throws -> FollowedLog.Contents {
        do {
            let log = try reading.load([copy], for: description, at: model, talk: talk, isPart: isPart)
            let episodes = log.episodes.map { episode in
                var episode = episode
                episode.name = episode.name.replacing(copy, with: path)
                return episode
            }
            return FollowedLog.Contents(episodes: episodes, firstLine: log.files.first?.firstLine)
        } catch var error as ForesightError {
            error.message = error.message.replacing(copy, with: path)
            throw error
        }
    }

    /// Begins the scores, in the run folder.
    private func scores(_ logs: [String]) throws -> ScoreFile {
        let named = logs.first { $0 != "-" } ?? "stream"
        let name = URL(fileURLWithPath: named).deletingPathExtension().lastPathComponent
        return try ScoreFile(in: output.folder(task: "watch", configuration: name, existing: .reused))
    }

    /// Fills the run folder, and returns the path of the page.
    private func write(_ summary: WatchSummary, _ logs: [String]) throws -> String {
        let file = try summary.run.scores ?? scores(logs)
        // A stream is no file, and a log that was followed may have been put aside.
        let named = logs.filter { $0 != "-" }
        let files = try named.isEmpty ? [] : LogPaths.resolve(named)
        let provenance = try Provenance(
            command: Provenance.commandLine, seeds: [:],
            inputs: files.filter { FileManager.default.fileExists(atPath: $0) },
            versions: ["libtorch": Engine.version])
        try provenance.save(in: file.folder)
        try file.folder.write(summary.json(report: nil), to: "events.json")
        try file.folder.write(WatchPage.page(summary, started: provenance.started).html, to: "report.html")
        if let fault = file.fault { throw fault }
        return file.folder.file("report.html")
    }
}
