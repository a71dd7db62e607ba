/// A table on a page: text to the left, numbers to the right, units in the header.
public struct Table: Sendable {
    /// A column.
    public struct Column: Sendable {
        var header: String
        var unit: String?
        var isNumber: Bool

        /// A column of text.
        public static func text(_ header: String) -> Column { Column(header: header, unit: nil, isNumber: false) }

        /// A column of numbers with a unit.
        public static func number(_ header: String, unit: String? = nil) -> Column {
            Column(header: header, unit: unit, isNumber: true)
        }
    }

    /// What the table shows; read out before it.
    public var caption: String
    private let columns: [Column]
    private var rows: [(cells: [String], isEmphasised: Bool)] = []

    /// Creates a table without rows.
    public init(_ caption: String, columns: [Column]) {
        self.caption = caption
        self.columns = columns
    }

    /// Adds a row; missing cells stay empty.
    public mutating func add(_ cells: [String], isEmphasised: Bool = false) {
        precondition(cells.count <= columns.count, "\(cells.count) cells for \(columns.count) columns")
        rows.append((cells + [String](repeating: "", count: columns.count - cells.count), isEmphasised))
    }

    var html: String {
        let head = columns.map { column in
            let unit = column.unit.map { $0.isEmpty ? "" : " <span class=\"unit\">[\(escaped($0))]</span>" } ?? ""
            return "<th scope=\"col\"\(style(column))>\(escaped(column.header))\(unit)</th>"
        }
        let body = rows.map { row in
            let cells = row.cells.enumerated().map { index, cell in
                let tag = index == 0 ? "th scope=\"row\"" : "td"
                return "<\(tag)\(style(columns[index]))>\(escaped(cell))</\(index == 0 ? "th" : "td")>"
            }
            return "<tr\(row.isEmphasised ? " class=\"strong\"" : "")>\(cells.joined())</tr>"
        }
        // The frame can be scrolled by keyboard when the table is wider than the screen.
        return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(escaped(caption))\"><table>"
            + "<caption><span>\(escaped(caption))</span></caption><thead><tr>\(head.joined())</tr></thead>\n<tbody>"
            + body.joined(separator: "\n") + "</tbody></table></div>"
    }

    private func style(_ column: Column) -> String { column.isNumber ? " class=\"number\"" : "" }
}
