import Episodes
import Reports
import WorldModels

/// What `explain` prints on a terminal.
enum ExplanationText {
    static func text(_ result: Explanation, report: String?) -> String {
        var parts = [ExplanationWords.lead(result)]
        for (attribution, halfWidth) in zip(result.attributions, result.halfWidths) {
            parts.append(
                ExplanationWords.headline(attribution, halfWidth, result) + "\n\n" + table(attribution, result))
        }
        if !result.responses.isEmpty {
            let share = NumberText.percent(result.share, decimals: 0)
            parts.append(
                "steps of \(share) of the recorded range from \(ExplanationWords.point(result))\n\n\(steps(result))")
        }
        if let report { parts.append("page with plots: \(report)") }
        return parts.joined(separator: "\n\n")
    }

    /// The heads of the columns of contributions.
    static let columns = ["from", "adds", "without it", "nine tenths of it"]

    /// The rows of contributions: the greatest first, the sum last.
    static func rows(_ attribution: Attribution, _ result: Explanation) -> [[String]] {
        let unit = result.model.outputs[attribution.output].unit
        let contributions = result.contributions(attribution).sorted { abs($0.sum) > abs($1.sum) }
        let difference = attribution.prediction - attribution.baseline
        return contributions.map { part in
            [
                part.name, ExplanationWords.signed(part.sum, unit), ExplanationWords.signed(-part.without, unit),
                ExplanationWords.span(part.span),
            ]
        } + [
            [
                "all together", ExplanationWords.signed(difference + attribution.gap, unit), "",
                "\(NumberText.significant(abs(attribution.gap), digits: 1)) from adding up",
            ]
        ]
    }

    private static func table(_ attribution: Attribution, _ result: Explanation) -> String {
        var table = TextTable(columns.enumerated().map { ($1, [0, 3].contains($0) ? .left : .right) })
        for row in rows(attribution, result) { table.add(row) }
        return table.text()
    }

    /// The heads of the columns of step responses.
    static let stepColumns = ["response", "step", "gain", "members ±", "dead time", "63 % after", ""]

    /// The rows of step responses.
    static func stepRows(_ result: Explanation) -> [[String]] {
        result.responses.flatMap { $0 }.map { response in
            let (output, action) = (result.model.outputs[response.output], result.model.inputs[response.action])
            let shape = response.shape
            let unit = gainUnit(output.unit, action.unit)
            return [
                "\(output.name) to \(action.name)", ExplanationWords.signed(response.size, action.unit),
                NumberText.quantity(shape.gain, unit: unit),
                shape.gainHalfWidth.map { NumberText.significant($0, digits: 2) } ?? "–",
                shape.deadTime.map { period($0) } ?? "–", shape.timeConstant.map { period($0) } ?? "–",
                ExplanationWords.shape(shape),
            ]
        }
    }

    /// The unit of an output over that of an action.
    static func gainUnit(_ output: String?, _ action: String?) -> String? {
        let (above, below) = (output ?? "", action ?? "")
        return below.isEmpty ? above : "\(above.isEmpty ? "1" : above)/\(below)"
    }

    private static func steps(_ result: Explanation) -> String {
        var table = TextTable(stepColumns.enumerated().map { ($1, [0, 6].contains($0) ? .left : .right) })
        for row in stepRows(result) { table.add(row) }
        return table.text()
    }
}
