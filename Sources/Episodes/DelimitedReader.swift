import Basics

/// Reads delimited text: CSV, TSV, and numbers in columns.
public struct DelimitedReader: Sendable {
    /// How the file is read where it does not say so itself.
    public var options: LogOptions
    /// How many threads read at once, and what is worth one of them.
    var parts = ReadingParts()

    /// Creates a reader.
    public init(options: LogOptions = LogOptions()) { self.options = options }

    /// Reads a table from the bytes of a file.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - source: the name of the file, for errors.
    ///   - wanted: the names of the columns that are needed; others are passed over, whatever they hold. `nil` reads
    ///     all.
    /// - Returns: the columns of numbers, and the times.
    /// - Throws: `ForesightError.data` with line and column for ragged rows, text in a column of numbers, quotes that
    ///   never close, files without samples.
    public func table(_ bytes: [UInt8], source: String, wanted: Set<String>? = nil) throws -> LogTable {
        if bytes.isEmpty {
            throw ForesightError.data("\(source) is empty", remedy: "check that the recording was written to the file")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4096).contains(0) {
            throw ForesightError.data("\(source) is not UTF-8 or Latin-1 text", remedy: "save it as UTF-8")
        }
        return try bytes.withUnsafeBufferPointer { pointer in
            if options.transposed { return try TransposedTable.read(pointer, source: source, options: options) }
            return try table(pointer, source: source, wanted: wanted)
        }
    }

    private func table(
        _ bytes: UnsafeBufferPointer<UInt8>, source: String, wanted: Set<String>?
    ) throws -> LogTable {
        var layout = try DelimitedLayout(bytes, source: source, options: options)
        var times = TimeStampScanner(dayFirst: options.dayFirst ?? false)
        let plan = try TimePlan(layout: layout, wanted: wanted, source: source, options: options)
        // Each assumption is changed at most once, so this ends.
        for _ in 0..<4 {
            do {
                var columns = try RawColumns.read(
                    bytes, layout: layout, plan: plan, stamps: times, source: source, options: options,
                    parts: parts)
                return try columns.table(plan: plan, wanted: wanted, options: options)
            } catch let mistake as WrongAssumption {
                switch mistake {
                case .decimalPoint:
                    layout.mark = Ascii.comma
                    layout.markIsCertain = true
                case .monthFirst: times.dayFirst = true
                case .commonYear: times.leapYear = true
                }
            }
        }
        throw ForesightError.data(
            "\(source): dates are written in more than one way", remedy: "write all of them as year-month-day")
    }
}

/// What turned out wrong only after the rows that were looked at; reading starts again.
enum WrongAssumption: Error {
    case decimalPoint, monthFirst, commonYear
}

/// The columns of a delimited file as numbers, before the time is told from the channels.
struct RawColumns {
    var source: String
    /// The columns that were read, as indices of the layout's headings.
    var columns: [Int]
    var layout: DelimitedLayout
    /// Samples, row-major `[row, column]`.
    var values: [Double] = []
    /// Seconds from dates, a row each; empty without dates.
    var stamps: [Double] = []
    var stampKind: TimeStamp.Kind?
    var lines: [Int] = []
    /// Rows without any content.
    var emptyRows: [Int] = []
    /// Line ends from where reading began.
    var passedLines = 0

    /// Reads rows from a position on, where a line begins; sets memory aside for `share` times as many.
    static func rows(
        _ bytes: UnsafeBufferPointer<UInt8>, from position: Int, line first: Int, share: Int = 1,
        layout: DelimitedLayout, plan: TimePlan, stamps: TimeStampScanner, source: String, options: LogOptions
    ) throws -> RawColumns {
        enum Step { case pass, number, stamp }
        let width = layout.headings.count
        let steps: [Step] = (0..<width).map {
            plan.stamps.contains($0) ? .stamp : plan.columns.contains($0) ? .number : .pass
        }
        let columns = (0..<width).filter { steps[$0] == .number }
        var raw = RawColumns(source: source, columns: columns, layout: layout)
        let scanner = DecimalScanner(mark: layout.mark)
        let context = ReadingContext(
            bytes: bytes, layout: layout, stamps: stamps, source: source, options: options,
            classifier: FieldClassifier(mark: layout.mark, missing: options.missing))
        var reader = FieldReader(
            bytes, delimiter: layout.delimiter, source: source, position: position, line: first)
        let firstRow = reader.position
        while reader.startRow() {
            let line = reader.line
            var column = 0
            var isEmpty = true
            var stamp = 0.0
            repeat {
                let step = column < width ? steps[column] : .pass
                if step == .number {
                    // Most fields are plain numbers: one pass over their bytes.
                    var i = reader.position
                    while i < bytes.count, bytes[i] == Ascii.space { i += 1 }
                    if let value = scanner.scan(bytes, &i, end: bytes.count),
                        abs(value) <= DecimalScanner.greatest
                    {
                        while i < bytes.count, bytes[i] == Ascii.space { i += 1 }
                        if reader.endsField(i) || (reader.isWhitespace && bytes[i - 1] == Ascii.space) {
                            reader.position = i
                            reader.endField()
                            raw.values.append(context.classifier.isMissing(value) ? .nan : value)
                            isEmpty = false
                            column += 1
                            continue
                        }
                    }
                }
                let field = try reader.next()
                if !field.range.isEmpty { isEmpty = false }
                if column >= width {
                    if !field.range.isEmpty {
                        try skipRow(&reader, &column)
                        throw context.ragged(line: line, fields: column + 1, width: width)
                    }
                } else if step == .number {
                    raw.values.append(try context.number(field, column: column, line: line, reader: reader))
                } else if step == .stamp {
                    let scanned = try context.stamp(field, column: column, line: line, reader: reader)
                    stamp += scanned.seconds
                    raw.stampKind = raw.stampKind ?? scanned.kind
                }
                column += 1
            } while !reader.endedRow
            if column < width { throw context.ragged(line: line, fields: column, width: width) }
            if isEmpty { raw.emptyRows.append(raw.lines.count) }
            raw.lines.append(line)
            if !plan.stamps.isEmpty { raw.stamps.append(isEmpty ? .nan : stamp) }
            if raw.lines.count == 64 {
                let rows = (bytes.count - firstRow) / max(1, (reader.position - firstRow) / 64) + 64
                raw.values.reserveCapacity(share * rows * columns.count)
                raw.lines.reserveCapacity(share * rows)
            }
        }
        raw.passedLines = reader.line - first
        return raw
    }

    private static func skipRow(_ reader: inout FieldReader, _ column: inout Int) throws {
        while !reader.endedRow {
            _ = try reader.next()
            column += 1
        }
    }

    /// Rows of delimiters alone at the end are what spreadsheets leave; they hold no samples.
    mutating func dropEmptyEnd() {
        while let last = emptyRows.last, last == lines.count - 1 {
            emptyRows.removeLast()
            lines.removeLast()
            values.removeLast(columns.count)
            if !stamps.isEmpty { stamps.removeLast() }
        }
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
        if let value = classifier.number(bytes, field.range) {
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
