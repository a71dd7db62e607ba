import Reports
import WorldModels

/// What representations of held-out pictures look like, and how far ahead they are predicted.
enum HealthFigures {
    /// The figures.
    static func figures(_ health: ImageHealth) -> [Figure] {
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
            figures.append(
                Figures.latentSpectrum(
                    spectrum.map { $0 * $0 }, effectiveRank: health.representations.effectiveRank))
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
