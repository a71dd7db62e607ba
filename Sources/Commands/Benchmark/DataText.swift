import Benchmarking
import Reports

/// What `benchmark data` prints.
enum DataText {
    /// The heads of the columns.
    static let columns = ["measure", "log", "part", "model", "seeds", "linear", "held", "inside"]

    /// One row.
    static func cells(_ point: DataPoint, _ figure: MeasureFigure) -> [String] {
        let unit = figure.measure.unit.isEmpty ? "" : " [\(figure.measure.unit)]"
        return [
            figure.measure.name + unit, period(point.hours * 3600), share(point.share),
            figure.isStable ? BenchmarkText.number(figure.value) : "runs away", BenchmarkText.range(figure.values),
            BenchmarkText.number(figure.linear), BenchmarkText.number(figure.held),
            figure.coverage.map { NumberText.percent($0, decimals: 0) } ?? "–",
        ]
    }

    /// A share in words: 1/16, all.
    static func share(_ share: Double) -> String { share >= 1 ? "all" : "1/\(Int((1 / share).rounded()))" }

    /// From how much log on a model is nearly as good as with all.
    static func enough(_ result: DataSetResult, _ measure: BenchmarkMeasure) -> String? {
        guard let hours = result.sufficientHours(measure), let last = result.points.last else { return nil }
        return "\(measure.name): within a tenth of the error of the whole log (\(period(last.hours * 3600))) from "
            + "\(period(hours * 3600)) on"
    }

    static func text(_ results: [DataSetResult], note: String, report: String) -> String {
        var table = TextTable(columns.map { ($0, ["measure", "part"].contains($0) ? .left : .right) })
        for result in results {
            for measure in result.measures {
                for (index, row) in result.figures(measure).enumerated() {
                    var cells = cells(row.point, row.figure)
                    if index > 0 { cells[0] = "" }
                    table.add(cells)
                }
            }
        }
        let enough = results.flatMap { result in result.measures.compactMap { self.enough(result, $0) } }
        var parts = note.isEmpty ? [] : [note]
        parts.append(table.text())
        if !enough.isEmpty { parts.append(enough.joined(separator: "\n")) }
        let seconds = results.reduce(0) { $0 + $1.seconds }
        parts.append("\(period(seconds)) in all; page with plots: \(report)")
        return parts.joined(separator: "\n\n")
    }
}
