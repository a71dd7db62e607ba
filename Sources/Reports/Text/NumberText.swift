/// Numbers as text: short, without locale, with a chosen minus sign.
public enum NumberText {
    /// A number with a fixed count of decimals; “–” for NaN, “∞” for infinity.
    public static func fixed(_ value: Double, decimals: Int, minus: String = "−") -> String {
        guard value.isFinite else { return special(value, minus: minus) }
        let places = max(0, decimals)
        let scale = powerOfTen(places)
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 9e15 else { return scientific(value, digits: 3, minus: minus) }
        let whole = Int64(scaled)
        let sign = value < 0 && whole > 0 ? minus : ""
        let unit = Int64(scale)
        guard places > 0 else { return sign + String(whole) }
        let fraction = String(whole % unit)
        return sign + String(whole / unit) + "." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// A number with a count of significant digits, in plain notation where that is short; “–” for NaN.
    public static func significant(_ value: Double, digits: Int = 3, minus: String = "−") -> String {
        guard value.isFinite else { return special(value, minus: minus) }
        if value == 0 { return "0" }
        let exponent = decimalExponent(value, digits: digits)
        guard (-4...5).contains(exponent) else { return scientific(value, digits: digits, minus: minus) }
        return fixed(value, decimals: max(0, digits - 1 - exponent), minus: minus)
    }

    /// A percentage of a share in [0, 1], such as “93.5 %”.
    public static func percent(_ share: Double, decimals: Int = 1) -> String {
        fixed(share * 100, decimals: decimals) + " %"
    }

    /// A duration in seconds with the unit a person would choose: “340 µs”, “12.0 ms”, “3.20 s”, “5.0 min”, “6.0 h”.
    public static func duration(_ seconds: Double) -> String {
        switch seconds.magnitude {
        case ..<1e-3: significant(seconds * 1e6) + " µs"
        case ..<1: significant(seconds * 1e3) + " ms"
        case ..<120: significant(seconds) + " s"
        case ..<7200: fixed(seconds / 60, decimals: 1) + " min"
        case ..<172_800: fixed(seconds / 3600, decimals: 1) + " h"
        default: seconds.isFinite ? fixed(seconds / 86_400, decimals: 1) + " d" : special(seconds, minus: "−")
        }
    }

    /// A value with its unit behind a narrow gap; just the value without unit. A percent sign, a degree and an empty
    /// unit are treated alike.
    public static func quantity(_ value: Double, unit: String?, digits: Int = 3) -> String {
        let number = significant(value, digits: digits)
        guard let unit, !unit.isEmpty else { return number }
        return number + "\u{202F}" + unit
    }

    static func scientific(_ value: Double, digits: Int, minus: String) -> String {
        let exponent = decimalExponent(value, digits: digits)
        // Two steps keep the power representable for the smallest and the greatest numbers.
        let half = exponent / 2
        let mantissa = value / powerOfTen(half) / powerOfTen(exponent - half)
        let text = fixed(mantissa, decimals: max(0, digits - 1), minus: minus)
        return text + "e" + (exponent < 0 ? minus : "") + String(abs(exponent))
    }

    private static func special(_ value: Double, minus: String) -> String {
        value.isNaN ? "–" : (value < 0 ? minus + "∞" : "∞")
    }

    /// The power of ten of the first digit after rounding to the count of digits.
    private static func decimalExponent(_ value: Double, digits: Int) -> Int {
        guard value != 0 else { return 0 }
        var exponent = Int(log10(value.magnitude).rounded(.down))
        let half = exponent / 2
        let leading = value.magnitude / powerOfTen(half) / powerOfTen(exponent - half)
        let scale = powerOfTen(max(0, digits - 1))
        if (leading * scale).rounded() >= 10 * scale { exponent += 1 }
        return exponent
    }
}

/// Ten to an integer power.
func powerOfTen(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= 10 }
    return exponent < 0 ? 1 / result : result
}
