/// Numbers as reasons spell them.
enum Words {
    /// Four significant digits, without trailing zeros.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        guard value != 0 else { return "0" }
        let magnitude = abs(value)
        var scale = 1.0
        while magnitude * scale < 1000 && scale < 1e12 { scale *= 10 }
        while magnitude * scale >= 10000 && scale > 1e-12 { scale /= 10 }
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }

    static func amount(_ value: Double, _ unit: String?) -> String {
        number(value) + (unit.map { " \($0)" } ?? "")
    }
}
