extension ConfigurationSection {
    /// Reads settings: defaults in code, over them a file, over that `key.path=value`.
    ///
    /// - Throws: `ForesightError.usage` for an unknown key (with the nearest one and the line), a value that does not
    ///   fit, or one outside its limit; `ForesightError.data` when the file cannot be read.
    public static func load(file: String? = nil, overrides: [String] = []) throws -> Self {
        try parse(yaml: try file.map(InputFile.text) ?? "", source: file ?? "", overrides: overrides)
    }

    /// Reads settings from YAML text and overrides.
    ///
    /// - Throws: `ForesightError.usage` as `load(file:overrides:)` does.
    public static func parse(yaml: String, source: String, overrides: [String] = []) throws -> Self {
        var section = Self()
        try section.merge(YAMLNode.parse(yaml, source: source), path: "")
        for override in overrides { try section.merge(try Self.node(ofOverride: override), path: "") }
        try section.validateAll(path: "")
        return section
    }

    /// Sets the fields that the node names.
    mutating func merge(_ node: YAMLNode, path: String) throws {
        guard case .mapping(let members) = node.content else {
            // A key without anything behind it sets nothing.
            if node.isNull { return }
            let whole = path.isEmpty ? "the configuration" : path
            throw ForesightError.usage(
                "\(whole) (\(node.place)) must be a mapping, not \(node.words)", remedy: "write key: value below it")
        }
        for (key, value) in members {
            let keyPath = path.isEmpty ? key : "\(path).\(key)"
            guard let field = Self.fields.first(where: { $0.name == key }) else {
                throw Self.unknownKey(key, keyPath: keyPath, prefix: path, place: value.place)
            }
            try field.apply(&self, value, keyPath)
        }
    }

    private static func unknownKey(_ key: String, keyPath: String, prefix: String, place: String) -> ForesightError {
        let leading = prefix.isEmpty ? "" : prefix + "."
        let names = fields.map(\.name)
        var suggestion = nearestName(to: key, among: names).map { leading + $0 }
        if suggestion == nil {
            // Perhaps a key of a group below, written without the group.
            let below = keys(prefix: prefix).map(\.path)
            suggestion = below.first { $0.hasSuffix("." + key) }
        }
        let remedy = suggestion.map { "did you mean '\($0)'?" } ?? "known here: \(names.joined(separator: ", "))"
        return .usage("unknown key '\(keyPath)' (\(place))", remedy: remedy)
    }

    /// The tree of one `key.path=value`.
    private static func node(ofOverride override: String) throws -> YAMLNode {
        let place = "given as '\(override)'"
        guard let equals = override.firstIndex(of: "=") else {
            throw ForesightError.usage("'\(override)' is not key=value", remedy: "write it as key.path=value")
        }
        let keys = override[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard keys.allSatisfy({ !$0.isEmpty }) else {
            throw ForesightError.usage("'\(override)' has an empty key", remedy: "write it as key.path=value")
        }
        let text = String(override[override.index(after: equals)...])
        // Lists, mappings and quoted texts are YAML; anything else is taken to the letter.
        var content = YAMLNode.Content.scalar(text, isQuoted: false)
        if let first = text.first, "[{\"'".contains(first) {
            content = try YAMLNode.parse(text, source: "'\(override)'").at(place).content
        }
        return keys.reversed().reduce(YAMLNode(content, place: place)) { node, key in
            YAMLNode(.mapping([(key: key, value: node)]), place: place)
        }
    }

    /// Validates this section and those below it.
    func validateAll(path: String) throws {
        try validate(path: path)
        for field in Self.fields { try field.validateNested(self, path.isEmpty ? field.name : "\(path).\(field.name)") }
    }
}

extension YAMLNode {
    /// The same tree with another place in all its nodes.
    func at(_ place: String) -> YAMLNode {
        switch content {
        case .scalar: YAMLNode(content, place: place)
        case .list(let nodes): YAMLNode(.list(nodes.map { $0.at(place) }), place: place)
        case .mapping(let members):
            YAMLNode(.mapping(members.map { (key: $0.key, value: $0.value.at(place)) }), place: place)
        }
    }
}
