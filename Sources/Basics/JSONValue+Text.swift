extension JSONValue {
    /// The JSON text: on one line, or indented by two spaces.
    public func text(pretty: Bool = false) -> String {
        var out = ""
        write(to: &out, indent: pretty ? 0 : nil)
        return out
    }

    private func write(to out: inout String, indent: Int?) {
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        case .unsigned(let value): out += String(value)
        case .number(let value): out += Self.text(of: value)
        case .string(let value): Self.write(value, to: &out)
        case .array(let elements):
            // Rows of plain values stay on one line, which keeps tables of numbers readable.
            let isFlat = elements.allSatisfy { $0.array == nil && $0.object == nil }
            Self.write("[", "]", count: elements.count, to: &out, indent: isFlat ? nil : indent) { index, inner, out in
                elements[index].write(to: &out, indent: inner)
            }
        case .object(let members):
            let keys = members.keys.sorted()
            Self.write("{", "}", count: keys.count, to: &out, indent: indent) { index, inner, out in
                Self.write(keys[index], to: &out)
                out += inner == nil ? ":" : ": "
                members[keys[index], default: .null].write(to: &out, indent: inner)
            }
        }
    }

    private static func write(
        _ open: String, _ close: String, count: Int, to out: inout String, indent: Int?,
        _ element: (Int, Int?, inout String) -> Void
    ) {
        let inner = indent.map { $0 + 2 }
        out += open
        for index in 0..<count {
            if index > 0 { out += "," }
            if let inner { out += "\n" + String(repeating: " ", count: inner) }
            element(index, inner, &out)
        }
        if let indent, count > 0 { out += "\n" + String(repeating: " ", count: indent) }
        out += close
    }

    /// The fewest digits that read back as the same number; `null` when it is not finite.
    static func text(of value: Double) -> String { value.isFinite ? value.description : "null" }

    /// Writes a quoted text.
    static func write(_ text: String, to out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
