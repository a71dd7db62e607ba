import Basics
import Episodes
import Identification
import Networks
import Reports
import Tensors
import WorldModels

/// The page of a training run: how far the model can be trusted, how training went, and whether the representation is
/// healthy.
enum TrainReport {
    typealias Metrics = [(step: Int, values: [String: Double?])]

    static func page(_ result: TrainResult, metrics: Metrics, configuration: TrainConfiguration) -> Page {
        let description = result.model.description
        let actions = description.actions.map(\.name).joined(separator: ", ")
        var blocks: [Block] = [.cards(cards(result, metrics))]
        blocks += notices(result)
        if let continued = result.continued { blocks += continued.blocks }
        blocks += [
            .heading("How wrong, how far ahead"),
            .paragraph(
                (result.errors.isLeftOut
                    ? "Free-run errors of each member on the part of the log that it left out of its training"
                    : "Free-run errors on the training data themselves: a single member leaves nothing out")
                    + " (\(result.errors.windows) windows, which overlap). foresight evaluate judges on other logs."
            ),
            .grid(Figures.errorAgainstHorizon(horizonErrors(result))), .table(table(result)),
            .heading("Training"), .grid(curves(metrics, configuration, best: description.origin.bestEpoch)),
            .heading("Representation"),
            .paragraph(
                "A healthy representation keeps using its directions: a cliff in the spectrum, or an effective rank "
                    + "that falls towards 1, is a collapse."),
            .grid(representation(result)),
            .details("Configuration", [.code(configuration.yaml())]),
        ]
        return Page(
            title: "Training of a world model",
            lead: "Predicts \(description.outputs.map(\.name).joined(separator: ", "))"
                + (actions.isEmpty ? "" : " under \(actions)") + ", up to "
                + "\(period(description.stepTime * Double(description.horizon))) ahead, in steps of "
                + "\(period(description.stepTime)). \(description.origin.split.prefix(1).uppercased())"
                + "\(description.origin.split.dropFirst()).",
            blocks: blocks, footer: "Foresight \(Version.foresight) · foresight train · libtorch \(Engine.version)")
    }

    private static func cards(_ result: TrainResult, _ metrics: Metrics) -> [KeyFigure] {
        let origin = result.model.description.origin
        let width = result.model.description.architecture.width
        let rates = metrics.compactMap { $0.values["throughput/windows_per_second"] ?? nil }.sorted()
        var cards = [
            KeyFigure(
                "free-run error", NumberText.significant(origin.validationError),
                note: "standard deviations, all steps of the horizon"),
            KeyFigure("epoch kept", "\(origin.bestEpoch) of \(origin.epochs)", note: result.outcome.ending),
            KeyFigure(
                "effective rank", NumberText.fixed(result.health.effectiveRank, decimals: 1),
                note: "of \(width) components"),
        ]
        if let median = rates.isEmpty ? nil : rates[rates.count / 2] {
            cards.append(KeyFigure("throughput", NumberText.significant(median), note: "windows per second"))
        }
        return cards
    }

    private static func notices(_ result: TrainResult) -> [Block] {
        var blocks = result.outcome.warnings.map { Block.notice(.failure, title: "Training", $0) }
        if result.model.description.origin.bestEpoch == 0 {
            blocks.append(
                .notice(
                    .note, title: "The start was kept",
                    "No epoch had a smaller free-run error than what training started from: the outcome of the search, or an "
                        + "identified linear model."))
        }
        if !result.warnings.isEmpty {
            blocks.append(.notice(.warning, title: "The log", result.warnings.joined(separator: "; ")))
        }
        return blocks
    }

    private static func horizonErrors(_ result: TrainResult) -> [HorizonError] {
        result.model.description.outputs.enumerated().map { index, channel in
            HorizonError(
                name: channel.name, unit: channel.unit, seconds: result.errors.seconds,
                model: result.errors.model[index], persistence: result.errors.persistence[index])
        }
    }

