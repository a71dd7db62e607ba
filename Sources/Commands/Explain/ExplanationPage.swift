import Basics
import Episodes
import Reports
import WorldModels

/// The page of `explain`: step responses first, then what the prediction comes from.
enum ExplanationPage {
    static func page(_ result: Explanation, started: String) -> Page {
        var blocks: [Block] = []
        let warnings = ExplanationWords.warnings(result)
        if !warnings.isEmpty { blocks += [.heading("Before relying on it"), .list(warnings)] }
        if !result.responses.isEmpty {
            blocks += [
                .heading("Step responses"), .paragraph("From \(ExplanationWords.point(result))."),
                .grid(result.responses.flatMap { $0 }.map { figure($0, result) }), .table(steps(result)),
                .paragraph(ExplanationWords.bands(result)),
            ]
        }
        blocks += [
            .heading("Where the prediction comes from"),
            .paragraph(
                "What each channel adds at each time, by integrated gradients: together exactly the difference between the "
                    + "prediction and that for the baseline, \(ExplanationWords.baseline(result.baseline)). “Without it” is "
                    + "what putting that one channel to its baseline changes; where channels work together, the two differ."
            ),
        ]
        for (attribution, halfWidth) in zip(result.attributions, result.halfWidths) {
            blocks += [
                .paragraph(ExplanationWords.headline(attribution, halfWidth, result)),
                .figure(map(attribution, result)), .table(table(attribution, result)),
            ]
        }
        return Page(
            title: "Why \(result.name) predicts what it does",
            lead: "Made at \(result.moment.words) of \(result.log), \(period(result.ahead)) ahead.",
            blocks: blocks, footer: "foresight explain \(Version.foresight), \(started)")
    }

    /// One response with its bands, the end of training marked.
    private static func figure(_ response: StepResponse, _ result: Explanation) -> Figure {
        let (output, action) = (result.model.outputs[response.output], result.model.inputs[response.action])
        let unit = TimeUnit(span: response.seconds.last ?? 0)
        let x = [0] + response.seconds.map { $0 / unit.seconds }
        func band(_ name: String, _ halfWidths: [Double], _ ink: Ink) -> ChartLayer {
            let (values, halves) = ([0] + response.values, [0] + halfWidths)
            return .band(
                name, x: x, lower: zip(values, halves).map { $0 - $1 }, upper: zip(values, halves).map { $0 + $1 },
                ink: ink)
        }
        var layers = [band("errors unrelated", response.independentHalfWidths, .muted)]
        if !response.memberHalfWidths.isEmpty { layers.append(band("members", response.memberHalfWidths, .blue)) }
        layers.append(.line("response", x: x, y: [0] + response.values, ink: .blue, width: 2))
        var references: [ChartReference] = []
        let trained = Double(response.trainedSteps) * result.model.stepTime / unit.seconds
        if let last = x.last, trained < last { references.append(.moment(trained, label: "trained up to here")) }
        let size = ExplanationWords.signed(response.size, action.unit)
        let chart = Chart(
            title: "\(output.name) to \(action.name) \(size)",
            description: "The change of \(output.name) after a step of \(action.name) by \(size), with bands.",
            x: ChartAxis("time behind the step", unit: unit.name, includesZero: true),
            panels: [
                ChartPanel(
                    ChartAxis("change of \(output.name)", unit: output.unit, includesZero: true), layers: layers,
                    references: references, height: 170)
            ], width: 480)
        let words = ExplanationWords.shape(response.shape)
        return Figure(chart, note: words)
    }

    private static func steps(_ result: Explanation) -> Table {
        var table = Table(
            "Gain at the end, dead time and time constant of each response.",
            columns: ExplanationText.stepColumns.map { ["response", ""].contains($0) ? .text($0) : .number($0) })
        for row in ExplanationText.stepRows(result) { table.add(row) }
        return table
    }

    private static func table(_ attribution: Attribution, _ result: Explanation) -> Table {
        var table = Table(
            "What \(result.model.outputs[attribution.output].name) comes from, the greatest first.",
            columns: ExplanationText.columns.enumerated().map { [0, 3].contains($0) ? .text($1) : .number($1) })
        let rows = ExplanationText.rows(attribution, result)
        for (index, row) in rows.enumerated() { table.add(row, isEmphasised: index == rows.count - 1) }
        return table
    }

    /// The most columns of a heat map on either side of the present.
    private static let mostBins = 5

    /// Channels by time, steps put together until they can be read.
    private static func map(_ attribution: Attribution, _ result: Explanation) -> Figure {
        let model = result.model
        let channel = model.outputs[attribution.output]
        let history = attribution.history
        let rows = model.inputs.isEmpty ? history : attribution.inputs.count / model.inputs.count
        func bins(_ range: Range<Int>) -> [Range<Int>] {
            let width = max(1, (range.count + mostBins - 1) / mostBins)
            // Counted from the present, so that the odd bin is the farthest.
            return stride(from: 0, to: range.count, by: width).map { offset in
                range.upperBound <= history - 1
                    ? max(range.lowerBound, range.upperBound - offset - width)..<(range.upperBound - offset)
                    : (range.lowerBound + offset)..<min(range.upperBound, range.lowerBound + offset + width)
            }
        }
        let columns = bins(0..<(history - 1)).reversed() + bins((history - 1)..<rows)
        let unit = TimeUnit(span: Double(rows) * model.stepTime)
        func sums(_ values: [Double], _ width: Int, _ channel: Int) -> [Double] {
            columns.map { bin in
                let known = bin.filter { ($0 + 1) * width <= values.count }
                return known.isEmpty ? .nan : known.reduce(0) { $0 + values[$1 * width + channel] }
            }
        }
        let cells =
            model.outputs.indices.map { sums(attribution.outputs, model.outputs.count, $0) }
            + model.inputs.indices.map { sums(attribution.inputs, model.inputs.count, $0) }
        return HeatMap(
            title: "\(channel.name): what adds how much, and from when",
            rows: (model.outputs + model.inputs).map(\.name),
            columns: columns.map { bin in
                NumberText.significant(Double(bin.lowerBound - history + 1) * model.stepTime / unit.seconds, digits: 2)
            }, values: cells.flatMap { $0 }, unit: channel.unit, isSigned: true
        ).figure(
            note:
                "In \(channel.unit ?? "the channel's unit"), blue raises, orange lowers. Columns begin so many \(unit.name) "
                + "from that moment; 0 is the moment itself, from which inputs are planned or expected.")
    }
}
