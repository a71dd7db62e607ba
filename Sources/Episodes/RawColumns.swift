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

    init(source: String, layout: DelimitedLayout, plan: TimePlan) {
        let steps = plan.steps(layout.headings.count)
        self.source = source
        self.layout = layout
        columns = steps.indices.filter { steps[$0] == .number }
    }

    /// Reads all rows, one after the other.
    ///
    /// - Throws: `ForesightError.data` for the first line that does not fit, or a `WrongAssumption`.
    static func rows(
        _ bytes: UnsafeBufferPointer<UInt8>, layout: DelimitedLayout, plan: TimePlan, stamps: TimeStampScanner,
        source: String, options: LogOptions
    ) throws -> RawColumns {
        var raw = RawColumns(source: source, layout: layout, plan: plan)
        var reader = RowReader(
            bytes, from: layout.position, line: layout.line, layout: layout, plan: plan, stamps: stamps,
            source: source, options: options)
        let numbers = UnsafeMutablePointer<Double>.allocate(capacity: max(1, reader.width))
        defer { numbers.deallocate() }
        while let row = try reader.next(into: numbers) {
            raw.values.append(contentsOf: UnsafeBufferPointer(start: numbers, count: reader.width))
            raw.append(row, hasStamps: !plan.stamps.isEmpty)
        }
        raw.stampKind = reader.stampKind
        return raw
    }

    /// Notes what a row holds beside its numbers.
    @inline(__always)
    mutating func append(_ row: RowReader.Row, hasStamps: Bool) {
        if row.isEmpty { emptyRows.append(lines.count) }
        lines.append(row.line)
        if hasStamps { stamps.append(row.isEmpty ? .nan : row.stamp) }
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
