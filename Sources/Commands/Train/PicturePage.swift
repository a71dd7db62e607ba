import Basics
import Reports
import WorldModels

/// The page of a training from pictures.
enum PicturePage {
    static func page(_ result: PictureResult, metrics: [(step: Int, values: [String: Double?])]) -> Page {
        var blocks: [Block] = [.list(result.findings)]
        if let health = result.health {
            blocks.append(.grid(HealthFigures.figures(health)))
            if let readings = health.probe?.readings, !readings.isEmpty { blocks.append(.table(table(readings))) }
        }
        blocks.append(.figure(losses(metrics)))
        let settings = result.model.settings
        blocks += [
            .details("Settings", [.code(settings.yaml())]),
            .paragraph(
                "Health is that of held-out episodes, from which nothing learned. The true state is for judging alone: "
                    + "encoder and predictor never saw it."),
        ]
        let sizes = result.model.network.architecture
        return Page(
            title: "A world model from pictures",
            lead: "Pictures of \(sizes.imageSize[1]) × \(sizes.imageSize[0]) pixels, representations of \(sizes.width) "
                + "numbers, recipe \(settings.recipe).",
            blocks: blocks, footer: "foresight train \(Version.foresight)")
    }

    private static func table(_ readings: [StateProbe.Reading]) -> Table {
        var table = Table(
            "What of the true state can be read off a representation: errors in variances, correlations with the truth.",
            columns: [
                .text("number"), .number("linear error"), .number("linear r"), .number("perceptron error"),
                .number("perceptron r"),
            ])
        for reading in readings {
            table.add(
                [reading.name]
                    + [
                        reading.linearError, reading.linearCorrelation, reading.perceptronError,
                        reading.perceptronCorrelation,
                    ].map { NumberText.significant($0) })
        }
        return table
    }

    private static func losses(_ metrics: [(step: Int, values: [String: Double?])]) -> Figure {
        let names = Set(metrics.flatMap { $0.values.keys }).filter { $0.hasPrefix("loss/") }.sorted()
        let layers = names.enumerated().map { index, name in
            let points = metrics.compactMap { row in
                (row.values[name] ?? nil).map { (Double(row.step), $0) }
            }
            return ChartLayer.line(
                String(name.dropFirst("loss/".count)), x: points.map(\.0), y: points.map(\.1), ink: .series(index),
                dash: Dash.allCases[index % Dash.allCases.count])
        }
        let chart = Chart(
            title: "Terms of the loss", description: "Each unweighted, over training.", x: ChartAxis("step"),
            panels: [ChartPanel(ChartAxis("loss", scale: .logarithmic), layers: layers)], width: 600)
        return Figure(chart)
    }
}
