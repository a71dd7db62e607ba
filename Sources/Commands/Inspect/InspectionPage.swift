import Basics
import Episodes
import Reports

/// The page of `inspect`: key figures, warnings, tables, and plots of each channel.
enum InspectionPage {
    /// Episodes that are drawn at once, and those that are folded away; more would make the page heavy.
    static let (openPlots, foldedPlots) = (2, 10)

    /// The whole page.
    static func page(_ log: LoadedLog, _ inspection: LogInspection, started: String) -> Page {
        let names = SourceNames(log)
        let source = log.files.count == 1 ? names.short(log.files[0].source) : "\(log.files.count) logs"
        var blocks = [cards(inspection)]
        blocks += warnings(inspection, names)
        blocks += [.heading("Channels"), .table(channels(inspection))]
        blocks += inspection.proposals.map { .paragraph($0 + ".") }
        blocks += ignored(inspection.ignoredColumns)
        blocks += timing(inspection)
        blocks += recordings(log)
        blocks += distributions(log, inspection)
        if log.files.count > 1 { blocks += files(log) }
        return Page(
            title: "What is in \(source)", lead: InspectionText.record(log, inspection), blocks: blocks,
            footer: "foresight inspect \(Version.foresight), \(started)")
    }

    /// A log may have hundreds of columns beside those that are used.
    private static func ignored(_ columns: [String]) -> [Block] {
        if columns.isEmpty { return [] }
        let names = columns.joined(separator: ", ")
        if columns.count <= 12 { return [.paragraph("Columns that are not used: \(names).")] }
        return [.details("\(columns.count) columns that are not used", [.paragraph(names)])]
    }

    private static func cards(_ inspection: LogInspection) -> Block {
        let count = inspection.warnings.count
        return .cards([
            KeyFigure("episodes", "\(inspection.episodeCount)", note: longest(inspection)),
            KeyFigure("samples", "\(inspection.sampleCount)"),
            KeyFigure("sampled every", period(inspection.samplingTime)),
            KeyFigure("channels", "\(inspection.channels.count)"),
            KeyFigure("warnings", count == 0 ? "none" : "\(count)", verdict: count == 0 ? .success : .warning),
        ])
    }

    private static func longest(_ inspection: LogInspection) -> String {
        (inspection.episodeCount == 1 ? "" : "the longest ") + period(inspection.longestDuration)
    }

    private static func warnings(_ inspection: LogInspection, _ names: SourceNames) -> [Block] {
        guard !inspection.warnings.isEmpty else {
            return [.notice(.success, title: "Nothing found that limits learning", "")]
        }
        // Notes on the sampling come for each file: many of them would hide what is graver.
        let sampling = inspection.warnings.filter { $0.kind == .sampling }
        let graver = sampling.count > 6 ? inspection.warnings.filter { $0.kind != .sampling } : inspection.warnings
        var blocks: [Block] = [.heading("Warnings")]
        if !graver.isEmpty { blocks.append(.table(table("What limits learning, the gravest first.", graver, names))) }
        if graver.count < inspection.warnings.count {
            let caption = "\(sampling.count) remarks on the sampling of files"
            blocks.append(.details(caption, [.table(table(caption, sampling, names))]))
        }
        return blocks
    }

    private static func table(_ caption: String, _ warnings: [LogWarning], _ sources: SourceNames) -> Table {
        var table = Table(caption, columns: [.text("concerns"), .text("what is so")])
        for warning in warnings {
            let names = warning.channels.prefix(4).joined(separator: ", ") + (warning.channels.count > 4 ? ", …" : "")
            table.add([names.isEmpty ? "record" : names, sources.short(warning.message)])
        }
        return table
    }

    private static func channels(_ inspection: LogInspection) -> Table {
        let channels = InspectionTable(inspection)
        var table = Table(
            "Missing samples do not count in the figures.",
            columns: channels.columns.map { $0.isNumber ? .number($0.header) : .text($0.header) })
        for row in channels.rows { table.add(row) }
        return table
    }

    private static func timing(_ inspection: LogInspection) -> [Block] {
        let timing = inspection.timing
        func note(_ steps: Int) -> String { period(Double(steps) * timing.step) }
        var blocks: [Block] = [
            .heading("What training would take"),
            .cards([
                KeyFigure("step", period(timing.step), note: counted(timing.stride, "sample")),
                KeyFigure("window of history", "\(timing.window) steps", note: note(timing.window)),
                KeyFigure("horizon", "\(timing.horizon) steps", note: note(timing.horizon)),
            ]),
        ]
        if !inspection.timeConstants.isEmpty {
            var table = Table(
                "Time constants", columns: [.text("observation"), .number("dominant"), .number("fastest")])
            for constants in inspection.timeConstants {
                let slow = constants.isSlowerThanRecord ? "too slow for the record" : "not shown"
                table.add([
                    constants.channel, constants.dominant.map(period) ?? slow, constants.fastest.map(period) ?? "–",
                ])
            }
            blocks.append(.table(table))
        }
        return blocks
    }
}
