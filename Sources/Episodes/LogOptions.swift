public import Basics

/// What separates the fields of a delimited file.
public enum Delimiter: String, Sendable, Codable, CaseIterable, ConfigurationValue {
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
public struct LogOptions: Sendable, Codable, Equatable, ConfigurationSection {
    /// Whether the first row holds names.
    public enum Header: String, Sendable, Codable, CaseIterable, ConfigurationValue {
        /// Decided by looking: names are text above numbers.
        case automatic
        /// The first row holds names.
        case present
        /// The first row holds samples; columns are called `column1`, `column2`, ….
        case absent
    }

    /// Which column holds the time.
    public enum TimeColumn: Sendable, Codable, Equatable {
        /// The first column of dates, with times of day beside it where these have a column of their own, else the first that
        /// is named like a time and grows, else a first column that grows in equal steps.
        case automatic
        /// No column; samples follow each other at `samplingTime`.
        case none
        /// The column of this name.
        case named(String)

        /// Reads `auto`, `none`, or a name; a column of such a name is reached by its head with the unit.
        public init(_ text: String) {
            switch text {
            case "auto", "automatic": self = .automatic
            case "none": self = .none
            default: self = .named(text)
            }
        }
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

    /// The markers of missing values that are known without being named.
    public static let usualMissing = ["-9999"]

    /// Creates the options that find out everything.
    public init() { self.init(delimiter: nil) }

    /// Creates options.
    public init(
        delimiter: Delimiter? = nil, decimalComma: Bool? = nil, header: Header = .automatic,
        time: TimeColumn = .automatic, timeUnit: Double? = nil, samplingTime: Double? = nil, dayFirst: Bool? = nil,
        missing: [String] = LogOptions.usualMissing, transposed: Bool = false
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

extension LogOptions {
    /// The settings, in the order in which they are printed.
    public static let fields: [ConfigurationField<LogOptions>] = [
        .value("time", \.time, "Column that holds the time; auto finds out, none counts samples."),
        .value("time_unit", \.timeUnit, "Length of one unit of a numeric time column.", unit: "s", limit: .above(0)),
        .value(
            "sampling_time", \.samplingTime, "Time between samples of a log without times.", unit: "s",
            limit: .above(0)),
        .value("delimiter", \.delimiter, "What separates fields; null finds out."),
        .value("decimal_comma", \.decimalComma, "Whether 1,5 is one and a half; null finds out."),
        .value("header", \.header, "Whether the first row holds names."),
        .value("day_first", \.dayFirst, "Whether 03/04/2020 is the third of April; null finds out."),
        .value("missing", \.missing, "Fields that mean missing, beside empty ones, NaN, NA, null."),
        .value("transposed", \.transposed, "Whether rows are channels and columns are samples."),
    ]
}

extension LogOptions.TimeColumn: ConfigurationValue {
    /// "auto, none, or a column's name".
    public static var expectation: String { "auto, none, or a column's name" }

    /// Reads a text.
    public init?(_ node: YAMLNode) {
        guard let text = String(node) else { return nil }
        self.init(text)
    }

    /// The text that reads back the same.
    public var yaml: String {
        switch self {
        case .automatic: "auto"
        case .none: "none"
        case .named(let name): name.yaml
        }
    }
}
