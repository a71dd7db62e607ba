/// Lays a chart out and writes its SVG.
struct ChartRenderer {
    private let chart: Chart
    private let left: Double
    private let right = 14.0
    private let titleHeight = 26.0
    private let gap = 10.0
    private let bottom = 48.0
    private let xRange: ClosedRange<Double>
    private let panels: [PanelLayout]

    /// A panel with its place.
    private struct PanelLayout {
        var panel: ChartPanel
        var top: Double
        var height: Double
        var scale: Scale
        var ticks: Ticks
    }

    init(_ chart: Chart) {
        self.chart = chart
        let xRange = Self.horizontalRange(chart)
        let ranges = chart.panels.map { Self.verticalRange($0) }
        let labels = zip(chart.panels, ranges).map { panel, range in
            let scale = Scale(kind: panel.y.scale, range: range, pixels: (0, 1))
            return scale.ticks(count: Self.tickCount(panel.height)).labels
        }
        // Room for the labels at the larger text size that narrow screens get.
        let longest = labels.joined().map(\.count).max() ?? 1
        let left = max(44, Double(longest) * 10.5 + 14)
        let plotWidth = chart.width - left - right
        var top = 0.0
        var layouts: [PanelLayout] = []
        for (panel, range) in zip(chart.panels, ranges) {
            let span = xRange.upperBound - xRange.lowerBound
            let equal = plotWidth * (range.upperBound - range.lowerBound) / span
            let height = chart.hasEqualAxes ? equal : panel.height
            let scale = Scale(kind: panel.y.scale, range: range, pixels: (height, 0))
            layouts.append(
                PanelLayout(
                    panel: panel, top: top + titleHeight, height: height, scale: scale,
                    ticks: scale.ticks(count: Self.tickCount(height))))
            top += titleHeight + height + gap
        }
        self.xRange = xRange
        self.left = left
        panels = layouts
    }

    private var plotWidth: Double { chart.width - left - right }

    func svg(standalone: Bool) -> String {
        let height = (panels.last.map { $0.top + $0.height } ?? 0) + bottom
        let x = Scale(kind: chart.x.scale, range: xRange, pixels: (0, plotWidth))
        let spoken = chart.description.isEmpty ? chart.title : "\(chart.title). \(chart.description)"
        var parts = [
            "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
                + "viewBox=\"0 0 \(pixel(chart.width)) \(pixel(height))\" aria-label=\"\(escaped(spoken))\">",
            "<title>\(escaped(chart.title))</title><desc>\(escaped(chart.description))</desc>",
        ]
        if standalone { parts.append("<style>\(PageStyle.chartColours)\(PageStyle.charts)</style>") }
        for (index, layout) in panels.enumerated() {
            parts.append(panel(layout, x, isLast: index == panels.count - 1))
        }
        parts.append("</svg>")
        return parts.joined(separator: "\n")
    }

    private func panel(_ layout: PanelLayout, _ x: Scale, isLast: Bool) -> String {
        let xTicks = horizontalTicks(x)
        var parts: [String] = []
        if !layout.panel.y.text.isEmpty {
            parts.append(text(layout.panel.y.text, left, layout.top - 9, "paneltitle", anchor: "start"))
        }
        var grid = ""
        for value in layout.ticks.values {
            grid += "M\(pixel(left)),\(pixel(layout.top + layout.scale(value)))h\(pixel(plotWidth))"
        }
        if chart.x.categories.isEmpty {
            for value in xTicks.values {
                grid += "M\(pixel(left + x(value))),\(pixel(layout.top))v\(pixel(layout.height))"
            }
        }
        parts.append("<path class=\"gridline\" d=\"\(grid)\"/>")
        for (value, label) in zip(layout.ticks.values, layout.ticks.labels) {
            let place = layout.top + layout.scale(value)
            parts.append(text(label, left - 7, place, "tick middle", anchor: "end"))
        }
        parts.append(field(layout, x))
        parts.append(
            "<rect class=\"frame\" x=\"\(pixel(left))\" y=\"\(pixel(layout.top))\" width=\"\(pixel(plotWidth))\" "
                + "height=\"\(pixel(layout.height))\"/>")
        if isLast {
            let base = layout.top + layout.height
            for (value, label) in zip(xTicks.values, xTicks.labels) {
                parts.append(text(label, left + x(value), base + 18, "tick", anchor: "middle"))
            }
            parts.append(text(chart.x.text, left + plotWidth / 2, base + 42, "axis", anchor: "middle"))
        }
        return parts.joined(separator: "\n")
    }

