import Basics
import Benchmarking
import Reports

/// The page of `benchmark data`: error against hours of log, measure by measure.
enum DataPage {
    static func page(_ results: [DataSetResult], note: String, started: String) -> Page {
        var blocks: [Block] = []
        if !note.isEmpty { blocks.append(.notice(.warning, title: "Rough figures", note)) }
        let enough = results.flatMap { result in result.measures.compactMap { DataText.enough(result, $0) } }
        if !enough.isEmpty { blocks.append(.list(enough)) }
        for result in results {
            blocks += [.heading(result.set.name), .paragraph(result.set.about)]
            blocks.append(.grid(result.measures.compactMap { figure(result, $0) }))
            var table = Table(
                "Error by length of the log, on the same tests.",
                columns: DataText.columns.map { ["measure", "part"].contains($0) ? .text($0) : .number($0) })
            for measure in result.measures {
                for row in result.figures(measure) { table.add(DataText.cells(row.point, row.figure)) }
            }
            blocks.append(.table(table))
            for point in result.points {
                guard let reason = point.reason else { continue }
                blocks.append(.paragraph("\(DataText.share(point.share)) of the log: \(reason)"))
            }
        }
        blocks.append(
            .paragraph(
                "Each part is the beginning of the training log, episode after episode. The rules choose step, horizon and "
                    + "structure anew for each; the linear model is the best of the same rows."))
        return Page(
            title: "How much data", lead: "The default recipe on growing parts of \(results.count) training logs.",
            blocks: blocks, footer: "foresight benchmark data \(Version.foresight), \(started)")
    }

    private static func figure(_ result: DataSetResult, _ measure: BenchmarkMeasure) -> Figure? {
        let rows = result.figures(measure)
        guard let last = rows.last else { return nil }
        let unit = TimeUnit(span: last.point.hours * 3600)
        let x = rows.map { $0.point.hours * 3600 / unit.seconds }
        var layers: [ChartLayer] = []
        if last.figure.values.count > 1 {
            layers.append(
                .band(
                    "all seeds", x: x, lower: rows.map { $0.figure.values.min() ?? .nan },
                    upper: rows.map { $0.figure.values.max() ?? .nan }, ink: .blue))
        }
        layers += [
            .line("last value held", x: x, y: rows.map { $0.figure.held ?? .nan }, ink: .muted, dash: .dotted),
            .line("linear", x: x, y: rows.map { $0.figure.linear ?? .nan }, ink: .foreground, dash: .dashed),
            .line("model", x: x, y: rows.map(\.figure.value), ink: .blue, width: 2.2),
            .points("", x: x, y: rows.map(\.figure.value), ink: .blue),
        ]
        let chart = Chart(
            title: measure.name, description: "\(measure.metric) by length of the training log.",
            x: ChartAxis("length of the log", unit: unit.name, scale: .logarithmic),
            panels: [
                ChartPanel(
                    ChartAxis("error", unit: measure.unit, scale: .logarithmic), layers: layers, height: 220)
            ], width: 480)
        return Figure(chart, note: measure.metric)
    }
}
