/// A type that a setting can have: it reads itself from YAML strictly and prints itself so that it reads back.
public protocol ConfigurationValue: Sendable {
    /// What the type expects, as an error message says it: "a whole number".
    static var expectation: String { get }
    /// The value of a node, or `nil` when the node does not fit.
    init?(_ node: YAMLNode)
    /// The value in YAML, on one line.
    var yaml: String { get }
    /// The numbers that a limit applies to.
    var limitedNumbers: [Double] { get }
}

extension ConfigurationValue {
    /// No numbers: a limit has nothing to say.
    public var limitedNumbers: [Double] { [] }
}

extension YAMLNode {
    /// The text of a single value that is not quoted.
    var plain: String? { if case .scalar(let text, isQuoted: false) = content { text } else { nil } }
}

extension Int: ConfigurationValue {
    /// "a whole number".
    public static var expectation: String { "a whole number" }
    /// Reads `40`, and `1e4` where it is whole.
    public init?(_ node: YAMLNode) {
        guard let text = node.plain else { return nil }
        guard let value = Int(text) ?? Double(node).flatMap(Int.init(exactly:)) else { return nil }
        self = value
    }
    /// The digits.
    public var yaml: String { String(self) }
    /// The number itself.
    public var limitedNumbers: [Double] { [Double(self)] }
}

extension Double: ConfigurationValue {
    /// "a number".
    public static var expectation: String { "a number" }
    /// Reads a finite decimal number.
    public init?(_ node: YAMLNode) {
        guard let text = node.plain, text.allSatisfy({ "+-.0123456789eE".contains($0) }) else { return nil }
        guard let value = Double(text), value.isFinite else { return nil }
        self = value
    }
    /// The fewest digits that read back the same.
    public var yaml: String { Int(exactly: self).flatMap { $0.magnitude < 1 << 53 ? String($0) : nil } ?? description }
    /// The number itself.
    public var limitedNumbers: [Double] { [self] }
}

extension Bool: ConfigurationValue {
    /// "true or false".
    public static var expectation: String { "true or false" }
    /// Reads `true` or `false`.
    public init?(_ node: YAMLNode) {
        switch node.plain {
        case "true": self = true
        case "false": self = false
        default: return nil
        }
    }
    /// `true` or `false`.
    public var yaml: String { self ? "true" : "false" }
}

extension String: ConfigurationValue {
    /// "a text".
    public static var expectation: String { "a text" }
    /// Reads any single value that is not null.
    public init?(_ node: YAMLNode) {
        guard case .scalar(let text, _) = node.content, !node.isNull else { return nil }
        self = text
    }
    /// The text, in quotes where YAML would read something else without.
    public var yaml: String {
        let reserved = ["true", "false", "null", "yes", "no", "on", "off", "auto", "y", "n"]
        let isPlain = unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789_-./".unicodeScalars.contains($0)
        }
        let startsPlain = unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "_" || $0 == "/" } ?? false
        if isPlain && startsPlain && !reserved.contains(lowercased()) { return self }
        // A YAML text in double quotes is a superset of a JSON text.
        return JSONValue.string(self).text()
    }
}

extension Optional: ConfigurationValue where Wrapped: ConfigurationValue {
    /// What the wrapped type expects, or nothing.
    public static var expectation: String { Wrapped.expectation + " or null" }
    /// Reads `null` as no value.
    public init?(_ node: YAMLNode) {
        if node.isNull {
            self = Wrapped?.none
        } else {
            guard let value = Wrapped(node) else { return nil }
            self = Wrapped?(value)
        }
    }
    /// `null` or the value.
    public var yaml: String { self?.yaml ?? "null" }
    /// The numbers of the value, if there is one.
    public var limitedNumbers: [Double] { self?.limitedNumbers ?? [] }
}

extension Array: ConfigurationValue where Element: ConfigurationValue {
    /// "a list, each item …".
    public static var expectation: String { "a list, each item \(Element.expectation)" }
    /// Reads `[a, b]`.
    public init?(_ node: YAMLNode) {
        guard case .list(let nodes) = node.content else { return nil }
        let elements = nodes.compactMap { Element($0) }
        guard elements.count == nodes.count else { return nil }
        self = elements
    }
    /// `[a, b]`.
    public var yaml: String { "[" + map(\.yaml).joined(separator: ", ") + "]" }
    /// The numbers of all elements.
    public var limitedNumbers: [Double] { flatMap(\.limitedNumbers) }
}

extension ConfigurationValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    /// "one of …", all names listed.
    public static var expectation: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
    /// Reads the name of a case.
    public init?(_ node: YAMLNode) {
        guard case .scalar(let text, _) = node.content else { return nil }
        self.init(rawValue: text)
    }
    /// The name of the case.
    public var yaml: String { rawValue.yaml }
}

/// A setting that is derived from the data unless someone sets it; written `auto` in YAML.
///
///     var window: Auto<Int> = .auto
///     …
///     let window = configuration.window.resolve { 4 * timeConstant }  // saved as a number from here on
public enum Auto<Value: ConfigurationValue>: ConfigurationValue {
    /// To be derived.
    case auto
    /// Set by someone, or derived by now.
    case value(Value)

    /// The value, unless it is still to be derived.
    public var resolved: Value? { if case .value(let value) = self { value } else { nil } }

    /// The value; derives and keeps it when nobody set it.
    @discardableResult
    public mutating func resolve(_ derive: () throws -> Value) rethrows -> Value {
        if case .value(let value) = self { return value }
        let value = try derive()
        self = .value(value)
        return value
    }

    /// What the value expects, or auto.
    public static var expectation: String { Value.expectation + " or auto" }
    /// Reads `auto` or a value.
    public init?(_ node: YAMLNode) {
        if node.plain == "auto" {
            self = .auto
        } else {
            guard let value = Value(node) else { return nil }
            self = .value(value)
        }
    }
    /// `auto` or the value.
    public var yaml: String { resolved?.yaml ?? "auto" }
    /// The numbers of the value, if there is one.
    public var limitedNumbers: [Double] { resolved?.limitedNumbers ?? [] }
}

extension Auto: Equatable where Value: Equatable {}
