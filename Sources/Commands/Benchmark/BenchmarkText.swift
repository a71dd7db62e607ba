import Basics
import Benchmarking
import Reports

/// What `benchmark identification` prints.
enum BenchmarkText {
    /// The heads of the table's columns.
    static let columns = ["measure", "model", "seeds", "linear", "held", "published", "by", "reach", "", "inside"]

    /// One row of the table.
    static func cells(_ figure: MeasureFigure) -> [String] {
        let measure = figure.measure
        let best = measure.published.first
        let unit = measure.unit.isEmpty ? "" : " [\(measure.unit)]"
        return [
            measure.name + unit, number(figure.value), range(figure.values), number(figure.linear),
            number(figure.held), number(best?.value), best?.system ?? "", number(measure.reach), verdict(figure),
            figure.coverage.map { NumberText.percent($0, decimals: 0) } ?? "–",
        ]
    }

    /// Whether it is reached, in a word.
    static func verdict(_ figure: MeasureFigure) -> String {
        if !figure.isStable { return "runs away" }
        return figure.isReached.map { $0 ? "reached" : "missed" } ?? ""
    }

    /// A number to three digits; a dash for none.
    static func number(_ value: Double?) -> String {
        guard let value, !value.isNaN else { return "–" }
        return value.isFinite ? NumberText.significant(value) : "∞"
    }

    /// An interval in brackets behind a percentage, its ends in percent; empty for none.
    static func behind(_ interval: ClosedRange<Double>?) -> String {
        interval.map {
            " (\(NumberText.fixed($0.lowerBound, decimals: 1))–\(NumberText.fixed($0.upperBound, decimals: 1)))"
        } ?? ""
    }

    /// What such an interval is.
    static let intervals = "in brackets the 95 % interval of Clopper and Pearson over the pairs"

    /// Least and greatest value of the seeds.
    static func range(_ values: [Double]) -> String {
        guard values.count > 1, let least = values.min(), let greatest = values.max() else { return "" }
        return "\(number(least))…\(number(greatest))"
    }

    /// A figure in a line.
    static func line(_ figure: MeasureFigure) -> String {
        let measure = figure.measure
        let unit = measure.unit.isEmpty ? "" : " \(measure.unit)"
        let linear = figure.linear.map { ", linear \(number($0))" } ?? ""
        let reach = measure.reach.map { ", reach \(number($0)): \(verdict(figure))" } ?? ""
        return "\(measure.name) \(number(figure.value))\(unit)\(linear)\(reach)"
    }

    /// The whole text.
    static func text(_ results: [SetResult], note: String, report: String) -> String {
        var table = TextTable(
            columns.map { ($0, ["measure", "by", ""].contains($0) ? .left : .right) })
        for result in results { for figure in result.figures { table.add(cells(figure)) } }
        let figures = results.flatMap(\.figures)
        let judged = figures.compactMap(\.isReached)
        let seconds = results.reduce(0) { $0 + $1.seconds }
        var parts = [table.text()]
        if !note.isEmpty { parts.insert(note, at: 0) }
        parts.append(
            "\(judged.count { $0 }) of \(judged.count) marks are reached\(groups(results)); \(period(seconds)) in all")
        parts.append("page with plots: \(report)")
        return parts.joined(separator: "\n\n")
    }

    /// How many marks of each group are reached: ", 4 of 10 of daisy".
    private static func groups(_ results: [SetResult]) -> String {
        let names = results.compactMap(\.set.group)
        return Set(names).sorted().map { name in
            let judged = results.filter { $0.set.group == name }.flatMap(\.figures).compactMap(\.isReached)
            return ", \(judged.count { $0 }) of \(judged.count) of \(name)"
        }.joined()
    }

    /// The sets, for --list.
    static func list(_ sets: [BenchmarkSet]) -> String {
        sets.map { set in
            let group = set.group.map { " (\($0))" } ?? ""
            return "\(set.name)\(group)\n  \(set.about)"
        }.joined(separator: "\n")
    }

    /// The same for --json.
    static func listed(_ sets: [BenchmarkSet]) -> JSONValue {
        .array(
            sets.map { set in
                [
                    "name": .string(set.name), "folder": .string(set.folder), "about": .string(set.about),
                    "measures": .array(set.measures.map { .string($0.name) }),
                ]
            })
    }
}
