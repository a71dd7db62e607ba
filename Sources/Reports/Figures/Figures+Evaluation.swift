/// Free-run error of one channel against how far ahead.
public struct HorizonError: Sendable {
    /// The channel.
    public var name: String
    /// Its unit.
    public var unit: String?
    /// Seconds ahead.
    public var seconds: [Double]
    /// Root mean square error of the model.
    public var model: [Double]
    /// Of the linear model; empty for none.
    public var linear: [Double]
    /// Of persistence; empty for none.
    public var persistence: [Double]

    /// Creates the curves of a channel.
    public init(
        name: String, unit: String?, seconds: [Double], model: [Double], linear: [Double] = [],
        persistence: [Double] = []
    ) {
        self.name = name
        self.unit = unit
        self.seconds = seconds
        self.model = model
        self.linear = linear
        self.persistence = persistence
    }
}

extension Figures {
    /// Free-run error against horizon, a figure per channel: model, linear model, persistence.
    public static func errorAgainstHorizon(_ channels: [HorizonError]) -> [Figure] {
        channels.map { channel in
            let unit = TimeUnit(span: channel.seconds.last ?? 0)
            let ahead = unit(channel.seconds)
            var layers: [ChartLayer] = []
            if !channel.persistence.isEmpty {
                layers.append(.line("persistence", x: ahead, y: channel.persistence, ink: .muted, dash: .dotted))
            }
            if !channel.linear.isEmpty {
                layers.append(.line("linear model", x: ahead, y: channel.linear, ink: .vermilion, dash: .dashed))
            }
            layers.append(.line("model", x: ahead, y: channel.model, ink: .blue, width: 2.4))
            let chart = Chart(
                title: "\(channel.name): error against horizon",
                description: "Root mean square free-run error of \(channel.name) by time ahead.",
                x: ChartAxis("time ahead", unit: unit.name, includesZero: true),
                panels: [ChartPanel(axis(channel), layers: layers)],
                width: 480)
            return Figure(chart)
        }
    }

    /// Logarithmic where persistence is so much worse that the other curves would lie on the axis.
    private static func axis(_ channel: HorizonError) -> ChartAxis {
        let all = (channel.model + channel.linear + channel.persistence).filter(\.isFinite)
        let worst = channel.persistence.filter(\.isFinite).max() ?? 0
        let isWide = worst > 8 * ((channel.model + channel.linear).filter(\.isFinite).max() ?? .infinity)
        return isWide && all.allSatisfy { $0 > 0 }
            ? ChartAxis("RMSE", unit: channel.unit, scale: .logarithmic)
            : ChartAxis("RMSE", unit: channel.unit, includesZero: true)
    }

    /// Autocorrelation of residuals with the bounds that white ones would keep.
    ///
    /// - Parameters:
    ///   - name: The channel.
    ///   - autocorrelation: Values at lags 0, 1, …
    ///   - bound: Half-width of the 95 % band of white residuals.
    ///   - samplingTime: Seconds between samples.
    /// - Returns: The figure.
    public static func residualAutocorrelation(
        name: String, autocorrelation: [Double], bound: Double, samplingTime: Double
    ) -> Figure {
        let values = Array(autocorrelation.dropFirst())
        let unit = TimeUnit(span: Double(values.count) * samplingTime)
        let lags = unit(values.indices.map { Double($0 + 1) * samplingTime })
        var references: [ChartReference] = [.level(0, label: "", ink: .muted, dash: .solid)]
        if bound.isFinite { references.append(.range(-bound...bound, label: "", ink: .green)) }
        let chart = Chart(
            title: "\(name): autocorrelation of one-step residuals",
            description: "Bars within the shaded 95 % band speak for white residuals.",
            x: ChartAxis("lag", unit: unit.name),
            panels: [
                ChartPanel(
                    ChartAxis("autocorrelation"), layers: [.bars("", x: lags, y: values, ink: .blue)],
                    references: references, height: 170)
            ], width: 480)
        return Figure(chart, note: "Shaded: 95 % of the bars of white residuals lie within.")
    }

