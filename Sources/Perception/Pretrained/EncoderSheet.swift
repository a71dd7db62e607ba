import Basics
import Foundation

/// What `encoder.yaml` holds: everything about a network but its numbers, and the digest of these.
struct EncoderSheet: Codable, Equatable {
    /// The version of the format.
    var format: Int
    /// Where the network comes from.
    var family: String
    /// How many numbers it has.
    var parameters: Int
    /// The SHA-256 digest of the weights.
    var weights: String
    /// The network.
    var architecture: NetworkArchitecture
    /// How colours are normalised; `nil` where nothing was said, and in folders from before it was kept.
    var colours: ColourScaling?

    /// The sheet as YAML: keys sorted, lists in one line.
    func yaml() throws -> String {
        let value = try JSONParser.parse(try JSONText.encode(self))
        return Self.lines(value, indent: "").joined(separator: "\n") + "\n"
    }

    private static func lines(_ value: JSONValue, indent: String) -> [String] {
        (value.object ?? [:]).sorted { $0.key < $1.key }.flatMap { key, value in
            // JSON is YAML in one line; only what is nested and not empty takes more.
            (value.object ?? [:]).isEmpty
                ? ["\(indent)\(key): \(value.text())"]
                : ["\(indent)\(key):"] + lines(value, indent: indent + "  ")
        }
    }

    /// Reads a sheet.
    ///
    /// - Throws: `ForesightError.data` when it is no such sheet, or of another format.
    static func read(_ path: String, format: Int) throws -> EncoderSheet {
        let value: JSONValue
        do {
            value = json(try YAMLNode.parse(try InputFile.text(path), source: path))
        } catch let error as ForesightError {
            throw ForesightError(.data, error.message, remedy: error.remedy)
        }
        guard let found = value["format"]?.int else {
            throw ForesightError.data("\(path) says no format", remedy: "name a folder that foresight import made")
        }
        guard found == format else {
            throw ForesightError.data(
                "\(path) has format \(found), this program reads \(format)", remedy: "import the model again")
        }
        return try JSONText.decode(EncoderSheet.self, from: value.text(), source: path)
    }

    private static func json(_ node: YAMLNode) -> JSONValue {
        switch node.content {
        case .scalar(let text, let isQuoted):
            if isQuoted { return .string(text) }
            if node.isNull { return .null }
            if let flag = Bool(text) { return .bool(flag) }
            if let number = Int(text) { return .integer(number) }
            return Double(text).map(JSONValue.number) ?? .string(text)
        case .list(let elements): return .array(elements.map(json))
        case .mapping(let members):
            return .object(Dictionary(members.map { ($0.key, json($0.value)) }, uniquingKeysWith: { $1 }))
        }
    }
}
