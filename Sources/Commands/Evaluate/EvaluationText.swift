import Episodes
import Reports
import WorldModels

/// What `evaluate` prints on a terminal.
enum EvaluationText {
    /// What was done in a line, errors as a table, how far to trust, warnings, cost.
    static func text(_ result: EvaluationResult, report: String?) -> String {
        let evaluation = result.evaluation
        var parts = [
            lead(result), table(result),
            evaluation.outputs.map { EvaluationWords.trust($0, promised: evaluation.promised) }
                .joined(separator: "\n"),
        ]
        if let adaptation = evaluation.adaptation { parts.append(AdaptationWords.sentence(adaptation, result.model)) }
        let warnings = EvaluationWords.warnings(result)
        if !warnings.isEmpty { parts.append("warnings\n" + warnings.map { "  - " + $0 }.joined(separator: "\n")) }
        parts.append(cost(evaluation.cost))
        if let report { parts.append("page with plots: \(report)") }
        return parts.joined(separator: "\n\n")
    }

    /// Logs, starts, horizon.
    static func lead(_ result: EvaluationResult) -> String {
        let scope = result.evaluation.scope
        let files = result.log.files
        let source = files.count == 1 ? SourceNames(result.log).short(files[0].source) : "\(files.count) logs"
        let thinned = scope.starts < scope.allowedStarts ? " of \(scope.allowedStarts)" : ""
        return
            "\(result.name) on \(source): free run from \(scope.starts)\(thinned) starts, \(period(result.horizon)) ahead "
            + "in steps of \(period(result.model.stepTime))"
    }

    /// The time that predictions take.
    static func cost(_ cost: PredictionCost) -> String {
        "a prediction takes \(NumberText.duration(cost.single * 1e-6)), reading the history "
            + "\(NumberText.duration(cost.encoding * 1e-6)); one step of one of \(cost.candidates) candidates "
            + NumberText.duration(cost.perStep * 1e-6)
    }

    /// Some of the steps: the first, the quarters, the last.
    static func shownSteps(_ count: Int) -> [Int] {
        var shown: [Int] = []
        for step in [1, count / 4, count / 2, 3 * count / 4, count] where step >= 1 && !shown.contains(step) {
            shown.append(step)
        }
        return shown.map { $0 - 1 }
    }

    /// The heads of the columns of errors.
    static let columns = ["channel", "ahead", "model", "linear", "held", "band ±", "inside"]

    /// One row of the table of errors.
    static func cells(_ output: Evaluation.Output, _ row: Evaluation.Row) -> [String] {
        func number(_ value: Double?) -> String { value.map { NumberText.significant($0) } ?? "–" }
        let name = output.name + (output.unit.map { $0.isEmpty ? "" : " [\($0)]" } ?? "")
        return [
            name, period(row.seconds), number(row.rmse), number(row.linear), number(row.persistence),
            number(row.halfWidth), row.coverage.isFinite ? NumberText.percent(row.coverage, decimals: 0) : "–",
        ]
    }

    private static func table(_ result: EvaluationResult) -> String {
        var table = TextTable(columns.map { ($0, $0 == "channel" ? .left : .right) })
        for output in result.evaluation.outputs {
            for (place, step) in shownSteps(output.rows.count).enumerated() {
                var cells = cells(output, output.rows[step])
                if place > 0 { cells[0] = "" }
                table.add(cells)
            }
        }
        return table.text()
    }
}
