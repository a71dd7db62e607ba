import Basics
import Episodes
import Monitoring
import Reports
import WorldModels

/// The page of `watch`: the score over time, its threshold, the events, and the channels behind them.
enum WatchPage {
    /// Records that are drawn; of further ones there are the events.
    static let shownRecords = 12
    private static let shownChannels = 3

    /// The whole page.
    static func page(_ summary: WatchSummary, started: String) -> Page {
        let threshold = summary.run.threshold
        var blocks: [Block] = [
            .cards([
                KeyFigure("events", "\(summary.events)", verdict: summary.events == 0 ? .success : .warning),
                KeyFigure("watched", period(summary.seconds)),
                KeyFigure(
                    "accepted", summary.rate, note: "false alarms: \(NumberText.share(threshold)) of normal rows"),
                KeyFigure(
                    "normal operation", period(summary.reference.hours * 3600),
                    note: summary.reference.isLeftOut ? "left out of what was learned" : "learned from, too"),
            ])
        ]
        if summary.events > 0 { blocks.append(.table(table(summary))) }
        for record in summary.run.records {
            guard let course = record.course else { continue }
            blocks.append(.figure(score(record, course.score, summary)))
            if let event = record.events.max(by: { $0.peak.score < $1.peak.score }) {
                blocks.append(
                    .details(
                        "\(record.episode.name): the channels behind the greatest event",
                        [channels(record, course.channels, event, summary)]))
            }
        }
        blocks += [
            .heading("How to read this"),
            .paragraph(
                "The score is −log₁₀ of the share of rows of normal operation that are as surprising: 2 is one row in a "
                    + "hundred. It is the greatest of several charts: how far predictions one and more steps ahead were "
                    + "off, how unusual actions were given what came before, and how unusual the level of all channels "
                    + "is, each as it comes and averaged over time. Shares of channels say how much less surprising an "
                    + "event had been without knowing them; they are no proof of a cause."),
        ]
        return Page(
            title: "What was unexpected", lead: summary.text(report: nil), blocks: blocks,
            footer: "foresight watch \(Version.foresight), \(started)")
    }

    private static func table(_ summary: WatchSummary) -> Table {
        var table = Table(
            "Events",
            columns: [
                .text("from"), .text("to"), .number("peak"), .text("at"), .number("rows"), .text("what"),
                .text("channels"),
            ])
        for record in summary.run.records {
            for event in record.events {
                table.add([
                    WatchWords.time(event.start, record.episode), WatchWords.time(event.last, record.episode),
                    NumberText.fixed(event.peak.score, decimals: 1), WatchWords.time(event.peakTime, record.episode),
                    "\(event.rows)", WatchWords.part(event.peak), WatchWords.channels(event, summary.names),
                ])
            }
        }
        return table
    }

    private static func score(
        _ record: WatchRun.Record, _ scores: SeriesEnvelope, _ summary: WatchSummary
    ) -> Figure {
        let origin = record.episode.startTime
        let unit = TimeUnit(span: record.duration)
        let (times, values) = scores.points(0)
        let top = 12.0
        let chart = Chart(
            title: record.episode.name,
            description: "Score of every row over time, the threshold, and the events.",
            x: ChartAxis("time", unit: unit.name),
            panels: [
                ChartPanel(
                    ChartAxis("score", includesZero: true),
                    layers: [
                        .line(
                            "score", x: times.map { ($0 - origin) / unit.seconds }, y: values.map { min(top, $0) },
                            ink: .blue)
                    ],
                    references: [.level(summary.run.limit, label: "threshold", ink: .danger)]
                        + record.events.map {
                            .span(
                                (($0.start - origin) / unit.seconds)...(($0.last - origin) / unit.seconds), label: "",
                                ink: .orange)
                        })
            ], width: 900)
        return Figure(chart, note: "Scores above \(Int(top)) are drawn at \(Int(top)).")
    }

    private static func channels(
        _ record: WatchRun.Record, _ course: SeriesEnvelope, _ event: WatchEvent, _ summary: WatchSummary
    ) -> Block {
        let origin = record.episode.startTime
        let unit = TimeUnit(span: record.duration)
        let known = summary.model.outputs + summary.model.inputs
        let panels = event.channels(summary.names, most: shownChannels).compactMap { name, _ -> ChartPanel? in
            guard let column = record.episode.channelIndex(name) else { return nil }
            let (times, values) = course.points(column)
            return ChartPanel(
                ChartAxis(name, unit: known.first { $0.name == name }?.unit),
                layers: [
                    .line("", x: times.map { ($0 - origin) / unit.seconds }, y: values, ink: .foreground)
                ],
                references: [
                    .span(
                        ((event.start - origin) / unit.seconds)...((event.last - origin) / unit.seconds),
                        label: "event",
                        ink: .orange)
                ], height: 140)
        }
        guard !panels.isEmpty else { return .paragraph("Many channels have a small part in it.") }
        return .figure(
            Figure(
                Chart(
                    title: "What these channels did", description: "Channels that have most to do with the event.",
                    x: ChartAxis("time", unit: unit.name), panels: panels, width: 900)))
    }
}
