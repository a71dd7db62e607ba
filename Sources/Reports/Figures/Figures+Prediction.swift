/// One channel of a free-run prediction beside the truth.
public struct PredictionTrace: Sendable {
    /// The channel.
    public var name: String
    /// Its unit.
    public var unit: String?
    /// Seconds of the measured samples; 0 is where the prediction starts.
    public var time: [Double]
    /// Measured values, missing ones NaN.
    public var truth: [Double]
    /// Seconds of the predicted samples.
    public var predictedTime: [Double]
    /// Predicted values.
    public var predicted: [Double]
    /// Lower edge of the band; empty for none.
    public var lower: [Double] = []
    /// Upper edge of the band; empty for none.
    public var upper: [Double] = []
    /// Other models' predictions at the same times, by name.
    public var comparisons: [(name: String, values: [Double])] = []
    /// Whether the channel is an input that is given, not predicted: drawn as steps.
    public var isInput = false

    /// Creates a trace without bands and comparisons.
    public init(
        name: String, unit: String?, time: [Double], truth: [Double], predictedTime: [Double] = [],
        predicted: [Double] = []
    ) {
        self.name = name
        self.unit = unit
        self.time = time
        self.truth = truth
        self.predictedTime = predictedTime
        self.predicted = predicted
    }
}

extension Figures {
    /// Predictions with bands over the truth, a panel per channel, inputs as steps below.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - note: What to see in it.
    ///   - traces: The channels, outputs first.
    ///   - coverage: The promised coverage of the bands, in (0, 1).
    /// - Returns: The figure.
    public static func prediction(
        title: String, note: String = "", traces: [PredictionTrace], coverage: Double = 0.9
    ) -> Figure {
        let unit = TimeUnit(of: traces.map(\.time) + traces.map(\.predictedTime))
        let panels = traces.map { trace -> ChartPanel in
            let axis = ChartAxis(trace.name, unit: trace.unit)
            if trace.isInput {
                let layer = ChartLayer.step("given input", x: unit(trace.time), y: trace.truth, ink: .muted)
                return ChartPanel(axis, layers: [layer], references: [.moment(0, label: "")], height: 80)
            }
            let ahead = unit(trace.predictedTime)
            var layers: [ChartLayer] = []
            if !trace.lower.isEmpty {
                let name = bandName(coverage)
                layers.append(.band(name, x: ahead, lower: trace.lower, upper: trace.upper, ink: .blue))
            }
            let inks: [(Ink, Dash)] = [
                (.vermilion, .dashed), (.green, .dotted), (.purple, .dashed), (.orange, .dotted),
            ]
            for (index, comparison) in trace.comparisons.enumerated() {
                let (ink, dash) = inks[index % inks.count]
                layers.append(.line(comparison.name, x: ahead, y: comparison.values, ink: ink, dash: dash))
            }
            layers.append(.line("measured", x: unit(trace.time), y: trace.truth, ink: .foreground, width: 1.5))
            if !ahead.isEmpty { layers.append(.line("model", x: ahead, y: trace.predicted, ink: .blue, width: 2.2)) }
            return ChartPanel(axis, layers: layers, references: [.moment(0, label: "prediction starts")])
        }
        let names = traces.map(\.name).joined(separator: ", ")
        let chart = Chart(
            title: title, description: "Measured and predicted \(names) over time.",
            x: ChartAxis("time", unit: unit.name), panels: panels)
        return Figure(chart, note: note)
    }

    /// What was recorded: a panel per channel, actions as steps, gaps shaded.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - note: What to see in it.
    ///   - time: Seconds of the samples.
    ///   - channels: Name, unit, whether it is an action, and samples (missing ones NaN) of each channel.
    ///   - gaps: Stretches without samples, in seconds.
    ///   - maximumPoints: The most points drawn of a channel; less for a page with many records.
    /// - Returns: The figure.
    public static func recording(
        title: String, note: String = "", time: [Double],
        channels: [(name: String, unit: String?, isAction: Bool, values: [Double])], gaps: [ClosedRange<Double>] = [],
        maximumPoints: Int = 600
    ) -> Figure {
        let unit = TimeUnit(of: [time])
        let shades = gaps.map {
            ChartReference.span(($0.lowerBound / unit.seconds)...($0.upperBound / unit.seconds), label: "gap")
        }
        let panels = channels.map { channel in
            let layer: ChartLayer =
                channel.isAction
                ? .step("action", x: unit(time), y: channel.values, ink: .vermilion, width: 1.4)
                : .line("measured", x: unit(time), y: channel.values, ink: .blue, width: 1.4)
            return ChartPanel(
                ChartAxis(channel.name, unit: channel.unit), layers: [layer], references: shades, height: 96)
        }
        let chart = Chart(
            title: title, description: "Recorded channels over time.", x: ChartAxis("time", unit: unit.name),
            panels: panels, maximumPoints: maximumPoints)
        return Figure(chart, note: note)
    }
}
