import Basics

/// Walks through the fields of delimited text, without copying it (RFC 4180 quoting, any line ending).
struct FieldReader {
    /// One field: where its content stands, without quotes and outer spaces.
    struct Field {
        var range: Range<Int>
        var isQuoted: Bool
        /// Whether doubled quotes inside stand for single ones.
        var hasEscapes: Bool
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let delimiter: UInt8
    let isWhitespace: Bool
    let source: String
    var position: Int
    /// The line of the position, counted from one.
    var line: Int
    /// Whether the field read last was the last of its row.
    var endedRow = false

    init(
        _ bytes: UnsafeBufferPointer<UInt8>, delimiter: Delimiter, source: String, position: Int = 0, line: Int = 1
    ) {
        self.bytes = bytes
        self.delimiter = delimiter.byte
        isWhitespace = delimiter == .whitespace
        self.source = source
        self.position = position
        self.line = line
    }

    /// Moves to the next row, over blank lines and comments; `false` at the end of the text.
    ///
    /// The comments that were passed are handed to the closure, without `#`.
    mutating func startRow(comment: ((Range<Int>) -> Void)? = nil) -> Bool {
        while position < bytes.count {
            var i = position
            while i < bytes.count, bytes[i] == Ascii.space || (bytes[i] == Ascii.tab && delimiter != Ascii.tab) {
                i += 1
            }
            if i == bytes.count { break }
            if bytes[i] == Ascii.newline || bytes[i] == Ascii.carriageReturn {
                position = i
                endLine()
            } else if bytes[i] == Ascii.hash {
                let start = i + 1
                while i < bytes.count, bytes[i] != Ascii.newline, bytes[i] != Ascii.carriageReturn { i += 1 }
                comment?(start..<i)
                position = i
                if i < bytes.count { endLine() }
            } else {
                if isWhitespace { position = i }
                return true
            }
        }
        position = bytes.count
        return false
    }

    /// Reads the next field of the row.
    ///
    /// - Throws: `ForesightError.data` for a quote that never closes, or text after a closing quote.
    mutating func next() throws -> Field {
        var i = position
        while i < bytes.count, bytes[i] == Ascii.space { i += 1 }
        if i < bytes.count, bytes[i] == Ascii.quote { return try quoted(from: i + 1) }
        i = position
        if isWhitespace {
            while i < bytes.count, !isBlank(bytes[i]), !isLineEnd(bytes[i]) { i += 1 }
        } else {
            while i < bytes.count, bytes[i] != delimiter, !isLineEnd(bytes[i]) { i += 1 }
        }
        let content = Ascii.trimmed(bytes[position..<i])
        position = i
        endField()
        return Field(range: content.startIndex..<content.endIndex, isQuoted: false, hasEscapes: false)
    }

    /// Whether a field can end before this position.
    @inline(__always)
    func endsField(_ i: Int) -> Bool {
        i >= bytes.count || bytes[i] == delimiter || isLineEnd(bytes[i]) || (isWhitespace && bytes[i] == Ascii.tab)
    }

    /// Moves over what ends a field, and notes whether it ended the row.
    @inline(__always)
    mutating func endField() {
        if isWhitespace {
            while position < bytes.count, isBlank(bytes[position]) { position += 1 }
        }
        if position >= bytes.count {
            endedRow = true
        } else if isLineEnd(bytes[position]) {
            endedRow = true
            endLine()
        } else {
            // In whitespace mode the next field starts right here.
            if !isWhitespace { position += 1 }
            endedRow = false
        }
    }

    private mutating func quoted(from start: Int) throws -> Field {
        let firstLine = line
        var i = start
        var hasEscapes = false
        while i < bytes.count {
            let byte = bytes[i]
            if byte == Ascii.quote {
                guard i + 1 < bytes.count, bytes[i + 1] == Ascii.quote else { break }
                hasEscapes = true
                i += 1
            } else if byte == Ascii.newline
                || (byte == Ascii.carriageReturn && !(i + 1 < bytes.count && bytes[i + 1] == Ascii.newline))
            {
                line += 1
            }
            i += 1
        }
        guard i < bytes.count else {
            throw ForesightError.data(
                "\(source) line \(firstLine): a quoted field is never closed", remedy: "close it with \" or remove it")
        }
        let content = Ascii.trimmed(bytes[start..<i])
        position = i + 1
        while position < bytes.count, bytes[position] == Ascii.space { position += 1 }
        guard endsField(position) else {
            throw ForesightError.data(
                "\(source) line \(line): text follows a closing quote", remedy: "write a quote inside quotes twice")
        }
        endField()
        return Field(range: content.startIndex..<content.endIndex, isQuoted: true, hasEscapes: hasEscapes)
    }

    /// The text of a field, with doubled quotes made single.
    func text(_ field: Field) -> String {
        guard field.hasEscapes else { return Ascii.text(bytes[field.range]) }
        var content: [UInt8] = []
        var skipsQuote = false
        for byte in bytes[field.range] {
            if byte == Ascii.quote && skipsQuote {
                skipsQuote = false
                continue
            }
            skipsQuote = byte == Ascii.quote
            content.append(byte)
        }
        return Ascii.text(content)
    }

    @inline(__always)
    private func isLineEnd(_ byte: UInt8) -> Bool { byte == Ascii.newline || byte == Ascii.carriageReturn }

    @inline(__always)
    private func isBlank(_ byte: UInt8) -> Bool { byte == Ascii.space || byte == Ascii.tab }

    @inline(__always)
    private mutating func endLine() {
        let isPair =
            bytes[position] == Ascii.carriageReturn && position + 1 < bytes.count
            && bytes[position + 1] == Ascii.newline
        position += isPair ? 2 : 1
        line += 1
    }
}
