import Basics
import Benchmarking
import Reports

/// The page of `benchmark detection`.
enum DetectionPage {
    /// The whole page.
    static func page(_ result: DetectionResult, started: String) -> Page {
        var blocks: [Block] = result.note.isEmpty ? [] : [.notice(.warning, title: "Rough figures", result.note)]
        if let study = result.faults {
            blocks += [
                .heading("tep: 21 faults of the Tennessee Eastman plant"), .table(table(DetectionResult.rows(study))),
                .paragraph(
                    "Minutes until a statistic stays beyond its threshold for six rows, and the share of the fault's rows "
                        + "that do not lie beyond. Thresholds let one row in a hundred of the test record without fault "
                        + "pass, but for “p < 1 %”, which knows the training record only. d00_te: rows beyond in that "
                        + "record; before: in the eight hours before each fault."),
                .paragraph(study.notes.joined(separator: "; ")),
            ]
            blocks.append(
                .grid(
                    (1...FaultStudy.faults).map { fault in
                        scores(
                            "fault \(fault)", study.scores[fault], threshold: 2, start: FaultStudy.before, minutes: 3)
                    }))
        }
        if let study = result.anomalies {
            blocks += [
                .heading("skab: anomalies of a water circuit"), .table(table(DetectionResult.rows(study))),
                .paragraph("Published: \(PublishedDetection.skabSource)."),
                .grid(
                    study.records.map { scores($0.name, $0.scores, threshold: 2, faults: $0.faults) }),
            ]
        }
        return Page(
            title: "Detection of faults and anomalies", lead: "What is unexpected, beside what others find.",
            blocks: blocks, footer: "foresight benchmark detection \(Version.foresight), \(started)")
    }

    private static func table(_ rows: [[String]]) -> Table {
        var table = Table("Figures", columns: rows[0].enumerated().map { $0 == 0 ? .text($1) : .number($1) })
        for row in rows.dropFirst() { table.add(row) }
        return table
    }

    private static func scores(
        _ title: String, _ values: [Double], threshold: Double, start: Int? = nil, minutes: Double? = nil,
        faults: [Bool] = []
    ) -> Figure {
        let top = 8.0
        let scale = minutes.map { $0 / 60 } ?? 1.0 / 60
        var marks: [ChartReference] = [.level(threshold, label: "", ink: .danger)]
        if let start { marks.append(.moment(Double(start) * scale, label: "fault")) }
        if let first = faults.firstIndex(of: true), let last = faults.lastIndex(of: true) {
            marks.append(.span(Double(first) * scale...Double(last) * scale, label: "", ink: .orange))
        }
        let known = values.indices.filter { values[$0].isFinite }
        return Figure(
            Chart(
                title: title, description: "Score of each row.",
                x: ChartAxis("time", unit: minutes == nil ? "min" : "h"),
                panels: [
                    ChartPanel(
                        ChartAxis("score", includesZero: true),
                        layers: [
                            .line(
                                "", x: known.map { Double($0) * scale }, y: known.map { min(top, values[$0]) },
                                ink: .blue)
                        ], references: marks, height: 130)
                ], width: 420))
    }
}
