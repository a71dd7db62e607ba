/// A table for a terminal: aligned columns, numbers to the right, no frame.
public struct TextTable: Sendable {
    /// Where the text of a column stands.
    public enum Alignment: Sendable {
        /// Text.
        case left
        /// Numbers.
        case right
    }

    private let headers: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// Creates a table; a unit belongs into the header, as in `rmse [°C]`.
    public init(_ columns: [(header: String, alignment: Alignment)]) {
        headers = columns.map(\.header)
        alignments = columns.map(\.alignment)
    }

    /// Adds a row; cells beyond the last column are a programmer's error, missing ones stay empty.
    public mutating func add(_ cells: [String]) {
        precondition(cells.count <= headers.count, "\(cells.count) cells for \(headers.count) columns")
        rows.append(cells + [String](repeating: "", count: headers.count - cells.count))
    }

    /// The table as lines: header, rule, rows; two spaces between columns, none at the end of a line.
    public func text(indent: String = "") -> String {
        let all = ([headers] + rows).map { $0.map(singleLine) }
        let widths = headers.indices.map { column in all.map { displayWidth($0[column]) }.max() ?? 0 }
        let lines = all.map { line($0, widths) }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return ([lines[0], rule] + lines.dropFirst()).map { indent + $0 }.joined(separator: "\n")
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = cells.enumerated().map { column, cell in
            let space = String(repeating: " ", count: widths[column] - displayWidth(cell))
            return alignments[column] == .left ? cell + space : space + cell
        }
        var text = padded.joined(separator: "  ")
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Line breaks and tabs would tear the columns apart; other control characters could steer the terminal.
    private func singleLine(_ cell: String) -> String {
        String(
            String.UnicodeScalarView(
                cell.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}

/// The number of terminal cells that a text fills: one a character, two for East Asian wide ones and emoji, none for
/// marks that join the character before.
func displayWidth(_ text: String) -> Int {
    text.reduce(0) { sum, character in
        guard let scalar = character.unicodeScalars.first else { return sum }
        switch scalar.value {
        case 0x0300...0x036F, 0x200B...0x200F, 0xFE00...0xFE0F: return sum
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return sum + 2
        default: return sum + 1
        }
    }
}
