/// One channel of a free run over a record, sample by sample.
public struct FreeRunTrace: Sendable {
    /// The channel.
    public var name: String
    /// Its unit.
    public var unit: String?
    /// Measured values, missing ones NaN.
    public var measured: [Double]
    /// Predicted values.
    public var predicted: [Double]
    /// Half-widths of the bands; empty for none.
    public var halfWidths: [Double]

    /// Creates a trace; all arrays have one value for each sample.
    public init(name: String, unit: String?, measured: [Double], predicted: [Double], halfWidths: [Double] = []) {
        self.name = name
        self.unit = unit
        self.measured = measured
        self.predicted = predicted
        self.halfWidths = halfWidths
    }
}

extension Figures {
    /// A free run beside what was measured, and below it what is left: two panels for each channel.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - note: What to see in it.
    ///   - time: Seconds of the samples.
    ///   - traces: The channels.
    ///   - coverage: The promised coverage of the bands, in (0, 1).
    /// - Returns: The figure.
    public static func freeRun(
        title: String, note: String = "", time: [Double], traces: [FreeRunTrace], coverage: Double = 0.9
    ) -> Figure {
        let unit = TimeUnit(of: [time])
        let x = unit(time)
        let panels = traces.flatMap { trace -> [ChartPanel] in
            var (above, below): ([ChartLayer], [ChartLayer]) = ([], [])
            if !trace.halfWidths.isEmpty {
                let pairs = zip(trace.predicted, trace.halfWidths)
                above.append(
                    .band(
                        bandName(coverage), x: x, lower: pairs.map { $0 - $1 }, upper: pairs.map { $0 + $1 }, ink: .blue
                    )
                )
                below.append(
                    .band(
                        bandName(coverage), x: x, lower: trace.halfWidths.map { -$0 }, upper: trace.halfWidths,
                        ink: .blue))
            }
            above.append(.line("measured", x: x, y: trace.measured, ink: .foreground, width: 1.4))
            above.append(.line("model", x: x, y: trace.predicted, ink: .blue, width: 1.4))
            let errors = zip(trace.predicted, trace.measured).map { $0 - $1 }
            below.append(.line("error", x: x, y: errors, ink: .vermilion, width: 1))
            return [
                ChartPanel(ChartAxis(trace.name, unit: trace.unit), layers: above, height: 150),
                ChartPanel(ChartAxis("error of \(trace.name)", unit: trace.unit), layers: below, height: 80),
            ]
        }
        let names = traces.map(\.name).joined(separator: ", ")
        let chart = Chart(
            title: title, description: "Measured and predicted \(names) over time, and the error.",
            x: ChartAxis("time", unit: unit.name), panels: panels)
        return Figure(chart, note: note)
    }
}