    /// Measured coverage of the bands against horizon, a line per channel, with the promised one.
    ///
    /// - Parameters:
    ///   - seconds: Seconds ahead.
    ///   - channels: Name and measured coverage, in [0, 1], of each channel.
    ///   - nominal: The promised coverage.
    ///   - accepted: What counts as kept.
    /// - Returns: The figure.
    public static func coverage(
        seconds: [Double], channels: [(name: String, coverage: [Double])], nominal: Double,
        accepted: ClosedRange<Double>? = nil
    ) -> Figure {
        let unit = TimeUnit(span: seconds.last ?? 0)
        let layers = channels.enumerated().map { index, channel in
            ChartLayer.line(
                channel.name, x: unit(seconds), y: channel.coverage.map { $0 * 100 }, ink: .series(index),
                dash: Dash.allCases[index / Ink.sequence.count % Dash.allCases.count])
        }
        var references: [ChartReference] = []
        if let accepted {
            references.append(
                .range((accepted.lowerBound * 100)...(accepted.upperBound * 100), label: "", ink: .green))
        }
        let promise = "promised \(percentage(nominal))"
        references.append(.level(nominal * 100, label: promise, ink: .foreground))
        let least = channels.flatMap(\.coverage).filter(\.isFinite).min() ?? nominal
        let floor = max(0, min(0.7, least) * 100 - 5)
        let chart = Chart(
            title: "Coverage of the bands", description: "Share of truths inside the bands by time ahead.",
            x: ChartAxis("time ahead", unit: unit.name, includesZero: true),
            panels: [
                ChartPanel(
                    ChartAxis("truth inside the band", unit: "%", range: floor...101), layers: layers,
                    references: references, height: 170)
            ], width: 480)
        return Figure(chart)
    }

    /// Measured against promised coverage for several levels: on the diagonal, bands mean what they say.
    public static func calibration(_ levels: [(nominal: Double, measured: Double)]) -> Figure {
        let x = levels.map { $0.nominal * 100 }
        let chart = Chart(
            title: "Calibration", description: "Measured against promised coverage.",
            x: ChartAxis("promised coverage", unit: "%", range: 0...100),
            panels: [
                ChartPanel(
                    ChartAxis("measured coverage", unit: "%", range: 0...100),
                    layers: [
                        .line("as promised", x: [0, 100], y: [0, 100], ink: .muted, dash: .dashed),
                        .line("", x: x, y: levels.map { $0.measured * 100 }, ink: .blue),
                        .points("measured", x: x, y: levels.map { $0.measured * 100 }, ink: .blue, width: 7),
                    ])
            ], width: 480, hasEqualAxes: true)
        return Figure(chart)
    }

    /// How often values fall where.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - label: What the values are.
    ///   - unit: Their unit.
    ///   - values: The values; missing ones are left out.
    ///   - bins: The number of bars.
    ///   - references: Vertical lines, such as a percentile.
    /// - Returns: The figure.
    public static func histogram(
        title: String, label: String, unit: String?, values: [Double], bins: Int = 30,
        references: [ChartReference] = []
    ) -> Figure {
        precondition(bins > 0, "a histogram of \(bins) bins")
        let known = values.filter(\.isFinite)
        let range = Scale.range(of: known, kind: .linear, room: 0, includesZero: false)
        let width = (range.upperBound - range.lowerBound) / Double(bins)
        var counts = [Double](repeating: 0, count: bins)
        for value in known { counts[min(bins - 1, max(0, Int((value - range.lowerBound) / width)))] += 1 }
        let centres = (0..<bins).map { range.lowerBound + (Double($0) + 0.5) * width }
        let chart = Chart(
            title: title, description: "Histogram of \(known.count) values.", x: ChartAxis(label, unit: unit),
            panels: [
                ChartPanel(
                    ChartAxis("count", includesZero: true), layers: [.bars("", x: centres, y: counts, ink: .blue)],
                    references: references, height: 170)
            ], width: 480)
        return Figure(chart)
    }
}
