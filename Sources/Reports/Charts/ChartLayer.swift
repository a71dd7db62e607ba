/// One set of marks in a panel: a line, steps, points, bars or a band.
public struct ChartLayer: Sendable {
    enum Shape: Sendable, Equatable {
        case line(Dash)
        case step(Dash)
        case points
        case bars
        case band

        /// Lines and steps of one dash look the same in a legend.
        var inLegend: Shape {
            if case .step(let dash) = self { return .line(dash) }
            return self
        }
    }

    let shape: Shape
    /// What the legend says; empty for none.
    let name: String
    let ink: Ink
    let x: [Double]
    /// Values; the upper edge of a band.
    let y: [Double]
    /// The lower edge of a band; empty otherwise.
    let lower: [Double]
    /// Line width in pixels.
    let width: Double

    private init(
        _ shape: Shape, _ name: String, _ ink: Ink, _ x: [Double], _ y: [Double], lower: [Double] = [],
        width: Double = 1.8
    ) {
        precondition(x.count == y.count, "\(x.count) positions for \(y.count) values of “\(name)”")
        precondition(lower.isEmpty || lower.count == x.count, "\(lower.count) lower edges for \(x.count) positions")
        self.shape = shape
        self.name = name
        self.ink = ink
        self.x = x
        self.y = y
        self.lower = lower
        self.width = width
    }

    /// A line through the points, broken at missing values.
    public static func line(
        _ name: String, x: [Double], y: [Double], ink: Ink, dash: Dash = .solid, width: Double = 1.8
    ) -> ChartLayer { ChartLayer(.line(dash), name, ink, x, y, width: width) }

    /// A line of steps that holds each value until the next position: what an actuator does.
    public static func step(
        _ name: String, x: [Double], y: [Double], ink: Ink, dash: Dash = .solid, width: Double = 1.8
    ) -> ChartLayer { ChartLayer(.step(dash), name, ink, x, y, width: width) }

    /// Dots.
    public static func points(_ name: String, x: [Double], y: [Double], ink: Ink, width: Double = 5) -> ChartLayer {
        ChartLayer(.points, name, ink, x, y, width: width)
    }

    /// Bars from zero (from the lower end of a logarithmic axis) to the value, centred on the positions.
    public static func bars(_ name: String, x: [Double], y: [Double], ink: Ink) -> ChartLayer {
        ChartLayer(.bars, name, ink, x, y)
    }

    /// A filled area between two edges, broken at missing values.
    public static func band(_ name: String, x: [Double], lower: [Double], upper: [Double], ink: Ink) -> ChartLayer {
        ChartLayer(.band, name, ink, x, upper, lower: lower)
    }
}

/// A line or an area across a panel: a limit, a target, a moment.
public struct ChartReference: Sendable {
    enum Place: Sendable {
        case level(Double)
        case range(Double, Double)
        case moment(Double)
        case span(Double, Double)
    }

    let place: Place
    let label: String
    let ink: Ink
    let dash: Dash

    /// A horizontal line, such as a limit.
    public static func level(_ value: Double, label: String, ink: Ink, dash: Dash = .dashed) -> ChartReference {
        ChartReference(place: .level(value), label: label, ink: ink, dash: dash)
    }

    /// A horizontal area, such as a target band or a forbidden region.
    public static func range(_ range: ClosedRange<Double>, label: String, ink: Ink) -> ChartReference {
        ChartReference(place: .range(range.lowerBound, range.upperBound), label: label, ink: ink, dash: .solid)
    }

    /// A vertical line, such as the start of a prediction.
    public static func moment(_ position: Double, label: String, ink: Ink = .muted) -> ChartReference {
        ChartReference(place: .moment(position), label: label, ink: ink, dash: .dashed)
    }

    /// A vertical area, such as a gap in the record.
    public static func span(_ range: ClosedRange<Double>, label: String, ink: Ink = .muted) -> ChartReference {
        ChartReference(place: .span(range.lowerBound, range.upperBound), label: label, ink: ink, dash: .solid)
    }
}
