/// The row of gauges below a schematic: each signal that something is asked of as a column with its limits and its target, and
/// below it the time.
struct Gauges {
    let scene: EpisodeScene
    /// The signals that are shown.
    let signals: [EpisodeScene.Signal]

    /// Height of the row.
    static let height = 236.0
    private static let width = 800.0
    private static let most = 8
    private static let (top, length, thickness) = (58.0, 112.0, 26.0)

    /// Outputs with a limit or a target first, then actions, then whatever else is measured.
    init(_ scene: EpisodeScene) {
        self.scene = scene
        let asked = scene.signals.filter {
            $0.role == .output && ($0.upper != nil || $0.lower != nil || !$0.targets.isEmpty)
        }
        let acting = scene.signals.filter { $0.role == .action }
        let others = scene.signals.filter { signal in
            signal.role == .output && !asked.contains { $0.name == signal.name }
        }
        signals = Array((asked + acting + (asked.count + acting.count < 4 ? others : [])).prefix(Self.most))
    }

    func draw(on sketch: inout Sketch, top: Double) {
        let pitch = Self.width / Double(max(1, signals.count))
        for (index, signal) in signals.enumerated() {
            gauge(signal, on: &sketch, x: pitch * (Double(index) + 0.5), y: top + Self.top)
        }
        clock(on: &sketch, y: top + Self.height - 16)
    }

    /// What a column shows: all that was there and all that was asked.
    private static func shown(_ signal: EpisodeScene.Signal) -> ClosedRange<Double> {
        if signal.role == .action { return signal.range }
        let marks = [signal.upper, signal.lower].compactMap { $0 } + signal.targets
        let low = (signal.values + marks).min() ?? 0
        let high = (signal.values + marks).max() ?? 1
        let room = max(0.12 * (high - low), 0.02 * (signal.range.upperBound - signal.range.lowerBound), 1e-9)
        return low - room...high + room
    }

    private func gauge(_ signal: EpisodeScene.Signal, on sketch: inout Sketch, x: Double, y: Double) {
        let range = Self.shown(signal)
        let (left, length) = (x - Self.thickness / 2, Self.length)
        func place(_ value: Double) -> Double {
            let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            return y + length * (1 - min(1, max(0, share)))
        }
        let unit = signal.unit.map { $0.isEmpty ? "" : " \($0)" } ?? ""
        sketch.text(signal.name, x: x, y: y - 30, look: "paneltitle")
        let span = range.upperBound - range.lowerBound
        let decimals = span >= 200 ? 0 : span >= 20 ? 1 : span >= 0.5 ? 2 : 3
        func written(_ value: Double) -> String { NumberText.fixed(value, decimals: decimals) }
        sketch.readout(signal.values.map { written($0) + unit }, x: x, y: y - 12)
        sketch.rectangle("vessel", x: Motion(left), y: Motion(y), width: Motion(Self.thickness), height: Motion(length))
        let levels = Motion(signal.values.map(place))
        let look = signal.role == .action ? "fill muted soft" : "fill blue soft"
        sketch.rectangle(
            look, x: Motion(left), y: levels, width: Motion(Self.thickness), height: levels.map { y + length - $0 })
        for (limit, isUpper) in [(signal.upper, true), (signal.lower, false)] {
            guard let limit else { continue }
            let edge = place(limit)
            sketch.rectangle(
                "zone danger", x: Motion(left), y: Motion(isUpper ? y : edge), width: Motion(Self.thickness),
                height: Motion(isUpper ? edge - y : y + length - edge))
            sketch.path("ink danger", "M\(pixel(left - 5)),\(pixel(edge))h\(pixel(Self.thickness + 10))", width: 2)
            sketch.text(
                (isUpper ? "≤ " : "≥ ") + trimmed(limit, decimals: 3), x: left - 9, y: edge + 4, look: "tick danger",
                anchor: "end")
        }
        if !signal.targets.isEmpty {
            sketch.group(movedBy: Motion(left + Self.thickness + 2), Motion(signal.targets.map(place))) {
                $0.path("fill green", "M0,0l9,-5v10z")
            }
        }
        let beyond = signal.isBeyond
        if beyond.contains(true) {
            sketch.rectangle(
                "ink danger", x: Motion(left - 3), y: Motion(y - 3), width: Motion(Self.thickness + 6),
                height: Motion(length + 6), radius: 3, opacity: Motion(beyond.map { $0 ? 1 : 0 }))
        }
    }

    /// How far the episode is.
    private func clock(on sketch: inout Sketch, y: Double) {
        let (left, length) = (110.0, 560.0)
        let (start, end) = (scene.time.first ?? 0, scene.time.last ?? 1)
        let share = scene.time.map { ($0 - start) / max(end - start, 1e-9) }
        sketch.path("frame", "M\(pixel(left)),\(pixel(y))h\(pixel(length))")
        sketch.circle("fill blue", x: Motion(share.map { left + length * $0 }), y: Motion(y), radius: 5)
        let unit = Self.timeUnit(end)
        let decimals = end / unit.seconds < 20 ? 1 : 0
        sketch.readout(
            scene.time.map { "\(NumberText.fixed($0 / unit.seconds, decimals: decimals)) \(unit.name)" }, x: left - 12,
            y: y + 4, anchor: "end")
        sketch.text(
            "\(trimmed(end / unit.seconds, decimals: 1)) \(unit.name)", x: left + length + 12, y: y + 4, look: "tick",
            anchor: "start")
    }

    private static func timeUnit(_ seconds: Double) -> (seconds: Double, name: String) {
        seconds < 120 ? (1, "s") : seconds < 7200 ? (60, "min") : (3600, "h")
    }
}
