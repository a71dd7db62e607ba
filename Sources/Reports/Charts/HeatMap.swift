/// A table of values as coloured cells.
public struct HeatMap: Sendable {
    /// What it shows.
    public var title: String
    /// Names of the rows.
    public var rows: [String]
    /// Names of the columns.
    public var columns: [String]
    /// Values, row-major `[row, column]`; missing ones stay blank.
    public var values: [Double]
    /// Unit of the values.
    public var unit: String?
    /// The values of the ends of the colour scale; `nil` for the least and the greatest. Of signed values the colour is
    /// strongest at the upper end and beyond.
    public var range: ClosedRange<Double>?
    /// Whether values above and below zero have colours of their own, as strong as they are far from it.
    public var isSigned: Bool

    /// Creates a heat map.
    public init(
        title: String, rows: [String], columns: [String], values: [Double], unit: String? = nil,
        range: ClosedRange<Double>? = nil, isSigned: Bool = false
    ) {
        precondition(values.count == rows.count * columns.count, "\(values.count) values for the cells of a heat map")
        self.title = title
        self.rows = rows
        self.columns = columns
        self.values = values
        self.unit = unit
        self.range = range
        self.isSigned = isSigned
    }

    /// The map as a figure; every cell also carries its number.
    public func figure(note: String = "") -> Figure { Figure(title: title, note: note, legend: [], svg: svg) }

    private var svg: String {
        let left = 16 + 9.0 * Double(rows.map(\.count).max() ?? 0)
        // Signed values need room for their sign, and names must not run into each other.
        let least = max(isSigned ? 52 : 34, 8 + 7.2 * Double(columns.map(\.count).max() ?? 0))
        let cell = (width: max(least, (480 - left - 10) / Double(max(1, columns.count))), height: 30.0)
        let width = left + cell.width * Double(columns.count) + 10
        let height = 30 + cell.height * Double(rows.count) + 6
        let greatest = max(range?.upperBound ?? values.filter(\.isFinite).map(\.magnitude).max() ?? 0, 1e-300)
        let extent = range ?? Scale.range(of: values, kind: .linear, room: 0, includesZero: false)
        var parts = [
            "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
                + "viewBox=\"0 0 \(pixel(width)) \(pixel(height))\" aria-label=\"\(escaped(title))\">",
            "<title>\(escaped(title))</title>",
        ]
        for (column, name) in columns.enumerated() {
            let place = left + cell.width * (Double(column) + 0.5)
            parts.append(
                "<text class=\"tick\" x=\"\(pixel(place))\" y=\"20\" text-anchor=\"middle\">\(escaped(name))</text>")
        }
        for (row, name) in rows.enumerated() {
            let top = 28 + cell.height * Double(row)
            parts.append(
                "<text class=\"tick middle\" x=\"\(pixel(left - 8))\" y=\"\(pixel(top + cell.height / 2))\" "
                    + "text-anchor=\"end\">\(escaped(name))</text>")
            for column in columns.indices {
                let value = values[row * columns.count + column]
                guard value.isFinite else { continue }
                let share =
                    isSigned
                    ? min(abs(value) / greatest, 1)
                    : min(max((value - extent.lowerBound) / (extent.upperBound - extent.lowerBound), 0), 1)
                let ink = isSigned && value < 0 ? Ink.vermilion : Ink.blue
                let x = left + cell.width * Double(column)
                // One ink at an opacity keeps its hue in both themes; the number carries the value.
                parts.append(
                    "<rect class=\"fill \(ink.rawValue)\" fill-opacity=\"\(NumberText.fixed(0.06 + 0.5 * share, decimals: 2))\" "
                        + "x=\"\(pixel(x + 1))\" y=\"\(pixel(top + 1))\" width=\"\(pixel(cell.width - 2))\" "
                        + "height=\"\(pixel(cell.height - 2))\"/>"
                        + "<text class=\"cell middle\" x=\"\(pixel(x + cell.width / 2))\" "
                        + "y=\"\(pixel(top + cell.height / 2))\" text-anchor=\"middle\">"
                        + "\(escaped(isSigned ? signedText(value, greatest) : NumberText.significant(value, digits: 2)))</text>"
                )
            }
        }
        parts.append("</svg>")
        return parts.joined(separator: "\n")
    }

    /// A value to a hundredth of the greatest one: what is smaller would only be read as if it mattered.
    private func signedText(_ value: Double, _ greatest: Double) -> String {
        guard abs(value) >= 0.005 * greatest else { return "0" }
        guard greatest >= 1e-4 else { return NumberText.significant(value, digits: 2) }
        var (decimals, unit) = (0, 1.0)
        while unit > 0.02 * greatest && decimals < 6 { (decimals, unit) = (decimals + 1, unit / 10) }
        return NumberText.fixed(value, decimals: decimals)
    }
}
