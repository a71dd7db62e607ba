import Basics
import Testing

@Suite("JSON")
struct JSONTests {
    @Test("Text is deterministic: sorted keys, shortest digits, null for what is not finite")
    func deterministic() {
        let value: JSONValue = [
            "b": [1, 2.5, .number(.nan), .number(-.infinity)],
            "a": ["text": "é\"\n\u{1}/\\", "none": nil, "yes": true],
            "c": 1e-7,
        ]
        let line = #"{"a":{"none":null,"text":"é\"\n\u0001/\\","yes":true},"b":[1,2.5,null,null],"c":1e-07}"#
        #expect(value.text() == line)
        #expect(
            value.text(pretty: true) == """
                {
                  "a": {
                    "none": null,
                    "text": "é\\"\\n\\u0001/\\\\",
                    "yes": true
                  },
                  "b": [1,2.5,null,null],
                  "c": 1e-07
                }
                """)
    }

    @Test("A number that may be missing or not finite is null, as a value and not in the text alone")
    func finite() {
        #expect(JSONValue.finite(0.5) == .number(0.5))
        for none in [nil, Double.nan, .infinity, -.infinity] { #expect(JSONValue.finite(none) == .null) }
    }

    @Test("What is written reads back the same", arguments: [true, false])
    func roundTrip(pretty: Bool) throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            let value = randomValue(depth: 0, using: &generator)
            #expect(try JSONValue(parsing: value.text(pretty: pretty)) == value)
        }
    }

    private func randomValue(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 5), using: &generator) {
        case 0: return .bool(.random(using: &generator))
        case 1: return .integer(.random(in: .min ... .max, using: &generator))
        case 2, 3:
            let number = Double(bitPattern: generator.next())
            return number.isFinite ? .number(number) : .null
        case 4:
            return .string(
                String(
                    String.UnicodeScalarView(
                        (0..<5).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0..<0x30000, using: &generator)) })))
        case 5, 6: return .array((0..<3).map { _ in randomValue(depth: depth + 1, using: &generator) })
        default:
            let members = (0..<3).map { ("key \($0)", randomValue(depth: depth + 1, using: &generator)) }
            return .object(Dictionary(uniqueKeysWithValues: members))
        }
    }

    @Test(
        "Valid text is understood",
        arguments: [
            ("  [ ] ", JSONValue.array([])), ("{\n}", .object([:])), ("-0", .number(-0.0)), ("0", .integer(0)),
            ("1E3", .number(1000)), ("-1.5e-2", .number(-0.015)), ("9223372036854775807", .integer(.max)),
            ("9223372036854775808", .unsigned(1 << 63)), ("18446744073709551616", .number(0x1p64)),
            (#""😀é\/\b\f""#, .string("😀é/\u{8}\u{C}")),
        ])
    func valid(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test(
        "Invalid text is refused",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "[1 2]", "01", "-", "+1", "1.", ".5", "1e", "1e999", "NaN",
            "Infinity", "tru", "nul", "\"", "\"\u{1}\"", #""\x""#, #""\u12G4""#, #""\ud800""#, #""\ud800A""#,
            #""\ud800\u0041""#,
            #""\udc00""#, "1 2", "[1]]", "{\"a\":1,\"a\":2}", "{\"a\" 1}", "'a'", "// c\n1",
        ])
    func invalid(text: String) {
        let error = #expect(throws: ForesightError.self) { try JSONValue(parsing: text) }
        #expect(error?.code == .data)
    }

    @Test("Bytes that are not UTF-8 are refused", arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: ForesightError.self) {
            try ([0x22] + bytes + [0x22]).withUnsafeBytes { try JSONParser.parse($0) }
        }
    }

    @Test("Nesting is limited, so that no document can overflow the stack")
    func depth() throws {
        #expect(throws: Never.self) {
            try JSONValue(parsing: String(repeating: "[", count: 128) + String(repeating: "]", count: 128))
        }
        let error = #expect(throws: ForesightError.self) {
            try JSONValue(parsing: String(repeating: "[", count: 1_000_000))
        }
        #expect(error?.message == "JSON, byte 128: nested deeper than 128")
    }

    private struct Row: Codable, Equatable {
        var seconds: Double
        var coverage: Double?
        var name: String
    }

    @Test("Codable values take the same words, and errors name the key")
    func codable() throws {
        let text = try JSONText.encode(Row(seconds: .infinity, coverage: 0.9, name: "a/b"), pretty: false)
        #expect(text == #"{"coverage":0.9,"name":"a/b","seconds":null}"#)
        let row = try JSONText.decode(Row.self, from: #"{"name":"a","seconds":1}"#, source: "x.json")
        #expect(row == Row(seconds: 1, coverage: nil, name: "a"))
        let missing = #expect(throws: ForesightError.self) {
            try JSONText.decode(Row.self, from: #"{"name":"a"}"#, source: "x.json")
        }
        #expect(missing?.message == "x.json: the key 'seconds' is missing")
        let wrong = #expect(throws: ForesightError.self) {
            try JSONText.decode(Row.self, from: #"{"name":"a","seconds":"b"}"#, source: "x.json")
        }
        #expect(wrong?.message == "x.json: 'seconds' is not a Double")
    }
}
