import Basics

/// Reads one row after the other into memory for its numbers.
struct RowReader {
    /// What a row holds beside its numbers.
    struct Row {
        /// The line where it begins.
        var line: Int
        /// Seconds from its dates.
        var stamp: Double = 0
        /// Whether none of its fields has any content.
        var isEmpty = false
    }

    /// How many numbers a row has.
    let width: Int
    /// What the first time of the rows read so far shows.
    private(set) var stampKind: TimeStamp.Kind?
    private let bytes: UnsafeBufferPointer<UInt8>
    private let steps: [TimePlan.Step]
    private let scanner: DecimalScanner
    private let context: ReadingContext
    private var reader: FieldReader
    private var plain: PlainRows

    /// Reads from a position on, where a line begins; `slack` bytes behind the last may be looked at.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, slack: Int = 0, from position: Int, line: Int, layout: DelimitedLayout,
        plan: TimePlan,
        stamps: TimeStampScanner, source: String, options: LogOptions
    ) {
        self.bytes = bytes
        steps = plan.steps(layout.headings.count)
        width = steps.count { $0 == .number }
        scanner = DecimalScanner(mark: layout.mark)
        context = ReadingContext(
            bytes: bytes, layout: layout, stamps: stamps, source: source, options: options,
            classifier: FieldClassifier(mark: layout.mark, delimiter: layout.delimiter, missing: options.missing))
        reader = FieldReader(bytes, delimiter: layout.delimiter, source: source, position: position, line: line)
        plain = PlainRows(
            bytes, slack: slack, layout: layout, steps: steps, scanner: scanner, stamps: stamps,
            missing: context.classifier.missingNumbers)
    }

    /// The line where the next row is looked for.
    var line: Int { reader.line }

    /// Where the next row is looked for.
    var position: Int { reader.position }

    /// Reads the next row, its numbers into memory for `width` of them; `nil` at the end of the text.
    ///
    /// - Throws: `ForesightError.data` with line and column, or a `WrongAssumption`.
    @inline(__always)
    mutating func next(into numbers: UnsafeMutablePointer<Double>) throws -> Row? {
        let line = reader.line
        if let end = plain.row(from: reader.position, into: numbers) {
            reader.position = end
            reader.line = line + 1
            guard let stamp = plain.stamp else { return Row(line: line) }
            stampKind = stampKind ?? stamp.kind
            return Row(line: line, stamp: stamp.seconds)
        }
        return try general(into: numbers)
    }

    private mutating func general(into numbers: UnsafeMutablePointer<Double>) throws -> Row? {
        guard reader.startRow() else { return nil }
        var row = Row(line: reader.line, isEmpty: true)
        let width = steps.count
        var (column, place) = (0, 0)
        repeat {
            let step = column < width ? steps[column] : .pass
            if step == .number, let value = plainNumber() {
                // Zero added makes 0 of −0.
                numbers[place] = context.classifier.isMissing(value) ? .nan : value + 0
                place += 1
                row.isEmpty = false
                column += 1
                continue
            }
            let field = try reader.next()
            if !field.range.isEmpty { row.isEmpty = false }
            if column >= width {
                if !field.range.isEmpty {
                    while !reader.endedRow {
                        _ = try reader.next()
                        column += 1
                    }
                    throw context.ragged(line: row.line, fields: column + 1, width: width)
                }
            } else if step == .number {
                numbers[place] = try context.number(field, column: column, line: row.line, reader: reader) + 0
                place += 1
            } else if step == .stamp {
                let scanned = try context.stamp(field, column: column, line: row.line, reader: reader)
                row.stamp += scanned.seconds
                stampKind = stampKind ?? scanned.kind
            }
            column += 1
        } while !reader.endedRow
        if column < width { throw context.ragged(line: row.line, fields: column, width: width) }
        return row
    }

    /// The number that fills the next field, over which it moves; `nil`, and not moved, when it holds something else.
    private mutating func plainNumber() -> Double? {
        var i = reader.position
        while i < bytes.count, bytes[i] == Ascii.space { i += 1 }
        guard let value = scanner.scan(bytes, &i, end: bytes.count), abs(value) <= DecimalScanner.greatest else {
            return nil
        }
        while i < bytes.count, bytes[i] == Ascii.space { i += 1 }
        guard reader.endsField(i) || (reader.isWhitespace && bytes[i - 1] == Ascii.space) else { return nil }
        reader.position = i
        reader.endField()
        return value
    }
}

