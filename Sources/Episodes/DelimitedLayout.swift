import Basics

/// How a delimited file is laid out, found by looking at its first rows.
struct DelimitedLayout {
    /// What a column holds.
    enum Kind: Equatable {
        case number
        case time(TimeStamp.Kind)
        case text
    }

    var delimiter: Delimiter
    /// `.` or `,`.
    var mark: UInt8
    /// Whether some field shows which mark is used.
    var markIsCertain: Bool
    var headings: [ColumnHeading]
    var kinds: [Kind]
    /// What the digits of columns of numbers may say besides.
    var digits: [DigitTimes?] = []
    /// Where the samples begin.
    var position: Int
    /// The line where the samples begin.
    var line: Int
    /// How far the text was looked at.
    var end: Int
    var notes: [String] = []

    /// How many rows are looked at.
    private static let sampleRows = 128
    /// How many fields are looked at, unless that is less than eight rows.
    private static let sampleFields = 4096

    /// A row that was looked at.
    fileprivate struct Row {
        var fields: [FieldReader.Field]
        var line: Int
        var next: (position: Int, line: Int)

        /// The fields without empty ones at the end, which a delimiter at the end of a line leaves.
        var count: Int { (fields.lastIndex { !$0.range.isEmpty || $0.isQuoted } ?? -1) + 1 }
    }

    /// Looks at the first rows.
    ///
    /// - Throws: `ForesightError.data` when there are no rows, or no samples below the names.
    init(_ bytes: UnsafeBufferPointer<UInt8>, source: String, options: LogOptions) throws {
        let begin = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var options = options
        let told = try SeparatorLine(bytes, start: begin, source: source)
        if let told, options.delimiter == nil { options.delimiter = told.delimiter }
        let (start, firstLine) = (told?.end ?? begin, told == nil ? 1 : 2)
        let sample = try DelimitedLayout.sniff(
            bytes, start: (start, firstLine), source: source, options: options)
        guard let first = sample.rows.first else {
            throw ForesightError.data(
                "\(source) holds no samples: there are only blank lines and comments", remedy: "check the file")
        }
        delimiter = sample.delimiter
        (mark, markIsCertain) = sample.mark
        let classifier = FieldClassifier(mark: mark, delimiter: delimiter, missing: options.missing)
        let reader = FieldReader(bytes, delimiter: delimiter, source: source)
        func contents(_ row: Row) -> [FieldClassifier.Content] {
            row.fields.map { classifier.classify(bytes, $0.range) }
        }

        let grid = sample.rows.map(contents)
        let hasHeader =
            switch options.header {
            case .present: true
            case .absent: false
            case .automatic: DelimitedLayout.looksLikeHeader(grid)
            }
        var firstSample = hasHeader ? 1 : 0
        var names = hasHeader ? first.fields.prefix(first.count).map { reader.text($0).trimmed } : []
        var units: [String?] = []
        if hasHeader, DelimitedLayout.looksLikeUnits(grid) {
            units = sample.rows[1].fields.map { ColumnHeading.unit(reader.text($0)) }
            firstSample = 2
        }
        guard sample.rows.count > firstSample else {
            throw ForesightError.data(
                "\(source) holds names but no samples", remedy: "check that the recording was written to the file")
        }
        let samples = sample.rows[firstSample...]
        // A delimiter at the end of every line makes an empty column that nothing names.
        let width = min(DelimitedLayout.commonest(samples.map(\.fields.count)), samples.map(\.count).max() ?? 0)
        if !hasHeader {
            if options.header == .automatic, let comment = sample.comment,
                let fields = try? DelimitedLayout.fields(of: comment, in: bytes, delimiter: delimiter, source: source),
                fields.count == width
            {
                names = fields.map { reader.text($0).trimmed }
                notes.append("names are taken from the comment above the samples")
            } else {
                names = (0..<width).map { "column\($0 + 1)" }
            }
        } else if names.count > width, !samples.contains(where: { $0.fields.count >= names.count }) {
            let surplus = names[width...].joined(separator: ", ")
            notes.append("the header names \(names.count) columns, every row has \(width): ignored \(surplus)")
            names.removeLast(names.count - width)
        }
        (headings, notes) = DelimitedLayout.headings(names, units: units, notes: notes)
        kinds = headings.indices.map { column in
            DelimitedLayout.kind(grid[firstSample...].compactMap { column < $0.count ? $0[column] : nil })
        }
        let before = firstSample == 0 ? (start, firstLine) : sample.rows[firstSample - 1].next
        (position, line) = before
        end = sample.rows[sample.rows.count - 1].next.position
        let known = zip(samples, grid[firstSample...])
        digits = kinds.enumerated().map { column, kind -> DigitTimes? in
            guard kind == .number else { return nil }
            return DigitTimes(
                known.compactMap { row, contents in
                    column < contents.count && contents[column] != .missing ? bytes[row.fields[column].range] : nil
                })
        }
    }

