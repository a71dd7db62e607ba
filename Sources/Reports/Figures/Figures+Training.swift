extension Figures {
    /// Losses or errors over the course of training.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - curves: Name, epochs and values of each curve.
    ///   - label: What the values are.
    ///   - unit: Their unit.
    ///   - scale: Logarithmic for losses that fall by orders of magnitude.
    ///   - best: The epoch that was kept; `nil` for none.
    /// - Returns: The figure.
    public static func trainingCurves(
        title: String, curves: [(name: String, epochs: [Double], values: [Double])], label: String = "loss",
        unit: String? = nil, scale: AxisScale = .logarithmic, best: Double? = nil
    ) -> Figure {
        let layers = curves.enumerated().map { index, curve in
            ChartLayer.line(
                curve.name, x: curve.epochs, y: curve.values, ink: .series(index),
                dash: Dash.allCases[index % Dash.allCases.count])
        }
        let references = best.map { [ChartReference.moment($0, label: "kept")] } ?? []
        let chart = Chart(
            title: title, description: "\(label) by epoch.", x: ChartAxis("epoch"),
            panels: [ChartPanel(ChartAxis(label, unit: unit, scale: scale), layers: layers, references: references)],
            width: 480)
        return Figure(chart)
    }

    /// The variance along the principal directions of the representation: a collapse shows as a cliff.
    ///
    /// - Parameters:
    ///   - variances: Eigenvalues of the covariance, falling.
    ///   - effectiveRank: The exponential of the entropy of the normalised spectrum; `nil` to leave it out.
    /// - Returns: The figure.
    public static func latentSpectrum(_ variances: [Double], effectiveRank: Double? = nil) -> Figure {
        let index = variances.indices.map { Double($0 + 1) }
        let rank = effectiveRank.map { "Effective rank \(NumberText.fixed($0, decimals: 1)) of \(variances.count)." }
        let chart = Chart(
            title: "Spectrum of the representation",
            description: "Variance along each principal direction, falling. \(rank ?? "")",
            x: ChartAxis("principal direction"),
            panels: [
                ChartPanel(
                    ChartAxis("variance", scale: .logarithmic),
                    layers: [.bars("", x: index, y: variances, ink: .blue)], height: 170)
            ], width: 480)
        return Figure(chart, note: rank ?? "")
    }

    /// Eigenvalues of a transition in the complex plane with the unit circle: inside decays, on it integrates.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - groups: Name and eigenvalues of each model.
    /// - Returns: The figure.
    public static func eigenvalues(
        title: String, groups: [(name: String, values: [(real: Double, imaginary: Double)])]
    ) -> Figure {
        let circle = unitCircle()
        var layers: [ChartLayer] = [
            .line("unit circle", x: circle.map(\.0), y: circle.map(\.1), ink: .muted, dash: .dashed, width: 1.2)
        ]
        // The first group is drawn last and smaller: a shared eigenvalue shows as a dot with a rim.
        for (index, group) in groups.enumerated().reversed() {
            layers.append(
                .points(
                    group.name, x: group.values.map(\.real), y: group.values.map(\.imaginary), ink: .series(index),
                    width: index == 0 ? 5 : 9))
        }
        let all = groups.flatMap(\.values).flatMap { [$0.real.magnitude, $0.imaginary.magnitude] }
        let reach = max(1.1, 1.1 * (all.filter(\.isFinite).max() ?? 1))
        let chart = Chart(
            title: title, description: "Eigenvalues inside the unit circle decay, on it they integrate.",
            x: ChartAxis("real part", range: -reach...reach),
            panels: [ChartPanel(ChartAxis("imaginary part", range: -reach...reach), layers: layers)], width: 480,
            hasEqualAxes: true)
        return Figure(chart)
    }

    /// Points of the unit circle, by turning a vector: (cos, sin) of 3° steps.
    private static func unitCircle() -> [(Double, Double)] {
        let (cosine, sine) = (0.998629534754574, 0.052335956242944)
        var point = (1.0, 0.0)
        return (0...120).map { _ in
            defer { point = (point.0 * cosine - point.1 * sine, point.0 * sine + point.1 * cosine) }
            return point
        }
    }
}