/// The slow side of reading: fields that are not plain numbers, and errors.
private struct ReadingContext {
    let bytes: UnsafeBufferPointer<UInt8>
    let layout: DelimitedLayout
    let stamps: TimeStampScanner
    let source: String
    let options: LogOptions
    let classifier: FieldClassifier

    func number(_ field: FieldReader.Field, column: Int, line: Int, reader: FieldReader) throws -> Double {
        if let value = try classifier.number(bytes, field.range) ?? grouped(field, column, line, reader) {
            guard value.isNaN || abs(value) <= DecimalScanner.greatest else {
                throw ForesightError.data(
                    "\(place(line, column)) holds \(quoted(field, reader)), beyond the range of a measurement",
                    remedy: "correct the line")
            }
            return value
        }
        if !layout.markIsCertain {
            let comma = FieldClassifier(mark: Ascii.comma, missing: options.missing)
            if comma.number(bytes, field.range) != nil { throw WrongAssumption.decimalPoint }
        }
        throw ForesightError.data(
            "\(place(line, column)) holds the text \(quoted(field, reader)), a number is needed",
            remedy: "correct the line, or name the text as a marker of missing values (--missing)")
    }

    /// The number whose thousands commas set apart.
    private func grouped(
        _ field: FieldReader.Field, _ column: Int, _ line: Int, _ reader: FieldReader
    ) throws -> Double? {
        guard let (value, isCertain) = classifier.grouped(bytes, field.range) else { return nil }
        guard isCertain || layout.markIsCertain else {
            throw ForesightError.data(
                "\(place(line, column)) holds \(quoted(field, reader)), which is a thousand times as much where commas set "
                    + "thousands apart as where they are decimal marks",
                remedy: "say which by --no-decimal-comma or --decimal-comma")
        }
        return classifier.isMissing(value) ? .nan : value
    }

    func stamp(_ field: FieldReader.Field, column: Int, line: Int, reader: FieldReader) throws -> TimeStamp {
        if let stamp = stamps.scan(bytes[field.range]) { return stamp }
        if field.range.isEmpty { return TimeStamp(kind: .dateOnly, seconds: .nan) }
        if !stamps.dayFirst, options.dayFirst == nil {
            let other = TimeStampScanner(dayFirst: true, leapYear: stamps.leapYear)
            if other.scan(bytes[field.range]) != nil { throw WrongAssumption.monthFirst }
        }
        if !stamps.leapYear {
            let other = TimeStampScanner(dayFirst: stamps.dayFirst, leapYear: true)
            if other.scan(bytes[field.range]) != nil { throw WrongAssumption.commonYear }
        }
        throw ForesightError.data(
            "\(place(line, column)) holds \(quoted(field, reader)), which is not a time like those above it",
            remedy: "correct the line, or name another time column (--time COLUMN, --time none)")
    }

    func ragged(line: Int, fields: Int, width: Int) -> ForesightError {
        let isLast = bytes.last != Ascii.newline && bytes.last != Ascii.carriageReturn && fields < width
        let remedy = isLast ? "correct the line; remove it if the recording was cut off there" : "correct the line"
        return .data("\(source) line \(line) has \(fields) fields, the others have \(width)", remedy: remedy)
    }

    private func place(_ line: Int, _ column: Int) -> String {
        "\(source) line \(line): column \(layout.headings[column].name)"
    }

    private func quoted(_ field: FieldReader.Field, _ reader: FieldReader) -> String {
        let text = reader.text(field)
        let shown = text.count > 40 ? text.prefix(40) + "…" : text[...]
        return "\"\(shown.map { $0.isNewline ? " " : String($0) }.joined())\""
    }
}
