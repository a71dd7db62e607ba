/// One channel of a plan: what was, what is predicted, and the limits it is held to.
public struct PlanTrace: Sendable {
    /// The channel.
    public var name: String
    /// Its unit.
    public var unit: String?
    /// Seconds of what was measured, up to 0.
    public var pastTime: [Double] = []
    /// What was measured.
    public var past: [Double] = []
    /// Seconds of the prediction, from 0.
    public var time: [Double]
    /// The prediction under the plan.
    public var predicted: [Double]
    /// Lower edges of the bands, the widest first; a fan of as many bands.
    public var lower: [[Double]] = []
    /// Upper edges of the bands, the widest first.
    public var upper: [[Double]] = []
    /// What the target is: a band or, with equal ends, a value.
    public var target: ClosedRange<Double>?
    /// A reference to be tracked, at `time`; empty for none.
    public var reference: [Double] = []
    /// Further targets, each in its own times.
    public var timed: [TimedTarget] = []
    /// Limits.
    public var limits: [LimitMark] = []
    /// Regions that are forbidden.
    public var forbidden: [(range: ClosedRange<Double>, label: String)] = []
    /// Where the plan comes nearest to a limit: seconds, the band's edge there, the limit, what is written.
    public var tightest: (seconds: Double, edge: Double, limit: Double, label: String)?
    /// Predictions of alternatives that were turned down, by name, at `time`.
    public var alternatives: [(name: String, values: [Double])] = []

    /// Creates a trace of a prediction.
    public init(name: String, unit: String?, time: [Double], predicted: [Double]) {
        self.name = name
        self.unit = unit
        self.time = time
        self.predicted = predicted
    }
}

/// One action of a plan.
public struct ActionTrace: Sendable {
    /// The channel.
    public var name: String
    /// Its unit.
    public var unit: String?
    /// Seconds of what was done, up to 0.
    public var pastTime: [Double] = []
    /// What was done.
    public var past: [Double] = []
    /// Seconds at which each planned value begins.
    public var time: [Double]
    /// Planned values, each held until the next.
    public var planned: [Double]
    /// What the target is: a band or, with equal ends, a value.
    public var target: ClosedRange<Double>?
    /// A reference to be tracked, at `time`; empty for none.
    public var reference: [Double] = []
    /// Further targets, each in its own times.
    public var timed: [TimedTarget] = []
    /// What the actuator can do.
    public var limits: [LimitMark] = []
    /// The actions of alternatives that were turned down, by name, at `time`.
    public var alternatives: [(name: String, values: [Double])] = []

    /// Creates a trace of planned values.
    public init(name: String, unit: String?, time: [Double], planned: [Double]) {
        self.name = name
        self.unit = unit
        self.time = time
        self.planned = planned
    }
}

extension Figures {
    /// A plan as a fan chart: past, prediction with bands, targets, limits with the tightest margin, and the actions.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - note: What to see in it.
    ///   - outputs: Predicted channels.
    ///   - actions: Planned actions.
    ///   - coverages: The promised coverage of each band, the widest first.
    /// - Returns: The figure.
    public static func plan(
        title: String, note: String = "", outputs: [PlanTrace], actions: [ActionTrace], coverages: [Double] = [0.9]
    ) -> Figure {
        let times = outputs.flatMap { [$0.pastTime, $0.time] } + actions.flatMap { [$0.pastTime, $0.time] }
        let unit = TimeUnit(of: times)
        let horizon = outputs.flatMap(\.time).filter(\.isFinite).max().map { $0 / unit.seconds }
        let panels = outputs.map { panel($0, unit, coverages) } + actions.map { panel($0, unit, until: horizon) }
        let names = outputs.map(\.name).joined(separator: ", ")
        let known = times.joined().filter(\.isFinite)
        let (start, end) = ((known.min() ?? 0) / unit.seconds, (known.max() ?? 1) / unit.seconds)
        // A margin at the very end of the horizon needs room to be seen.
        let range = start < end ? start...(end + 0.02 * (end - start)) : nil
        let chart = Chart(
            title: title,
            description: "Predicted \(names) under the plan with bands, limits and margins; actions below.",
            x: ChartAxis("time from now", unit: unit.name, range: range), panels: panels)
        return Figure(chart, note: note)
    }