    // MARK: - Names and units

    /// Whether the first row names the columns: mostly text, above something else.
    private static func looksLikeHeader(_ grid: [[FieldClassifier.Content]]) -> Bool {
        let filled = grid[0].filter { $0 != .missing }
        let texts = filled.filter { $0 == .text }
        guard !texts.isEmpty, texts.count * 2 >= filled.count else { return false }
        guard grid.count > 1 else { return true }
        return grid[0].indices.contains { column in
            grid[0][column] == .text && grid[1...].contains { column < $0.count && $0[column] != .text }
        }
    }

    /// Whether the second row holds units: text and nothing else, above numbers.
    private static func looksLikeUnits(_ grid: [[FieldClassifier.Content]]) -> Bool {
        guard grid.count > 2, grid[1].contains(.text), grid[1].allSatisfy({ $0 == .text || $0 == .missing }) else {
            return false
        }
        return grid[1].indices.allSatisfy { column in
            grid[1][column] != .text || grid[2...].contains { column < $0.count && $0[column] != .text }
        }
    }

    /// Splits names from units, and makes names unique.
    private static func headings(
        _ names: [String], units: [String?], notes: [String]
    ) -> ([ColumnHeading], [String]) {
        var notes = notes
        var headings = names.map(ColumnHeading.init)
        let uses = Dictionary(headings.map { ($0.name, 1) }, uniquingKeysWith: +)
        for column in headings.indices {
            if column < units.count, let unit = units[column] { headings[column].unit = unit }
            // Two heads that differ only in the unit keep it in their names.
            if uses[headings[column].name] ?? 1 > 1 { headings[column].name = headings[column].written }
            if headings[column].name.isEmpty { headings[column].name = "column\(column + 1)" }
        }
        var seen: Set<String> = []
        for column in headings.indices {
            var name = headings[column].name
            var copy = 2
            while seen.contains(name) {
                name = "\(headings[column].name)_\(copy)"
                copy += 1
            }
            if name != headings[column].name {
                notes.append("two columns are called \(headings[column].name): the later one is read as \(name)")
                headings[column].name = name
            }
            seen.insert(name)
        }
        return (headings, notes)
    }

    /// What a column holds, by majority of the rows that were looked at.
    private static func kind(_ contents: [FieldClassifier.Content]) -> Kind {
        var (numbers, texts) = (0, 0)
        var times: [TimeStamp.Kind] = []
        for content in contents {
            switch content {
            case .missing: break
            case .number: numbers += 1
            case .text: texts += 1
            case .time(let kind): times.append(kind)
            }
        }
        if let first = times.first, times.count > max(numbers, texts) { return .time(first) }
        return texts > numbers ? .text : .number
    }

    // MARK: - Delimiter and decimal mark

    fileprivate struct Sample {
        var delimiter: Delimiter
        var mark: (byte: UInt8, isCertain: Bool)
        var rows: [Row]
        var comment: Range<Int>?
    }

    private static func sniff(
        _ bytes: UnsafeBufferPointer<UInt8>, start: (position: Int, line: Int), source: String, options: LogOptions
    ) throws -> Sample {
        if let delimiter = options.delimiter {
            let (rows, comment) = try self.rows(bytes, start: start, delimiter: delimiter, source: source)
            let mark = decimalMark(rows, bytes, delimiter: delimiter, options: options)
            return Sample(delimiter: delimiter, mark: mark, rows: rows, comment: comment)
        }
        var best: (sample: Sample, share: Double)?
        var fault: (any Error)?
        for delimiter in [Delimiter.tab, .semicolon, .comma, .whitespace] {
            do {
                let (rows, comment) = try self.rows(bytes, start: start, delimiter: delimiter, source: source)
                let mark = decimalMark(rows, bytes, delimiter: delimiter, options: options)
                let sample = Sample(delimiter: delimiter, mark: mark, rows: rows, comment: comment)
                let width = commonest(rows.map(\.fields.count))
                let share = readableShare(sample, bytes, options: options)
                // One column suits every delimiter; a comma is as good as any.
                let isSplit = width > 1
                if best == nil && delimiter == .comma { best = (sample, isSplit ? share : -1) }
                if isSplit, share > best?.share ?? -2 { best = (sample, share) }
            } catch {
                fault = fault ?? error
            }
        }
        if let best { return best.sample }
        throw fault ?? ForesightError.data("\(source) holds no samples", remedy: "check the file")
    }

