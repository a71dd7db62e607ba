extension ConfigurationSection {
    /// The settings as YAML that reads back the same; with comments, meaning, unit and limit stand behind each key,
    /// as `--print-config` shows them.
    public func yaml(commented: Bool = false) -> String {
        var out = ""
        Self.write(printed, indent: "", commented: commented, to: &out)
        return out
    }

    /// Every setting with its default and meaning, in the order of the fields: what documentation prints.
    public static var keys: [ConfigurationKey] { keys(prefix: "") }

    /// A Markdown table of every setting.
    public static var markdownTable: String {
        var lines = ["| key | default | allowed | unit | meaning |", "|---|---|---|---|---|"]
        for key in keys {
            let allowed = key.limit.isEmpty ? key.expectation : "\(key.expectation), \(key.limit)"
            let unit = key.unit ?? ""
            lines.append("| `\(key.path)` | `\(key.defaultValue)` | \(allowed) | \(unit) | \(key.help) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func keys(prefix: String) -> [ConfigurationKey] {
        let printed = Self().printed
        return zip(fields, printed).flatMap { field, line in
            let path = prefix.isEmpty ? field.name : "\(prefix).\(field.name)"
            let nested = field.nestedKeys(path)
            if !nested.isEmpty { return nested }
            var value = ""
            if case .value(let text) = line.body { value = text }
            return [
                ConfigurationKey(
                    path: path, defaultValue: value, expectation: field.expectation, limit: field.limit.description,
                    unit: field.unit, help: field.help)
            ]
        }
    }

    var printed: [ConfigurationLine] {
        Self.fields.map { field in
            var comment = field.help
            if let unit = field.unit { comment += " [\(unit)]" }
            let limit = field.limit.description
            if !limit.isEmpty { comment += " (\(limit))" }
            return ConfigurationLine(name: field.name, comment: comment, body: field.body(self))
        }
    }

    private static func write(_ lines: [ConfigurationLine], indent: String, commented: Bool, to out: inout String) {
        // Comments of neighbours begin in one column, unless a long value would push them all away.
        let width = lines.map(\.lead.count).filter { $0 <= 32 }.max() ?? 0
        for line in lines {
            let pad = String(repeating: " ", count: max(0, width - line.lead.count))
            let comment = commented ? "\(pad)  # \(line.comment)" : ""
            out += "\(indent)\(line.lead)\(comment)\n"
            switch line.body {
            case .value: break
            case .section(let inner): write(inner, indent: indent + "  ", commented: commented, to: &out)
            case .list(let items):
                for item in items {
                    var text = ""
                    write(item, indent: indent + "    ", commented: commented, to: &text)
                    out += indent + "  - " + text.dropFirst(indent.count + 4)
                }
            }
        }
    }
}

extension ConfigurationLine {
    /// The line up to its comment.
    fileprivate var lead: String {
        switch body {
        case .value(let text): "\(name): \(text)"
        case .section: "\(name):"
        case .list(let items): items.isEmpty ? "\(name): []" : "\(name):"
        }
    }
}
