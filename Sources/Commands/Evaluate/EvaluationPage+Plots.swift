import Episodes
import Reports
import WorldModels

extension EvaluationPage {
    /// A typical prediction and the worst at once, others folded away.
    static func predictions(_ result: EvaluationResult) -> [Block] {
        let names = SourceNames(result.log)
        let samples = result.evaluation.samples
        return samples.enumerated().map { index, sample in
            let title = "\(names.short(sample.episode)) from \(period(sample.origin)) on, \(sample.reason)"
            let figure = Block.figure(prediction(sample, title, result))
            let isShown = index == 0 || index == samples.count - 1
            return isShown ? figure : .details(title, [figure])
        }
    }

    private static func prediction(_ sample: PredictionSample, _ title: String, _ result: EvaluationResult) -> Figure {
        let outputs = result.model.outputs.indices.map { index in
            let channel = result.model.outputs[index]
            var trace = PredictionTrace(
                name: channel.name, unit: channel.unit, time: sample.time, truth: sample.truth[index],
                predictedTime: sample.seconds, predicted: sample.predicted[index])
            trace.lower = zip(sample.predicted[index], sample.halfWidth[index]).map { $0 - $1 }
            trace.upper = zip(sample.predicted[index], sample.halfWidth[index]).map { $0 + $1 }
            if !sample.linear.isEmpty { trace.comparisons = [("linear model", sample.linear[index])] }
            return trace
        }
        let inputs = result.model.inputs.indices.map { index in
            let channel = result.model.inputs[index]
            var trace = PredictionTrace(
                name: channel.name, unit: channel.unit, time: sample.time, truth: sample.inputs[index])
            trace.isInput = true
            return trace
        }
        return Figures.prediction(title: title, traces: outputs + inputs, coverage: result.evaluation.promised)
    }

    /// Half-widths of the bands beside what they should have held.
    static func widths(_ evaluation: Evaluation) -> [Figure] {
        evaluation.outputs.map { output in
            let unit = TimeUnit(span: evaluation.scope.seconds.last ?? 0)
            let ahead = output.rows.map { $0.seconds / unit.seconds }
            let share = NumberText.percent(evaluation.promised, decimals: 0)
            let chart = Chart(
                title: "\(output.name): width of the bands",
                description: "Half-width of the bands and what \(share) of the errors do not exceed, by time ahead.",
                x: ChartAxis("time ahead", unit: unit.name, includesZero: true),
                panels: [
                    ChartPanel(
                        ChartAxis("half-width", unit: output.unit, includesZero: true),
                        layers: [
                            .line(
                                "\(share) of errors", x: ahead, y: output.rows.map(\.errorQuantile), ink: .foreground,
                                dash: .dashed),
                            .line("band", x: ahead, y: output.rows.map(\.halfWidth), ink: .blue, width: 2.4),
                        ], height: 170)
                ], width: 480)
            return Figure(chart)
        }
    }
}
