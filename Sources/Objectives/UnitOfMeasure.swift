/// A unit as a product of symbols, with times converted to seconds.
///
/// `%/min` is `% · s⁻¹` with factor 1/60. Nothing but time is converted: °F never becomes °C by itself.
struct UnitOfMeasure: Sendable, Equatable {
    /// The power of each symbol; seconds under "s".
    private(set) var powers: [String: Int]
    /// What one of this unit is in the symbols of `powers`.
    private(set) var factor: Double
    /// The unit as people read it.
    private(set) var text: String

    private static let seconds: [String: Double] = [
        "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "ms": 1e-3, "min": 60, "mins": 60, "minute": 60,
        "minutes": 60, "h": 3600, "hr": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400,
    ]
    private static let aliases: [String: String] = [
        "degC": "°C", "deg_C": "°C", "C": "°C", "celsius": "°C", "Celsius": "°C", "ºC": "°C", "℃": "°C",
        "degF": "°F", "deg_F": "°F", "F": "°F", "fahrenheit": "°F", "Fahrenheit": "°F", "ºF": "°F", "℉": "°F",
        "kelvin": "K", "Kelvin": "K", "degK": "K", "percent": "%", "pct": "%", "L": "l",
    ]

    private init(powers: [String: Int], factor: Double, text: String) {
        self.powers = powers.filter { $0.value != 0 }
        self.factor = factor
        self.text = text
    }

    /// Reads a unit such as `°C`, `%/min`, `m³/h`, `kg/m^3`; `nil` when the text is not of that form.
    init?(parsing text: String) {
        var powers: [String: Int] = [:]
        var factor = 1.0
        var sign = 1
        var atom = ""
        func close() -> Bool {
            if atom == "1" && powers.isEmpty { return true }
            guard let (symbol, power) = Self.symbolAndPower(atom) else { return false }
            if let length = Self.seconds[symbol] {
                powers["s", default: 0] += sign * power
                for _ in 0..<abs(power) { factor = power * sign > 0 ? factor * length : factor / length }
            } else {
                powers[Self.aliases[symbol] ?? symbol, default: 0] += sign * power
            }
            return true
        }
        for character in text {
            if character == "/" || character == "·" || character == "*" {
                guard close() else { return nil }
                sign = character == "/" ? -1 : 1
                atom = ""
            } else {
                atom.append(character)
            }
        }
        guard close() else { return nil }
        self.init(powers: powers, factor: factor, text: text)
    }

    /// The unit of a channel: read when it can be, else a symbol of its own.
    init(channel text: String) {
        let trimmed = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        self = UnitOfMeasure(parsing: trimmed) ?? UnitOfMeasure(powers: [trimmed: 1], factor: 1, text: trimmed)
    }

    /// The unit of plain numbers.
    static let none = UnitOfMeasure(powers: [:], factor: 1, text: "1")

    /// Whether this is a time.
    var isTime: Bool { powers == ["s": 1] }

    /// Whether values in the two units can be compared.
    func matches(_ other: UnitOfMeasure) -> Bool { powers == other.powers }

    /// The unit of a product.
    func times(_ other: UnitOfMeasure) -> UnitOfMeasure { combined(other, sign: 1) }

    /// The unit of a quotient.
    func over(_ other: UnitOfMeasure) -> UnitOfMeasure { combined(other, sign: -1) }

    /// The unit of a change per second.
    var perSecond: UnitOfMeasure {
        UnitOfMeasure(powers: powers.merging(["s": -1], uniquingKeysWith: +), factor: factor, text: text + "/s")
    }

    private func combined(_ other: UnitOfMeasure, sign: Int) -> UnitOfMeasure {
        UnitOfMeasure(
            powers: powers.merging(other.powers.mapValues { $0 * sign }, uniquingKeysWith: +),
            factor: sign > 0 ? factor * other.factor : factor / other.factor,
            text: "\(text)\(sign > 0 ? "·" : "/")\(other.text)")
    }

    private static func symbolAndPower(_ atom: String) -> (String, Int)? {
        let superscripts: [Character: Character] = ["²": "2", "³": "3", "¹": "1", "⁻": "-"]
        let plain = atom.filter { $0 != "^" }.map { superscripts[$0] ?? $0 }
        var symbol = plain[...]
        var digits = ""
        while let last = symbol.last, last.isASCII, last.isNumber {
            digits.insert(symbol.removeLast(), at: digits.startIndex)
        }
        if !digits.isEmpty, symbol.last == "-" { digits.insert(symbol.removeLast(), at: digits.startIndex) }
        let valid = symbol.allSatisfy { $0.isLetter || "°º℃℉%‰µΩ$€_".contains($0) }
        guard !symbol.isEmpty, valid, let power = digits.isEmpty ? 1 : Int(digits), abs(power) <= 9 else { return nil }
        return (String(symbol), power)
    }
}

extension ObjectiveGrammar {
    /// Whether two units, as headings and settings give them, are known to be different ones: `K` and `°C` are, `degC` and `°C` are
    /// not, and nothing is known of what cannot be read.
    public static func unitsDiffer(_ one: String, _ other: String) -> Bool {
        guard let one = UnitOfMeasure(parsing: one), let other = UnitOfMeasure(parsing: other) else { return false }
        return !one.matches(other) || one.factor != other.factor
    }
}
