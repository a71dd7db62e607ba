/// Text made safe for element content and for attributes in double quotes, of HTML and of XML.
///
/// Names of channels and files come from outside and may hold anything; control characters that XML forbids become
/// U+FFFD.
func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
        default:
            let forbidden = scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF
            result.unicodeScalars.append(forbidden ? "\u{FFFD}" : scalar)
        }
    }
    return result
}

/// A coordinate with at most one decimal: finer steps cannot be seen and cost space.
func pixel(_ value: Double) -> String {
    let tenths = (min(max(value, -1e6), 1e6) * 10).rounded()
    let whole = Int(tenths)
    if whole % 10 == 0 { return String(whole / 10) }
    let sign = whole < 0 ? "-" : ""
    return "\(sign)\(abs(whole) / 10).\(abs(whole) % 10)"
}
