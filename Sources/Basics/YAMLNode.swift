import Yams

/// A YAML document as a tree that remembers its lines, for readers that refuse what they do not know.
public struct YAMLNode: Sendable {
    /// What a node holds.
    public indirect enum Content: Sendable {
        /// A single value; quoted ones are always text.
        case scalar(String, isQuoted: Bool)
        /// A list.
        case list([YAMLNode])
        /// Named values in the order of the file.
        case mapping([(key: String, value: YAMLNode)])
    }

    /// What the node holds.
    public let content: Content
    /// Where the node stands, such as "line 4 of train.yaml" or "on the command line".
    public let place: String

    /// Creates a node.
    public init(_ content: Content, place: String) {
        self.content = content
        self.place = place
    }

    /// Reads one document; an empty one is a mapping without keys.
    ///
    /// - Throws: `ForesightError.usage` with line and source, which is what errors call the document.
    public static func parse(_ text: String, source: String) throws -> YAMLNode {
        do {
            var budget = 100_000
            guard let node = try Yams.compose(yaml: text) else { return YAMLNode(.mapping([]), place: source) }
            return try convert(node, source: source, budget: &budget)
        } catch let error as YamlError {
            throw fault(error, source: source)
        }
    }

    /// Whether this is the empty value: nothing, `~` or `null`.
    public var isNull: Bool {
        if case .scalar(let text, isQuoted: false) = content {
            ["", "~", "null", "Null", "NULL"].contains(text)
        } else {
            false
        }
    }

    /// The node in the words of an error message, shortened.
    public var words: String {
        switch content {
        case .scalar where isNull: "nothing"
        case .scalar(let text, let isQuoted): isQuoted ? "the text '\(text)'" : "'\(text)'"
        case .list(let elements): "a list of \(elements.count)"
        case .mapping(let members): members.isEmpty ? "an empty mapping" : "a mapping with the key '\(members[0].key)'"
        }
    }

    private static func convert(_ node: Node, source: String, budget: inout Int) throws -> YAMLNode {
        let line = node.mark?.line ?? 0
        let place = "line \(line) of \(source)"
        budget -= 1
        // References can make a short document explode.
        guard budget > 0 else { throw ForesightError.usage("\(source) has more than 100000 values") }
        switch node {
        case .scalar(let scalar):
            let isQuoted = ![.any, .plain].contains(scalar.style)
            return YAMLNode(.scalar(scalar.string, isQuoted: isQuoted), place: place)
        case .sequence(let sequence):
            return YAMLNode(
                .list(try sequence.map { try convert($0, source: source, budget: &budget) }), place: place)
        case .mapping(let mapping):
            let members = try mapping.map { key, value in
                guard case .scalar(let name) = key else {
                    throw ForesightError.usage("\(place): a key must be a plain name", remedy: "give it one")
                }
                // The line of the key is the one to look at, also when the value follows on the next.
                var value = try convert(value, source: source, budget: &budget)
                let keyLine = key.mark?.line ?? line
                value = YAMLNode(value.content, place: "line \(keyLine) of \(source)")
                return (key: name.string, value: value)
            }
            return YAMLNode(.mapping(members), place: place)
        case .alias:
            throw ForesightError.usage("\(place): references are not understood", remedy: "write the value out")
        }
    }

    private static func fault(_ error: YamlError, source: String) -> ForesightError {
        let remedy = "correct the YAML"
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return .usage("line \(mark.line) of \(source), column \(mark.column): \(problem)", remedy: remedy)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "'\($0)'" }.joined(separator: ", ")
            return .usage(
                "mapping at line \(context.mark.line) of \(source): the key \(names) stands twice", remedy: remedy)
        default:
            return .usage("\(source): \(error)".replacingLineBreaks, remedy: remedy)
        }
    }
}

extension String {
    /// The text on one line.
    fileprivate var replacingLineBreaks: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}
