import Basics

/// Reads files whose rows are channels and whose columns are samples.
enum TransposedTable {
    static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, source: String, options: LogOptions
    ) throws -> LogTable {
        var plain = options
        plain.header = .absent
        plain.time = .none
        let layout = try DelimitedLayout(bytes, source: source, options: plain)
        // Names stand in the first column, if anywhere.
        let hasNames = layout.kinds.first == .text && layout.kinds.count > 1
        var headings: [ColumnHeading] = []
        var reader = FieldReader(
            bytes, delimiter: layout.delimiter, source: source, position: layout.position, line: layout.line)
        var rows: [[Double]] = []
        let classifier = FieldClassifier(mark: layout.mark, delimiter: layout.delimiter, missing: options.missing)
        func number(_ field: FieldReader.Field) -> Double? {
            if let value = classifier.number(bytes, field.range) { return value }
            guard let (value, isCertain) = classifier.grouped(bytes, field.range) else { return nil }
            return isCertain || layout.markIsCertain ? value : nil
        }
        while reader.startRow() {
            let line = reader.line
            var row: [Double] = []
            var column = 0
            repeat {
                let field = try reader.next()
                if hasNames && column == 0 {
                    headings.append(ColumnHeading(reader.text(field)))
                } else if let value = number(field),
                    value.isNaN || abs(value) <= DecimalScanner.greatest
                {
                    if !(field.range.isEmpty && reader.endedRow) { row.append(value) }
                } else {
                    throw ForesightError.data(
                        "\(source) line \(line): field \(column + 1) holds \"\(reader.text(field).prefix(40))\", "
                            + "a number is needed", remedy: "correct the line")
                }
                column += 1
            } while !reader.endedRow
            if let first = rows.first, first.count != row.count {
                throw ForesightError.data(
                    "\(source) line \(line) has \(row.count) samples, the others have \(first.count)",
                    remedy: "correct the line")
            }
            rows.append(row)
        }
        if !hasNames { headings = rows.indices.map { ColumnHeading("column\($0 + 1)") } }
        return try table(rows, headings: headings, source: source, options: options)
    }

    private static func table(
        _ rows: [[Double]], headings: [ColumnHeading], source: String, options: LogOptions
    ) throws -> LogTable {
        let count = rows.first?.count ?? 0
        guard count > 0 else {
            throw ForesightError.data("\(source) holds names but no samples", remedy: "check the file")
        }
        var time: Int?
        switch options.time {
        case .none: break
        case .automatic: time = headings.firstIndex { TimeNames.isTime($0.name) }
        case .named(let name):
            time = headings.firstIndex { $0.name == name || $0.written == name }
            if time == nil { throw TimePlan.missing(name, among: headings.map(\.name), source: source) }
        }
        let scale = time.flatMap { options.timeUnit ?? TimeNames.secondsPerUnit(headings[$0]) } ?? 1
        let kept = rows.indices.filter { $0 != time }
        return LogTable(
            source: source,
            columns: kept.map {
                LogColumn(name: headings[$0].name, unit: headings[$0].unit, heading: headings[$0].written)
            },
            values: (0..<count).flatMap { sample in kept.map { rows[$0][sample] } },
            times: time.map { rows[$0].map { $0 * scale } }, timeName: time.map { headings[$0].name },
            clock: time == nil ? .none : .relative)
    }
}
