import Basics
import Benchmarking
import Foundation
import Reports
import WorldModels

/// What came of `benchmark detection`, as text, JSON and CSV.
struct DetectionResult {
    var note = ""
    var faults: FaultStudy?
    var anomalies: AnomalyStudy?

    /// The tables that are printed.
    var text: String {
        var parts = note.isEmpty ? [] : [note]
        if let faults {
            parts.append("tep: minutes until a fault is noticed (six rows in a row), and the share of its rows missed")
            parts.append(Self.table(faults).text())
            parts.append(faults.notes.joined(separator: "; "))
        }
        if let anomalies {
            parts.append("skab: rows behind the first 400 of 34 records")
            parts.append(Self.table(anomalies).text())
        }
        return parts.joined(separator: "\n\n")
    }

    private static func minutes(_ value: Double?) -> String { value.map { NumberText.fixed($0, decimals: 0) } ?? "–" }
    private static func share(_ value: Double) -> String { NumberText.percent(value) }

    /// The cells of the study of faults, its heads first.
    static func rows(_ study: FaultStudy) -> [[String]] {
        let head = ["fault"] + study.methods.flatMap { [$0.name + " [min]", "missed"] }
        let rows = (0..<FaultStudy.faults).map { fault in
            ["\(fault + 1)"] + study.methods.flatMap { [minutes($0.delay[fault]), share($0.missed[fault])] }
        }
        let counts = study.methods.flatMap { method in
            [
                "\(method.delay.count { $0 != nil }) noticed",
                share(method.missed.reduce(0, +) / Double(FaultStudy.faults)),
            ]
        }
        let normal = study.methods.flatMap { ["", share($0.falseAlarms)] }
        let before = study.methods.flatMap { ["", share($0.falseAlarmsBefore)] }
        return [head] + rows + [["all"] + counts, ["d00_te"] + normal, ["before"] + before]
    }

    private static func table(_ study: FaultStudy) -> TextTable {
        let rows = rows(study)
        var table = TextTable(rows[0].map { ($0, .right) })
        for row in rows.dropFirst() { table.add(row) }
        return table
    }

    /// The cells of the study of anomalies.
    static func rows(_ study: AnomalyStudy) -> [[String]] {
        let own = [
            "foresight, p < 1 %", NumberText.fixed(study.score.f1, decimals: 2), share(study.score.falseAlarmRate),
            share(study.score.missedRate),
        ]
        let others = PublishedDetection.skab.map {
            [$0.system, NumberText.fixed($0.f1, decimals: 2), share($0.falseAlarms), share($0.missed)]
        }
        return [["method", "F1", "false alarms", "missed"], own] + others
    }

    private static func table(_ study: AnomalyStudy) -> TextTable {
        let rows = rows(study)
        var table = TextTable(rows[0].enumerated().map { ($1, $0 == 0 ? .left : .right) })
        for row in rows.dropFirst() { table.add(row) }
        return table
    }

    /// The content of `results.json`.
    var json: JSONValue {
        var sets: [String: JSONValue] = [:]
        if let faults {
            let methods = faults.methods.map { method -> (String, JSONValue) in
                (
                    method.name,
                    [
                        "threshold": .number(method.threshold), "false_alarms": .number(method.falseAlarms),
                        "false_alarms_before": .number(method.falseAlarmsBefore),
                        "missed": .array(method.missed.map { .number($0) }),
                        "delay_minutes": .array(method.delay.map { $0.map { .number($0) } ?? .null }),
                    ]
                )
            }
            sets["tep"] = [
                "methods": .object(Dictionary(methods, uniquingKeysWith: { first, _ in first })),
                "notes": .array(faults.notes.map { .string($0) }),
                "data": Self.data(faults.fingerprints),
            ]
        }
        if let anomalies {
            let published = PublishedDetection.skab.map { row -> JSONValue in
                [
                    "system": .string(row.system), "f1": .number(row.f1), "false_alarms": .number(row.falseAlarms),
                    "missed": .number(row.missed), "source": .string(PublishedDetection.skabSource),
                ]
            }
            sets["skab"] = [
                "f1": .number(anomalies.score.f1), "false_alarms": .number(anomalies.score.falseAlarmRate),
                "missed": .number(anomalies.score.missedRate), "accepted": .number(anomalies.falseAlarms),
                "published": .array(published), "data": Self.data(anomalies.fingerprints),
            ]
        }
        var document: [String: JSONValue] = ["sets": .object(sets)]
        if !note.isEmpty { document["note"] = .string(note) }
        return .object(document)
    }

    private static func data(_ prints: [String: DataFingerprint]) -> JSONValue {
        .object(prints.mapValues { .string($0.parts.map(\.sha256).joined(separator: " ")) })
    }

    /// The score of every row, as CSV files by name.
    var tables: [String: String] {
        var files: [String: String] = [:]
        func number(_ value: Double) -> String { value.isFinite ? String(format: "%.4f", value) : "" }
        if let faults {
            let names = faults.scores.indices.map { "fault \($0)" }
            let rows = (0..<(faults.scores.map(\.count).min() ?? 0)).map { row in
                faults.scores.map { number($0[row]) }.joined(separator: ",")
            }
            files["tep.csv"] = ([names.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
        }
        if let anomalies {
            var text = "record,row,score,alarm,anomaly\n"
            for record in anomalies.records {
                for row in record.scores.indices {
                    text +=
                        "\(record.name),\(row + AnomalyStudy.learned),\(number(record.scores[row])),"
                        + "\(record.alarms[row] ? 1 : 0),\(record.faults[row] ? 1 : 0)\n"
                }
            }
            files["skab.csv"] = text
        }
        return files
    }
}
