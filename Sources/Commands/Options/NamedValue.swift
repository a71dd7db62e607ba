import Foundation

/// Values with the names of channels, as they are typed: `Q1=0,zone 1 (°C)=20`.
///
/// A name may hold spaces and equals signs, and in backticks, as in goals, commas.
enum NamedValue {
    /// The two sides of `name=value`, without spaces around them; the last equals sign parts them. `nil` where a side is missing.
    static func sides(_ text: some StringProtocol) -> (name: String, value: String)? {
        guard let equals = text.lastIndex(of: "=") else { return nil }
        var name = text[..<equals].trimmingCharacters(in: .whitespaces)
        let value = text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        if name.count > 2, name.hasPrefix("`"), name.hasSuffix("`") { name = String(name.dropFirst().dropLast()) }
        return name.isEmpty || value.isEmpty ? nil : (name, value)
    }

    /// What stands between commas that are not in backticks.
    static func parts(_ text: String) -> [String] {
        var isQuoted = false
        var parts = [""]
        for character in text {
            if character == "`" { isQuoted.toggle() }
            if character == ",", !isQuoted { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts
    }
}
