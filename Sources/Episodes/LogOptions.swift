/// What separates the fields of a delimited file.
public enum Delimiter: String, Sendable, Codable, CaseIterable {
    /// `,`.
    case comma
    /// `;`.
    case semicolon
    /// A tab.
    case tab
    /// Any run of spaces and tabs.
    case whitespace

    /// The byte that ends a field; a space stands for any run of spaces and tabs.
    var byte: UInt8 {
        switch self {
        case .comma: Ascii.comma
        case .semicolon: Ascii.semicolon
        case .tab: Ascii.tab
        case .whitespace: Ascii.space
        }
    }
}

/// How a log is read where the file does not say it clearly. The defaults find out by looking.
public struct LogOptions: Sendable, Codable, Equatable {
    /// Whether the first row holds names.
    public enum Header: String, Sendable, Codable {
        /// Decided by looking: names are text above numbers.
        case automatic
        /// The first row holds names.
        case present
        /// The first row holds samples; columns are called `column1`, `column2`, ….
        case absent
    }

    /// Which column holds the time.
    public enum TimeColumn: Sendable, Codable, Equatable {
        /// The first column of dates, else the first that is named like a time and grows, else a first column that
        /// grows in equal steps.
        case automatic
        /// No column; samples follow each other at `samplingTime`.
        case none
        /// The column of this name.
        case named(String)
    }

    /// What separates fields; `nil` finds out.
    public var delimiter: Delimiter?
    /// Whether `1,5` is one and a half; `nil` finds out.
    public var decimalComma: Bool?
    /// Whether the first row holds names.
    public var header: Header
    /// Which column holds the time.
    public var time: TimeColumn
    /// Seconds of one unit of a numeric time column; `nil` takes the unit from its name, else 1.
    public var timeUnit: Double?
    /// Seconds between samples, for a log without times or with a time column that only counts samples.
    public var samplingTime: Double?
    /// Whether `03/04/2020` is the third of April; `nil` finds out, and takes the fourth of March when both fit.
    public var dayFirst: Bool?
    /// Fields that mean "missing", beside empty fields and `NaN`, `NA`, `null` and their kin. Those that are numbers
    /// are compared as numbers.
    public var missing: [String]
    /// Whether rows are channels and columns are samples.
    public var transposed: Bool

    /// Creates options.
    public init(
        delimiter: Delimiter? = nil, decimalComma: Bool? = nil, header: Header = .automatic,
        time: TimeColumn = .automatic, timeUnit: Double? = nil, samplingTime: Double? = nil, dayFirst: Bool? = nil,
        missing: [String] = ["-9999"], transposed: Bool = false
    ) {
        self.delimiter = delimiter
        self.decimalComma = decimalComma
        self.header = header
        self.time = time
        self.timeUnit = timeUnit
        self.samplingTime = samplingTime
        self.dayFirst = dayFirst
        self.missing = missing
        self.transposed = transposed
    }
}
