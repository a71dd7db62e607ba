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

    /// Reads a table from a file, which need not fit into memory beside its samples.
    ///
    /// - Throws: as for the bytes of the file, and when it cannot be read.
    public func table(path: String, wanted: Set<String>? = nil) throws -> LogTable {
        if let table = try piecewise(path, wanted: wanted) { return table }
        return try table(InputFile.bytes(path), source: path, wanted: wanted)
    }

    /// Reads a large file piece by piece; `nil` where that shows anything out of the ordinary, which whoever has all of it at hand
    /// finds the words for.
    private func piecewise(_ path: String, wanted: Set<String>?) throws -> LogTable? {
        let file = try PositionedFile(path: path)
        guard !options.transposed, file.count >= parts.pieceByPiece else { return nil }
        let size = min(file.count, max(1 << 20, parts.pieceByPiece))
        var head = [UInt8](repeating: 0, count: size)
        guard try head.withUnsafeMutableBytes({ try file.read(into: $0, from: 0) }) == size else { return nil }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) || head.prefix(4096).contains(0) {
            return nil
        }
        let found = head.withUnsafeBufferPointer { try? DelimitedLayout($0, source: path, options: options) }
        guard let layout = found, layout.end < size,
            let plan = try? TimePlan(layout: layout, wanted: wanted, source: path, options: options)
        else { return nil }
        let reading = PartsReading(
            text: .file(file), layout: layout, plan: plan,
            stamps: TimeStampScanner(dayFirst: options.dayFirst ?? false, readsDigits: plan.readsDigits),
            source: path, options: options, policy: parts)
        guard var columns = try reading.columns() else { return nil }
        columns.dropEmptyEnd()
        return try columns.table(plan: plan, wanted: wanted, options: options)
    }

    private func table(
        _ bytes: UnsafeBufferPointer<UInt8>, source: String, wanted: Set<String>?
    ) throws -> LogTable {
        var layout = try DelimitedLayout(bytes, source: source, options: options)
        let plan = try TimePlan(layout: layout, wanted: wanted, source: source, options: options)
        var times = TimeStampScanner(dayFirst: options.dayFirst ?? false, readsDigits: plan.readsDigits)
        // Each assumption is changed at most once, so this ends.
        for _ in 0..<4 {
            do {
                var columns = try RawColumns.read(
                    bytes, layout: layout, plan: plan, stamps: times, source: source, options: options,
                    parts: parts)
                return try columns.table(
                    plan: plan, wanted: wanted, options: options, leapYear: times.leapYear)
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
