public import Basics

/// An ablation as `results.json` and CSV.
public enum AblationRecord {
    /// The content of `results.json`: the summary, and each set with its parts and runs.
    ///
    /// - Parameters:
    ///   - results: What came out so far.
    ///   - note: What a reader has to know, such as that figures are rough; empty for nothing.
    /// - Returns: The document.
    public static func json(_ results: [AblationSetResult], note: String = "") -> JSONValue {
        let summaries = AblationSummary.all(results)
        let (comparisons, expected) = AblationSummary.byChance(summaries)
        var document: [String: JSONValue] = [
            "parts": .object(Dictionary(uniqueKeysWithValues: summaries.map { ($0.part.name, summary($0)) })),
            "comparisons": .integer(comparisons), "separated_by_chance": .number(expected),
            "sets": .object(Dictionary(uniqueKeysWithValues: results.map { ($0.set, set($0)) })),
        ]
        if !note.isEmpty { document["note"] = .string(note) }
        return .object(document)
    }

    private static func summary(_ summary: AblationSummary) -> JSONValue {
        [
            "about": .string(summary.part.about), "settings": .array(summary.part.settings.map { .string($0) }),
            "compared_with": .string(summary.part.baseline.name), "ratio": .finite(summary.ratio),
            "time_ratio": .finite(summary.timeRatio), "sets": .integer(summary.figures.count),
            "worse": .integer(summary.count(.worse)), "better": .integer(summary.count(.better)),
            "even": .integer(summary.count(.even)), "same": .integer(summary.count(.same)),
            "p": .number(summary.chance), "p_holm": .number(summary.corrected),
            "advice": .string(summary.advice.rawValue),
        ]
    }

    private static func set(_ result: AblationSetResult) -> JSONValue {
        let figures = result.parts.compactMap { part in result.figure(part).map { (part.name, figure($0, result)) } }
        return [
            "metric": .string(result.metric), "unit": .string(result.unit),
            "rows_learned": .integer(result.rows.learned), "rows_held_back": .integer(result.rows.held),
            "parts": .object(Dictionary(uniqueKeysWithValues: figures)),
        ]
    }

    private static func figure(_ figure: AblationFigure, _ result: AblationSetResult) -> JSONValue {
        [
            "value": .finite(figure.value), "seeds": .array(figure.values.map { .finite($0) }),
            "ratio": .finite(figure.ratio),
            "verdict": .string(figure.verdict.rawValue), "time_ratio": .finite(figure.timeRatio),
            "runs": .array(
                result.runs(without: figure.part).map { run in
                    [
                        "seed": .integer(run.seed), "seconds": .finite(run.seconds),
                        "structure": .string(run.structure),
                        "left_out_error": .finite(run.leftOutError), "values": .array(run.values.map { .finite($0) }),
                        "reason": run.reason.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }

    /// A row for each training.
    public static func csv(_ results: [AblationSetResult]) -> String {
        var text = "set,unit,without,compared with,seed,error,left-out error,seconds,structure\n"
        func field(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }
        for result in results {
            for part in result.parts {
                for run in result.runs(without: part) {
                    text += "\(result.set),\(result.unit),\(part.name),\(part.baseline.name),\(run.seed),"
                    text += "\(field(run.value)),\(field(run.leftOutError)),\(field(run.seconds)),"
                    let words = (run.reason ?? run.structure).split(separator: "\"", omittingEmptySubsequences: false)
                    text += "\"\(words.joined(separator: "\"\""))\"\n"
                }
            }
        }
        return text
    }
}
