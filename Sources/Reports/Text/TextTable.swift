/// A table for a terminal: aligned columns, numbers to the right, no frame.
public struct TextTable: Sendable {
    /// Where the text of a column stands.
    public enum Alignment: Sendable {
        /// Text.
        case left
        /// Numbers.
        case right
    }

    /// The cells of the terminal that tables are shown on; `nil` lays them out as wide as they are, as for a file or a pipe.
    @TaskLocal public static var terminalWidth: Int?

    /// The cells that a column of text keeps where there are too few for all of it.
    private static let leastText = 12

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
    ///
    /// On a terminal that is too narrow (``terminalWidth``) headers and texts go on in the next lines of their cell; numbers stay in one.
    /// Where that is not enough, each row is a list, a line a cell behind its header.
    public func text(indent: String = "") -> String {
        let all = ([headers] + rows).map { $0.map(singleLine) }
        var widths = headers.indices.map { column in all.map { displayWidth($0[column]) }.max() ?? 0 }
        let width = Self.terminalWidth.map { $0 - displayWidth(indent) } ?? .max
        if Self.total(widths) > width, !rows.isEmpty {
            guard let narrowed = narrowed(widths, all, to: width) else { return list(all, indent: indent) }
            widths = narrowed
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        let lines = lines(all[0], widths) + [rule] + all.dropFirst().flatMap { self.lines($0, widths) }
        return lines.map { indent + $0 }.joined(separator: "\n")
    }

    /// The cells of a line.
    private static func total(_ widths: [Int]) -> Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }

    /// Widths that fit: headers of numbers are broken first, then texts, the widest first; `nil` where none do.
    private func narrowed(_ widths: [Int], _ all: [[String]], to width: Int) -> [Int]? {
        let least = widths.indices.map { column -> Int in
            if alignments[column] == .left { return min(widths[column], Self.leastText) }
            // Of numbers the header alone can be broken, between its words.
            let words = all[0][column].split(separator: " ").map { displayWidth(String($0)) }
            return (words + all.dropFirst().map { displayWidth($0[column]) }).max() ?? 0
        }
        guard Self.total(least) <= width else { return nil }
        var narrowed = widths
        for _ in 0..<(Self.total(widths) - width) {
            let free = narrowed.indices.filter { narrowed[$0] > least[$0] }
            let numbers = free.filter { alignments[$0] == .right }
            let widest = (numbers.isEmpty ? free : numbers).max { narrowed[$0] < narrowed[$1] }
            guard let widest else { break }
            narrowed[widest] -= 1
        }
        return narrowed
    }

    /// A row in as many lines as its cells take.
    private func lines(_ cells: [String], _ widths: [Int]) -> [String] {
        let parts = zip(cells, widths).map { wrapped($0, to: $1) }
        let height = parts.map(\.count).max() ?? 1
        return (0..<height).map { place in line(parts.map { place < $0.count ? $0[place] : "" }, widths) }
    }

    /// A text in lines of so many cells at most, broken between words, or in a word that is longer.
    private func wrapped(_ text: String, to width: Int) -> [String] {
        guard displayWidth(text) > width, width > 0 else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            var rest = String(word)
            if !line.isEmpty {
                if displayWidth(line) + 1 + displayWidth(rest) <= width {
                    line += " " + rest
                    continue
                }
                lines.append(line)
            }
            while displayWidth(rest) > width {
                // A character that is wider than the column is taken all the same.
                var count = 1
                while displayWidth(String(rest.prefix(count + 1))) <= width { count += 1 }
                lines.append(String(rest.prefix(count)))
                rest.removeFirst(count)
            }
            line = rest
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// Each row as lines of header and cell, empty cells left out, an empty line between rows.
    private func list(_ all: [[String]], indent: String) -> String {
        let width = all[0].map { displayWidth($0) }.max() ?? 0
        let blocks = all.dropFirst().map { row in
            zip(all[0], row).filter { !$0.1.isEmpty }.map { header, cell in
                indent + header + String(repeating: " ", count: width - displayWidth(header)) + "  " + cell
            }.joined(separator: "\n")
        }
        return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n")
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
