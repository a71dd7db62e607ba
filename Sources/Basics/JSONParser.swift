/// Reads JSON strictly (RFC 8259), from bytes that nobody has vouched for.
///
/// Refused are: text that is not UTF-8, a key twice in one object, nesting beyond a limit, half a surrogate pair,
/// and anything behind the value but white space.
public struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private let depthLimit: Int
    private var position = 0

    /// Reads one value from UTF-8 text.
    ///
    /// - Throws: `ForesightError.data` with the byte at which reading stopped.
    public static func parse(_ text: String, depthLimit: Int = 128) throws -> JSONValue {
        var text = text
        return try text.withUTF8 { try parse(UnsafeRawBufferPointer($0), depthLimit: depthLimit) }
    }

    /// Reads one value from bytes.
    ///
    /// - Throws: `ForesightError.data` with the byte at which reading stopped.
    public static func parse(_ bytes: UnsafeRawBufferPointer, depthLimit: Int = 128) throws -> JSONValue {
        var parser = JSONParser(bytes: bytes, depthLimit: depthLimit)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.fault("text behind the value") }
        return value
    }

    private init(bytes: UnsafeRawBufferPointer, depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private func fault(_ what: String) -> ForesightError { .data("JSON, byte \(position): \(what)") }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw fault("a value is missing")
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(letters) else { throw fault("not a value") }
        position = end
        return value
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        guard depth <= depthLimit else { throw fault("nested deeper than \(depthLimit)") }
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw fault("a key in quotes is missing") }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("':' is missing") }
            let member = try value(depth: depth)
            guard members.updateValue(member, forKey: key) == nil else { throw fault("the key '\(key)' stands twice") }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw fault("',' or '}' is missing") }
        }
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        guard depth <= depthLimit else { throw fault("nested deeper than \(depthLimit)") }
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw fault("',' or ']' is missing") }
        }
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        return position - start
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let leading = current
        let count = digits()
        guard count > 0 else { throw fault("not a value") }
        guard count == 1 || leading != UInt8(ascii: "0") else { throw fault("a number that begins with 0") }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard digits() > 0 else { throw fault("a digit behind '.' is missing") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            guard digits() > 0 else { throw fault("a digit of the exponent is missing") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // "-0" is the one whole number that an integer would change.
        if isWhole && text != "-0" {
            if let whole = Int(text) { return .integer(whole) }
            if let whole = UInt64(text) { return .unsigned(whole) }
        }
        guard let value = Double(text), value.isFinite else { throw fault("the number \(text) is too large") }
        return .number(value)
    }

    /// Reads a quoted text; the position is at the opening quote.
    private mutating func string() throws -> String {
        position += 1
        var start = position
        var scalars = ""
        while let byte = current {
            if byte == UInt8(ascii: "\"") {
                let piece = try text(start..<position)
                position += 1
                return scalars.isEmpty ? piece : scalars + piece
            }
            guard byte >= 0x20 else { throw fault("a control character inside a text") }
            position += 1
            guard byte == UInt8(ascii: "\\") else { continue }
            scalars += try text(start..<position - 1)
            scalars.unicodeScalars.append(try escape())
            start = position
        }
        throw fault("a text without its closing quote")
    }

    private func text(_ range: Range<Int>) throws -> String {
        guard let piece = String(validating: bytes[range], as: UTF8.self) else { throw fault("not UTF-8") }
        return piece
    }

    /// Reads what follows a backslash.
    private mutating func escape() throws -> Unicode.Scalar {
        let letter = current
        position += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let high = try codeUnit()
            if let scalar = Unicode.Scalar(high) { return scalar }
            guard high < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                throw fault("half a surrogate pair")
            }
            let low = try codeUnit()
            guard (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
            else { throw fault("half a surrogate pair") }
            return scalar
        default: throw fault("an unknown escape")
        }
    }

    private mutating func codeUnit() throws -> UInt32 {
        guard position + 4 <= bytes.count else { throw fault("four hexadecimal digits are missing") }
        var unit: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("four hexadecimal digits are missing")
            }
            unit = unit << 4 | UInt32(digit)
        }
        position += 4
        return unit
    }
}

extension JSONValue {
    /// Reads a value from JSON text.
    ///
    /// - Throws: `ForesightError.data` with the byte at which reading stopped.
    public init(parsing text: String) throws { self = try JSONParser.parse(text) }
}
