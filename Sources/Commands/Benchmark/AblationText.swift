import Basics
import Benchmarking
import Reports

/// What `benchmark ablation` prints.
enum AblationText {
    /// The heads of the summary's columns.
    static let summaryColumns = ["without", "error", "worse on", "better on", "time", "p (Holm)", "the part"]

    /// One row of the summary.
    static func cells(_ summary: AblationSummary) -> [String] {
        let sets = summary.figures.count
        let same = summary.count(.same)
        return [
            summary.part.name, change(summary.ratio), "\(summary.count(.worse)) of \(sets)",
            "\(summary.count(.better)) of \(sets)", "× \(NumberText.significant(summary.timeRatio, digits: 2))",
            same == sets ? "–" : chance(summary.corrected),
            same == sets ? "no effect" : summary.advice == .idle ? "–" : summary.advice.rawValue,
        ]
    }

    private static func chance(_ value: Double) -> String {
        value < 0.001 ? "< 0.001" : NumberText.fixed(value, decimals: 3)
    }

    /// The heads of a set's columns.
    static let setColumns = ["without", "error", "seeds", "change", "beyond seeds", "time"]

    /// One row of a set's table.
    static func cells(_ figure: AblationFigure) -> [String] {
        let isBaseline = figure.isBaseline
        let name =
            switch figure.part {
            case .full: "nothing (full recipe)"
            case let part where part.family == .epochs: "\(part.name), no search"
            case let part: part.name
            }
        let verdict =
            switch figure.verdict {
            case .worse, .better: figure.verdict.rawValue
            case .even: "–"
            case .same: isBaseline ? "" : "the same"
            }
        return [
            name, BenchmarkText.number(figure.value),
            BenchmarkText.range(figure.values), isBaseline ? "" : change(figure.ratio), verdict,
            "× \(NumberText.significant(figure.timeRatio, digits: 2))",
        ]
    }

    /// A ratio as a change in per cent; from three on as a factor.
    static func change(_ ratio: Double) -> String {
        guard !ratio.isNaN else { return "–" }
        guard ratio.isFinite else { return "runs away" }
        if ratio >= 3 { return "× \(NumberText.significant(ratio, digits: 2))" }
        let percent = 100 * (ratio - 1)
        if abs(percent) < 0.05 { return "0 %" }
        let digits = NumberText.fixed(percent, decimals: abs(percent) < 9.95 ? 1 : 0)
        return (percent > 0 ? "+" : "") + digits + " %"
    }

    /// What the columns mean.
    static let rule =
        "Error: median over the seeds on what was held back, of a model without the part; in the summary the geometric mean "
        + "of the changes over the sets. A set counts as worse (better) where every seed without the part is worse (better) "
        + "than every seed with it, by more than 1 % in the median. A part helps where the mean is more than 1 % up and more "
        + "sets are worse than better; it harms where it is the other way round; everything else is no reason to keep it, "
        + "nor, if sets differ, to drop it. p: how likely errors differ as much where a part does nothing (signed-rank test on all seeds "
        + "and sets), corrected by Holm for all parts that make a difference; above 0.05 what a part seems to do may be chance."

    /// How many of the verdicts may be chance.
    static func chances(_ results: [AblationSetResult]) -> String {
        let (comparisons, expected) = AblationSummary.byChance(AblationSummary.all(results))
        let figure = expected < 9.95 ? NumberText.fixed(expected, decimals: 1) : NumberText.fixed(expected, decimals: 0)
        return
            "Were no part of any use, up to \(figure) of the \(counted(comparisons, "comparison")) of a part on a set would be worse or "
            + "better by chance."
    }

    /// What a family is compared with.
    static func lead(_ family: AblationPart.Family) -> String {
        switch family {
        case .search: "Parts of the search, compared with the full recipe"
        case .epochs:
            "Terms of the loss and parts of the epochs, all without a search, compared with refine=false: with a search "
                + "epochs are a polish, and these matter for models that are too large or logs that are too short for one"
        }
    }

    /// A set in a line.
    static func lead(_ result: AblationSetResult) -> String {
        let unit = result.unit.isEmpty ? "" : " [\(result.unit)]"
        return "\(result.set): \(result.metric)\(unit); \(result.rows.learned) rows learned, "
            + "\(result.rows.held) held back"
    }

    /// The whole text.
    static func text(_ results: [AblationSetResult], note: String, report: String) -> String {
        var parts = note.isEmpty ? [] : [note]
        for result in results {
            var table = TextTable(setColumns.map { ($0, $0 == "without" ? .left : .right) })
            for figure in result.parts.compactMap({ result.figure($0) }) { table.add(cells(figure)) }
            parts.append("\(lead(result))\n\n\(table.text())")
        }
        for family in AblationPart.Family.allCases {
            let summaries = AblationSummary.all(results).filter { $0.part.family == family }
            guard !summaries.isEmpty else { continue }
            var table = TextTable(summaryColumns.map { ($0, ["without", "the part"].contains($0) ? .left : .right) })
            for summary in summaries { table.add(cells(summary)) }
            parts.append("\(lead(family))\n\n\(table.text())")
        }
        parts += [rule, chances(results), "page with plots: \(report)"]
        return parts.joined(separator: "\n\n")
    }

    /// Parts and sets, for --list.
    static func list(_ parts: [AblationPart], _ sets: [BenchmarkSet]) -> String {
        var table = TextTable([("part", .left), ("what is left out", .left), ("settings", .left)])
        for part in parts { table.add([part.name, part.about, part.settings.joined(separator: " ")]) }
        return "\(table.text())\n\nsets: \(sets.map(\.name).joined(separator: ", "))"
    }

    /// The same for --json.
    static func listed(_ parts: [AblationPart], _ sets: [BenchmarkSet]) -> JSONValue {
        [
            "parts": .array(
                parts.map { part in
                    [
                        "name": .string(part.name), "about": .string(part.about),
                        "compared_with": .string(part.baseline.name),
                        "settings": .array(part.settings.map { .string($0) }),
                    ]
                }),
            "sets": .array(sets.map { .string($0.name) }),
        ]
    }
}
