import Basics
import Benchmarking
import Reports
import WorldModels

/// What `benchmark pixels` prints.
enum PixelsText {
    /// The heads of the columns.
    static let columns = ["world", "rule", "success", "models", "random", "published", "reach", "reached"]

    /// The rows of a result.
    static func rows(_ result: PixelResult) -> [[String]] {
        PixelRule.allCases.compactMap { rule in
            guard let success = result.median(rule) else { return nil }
            let values = result.success(rule)
            let peer = result.set.published[rule]?.max { $0.value < $1.value }
            let reach = result.set.reach[rule]
            let told = percent(success) + BenchmarkText.behind(result.interval(rule))
            return [
                result.set.name, rule.rawValue, told,
                values.count == 1 ? "1" : "\(percent(values.min() ?? 0))…\(percent(values.max() ?? 0))",
                percent(result.random(rule)), peer.map { "\(percent($0.value)) \($0.system)" } ?? "",
                reach.map { "\(percent($0))" } ?? "", reach.map { success >= $0 ? "yes" : "no" } ?? "",
            ]
        }
    }

    private static func percent(_ value: Double) -> String { NumberText.percent(value / 100, decimals: 1) }

    static func text(_ results: [PixelResult], note: String, report: String) -> String {
        var table = TextTable(
            columns.map { ($0, ["world", "rule", "published"].contains($0) ? .left : .right) })
        for row in results.flatMap(rows) { table.add(row) }
        var parts = note.isEmpty ? [] : [note]
        parts.append(table.text())
        if hasIntervals(results) { parts.append(intervals) }
        parts += results.flatMap(details)
        for result in results where !result.varied.isEmpty {
            var factors = TextTable(factorColumns.map { ($0, $0 == "factor" ? .left : .right) })
            for row in factorRows(result) { factors.add(row) }
            parts.append("\(result.set.name), moderate rule, one factor of variation after another:\n\(factors.text())")
        }
        parts.append("page with plots: \(report)")
        return parts.joined(separator: "\n\n")
    }

    /// The heads of the columns of factors.
    static let factorColumns = ["factor", "success", "of unvaried"]

    /// The rows of factors of variation.
    static func factorRows(_ result: PixelResult) -> [[String]] {
        result.factorTable.map { row in
            let told = percent(row.success) + BenchmarkText.behind(result.interval(factor: row.name))
            return [row.name, told, percent(100 * row.share)]
        }
    }

    /// Whether some world has one model alone, of which there is an interval.
    static func hasIntervals(_ results: [PixelResult]) -> Bool {
        results.contains { result in PixelRule.allCases.contains { result.interval($0) != nil } }
    }

    /// What the intervals are.
    static let intervals = "of one model, \(BenchmarkText.intervals)"

    /// What a reader wants to know beside the table, a line each.
    static func details(_ result: PixelResult) -> [String] {
        var lines: [String] = []
        let seconds = result.trainings.compactMap(\.seconds).sorted()
        if let longest = seconds.last {
            lines.append(
                "\(result.set.name): \(result.rows) pictures, a model in \(period(longest)) at most, recipe "
                    + "\(result.settings.recipe)")
        }
        if let readings = result.trainings.first?.health?.probe?.readings, !readings.isEmpty {
            let words = readings.map {
                "\($0.name) \(BenchmarkText.number($0.linearCorrelation)) / "
                    + BenchmarkText.number($0.perceptronCorrelation)
            }
            lines.append(
                "\(result.set.name): true state by a linear map / a perceptron, correlation: "
                    + words.joined(separator: ", "))
        }
        if let times = result.planTimes {
            lines.append(
                "\(result.set.name): a plan takes \(BenchmarkText.number(times.p50)) ms, 95 % at most "
                    + "\(BenchmarkText.number(times.p95)) ms, 99 % \(BenchmarkText.number(times.p99)) ms")
        }
        return lines.isEmpty ? [] : [lines.joined(separator: "\n")]
    }

    static func json(_ results: [PixelResult], note: String) -> JSONValue {
        var worlds: [String: JSONValue] = [:]
        for result in results { worlds[result.set.name] = result.json }
        var document: [String: JSONValue] = [
            "worlds": .object(worlds), "protocol": .integer(PixelManifest.version),
        ]
        if !note.isEmpty { document["note"] = .string(note) }
        return .object(document)
    }

    static func list(_ sets: [PixelSet]) -> String {
        var table = TextTable([("world", .left), ("what", .left), ("episodes", .right), ("rows", .right)])
        for set in sets { table.add([set.name, set.about, "\(set.episodes)", "\(set.rows)"]) }
        return table.text()
    }

    static func listed(_ sets: [PixelSet]) -> JSONValue {
        .array(
            sets.map { set in
                [
                    "world": .string(set.name), "about": .string(set.about), "episodes": .integer(set.episodes),
                    "rows": .integer(set.rows),
                ]
            })
    }
}
