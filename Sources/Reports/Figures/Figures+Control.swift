/// One output of a closed-loop run, for one or several controllers.
public struct ControlTrace: Sendable {
    /// The channel.
    public var name: String
    /// Its unit.
    public var unit: String?
    /// Seconds of the samples.
    public var time: [Double]
    /// Controller and values; the model's planner first.
    public var runs: [(controller: String, values: [Double])]
    /// Targets with the seconds from which they hold until the next; several for a target that changes.
    public var targets: [(from: Double, range: ClosedRange<Double>)] = []
    /// Further targets, each in its own times.
    public var timed: [TimedTarget] = []
    /// Limits.
    public var limits: [LimitMark] = []
    /// Whether it is an action: drawn as steps.
    public var isAction = false

    /// Creates a trace.
    public init(
        name: String, unit: String?, time: [Double], runs: [(controller: String, values: [Double])],
        isAction: Bool = false
    ) {
        self.name = name
        self.unit = unit
        self.time = time
        self.runs = runs
        self.isAction = isAction
    }
}

extension Figures {
    /// A closed loop: outputs with target bands and guardrails, actions below, controllers beside each other.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - note: What to see in it.
    ///   - traces: The channels, outputs first.
    /// - Returns: The figure.
    public static func closedLoop(title: String, note: String = "", traces: [ControlTrace]) -> Figure {
        let unit = TimeUnit(of: traces.map(\.time))
        let looks: [(Ink, Dash)] = [(.blue, .solid), (.vermilion, .dashed), (.muted, .dotted), (.purple, .dashed)]
        let panels = traces.map { trace -> ChartPanel in
            let time = unit(trace.time)
            var layers: [ChartLayer] = []
            for (index, target) in trace.targets.enumerated() {
                let end = index + 1 < trace.targets.count ? trace.targets[index + 1].from : trace.time.last ?? 0
                let x = unit([target.from, max(target.from, end)])
                let (low, high) = (target.range.lowerBound, target.range.upperBound)
                if low == high {
                    layers.append(.line("target", x: x, y: [low, low], ink: .green, dash: .dashed))
                } else {
                    layers.append(.band("target band", x: x, lower: [low, low], upper: [high, high], ink: .green))
                }
            }
            layers += trace.timed.compactMap { $0.layer(unit, until: trace.time.last ?? 0) }
            // The first controller is drawn last, on top.
            for (index, run) in trace.runs.enumerated().reversed() {
                let (ink, dash) = looks[index % looks.count]
                let width = index == 0 ? 2.0 : 1.5
                layers.append(
                    trace.isAction
                        ? .step(run.controller, x: time, y: run.values, ink: ink, dash: dash, width: width)
                        : .line(run.controller, x: time, y: run.values, ink: ink, dash: dash, width: width))
            }
            return ChartPanel(
                ChartAxis(trace.name, unit: trace.unit), layers: layers, references: trace.limits.map(\.reference),
                height: trace.isAction ? 96 : 200)
        }
        let chart = Chart(
            title: title, description: "Outputs with targets and limits, actions below.",
            x: ChartAxis("time", unit: unit.name), panels: panels)
        // The legend names the controllers in their own order, not in that of drawing.
        let order = traces.flatMap { $0.runs.map(\.controller) }
        let legend = chart.legend.enumerated().sorted { first, second in
            let places = [first, second].map { order.firstIndex(of: $0.element.name) ?? order.count + $0.offset }
            return places[0] < places[1]
        }
        return Figure(title: title, note: note, legend: legend.map(\.element), svg: chart.svg())
    }

    /// A figure per controller as bars, such as costs or planning times.
    public static func comparison(
        title: String, label: String, unit: String?, values: [(name: String, value: Double)],
        limit: LimitMark? = nil
    ) -> Figure {
        let chart = Chart(
            title: title,
            description: values.map { "\($0.name) \(NumberText.significant($0.value))" }.joined(separator: ", "),
            x: ChartAxis("", categories: values.map(\.name)),
            panels: [
                ChartPanel(
                    ChartAxis(label, unit: unit, includesZero: true),
                    layers: [.bars("", x: values.indices.map(Double.init), y: values.map(\.value), ink: .blue)],
                    references: limit.map { [$0.reference] } ?? [], height: 170)
            ], width: 480)
        return Figure(chart)
    }
}
