import Basics
import Benchmarking
import Reports

/// The page of `benchmark objectives`: for each set the curves, the table and the answer.
enum ObjectivesPage {
    static func page(
        _ results: [ObjectiveSetResult], seeds: Int, steps: Int, note: String, started: String
    ) -> Page {
        var blocks: [Block] = []
        if !note.isEmpty { blocks.append(.notice(.warning, title: "Rough figures", note)) }
        blocks += [
            .heading("Do one-step models drift, and representation models not?"),
            .list(results.map(ObjectivesText.answer)), .paragraph(ObjectivesText.rule),
        ]
        for result in results {
            blocks += [.heading(result.set), .paragraph(result.about)]
            blocks.append(.grid([figure(result, .representation), figure(result, nil)]))
            blocks.append(.table(table(result)))
        }
        blocks.append(
            .paragraph(
                "Medians over \(counted(seeds, "seed")). Each objective had \(steps) optimiser steps of 64 windows, two layers "
                    + "of 64 units in encoder and transition, 16 components, 32 rows of history, 20 steps of rollout (one "
                    + "step where the name says so). In use: effective rank of the representation; size: its deviation. Lost: "
                    + "the share of predictions that left the recorded range by ten widths. The default recipe "
                    + "(foresight train) starts from a linear model and searches its structure; it stands beside for "
                    + "orientation, as do the best linear model and the last value held."))
        return Page(
            title: "Representation prediction against the alternatives",
            lead: "The same networks, data and optimiser steps; only the objective differs.", blocks: blocks,
            footer: "foresight benchmark objectives \(Version.foresight), \(started)")
    }

    private static func table(_ result: ObjectiveSetResult) -> Table {
        var table = Table(
            ObjectivesText.lead(result),
            columns: (ObjectivesText.columns + ["seeds at 200"]).map { $0 == "predictor" ? .text($0) : .number($0) })
        for curve in result.curves {
            table.add(
                ObjectivesText.cells(curve) + [ObjectivesText.range(curve)], isEmphasised: curve.name == "recipe")
        }
        return table
    }

    /// Error against horizon, both logarithmic: of one family, or of all others; one-step and linear in both.
    private static func figure(_ result: ObjectiveSetResult, _ family: LearningObjective.Family?) -> Figure {
        let shown = result.curves.filter { curve in
            if curve.objective == .oneStep || curve.name == "linear" { return true }
            return family == nil ? curve.objective?.family != .representation : curve.objective?.family == family
        }
        var own = 0
        let layers = shown.flatMap { curve -> [ChartLayer] in
            let (ink, dash): (Ink, Dash)
            switch curve.name {
            case "one_step": (ink, dash) = (.danger, .solid)
            case "linear": (ink, dash) = (.foreground, .dashed)
            case "held": (ink, dash) = (.muted, .dotted)
            default:
                (ink, dash) = (Ink.series(own), curve.name.hasSuffix("_readout") ? .dashed : .solid)
                own += 1
            }
            let steps = Array(1...ObjectiveHorizons.last)
            return [
                .line(
                    curve.label, x: steps.map(Double.init), y: steps.map { min(curve.error(at: $0), 100) }, ink: ink,
                    dash: dash)
            ]
        }
        let title = family == nil ? "reconstruction and autoregression" : "representation prediction"
        let chart = Chart(
            title: "\(result.set): \(title)", description: "Normalised error by steps ahead, medians over the seeds.",
            x: ChartAxis("steps ahead", scale: .logarithmic),
            panels: [
                ChartPanel(
                    ChartAxis("NRMSE", scale: .logarithmic), layers: layers,
                    references: [.moment(Double(ObjectiveHorizons.trained), label: "trained")], height: 260)
            ], width: 520)
        return Figure(chart)
    }
}
