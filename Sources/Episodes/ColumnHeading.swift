/// What the head of a column says: a name and perhaps a unit.
struct ColumnHeading: Equatable, Sendable {
    /// The name without the unit.
    var name: String
    /// The unit, spelled the usual way.
    var unit: String?
    /// The head as the file spells it.
    var written: String

    /// Splits `Heater 1 (%)` and `T1 [degC]` into name and unit.
    init(_ written: String) {
        self.written = written
        name = written
        let pairs: [Character: Character] = [")": "(", "]": "["]
        guard let last = written.last, let opening = pairs[last], let start = written.lastIndex(of: opening) else {
            return
        }
        let before = written[..<start].trimmed
        let inside = written[written.index(after: start)..<written.index(before: written.endIndex)].trimmed
        // A long bracket is a remark, not a unit.
        guard !before.isEmpty, inside.count <= 16 else { return }
        name = before
        unit = ColumnHeading.unit(inside)
    }

    /// A unit as everyone spells it: `degC`, `DEG_C` and `deg C` are °C; an empty one or a dash is none.
    static func unit(_ written: String) -> String? {
        var text = Substring(written.trimmed)
        if let first = text.first, let last = text.last, (first == "[" && last == "]") || (first == "(" && last == ")"),
            text.count >= 2
        {
            text = text.dropFirst().dropLast()
        }
        let unit = text.trimmed
        let letters = unit.lowercased().filter { $0 != " " && $0 != "_" && $0 != "." }
        switch letters {
        case "", "-", "--", "none", "n/a", "na", "nan", "null": return nil
        case "degc", "°c", "ºc", "℃", "celsius", "degreesc", "degcelsius": return "°C"
        case "degf", "°f", "ºf", "℉", "fahrenheit", "degreesf": return "°F"
        case "kelvin", "degk": return "K"
        case "percent", "pct": return "%"
        case "sec", "secs", "second", "seconds": return "s"
        default: return unit
        }
    }
}

/// The names under which logs keep their time, and the units these names carry.
enum TimeNames {
    private static let core: Set<String> = [
        "time", "t", "timestamp", "datetime", "date", "zeit", "zeitstempel", "datum", "seconds", "sec", "secs",
        "minutes", "hours", "elapsed", "epoch", "clock", "unixtime", "uptime", "days",
    ]
    private static let companions: Set<String> = [
        "stamp", "elapsed", "relative", "unix", "of", "since", "start", "utc", "local", "sim", "simulation", "in",
    ]

    /// Whether a name is that of a time. A lone capital `T` is not: it is a temperature as a rule.
    static func isTime(_ name: String) -> Bool {
        let words = split(name)
        guard !words.isEmpty, words.contains(where: core.contains) else { return false }
        return words.allSatisfy { core.contains($0) || companions.contains($0) || units[$0] != nil }
    }

    private static let dates: Set<String> = ["date", "datum", "day", "yyyymmdd", "ymd"]

    /// Whether a name is that of a date: `date`, `Date UTC`, but not `calibration date`.
    static func isDate(_ name: String) -> Bool {
        let words = split(name)
        return words.contains(where: dates.contains)
            && words.allSatisfy { dates.contains($0) || core.contains($0) || companions.contains($0) }
    }

    /// Whether a heading is that of times of day: a time without a unit, or `HHMMSS`.
    static func isClock(_ heading: ColumnHeading) -> Bool {
        let words = split(heading.name)
        if words == ["hhmmss"] || words == ["hms"] { return true }
        return isTime(heading.name) && !isDate(heading.name) && secondsPerUnit(heading) == nil
    }

    /// Seconds of the unit that a time column's heading names: in brackets, or as its last word (`t_min`).
    static func secondsPerUnit(_ heading: ColumnHeading) -> Double? {
        if let unit = heading.unit { return units[unit.lowercased()] }
        let words = split(heading.name)
        return words.last.flatMap { units[$0] }
    }

    /// Whether the numbers of such a column may count from 1970.
    static func mayBeEpoch(_ name: String) -> Bool {
        !split(name).isEmpty && !split(name).contains("elapsed") && !split(name).contains("relative")
    }

    private static let units: [String: Double] = [
        "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "msec": 1e-3, "milliseconds": 1e-3, "s": 1,
        "sec": 1, "secs": 1, "second": 1, "seconds": 1, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600,
        "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600, "d": 86_400, "day": 86_400, "days": 86_400,
    ]

    /// The words of a name in lower case; a capital `T` alone stays as it is.
    private static func split(_ name: String) -> [String] {
        name.split { !($0.isLetter || $0.isNumber || $0 == "µ" || $0 == "μ") }
            .map { $0 == "T" ? "T" : $0.lowercased() }
    }
}

extension StringProtocol {
    /// The text without white space at both ends.
    var trimmed: String {
        guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[start...end])
    }
}
