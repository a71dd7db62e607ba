public import Basics

/// What is known about one channel of a log: where it stands and what it means.
public struct ChannelSettings: ConfigurationSection, Equatable {
    /// The name that models, goals and guardrails use.
    public var name = ""
    /// The column that holds it; `nil` when it is called the same.
    public var from: String?
    /// What the channel is to the system; `nil` leaves it out.
    public var role: ChannelRole?
    /// The physical unit, after scaling; `nil` takes that of the log.
    public var unit: String?
    /// Least and greatest value that is possible or allowed, each `nil` when there is none; empty when neither is known.
    public var limits: [Double?] = []
    /// For an action: the fastest allowed change.
    public var rate: ChangeRate?
    /// For an action: the values that it may take; empty for any within the limits.
    public var values: [Double] = []
    /// For an action: the shortest time that it keeps a value, s; `nil` when it may change at any time.
    public var dwell: Double?
    /// Recorded values are multiplied by this.
    public var scale = 1.0
    /// Then this is added: -32 · 5/9 after a scale of 5/9 turns °F into °C.
    public var offset = 0.0

    /// Creates settings without a name.
    public init() {}

    /// Creates settings of a channel.
    public init(name: String, from: String? = nil, role: ChannelRole?, unit: String? = nil) {
        self.name = name
        self.from = from
        self.role = role
        self.unit = unit
    }

    /// The settings, in the order in which they are printed.
    public static let fields: [ConfigurationField<ChannelSettings>] = [
        .value("name", \.name, "Name that goals and guardrails use."),
        .value("from", \.from, "Column that holds it, where that is called otherwise."),
        .value("role", \.role, "What the channel is to the system."),
        .value("unit", \.unit, "Physical unit, after scaling."),
        .value("limits", \.limits, "Least and greatest value, null where there is none."),
        .value("rate", \.rate, "Fastest allowed change of an action, such as 10/min."),
        .value("values", \.values, "Values that an action may take, such as [0, 1]; empty for any within the limits."),
        .value("dwell", \.dwell, "Shortest time that an action keeps a value.", unit: "s", limit: .above(0)),
        .value("scale", \.scale, "Factor on recorded values."),
        .value("offset", \.offset, "Added after the factor."),
    ]

    /// Checks what single fields cannot see.
    public func validate(path: String) throws {
        if name.isEmpty {
            throw ForesightError.usage("\(path).name is missing", remedy: "name the column, such as name: T1")
        }
        guard limits.isEmpty || limits.count == 2 else {
            throw ForesightError.usage(
                "\(path).limits has \(limits.count) items, not 2", remedy: "write [least, greatest], null where none")
        }
        if let (lower, upper) = bounds, let lower, let upper, lower >= upper {
            throw ForesightError.usage(
                "\(path).limits [\(lower.yaml), \(upper.yaml)] leave nothing between",
                remedy: "put the least value first")
        }
        try validateValues(path: path)
        if scale == 0 || !scale.isFinite {
            throw ForesightError.usage("\(path).scale is \(scale.yaml)", remedy: "give a factor other than 0")
        }
    }

    private func validateValues(path: String) throws {
        if let role, role != .action, !values.isEmpty || dwell != nil {
            throw ForesightError.usage(
                "\(path) gives \(values.isEmpty ? "a dwell" : "values") for \(name), which is of role \(role.rawValue)",
                remedy: "values and dwell belong to actions: leave them out, or make it an action")
        }
        guard !values.isEmpty else { return }
        if let complaint = SwitchValues.complaint(values) {
            throw ForesightError.usage("\(path).values \(complaint)", remedy: SwitchValues.remedy)
        }
        for value in values where value < bounds?.0 ?? -.infinity || value > bounds?.1 ?? .infinity {
            throw ForesightError.usage(
                "\(path).values holds \(value.yaml), outside the limits \(limits.yaml)",
                remedy: "leave it out, or widen the limits")
        }
    }

    private var bounds: (Double?, Double?)? { limits.count == 2 ? (limits[0], limits[1]) : nil }

    /// The column that holds the channel.
    var column: String { from ?? name }

    /// The channel, with the unit that the log gives where the settings give none.
    func channel(columnUnit: String?) -> Channel {
        // The unit in the log is that of the recorded values.
        let recorded = scale == 1 && offset == 0 ? columnUnit : nil
        return Channel(
            name: name, unit: unit ?? recorded, role: role ?? .observation, lowerLimit: bounds?.0,
            upperLimit: bounds?.1,
            rateLimit: rate?.perSecond, values: values.isEmpty ? nil : values, dwell: dwell)
    }
}

