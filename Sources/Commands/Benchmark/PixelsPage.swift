import Basics
import Benchmarking
import Reports
import WorldModels

/// The page of `benchmark pixels`.
enum PixelsPage {
    static func page(_ results: [PixelResult], note: String) -> Page {
        var blocks: [Block] = []
        if !note.isEmpty { blocks.append(.notice(.warning, title: "Rough figures", note)) }
        var table = Table(
            "Goals reached within \(results.first?.set.task.budget ?? 50) steps: median over the models, each the mean over "
                + "its manifests; least and greatest of the models beside it.",
            columns: PixelsText.columns.map {
                ["world", "rule", "published"].contains($0) ? .text($0) : .number($0)
            })
        for row in results.flatMap(PixelsText.rows) { table.add(row) }
        blocks.append(.table(table))
        for result in results {
            blocks += [.heading(result.set.name), .paragraph("From pictures alone: \(result.set.about).")]
            blocks += PixelsText.details(result).map { .list($0.split(separator: "\n").map(String.init)) }
            if let health = result.trainings.first?.health { blocks.append(.grid(figures(health))) }
        }
        blocks.append(
            .paragraph(
                "The planner sees pictures alone and searches in the model; states are read by the evaluation after it has "
                    + "acted. Pairs of start and goal stand in manifests/, what came of each in episodes/."))
        return Page(
            title: "Planning to a picture", lead: "\(results.count) simulated worlds, seen as pictures.",
            blocks: blocks,
            footer: "foresight benchmark pixels \(Version.foresight)")
    }

    /// What the first model's representations look like.
    private static func figures(_ health: ImageHealth) -> [Figure] {
        var figures: [Figure] = []
        if !health.predictionError.isEmpty {
            let steps = health.predictionError.indices.map { Double($0 + 1) }
            let chart = Chart(
                title: "Prediction on held-out episodes",
                description: "Square error in representation space, as a share of that of standing still.",
                x: ChartAxis("steps ahead"),
                panels: [
                    ChartPanel(
                        ChartAxis("share", includesZero: true),
                        layers: [
                            .line("model", x: steps, y: health.predictionError, ink: .blue, width: 2.2),
                            .points("", x: steps, y: health.predictionError, ink: .blue),
                        ])
                ], width: 380)
            figures.append(Figure(chart, note: "1 is no better than holding the last representation."))
        }
        let spectrum = health.representations.spectrum
        if !spectrum.isEmpty {
            let places = spectrum.indices.map { Double($0 + 1) }
            let chart = Chart(
                title: "Spectrum of the representation", description: "Singular values, largest first.",
                x: ChartAxis("component"),
                panels: [
                    ChartPanel(
                        ChartAxis("deviation", includesZero: true),
                        layers: [.line("", x: places, y: spectrum, ink: .blue, width: 2)])
                ], width: 380)
            let rank = (health.representations.effectiveRank * 10).rounded() / 10
            figures.append(Figure(chart, note: "Effective rank \(rank) of \(spectrum.count)."))
        }
        if !health.plane.isEmpty {
            let chart = Chart(
                title: "Representations of held-out pictures", description: "Their two greatest principal components.",
                x: ChartAxis("first"),
                panels: [
                    ChartPanel(
                        ChartAxis("second"),
                        layers: [
                            .points(
                                "", x: health.plane.map { $0[0] }, y: health.plane.map { $0[1] }, ink: .blue, width: 3)
                        ])
                ], width: 380)
            figures.append(Figure(chart, note: "A collapsed model shows one point."))
        }
        return figures
    }
}