    private static func table(_ result: TrainResult) -> Table {
        let bands = result.model.calibration
        let outputs = result.model.description.outputs
        let last = result.errors.seconds.count - 1
        var chosen: [Int] = []
        for step in [0, last / 4, last / 2, last] where !chosen.contains(step) { chosen.append(step) }
        var table = Table(
            "Root mean square error, and half-width of the \(NumberText.percent(bands.coverage, decimals: 0)) band",
            columns: [
                .text("channel"), .text("unit"), .number("ahead"), .number("error"), .number("band ±"),
                .number("persistence"),
            ])
        for (index, channel) in outputs.enumerated() {
            for step in chosen {
                let spread = bands.typicalSpread[min(step, bands.steps - 1) * outputs.count + index]
                table.add([
                    channel.name, channel.unit ?? "", period(result.errors.seconds[step]),
                    NumberText.significant(result.errors.model[index][step]),
                    NumberText.significant(bands.halfWidth(step: step, output: index, spread: spread)),
                    NumberText.significant(result.errors.persistence[index][step]),
                ])
            }
        }
        return table
    }

    private static func curves(_ metrics: Metrics, _ configuration: TrainConfiguration, best: Int) -> [Figure] {
        let perEpoch = Double(max(1, configuration.training.stepsPerEpoch))
        func curve(_ key: String) -> (name: String, epochs: [Double], values: [Double]) {
            let rows = metrics.filter { $0.values[key] != nil }
            let name = key.split(separator: "/").last.map { $0.split(separator: "_").joined(separator: " ") } ?? key
            return (name, rows.map { Double($0.step) / perEpoch }, rows.map { ($0.values[key] ?? nil) ?? .nan })
        }
        let losses = Set(metrics.flatMap(\.values.keys)).filter { $0.hasPrefix("loss/") }.sorted()
        guard !metrics.isEmpty else { return [] }
        let kept = best > 0 ? Double(best) : nil
        return [
            Figures.trainingCurves(
                title: "Free-run error on left-out data",
                curves: [curve("validation/free_run_rmse")]
                    + (metrics.contains { $0.values["validation/old_free_run_rmse"] != nil }
                        ? [curve("validation/old_free_run_rmse")] : []),
                label: "standard deviations", scale: .linear, best: kept),
            Figures.trainingCurves(title: "Terms of the loss, unweighted", curves: losses.map(curve), best: kept),
            Figures.trainingCurves(
                title: "Effective rank", curves: [curve("diagnostics/effective_rank")], label: "directions",
                scale: .linear, best: kept),
            Figures.trainingCurves(
                title: "Spread and correlation of components",
                curves: [curve("diagnostics/least_spread"), curve("diagnostics/mean_correlation")], label: "",
                scale: .linear, best: kept),
            Figures.trainingCurves(
                title: "Norm of the gradient", curves: [curve("optimisation/gradient_norm")], label: "norm",
                best: kept),
        ]
    }

    private static func representation(_ result: TrainResult) -> [Figure] {
        let variances = result.health.spectrum.map { $0 * $0 }
        var figures = [Figures.latentSpectrum(variances, effectiveRank: result.health.effectiveRank)]
        let transition = withoutGradients { result.model.network.predictor.contraction() }
        let groups = (0..<transition.size(0)).compactMap { member -> (name: String, values: [(Double, Double)])? in
            let matrix = transition[member]
            let rows = RealMatrix(rows: matrix.size(0), columns: matrix.size(1), elements: matrix.doubles())
            return eigenvalues(of: rows).map { ("member \(member + 1)", $0.map { ($0.real, $0.imaginary) }) }
        }
        figures.append(
            Figures.eigenvalues(
                title: "Eigenvalues of the predictor's linear part",
                groups: groups.prefix(5).map {
                    (name: $0.name, values: $0.values.map { (real: $0.0, imaginary: $0.1) })
                }))
        return figures
    }
}