/// A change for each unit of time, written `0.5`, `0.5/s`, `10 %/min` or `600/h`.
public struct ChangeRate: ConfigurationValue, Equatable {
    /// The change in one second.
    public var perSecond: Double

    /// Creates a rate.
    public init(perSecond: Double) { self.perSecond = perSecond }

    /// "a rate such as 10/min".
    public static var expectation: String { "a positive rate such as 10/min" }

    /// Reads a number, a unit that is not looked at, and `/s`, `/min` or `/h`; a number alone is for each second.
    public init?(_ node: YAMLNode) {
        guard let text = String(node) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, let number = first.split(separator: " ").first.flatMap({ Double($0) }),
            number > 0, number.isFinite, parts.count <= 2
        else { return nil }
        let periods = ["s": 1.0, "sec": 1, "min": 60, "h": 3600]
        guard let seconds = parts.count == 1 ? 1 : periods[parts[1].trimmed] else { return nil }
        perSecond = number / seconds
    }

    /// The text that reads back the same.
    public var yaml: String { "\(perSecond.yaml)/s".yaml }
}

/// What is known about a log: its channels, and how its files are read.
///
///     channels:
///       - {name: Q1, from: Heater 1, role: action, unit: "%", limits: [0, 100], rate: 10/min}
///       - {name: T1, from: Temperature 1, role: observation, unit: °C}
///     log: {time: auto, missing: ["-9999"]}
///     sampling: {resample: 5}
public struct LogSchema: ConfigurationSection, Equatable {
    /// The channels; none means all columns, without roles.
    public var channels: [ChannelSettings] = []
    /// How files are read.
    public var log = LogOptions()
    /// What is done about gaps and uneven sampling.
    public var sampling = SamplingPolicy()

    /// Creates a schema that takes all columns, without roles.
    public init() {}

    /// The settings, in the order in which they are printed.
    public static let fields: [ConfigurationField<LogSchema>] = [
        .list("channels", \.channels, "Channels: role, unit, limits."),
        .section("log", \.log, "How files are read where they do not say so themselves."),
        .section("sampling", \.sampling, "What is done about gaps and uneven sampling."),
    ]

    /// Adds channels by lists as flags give them: `Q1=Heater 1,Q2`, with unit and limits where wanted:
    /// `Q1[%]{0..100}=Heater 1`, `T1[°C]{..80}`.
    ///
    /// A channel that the schema has already gets the role; others are added.
    ///
    /// - Returns: The names of the channels.
    /// - Throws: `ForesightError.usage` for empty names.
    @discardableResult
    public mutating func assign(_ list: String, role: ChannelRole) throws -> [String] {
        try list.split(separator: ",", omittingEmptySubsequences: false).map { item in
            let item = try ListedChannel(item, in: list)
            let index = channels.firstIndex { $0.name == item.name } ?? channels.count
            if index == channels.count { channels.append(ChannelSettings(name: item.name, role: role)) }
            channels[index].role = role
            if let from = item.from { channels[index].from = from }
            if let unit = item.unit { channels[index].unit = unit }
            if let limits = item.limits { channels[index].limits = limits }
            return item.name
        }
    }

    /// Checks that names are unique.
    public func validate(path: String) throws {
        var seen: Set<String> = []
        for channel in channels where !seen.insert(channel.name).inserted {
            throw ForesightError.usage(
                "channel \(channel.name) is given twice", remedy: "give each channel one role and one name")
        }
    }
}

/// One channel as a flag spells it: `name[unit]{least..greatest}=column`, all but the name optional.
private struct ListedChannel {
    var name: String
    var from: String?
    var unit: String?
    var limits: [Double?]?

    init(_ item: Substring, in list: String) throws {
        let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
        var head = parts[0]
        from = parts.count == 2 ? parts[1] : nil
        func bracket(_ opening: Character, _ closing: Character) -> String? {
            guard head.last == closing, let start = head.lastIndex(of: opening) else { return nil }
            let inside = head[head.index(after: start)...].dropLast().trimmed
            head = head[..<start].trimmed
            return inside
        }
        let range = bracket("{", "}")
        unit = bracket("[", "]").flatMap { ColumnHeading.unit($0) }
        name = head
        guard !name.isEmpty, from?.isEmpty != true else {
            throw ForesightError.usage(
                "'\(list)' holds an empty name", remedy: "write names with commas between, or new=old to rename")
        }
        guard let range else { return }
        let ends = range.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
        let numbers = ends.map { Double($0) }
        guard ends.count == 2, zip(ends, numbers).allSatisfy({ $0.isEmpty || $1?.isFinite == true }) else {
            throw ForesightError.usage(
                "'{\(range)}' in '\(list)' is not a range",
                remedy: "write {least..greatest}, such as {0..100} or {..80}")
        }
        limits = numbers
    }
}