    /// The clipped inside of a panel: areas first, then marks, then lines across, then their labels.
    private func field(_ layout: PanelLayout, _ x: Scale) -> String {
        let paths = ChartPaths(x: x, y: layout.scale, limit: chart.maximumPoints)
        let domain = "\(xRange.lowerBound) \(xRange.upperBound)"
        let values = "\(layout.scale.range.lowerBound) \(layout.scale.range.upperBound)"
        var parts = [
            "<svg class=\"plot\" x=\"\(pixel(left))\" y=\"\(pixel(layout.top))\" width=\"\(pixel(plotWidth))\" "
                + "height=\"\(pixel(layout.height))\" data-x=\"\(domain)\" data-y=\"\(values)\" "
                + "data-xscale=\"\(chart.x.scale.rawValue)\" data-yscale=\"\(layout.panel.y.scale.rawValue)\" "
                + "data-label=\"\(escaped(layout.panel.y.label))\" data-unit=\"\(escaped(layout.panel.y.unit ?? ""))\" "
                + "data-xlabel=\"\(escaped(chart.x.label))\" data-xunit=\"\(escaped(chart.x.unit ?? ""))\">"
        ]
        let references = ReferenceMarks(x: x, y: layout.scale, width: plotWidth, height: layout.height)
        parts += layout.panel.references.map(references.area)
        var isEmpty = true
        for layer in layout.panel.layers {
            let data = paths.path(layer)
            guard !data.isEmpty else { continue }
            isEmpty = false
            parts.append(mark(layer, data))
        }
        parts += layout.panel.references.map(references.line)
        parts += references.labels(layout.panel.references)
        if isEmpty {
            parts.append(text("no data", plotWidth / 2, layout.height / 2, "tick middle", anchor: "middle"))
        }
        parts.append("</svg>")
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func mark(_ layer: ChartLayer, _ data: String) -> String {
        var name = layer.name.isEmpty ? "" : " data-name=\"\(escaped(layer.name))\""
        // A value that is held until the next.
        if case .step = layer.shape, !name.isEmpty { name += " data-held=\"1\"" }
        switch layer.shape {
        case .line(let dash), .step(let dash):
            return "<path class=\"ink \(layer.ink.rawValue) \(dash.rawValue)\" stroke-width=\"\(pixel(layer.width))\""
                + "\(name) d=\"\(data)\"/>"
        case .points:
            return "<path class=\"ink \(layer.ink.rawValue)\" stroke-width=\"\(pixel(layer.width))\"\(name) "
                + "d=\"\(data)\"/>"
        case .bars: return "<path class=\"fill \(layer.ink.rawValue)\" d=\"\(data)\"/>"
        case .band: return "<path class=\"area \(layer.ink.rawValue)\" d=\"\(data)\"/>"
        }
    }

    private func text(_ text: String, _ x: Double, _ y: Double, _ style: String, anchor: String) -> String {
        "<text class=\"\(style)\" x=\"\(pixel(x))\" y=\"\(pixel(y))\" text-anchor=\"\(anchor)\">\(escaped(text))</text>"
    }

    private func horizontalTicks(_ x: Scale) -> Ticks {
        if chart.x.categories.isEmpty { return x.ticks(count: max(3, Int(plotWidth / 85))) }
        return Ticks(values: chart.x.categories.indices.map(Double.init), labels: chart.x.categories)
    }

    private static func tickCount(_ height: Double) -> Int { max(2, Int(height / 42)) }

    private static func horizontalRange(_ chart: Chart) -> ClosedRange<Double> {
        if let range = chart.x.range { return range }
        if !chart.x.categories.isEmpty { return -0.6...(Double(chart.x.categories.count) - 0.4) }
        let layers = chart.panels.flatMap(\.layers)
        let hasBars = layers.contains { $0.shape == .bars }
        let positions = layers.flatMap(\.x) + chart.panels.flatMap(\.references).flatMap(\.positions)
        let room = hasBars || layers.allSatisfy { $0.shape == .points } ? 0.04 : 0.0
        return Scale.range(
            of: positions, kind: chart.x.scale, room: room, includesZero: chart.x.includesZero)
    }

    private static func verticalRange(_ panel: ChartPanel) -> ClosedRange<Double> {
        if let range = panel.y.range { return range }
        let drawn = panel.layers.flatMap { $0.y + $0.lower }
        let hasBars = panel.layers.contains { $0.shape == .bars }
        let zero = (panel.y.includesZero || hasBars) && panel.y.scale == .linear
        let data = Scale.range(of: drawn, kind: panel.y.scale, room: 0, includesZero: zero)
        let span = data.upperBound - data.lowerBound
        // A limit far away would squeeze the data into a line: it is left out of view then.
        let near = panel.references.flatMap(\.levels).filter {
            $0 >= data.lowerBound - 1.5 * span && $0 <= data.upperBound + 1.5 * span
        }
        return Scale.range(of: drawn + near, kind: panel.y.scale, room: 0.07, includesZero: zero)
    }
}
