import Basics

/// Durations as they are typed: `50ms`, `2 s`, `5min`, `1.5h`; without a unit, seconds.
enum DurationText {
    /// The seconds.
    ///
    /// - Throws: `ForesightError.usage` that names the option when the text is no duration above 0.
    static func seconds(_ text: String, option: String) throws -> Double {
        let unit = String(text.reversed().prefix { $0.isLetter }.reversed())
        let number = text.dropLast(unit.count).filter { $0 != " " }
        let factors = ["": 1.0, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86_400]
        guard let factor = factors[unit], let value = Double(number), value > 0, value.isFinite else {
            throw ForesightError.usage(
                "\(option) '\(text)' is no duration above 0", remedy: "write one such as 50ms, 30s, 5min or 2h")
        }
        return value * factor
    }
}
