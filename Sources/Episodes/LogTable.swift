/// One column of a log.
public struct LogColumn: Sendable, Equatable {
    /// The name without its unit.
    public var name: String
    /// The unit; `nil` when the log does not say.
    public var unit: String?
    /// The head of the column as the file spells it.
    public var heading: String

    /// Creates a column.
    public init(name: String, unit: String? = nil, heading: String? = nil) {
        self.name = name
        self.unit = unit
        self.heading = heading ?? name
    }
}

/// What the times of a log count from.
public enum LogClock: String, Sendable, Codable {
    /// Samples have no times.
    case none
    /// Seconds from a start that is not known.
    case relative
    /// Seconds from the start of a year that is not written.
    case yearless
    /// Seconds from 1 January 1970, universal time.
    case absolute
}

/// The numbers of one log file, before roles and sampling are decided.
public struct LogTable: Sendable {
    /// The file.
    public var source: String
    /// The columns of numbers, in the order of the file, without the time.
    public var columns: [LogColumn]
    /// Samples, row-major `[row, column]`, `NaN` where missing.
    public var values: [Double]
    /// Whether some value may be −0, which no channel is.
    var mayHoldNegativeZero = true
    /// The number of rows.
    public var rowCount: Int
    /// Seconds of each row, in the order of the file; `nil` when the log has no times.
    public var times: [Double]?
    /// The name of the column that gave the times.
    public var timeName: String?
    /// What the times count from.
    public var clock: LogClock
    /// Seconds between samples, when there are no times and the log or the caller says so.
    public var samplingTime: Double?
    /// The line of each row in the file, counted from one; empty when the file has no lines.
    public var lines: [Int]
    /// Columns that hold text or further times, which a model cannot use.
    public var textColumns: [String]
    /// The names of all columns of the file, also of those that were passed over.
    public var availableColumns: [String]
    /// What was assumed while reading, in plain words.
    public var notes: [String]

    /// Creates a table.
    public init(
        source: String, columns: [LogColumn], values: [Double], times: [Double]? = nil, timeName: String? = nil,
        clock: LogClock = .none, samplingTime: Double? = nil, lines: [Int] = [], textColumns: [String] = [],
        availableColumns: [String]? = nil, notes: [String] = []
    ) {
        precondition(columns.isEmpty || values.count % columns.count == 0, "ragged table \(source)")
        self.source = source
        self.columns = columns
        self.values = values
        self.rowCount = columns.isEmpty ? times?.count ?? 0 : values.count / columns.count
        self.times = times
        self.timeName = timeName
        self.clock = clock
        self.samplingTime = samplingTime
        self.lines = lines
        self.textColumns = textColumns
        self.availableColumns = availableColumns ?? columns.map(\.name)
        self.notes = notes
    }

    /// The index of a column, by its name or by its head as the file spells it.
    public func columnIndex(_ name: String) -> Int? {
        columns.firstIndex { $0.name == name } ?? columns.firstIndex { $0.heading == name }
    }

    /// One sample of one column.
    public subscript(row: Int, column: Int) -> Double { values[row * columns.count + column] }

    /// All samples of one column.
    public func column(_ index: Int) -> [Double] { (0..<rowCount).map { self[$0, index] } }

    /// Where a row stands: `log.csv line 12`, or `log.npz row 12`.
    func place(_ row: Int) -> String {
        row < lines.count ? "\(source) line \(lines[row])" : "\(source) row \(row + 1)"
    }
}