    /// The first rows, split at a delimiter, and the last comment above them.
    private static func rows(
        _ bytes: UnsafeBufferPointer<UInt8>, start: (position: Int, line: Int), delimiter: Delimiter, source: String
    ) throws -> (rows: [Row], comment: Range<Int>?) {
        var reader = FieldReader(
            bytes, delimiter: delimiter, source: source, position: start.position, line: start.line)
        var comment: Range<Int>?
        var rows: [Row] = []
        var fieldCount = 0
        while rows.count < sampleRows, fieldCount < sampleFields || rows.count < 8 {
            let isFirst = rows.isEmpty
            guard reader.startRow(comment: { if isFirst { comment = $0 } }) else { break }
            let line = reader.line
            var fields: [FieldReader.Field] = []
            repeat { fields.append(try reader.next()) } while !reader.endedRow
            fieldCount += fields.count
            rows.append(Row(fields: fields, line: line, next: (reader.position, reader.line)))
        }
        return (rows, comment)
    }

    private static func fields(
        of comment: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, delimiter: Delimiter, source: String
    ) throws -> [FieldReader.Field] {
        let part = UnsafeBufferPointer(rebasing: bytes[..<comment.upperBound])
        var reader = FieldReader(part, delimiter: delimiter, source: source, position: comment.lowerBound)
        guard reader.startRow() else { return [] }
        var fields: [FieldReader.Field] = []
        repeat { fields.append(try reader.next()) } while !reader.endedRow
        return fields
    }

    /// Whether fields below the first row use a decimal comma, and whether any field shows it. Between commas a quoted `1,000`
    /// shows nothing: it is a thousand, or one.
    private static func decimalMark(
        _ rows: [Row], _ bytes: UnsafeBufferPointer<UInt8>, delimiter: Delimiter, options: LogOptions
    ) -> (UInt8, Bool) {
        if let comma = options.decimalComma { return (comma ? Ascii.comma : Ascii.point, true) }
        var (points, commas) = (0, 0)
        let (point, comma) = (DecimalScanner(mark: Ascii.point), DecimalScanner(mark: Ascii.comma))
        func isNumber(_ range: Range<Int>, _ scanner: DecimalScanner) -> Bool {
            var position = range.lowerBound
            return scanner.scan(bytes, &position, end: range.upperBound) != nil && position == range.upperBound
        }
        for row in rows {
            for field in row.fields {
                if bytes[field.range].contains(Ascii.point), isNumber(field.range, point) { points += 1 }
                guard bytes[field.range].contains(Ascii.comma) else { continue }
                if delimiter == .comma, let groups = DigitGroups(bytes[field.range]) {
                    if groups.isCertain { points += 1 }
                } else if isNumber(field.range, comma) {
                    commas += 1
                }
            }
        }
        return (commas > points ? Ascii.comma : Ascii.point, points + commas > 0)
    }

    /// The share of filled fields below the first row that are not text, in rows as long as most.
    private static func readableShare(
        _ sample: Sample, _ bytes: UnsafeBufferPointer<UInt8>, options: LogOptions
    ) -> Double {
        let classifier = FieldClassifier(
            mark: sample.mark.byte, delimiter: sample.delimiter, missing: options.missing)
        let width = commonest(sample.rows.map(\.fields.count))
        var (readable, all) = (0, 0)
        for row in sample.rows.dropFirst(sample.rows.count > 1 ? 1 : 0) {
            for field in row.fields where !field.range.isEmpty {
                all += 1
                if row.fields.count == width, classifier.classify(bytes, field.range) != .text { readable += 1 }
            }
        }
        return all == 0 ? 0 : Double(readable) / Double(all)
    }

    /// The value that occurs most often; the greater of two that occur equally often.
    private static func commonest(_ counts: [Int]) -> Int {
        let tally = Dictionary(counts.map { ($0, 1) }, uniquingKeysWith: +)
        return tally.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
    }
}
