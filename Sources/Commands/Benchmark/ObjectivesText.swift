import Basics
import Benchmarking
import Reports

/// What `benchmark objectives` prints.
enum ObjectivesText {
    /// The heads of the columns: horizons in steps, then what tells drift and collapse.
    static let columns =
        ["predictor"] + ObjectiveHorizons.steps.map { "\($0)" }
        + ["200 over 20", "lost", "in use", "size"]

    /// One row: medians over the seeds, the range at the last horizon.
    static func cells(_ curve: HorizonCurve) -> [String] {
        let errors = ObjectiveHorizons.steps.map { BenchmarkText.number(curve.error(at: $0)) }
        let growth = middle(curve.growth(from: ObjectiveHorizons.trained, to: ObjectiveHorizons.last))
        let lost = curve.diverged.max() ?? 0
        return [curve.label] + errors + [
            BenchmarkText.number(growth), lost > 0 ? NumberText.percent(lost, decimals: 0) : "",
            known(middle(curve.ranks), digits: 2), known(middle(curve.spreads), digits: 2),
        ]
    }

    /// Least and greatest of the seeds at the last horizon.
    static func range(_ curve: HorizonCurve) -> String {
        guard curve.errors.count > 1 else { return "" }
        let range = curve.range(at: ObjectiveHorizons.last)
        return "\(BenchmarkText.number(range.least))…\(BenchmarkText.number(range.greatest))"
    }

    private static func middle(_ values: [Double]) -> Double {
        // A seed of which nothing is known says nothing of the others.
        median(values.filter { !$0.isNaN })
    }

    private static func known(_ value: Double, digits: Int) -> String {
        value.isNaN ? "" : NumberText.significant(value, digits: digits)
    }

    /// How the answer was found.
    static let rule =
        "A predictor drifts where, for most seeds, its error after 200 steps is more than 1.5 times that after 20 (the "
        + "horizon of training), or a prediction leaves the recorded range by ten times its width. The claim that one-step "
        + "models drift and representation models do not is shown where the one-step model drifts and no guarded "
        + "representation model does. The best of a kind is the one with the least error after 200 steps from starts in the "
        + "training part; told is its error on the test record."

    /// What the numbers say of one set.
    static func answer(_ result: ObjectiveSetResult) -> String {
        var words = "\(result.set): \(result.verdict.word)"
        if let one = result.curve(.oneStep), let best = result.best(.representation) {
            words +=
                " (after 200 steps, one step fed back \(BenchmarkText.number(one.error(at: 200))), the best "
                + "representation model, \(best.label), \(BenchmarkText.number(best.error(at: 200)))"
            if let other = result.best(.reconstruction) {
                words += ", the best reconstruction, \(other.label), \(BenchmarkText.number(other.error(at: 200)))"
            }
            if let many = result.curve(.multiStep) {
                words += ", many steps fed back \(BenchmarkText.number(many.error(at: 200)))"
            }
            words += ")"
        }
        return words
    }

    /// The whole text.
    static func text(_ results: [ObjectiveSetResult], note: String, report: String) -> String {
        var parts = note.isEmpty ? [] : [note]
        for result in results {
            var table = TextTable((columns + ["seeds at 200"]).map { ($0, $0 == "predictor" ? .left : .right) })
            for curve in result.curves { table.add(cells(curve) + [range(curve)]) }
            parts.append("\(lead(result))\n\n\(table.text())")
        }
        parts.append(results.map(answer).joined(separator: "\n"))
        parts += [rule, "page with plots: \(report)"]
        return parts.joined(separator: "\n\n")
    }

    /// What was learned from.
    static func lead(_ result: ObjectiveSetResult) -> String {
        "\(result.set): NRMSE by steps ahead, \(result.starts) starts; learned from \(result.rows) rows "
            + "(\(period(Double(result.rows) * result.samplingTime))), \(result.parameters) parameters each, in "
            + period(result.seconds)
    }
}
