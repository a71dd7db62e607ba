import Basics
import Identification
import Reports
import WorldModels

/// The page of `evaluate`: how far to trust, where that would be wrong, errors, bands, predictions, residuals.
enum EvaluationPage {
    /// The whole page.
    static func page(_ result: EvaluationResult, started: String) -> Page {
        let evaluation = result.evaluation
        var blocks = [
            cards(result), .list(evaluation.outputs.map { EvaluationWords.trust($0, promised: evaluation.promised) }),
        ]
        if let adaptation = evaluation.adaptation {
            blocks.append(.paragraph(AdaptationWords.page(adaptation, result.model)))
        }
        let warnings = EvaluationWords.warnings(result)
        if warnings.isEmpty {
            blocks.append(.notice(.success, title: "Nothing found that makes these figures doubtful", ""))
        } else {
            blocks += [.heading("Where it would be wrong"), .list(warnings)]
        }
        blocks += [.heading("Error by time ahead"), .grid(errors(evaluation))]
        blocks += [.details("All figures", [.table(table(evaluation))]), .heading("Predictions")]
        blocks += predictions(result)
        blocks += [.heading("Bands"), .grid([coverage(evaluation)] + widths(evaluation))]
        blocks += [.heading("What is left in the errors"), .paragraph(residualWords(evaluation, result.model))]
        blocks += [.grid(evaluation.outputs.map { residuals($0, result.model) })]
        blocks += [.heading("The model")]
        blocks.append(.grid(inside(evaluation)))
        if !evaluation.linearSummaries.isEmpty {
            blocks.append(.paragraph("The linear models that it is compared with:"))
            blocks.append(
                .list(zip(evaluation.outputs, evaluation.linearSummaries).map { "\($0.name): \($1)" }))
        }
        return Page(
            title: "How far \(result.name) can be trusted", lead: EvaluationText.lead(result) + ".", blocks: blocks,
            footer: "foresight evaluate \(Version.foresight), \(started)")
    }

    /// What the model uses of its representation, and how quickly it forgets.
    private static func inside(_ evaluation: Evaluation) -> [Figure] {
        func points(_ values: [ComplexValue]) -> [(real: Double, imaginary: Double)] {
            values.map { ($0.real, $0.imaginary) }
        }
        var groups = [("model, linear part", points(evaluation.modelPoles))]
        if !evaluation.linearPoles.isEmpty { groups.append(("linear models", points(evaluation.linearPoles))) }
        return [
            Figures.latentSpectrum(
                evaluation.health.spectrum.map { $0 * $0 }, effectiveRank: evaluation.health.effectiveRank),
            Figures.eigenvalues(title: "Eigenvalues per step", groups: groups),
        ]
    }

    private static func cards(_ result: EvaluationResult) -> Block {
        let evaluation = result.evaluation
        var figures = evaluation.outputs.prefix(4).compactMap { output -> KeyFigure? in
            guard let last = output.rows.last(where: { $0.count > 0 }) else { return nil }
            let rivals = [
                last.linear.map { "linear \(NumberText.significant($0))" },
                "held \(NumberText.significant(last.persistence))",
            ]
            let isBetter = output.trust.beatenBy == nil
            return KeyFigure(
                "\(output.name), error \(period(last.seconds)) ahead",
                NumberText.quantity(last.rmse, unit: output.unit),
                note: rivals.compactMap { $0 }.joined(separator: ", "), verdict: isBetter ? .success : .warning)
        }
        let coverage = result.coverage
        figures += [
            KeyFigure(
                "truth inside the bands", NumberText.percent(coverage),
                note: "promised \(NumberText.percent(evaluation.promised, decimals: 0))",
                verdict: abs(coverage - evaluation.promised) <= 0.05 ? .success : .warning),
            KeyFigure(
                "out of distribution", NumberText.percent(evaluation.outOfDistribution),
                note: "of the predicted steps", verdict: evaluation.outOfDistribution > 0.05 ? .warning : nil),
            KeyFigure(
                "one prediction", NumberText.duration(evaluation.cost.single * 1e-6),
                note: "a step of one candidate \(NumberText.duration(evaluation.cost.perStep * 1e-6))"),
        ]
        return .cards(figures)
    }

    private static func errors(_ evaluation: Evaluation) -> [Figure] {
        Figures.errorAgainstHorizon(
            evaluation.outputs.map { output in
                HorizonError(
                    name: output.name, unit: output.unit, seconds: output.rows.map(\.seconds),
                    model: output.rows.map(\.rmse), linear: output.rows.compactMap(\.linear),
                    persistence: output.rows.map(\.persistence))
            })
    }

    private static func table(_ evaluation: Evaluation) -> Table {
        var table = Table(
            "Root mean square errors; half-widths of the bands; share of truths inside.",
            columns: EvaluationText.columns.map { $0 == "channel" ? .text($0) : .number($0) })
        for output in evaluation.outputs {
            // A page is for reading: of hundreds of steps some are enough, all are in the JSON.
            let stride = max(1, (output.rows.count + 39) / 40)
            for (index, row) in output.rows.enumerated() where (index + 1) % stride == 0 || index == 0 {
                table.add(EvaluationText.cells(output, row))
            }
        }
        return table
    }

    private static func coverage(_ evaluation: Evaluation) -> Figure {
        Figures.coverage(
            seconds: evaluation.scope.seconds, channels: evaluation.outputs.map { ($0.name, $0.rows.map(\.coverage)) },
            nominal: evaluation.promised, accepted: (evaluation.promised - 0.05)...min(1, evaluation.promised + 0.05))
    }

    private static func residualWords(_ evaluation: Evaluation, _ model: ModelDescription) -> String {
        let parts = evaluation.outputs.map { output in
            let residuals = output.residuals
            return "\(output.name) \(NumberText.quantity(residuals.rmse, unit: output.unit)), "
                + "\(NumberText.percent(residuals.shareOutside, decimals: 0)) of lags outside"
        }
        return "Errors one step (\(period(model.stepTime))) ahead, each from all that came before: "
            + parts.joined(separator: "; ")
            + ". White errors would leave 5 % of the lags outside; what correlates, the model could still learn."
    }

    private static func residuals(_ output: Evaluation.Output, _ model: ModelDescription) -> Figure {
        Figures.residualAutocorrelation(
            name: output.name, autocorrelation: output.residuals.autocorrelation, bound: output.residuals.bound,
            samplingTime: model.stepTime)
    }
}
