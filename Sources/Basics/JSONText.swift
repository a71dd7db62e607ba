import Foundation

/// Turns `Codable` values into JSON text and back, always in the same words.
public enum JSONText {
    /// The JSON text of a value: keys sorted, numbers that are not finite as `null`.
    ///
    /// - Throws: what the value's own encoding throws.
    public static func encode(_ value: some Encodable, pretty: Bool = true) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Foundation writes such numbers as texts at best: a text that no field of ours holds marks them.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: notFinite, negativeInfinity: notFinite, nan: notFinite)
        let data = try encoder.encode(value)
        let parsed = try data.withUnsafeBytes { try JSONParser.parse($0) }
        return withoutMarks(parsed).text(pretty: pretty)
    }

    /// The value that JSON text holds.
    ///
    /// - Throws: `ForesightError.data` with the source's name and what does not fit.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from text: String, source: String
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw ForesightError.data("\(source): \(describe(error))", remedy: "copy or make the file again")
        }
    }

    private static let notFinite = "\u{0}not finite"

    private static func withoutMarks(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(notFinite): .null
        case .array(let elements): .array(elements.map(withoutMarks))
        case .object(let members): .object(members.mapValues(withoutMarks))
        default: value
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            let keys = context.codingPath + (last.map { [$0] } ?? [])
            return keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context): return "the key '\(path(context, key))' is missing"
        case .typeMismatch(let type, let context): return "'\(path(context))' is not a \(type)"
        case .valueNotFound(let type, let context): return "'\(path(context))' is null, a \(type) is needed"
        case .dataCorrupted(let context) where context.codingPath.isEmpty: return "it is cut off or no JSON"
        case .dataCorrupted(let context): return "'\(path(context))': \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }
}
