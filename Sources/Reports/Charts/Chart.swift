/// An axis: what it shows, in which unit, how spread.
public struct ChartAxis: Sendable {
    /// What is shown; empty where the panel's title says it.
    public var label: String
    /// The unit in the label; `nil` for none.
    public var unit: String?
    /// How values are spread.
    public var scale: AxisScale
    /// What is shown; `nil` for all that is drawn.
    public var range: ClosedRange<Double>?
    /// Whether zero is always shown.
    public var includesZero: Bool
    /// Names at the positions 0, 1, 2, … instead of numbers; empty for numbers.
    public var categories: [String]

    /// Creates an axis.
    public init(
        _ label: String, unit: String? = nil, scale: AxisScale = .linear, range: ClosedRange<Double>? = nil,
        includesZero: Bool = false, categories: [String] = []
    ) {
        self.label = label
        self.unit = unit
        self.scale = scale
        self.range = range
        self.includesZero = includesZero
        self.categories = categories
    }

    /// The label with the unit in brackets.
    var text: String {
        guard let unit, !unit.isEmpty else { return label }
        return label.isEmpty ? "[\(unit)]" : "\(label) [\(unit)]"
    }
}

/// One field of marks with its own vertical axis.
public struct ChartPanel: Sendable {
    /// The vertical axis; its label with the unit stands above the panel.
    public var y: ChartAxis
    /// Marks, drawn in order.
    public var layers: [ChartLayer]
    /// Lines and areas across the panel.
    public var references: [ChartReference]
    /// Height of the field in pixels at full width.
    public var height: Double

    /// Creates a panel.
    public init(
        _ y: ChartAxis, layers: [ChartLayer], references: [ChartReference] = [], height: Double = 220
    ) {
        self.y = y
        self.layers = layers
        self.references = references
        self.height = height
    }
}

/// One or more panels above each other that share a horizontal axis, drawn as SVG.
///
/// Colours and text sizes come from the style sheet of the page, so that a chart follows light and dark and stays
/// readable when it shrinks to the width of a phone.
public struct Chart: Sendable {
    /// What the chart shows, for people who hear it.
    public var title: String
    /// What is to be seen in it, for people who hear it.
    public var description: String
    /// The shared horizontal axis.
    public var x: ChartAxis
    /// The panels from top to bottom.
    public var panels: [ChartPanel]
    /// The width in pixels at full size.
    public var width: Double
    /// Whether a unit has the same length on both axes.
    public var hasEqualAxes: Bool
    /// The most points drawn of one layer; longer ones are thinned so that extremes stay.
    public var maximumPoints: Int

    /// Creates a chart.
    public init(
        title: String, description: String = "", x: ChartAxis, panels: [ChartPanel], width: Double = 600,
        hasEqualAxes: Bool = false, maximumPoints: Int = 600
    ) {
        precondition(!panels.isEmpty, "a chart without panels")
        self.title = title
        self.description = description
        self.x = x
        self.panels = panels
        self.width = width
        self.hasEqualAxes = hasEqualAxes
        self.maximumPoints = maximumPoints
    }

    /// The chart as one SVG element; with `standalone` it carries its own colours, for a file of its own.
    public func svg(standalone: Bool = false) -> String { ChartRenderer(self).svg(standalone: standalone) }

    /// The names, inks and shapes for a legend, without repetition.
    var legend: [LegendEntry] {
        var entries: [LegendEntry] = []
        for layer in panels.flatMap(\.layers) where !layer.name.isEmpty {
            let entry = LegendEntry(name: layer.name, ink: layer.ink, shape: layer.shape.inLegend)
            if !entries.contains(entry) { entries.append(entry) }
        }
        return entries
    }
}

/// One line of a legend.
struct LegendEntry: Sendable, Equatable {
    var name: String
    var ink: Ink
    var shape: ChartLayer.Shape

    /// A small picture of the mark and the name.
    var html: String {
        let mark: String
        switch shape {
        case .line(let dash), .step(let dash):
            mark = "<path class=\"ink \(ink.rawValue) \(dash.rawValue)\" stroke-width=\"2.5\" d=\"M1,6L27,6\"/>"
        case .points: mark = "<path class=\"ink \(ink.rawValue)\" stroke-width=\"7\" d=\"M14,6L14,6\"/>"
        case .bars: mark = "<path class=\"fill \(ink.rawValue)\" d=\"M8,1H20V11H8Z\"/>"
        case .band: mark = "<path class=\"area \(ink.rawValue)\" d=\"M1,1H27V11H1Z\"/>"
        }
        return
            "<li><svg class=\"key\" viewBox=\"0 0 28 12\" width=\"28\" height=\"12\" aria-hidden=\"true\">\(mark)</svg>"
            + "\(escaped(name))</li>"
    }
}