    private static func panel(_ trace: PlanTrace, _ unit: TimeUnit, _ coverages: [Double]) -> ChartPanel {
        let ahead = unit(trace.time)
        var layers: [ChartLayer] = []
        for (index, (lower, upper)) in zip(trace.lower, trace.upper).enumerated() {
            let share = index < coverages.count ? bandName(coverages[index]) : "band"
            layers.append(.band(share, x: ahead, lower: lower, upper: upper, ink: .blue))
        }
        layers += trace.alternatives.enumerated().map { index, other in
            .line(
                other.name, x: ahead, y: other.values, ink: index % 2 == 0 ? .purple : .orange,
                dash: index % 2 == 0 ? .dashed : .dotted, width: 1.4)
        }
        if !trace.reference.isEmpty {
            layers.append(.step("reference", x: ahead, y: trace.reference, ink: .green, dash: .dashed))
        }
        layers += trace.timed.compactMap { $0.layer(unit, until: trace.time.last ?? 0) }
        if !trace.past.isEmpty {
            layers.append(.line("measured", x: unit(trace.pastTime), y: trace.past, ink: .foreground))
        }
        layers.append(.line("predicted", x: ahead, y: trace.predicted, ink: .blue, width: 2.4))
        var references: [ChartReference] = [.moment(0, label: "now")]
        if let target = trace.target { references.append(targetMark(target)) }
        references += trace.forbidden.map { .range($0.range, label: $0.label, ink: .danger) }
        references += trace.limits.map(\.reference)
        if let tightest = trace.tightest {
            let place = tightest.seconds / unit.seconds
            layers.append(
                .line(
                    tightest.label, x: [place, place], y: [tightest.edge, tightest.limit], ink: .danger, width: 3))
        }
        return ChartPanel(ChartAxis(trace.name, unit: trace.unit), layers: layers, references: references)
    }

    private static func panel(_ trace: ActionTrace, _ unit: TimeUnit, until horizon: Double?) -> ChartPanel {
        let time = held(unit(trace.time), until: horizon)
        var layers: [ChartLayer] = trace.alternatives.enumerated().map { index, other in
            .step(
                other.name, x: time, y: held(values: other.values),
                ink: index % 2 == 0 ? .purple : .orange, dash: index % 2 == 0 ? .dashed : .dotted, width: 1.4)
        }
        if !trace.reference.isEmpty {
            layers.append(
                .step("reference", x: time, y: held(values: trace.reference), ink: .green, dash: .dashed))
        }
        layers += trace.timed.compactMap { $0.layer(unit, until: (time.last ?? 0) * unit.seconds) }
        if !trace.past.isEmpty {
            // The last past value is held until now.
            layers.append(
                .step(
                    "done", x: unit(trace.pastTime) + [0], y: trace.past + [trace.past[trace.past.count - 1]],
                    ink: .foreground))
        }
        layers.append(
            .step("planned", x: time, y: held(values: trace.planned), ink: .vermilion, width: 2.2))
        var references: [ChartReference] = [.moment(0, label: "")]
        if let target = trace.target { references.append(targetMark(target)) }
        return ChartPanel(
            ChartAxis(trace.name, unit: trace.unit), layers: layers,
            references: references + trace.limits.map(\.reference), height: 96)
    }

    /// The start of each step and the end of the last one; of a single step that is the horizon.
    static func held(_ time: [Double], until horizon: Double?) -> [Double] {
        guard time.count > 1 else { return time + time.map { max($0, horizon ?? $0 + 1) } }
        return time + [2 * time[time.count - 1] - time[time.count - 2]]
    }

    private static func held(values: [Double]) -> [Double] { values + values.suffix(1) }

    static func targetMark(_ target: ClosedRange<Double>) -> ChartReference {
        target.lowerBound == target.upperBound
            ? .level(target.lowerBound, label: "target", ink: .green) : .range(target, label: "target", ink: .green)
    }
}
