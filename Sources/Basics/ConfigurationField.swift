/// A group of settings: a struct whose fields say once what they are called, what they mean and what they allow.
///
///     struct TrainingSettings: ConfigurationSection {
///         var epochs = 40
///         var window: Auto<Int> = .auto
///         var optimizer = OptimizerSettings()
///
///         static let fields: [ConfigurationField<Self>] = [
///             .value("epochs", \.epochs, "Passes over the training windows.", limit: .between(1, 100_000)),
///             .value("window", \.window, "History that the encoder sees.", unit: "steps", limit: .atLeast(1)),
///             .section("optimizer", \.optimizer, "How weights are changed."),
///         ]
///     }
///
///     let settings = try TrainingSettings.load(file: "train.yaml", overrides: ["optimizer.rate=3e-4"])
///     settings.optimizer.rate  // typed, 0.0003
///
/// Defaults stand in the struct; help, YAML with comments and the documentation's table come from `fields`.
public protocol ConfigurationSection: Sendable {
    /// Creates the section with its defaults.
    init()
    /// The settings, in the order in which they are printed.
    static var fields: [ConfigurationField<Self>] { get }
    /// Checks what single fields cannot see, such as two settings that exclude each other.
    ///
    /// - Throws: `ForesightError.usage`; name keys below `path`.
    func validate(path: String) throws
}

extension ConfigurationSection {
    /// Nothing to check between the fields.
    public func validate(path: String) throws {}
}

/// One setting of a section: name, meaning, unit, limit, and how it is read and printed.
public struct ConfigurationField<Root>: Sendable {
    /// The key in YAML, in snake case.
    public let name: String
    /// One sentence on what it means.
    public let help: String
    /// The physical unit, or `nil`.
    public let unit: String?
    /// The numbers that are allowed.
    public let limit: Limit
    /// What the type expects, such as "a whole number".
    public let expectation: String
    let apply: @Sendable (inout Root, YAMLNode, _ path: String) throws -> Void
    let validateNested: @Sendable (Root, _ path: String) throws -> Void
    let body: @Sendable (Root) -> ConfigurationBody
    let nestedKeys: @Sendable (_ prefix: String) -> [ConfigurationKey]

    /// A setting with one value.
    public static func value<Value: ConfigurationValue>(
        _ name: String, _ property: any WritableKeyPath<Root, Value> & Sendable, _ help: String,
        unit: String? = nil, limit: Limit = .none
    ) -> ConfigurationField {
        ConfigurationField(
            name: name, help: help, unit: unit, limit: limit, expectation: Value.expectation,
            apply: { root, node, path in
                root[keyPath: property] = try read(node, path: path, limit: limit, unit: unit)
            },
            validateNested: { _, _ in },
            body: { .value($0[keyPath: property].yaml) }, nestedKeys: { _ in [] })
    }

    /// A group of settings below this one.
    public static func section<Section: ConfigurationSection>(
        _ name: String, _ property: any WritableKeyPath<Root, Section> & Sendable, _ help: String
    ) -> ConfigurationField {
        ConfigurationField(
            name: name, help: help, unit: nil, limit: .none, expectation: "a mapping",
            apply: { root, node, path in try root[keyPath: property].merge(node, path: path) },
            validateNested: { root, path in try root[keyPath: property].validateAll(path: path) },
            body: { .section($0[keyPath: property].printed) }, nestedKeys: { Section.keys(prefix: $0) })
    }

    /// A list of groups, each with the same settings, such as one for each channel. A list in YAML replaces the
    /// default as a whole.
    public static func list<Section: ConfigurationSection>(
        _ name: String, _ property: any WritableKeyPath<Root, [Section]> & Sendable, _ help: String
    ) -> ConfigurationField {
        ConfigurationField(
            name: name, help: help, unit: nil, limit: .none, expectation: "a list of mappings",
            apply: { root, node, path in
                guard case .list(let nodes) = node.content else {
                    throw misfit(node, path: path, expectation: "a list of mappings")
                }
                root[keyPath: property] = try nodes.enumerated().map { index, node in
                    var section = Section()
                    try section.merge(node, path: "\(path)[\(index)]")
                    return section
                }
            },
            validateNested: { root, path in
                for (index, section) in root[keyPath: property].enumerated() {
                    try section.validateAll(path: "\(path)[\(index)]")
                }
            },
            body: { .list($0[keyPath: property].map(\.printed)) }, nestedKeys: { Section.keys(prefix: $0 + "[]") })
    }

    private static func read<Value: ConfigurationValue>(
        _ node: YAMLNode, path: String, limit: Limit, unit: String?
    ) throws -> Value {
        guard let value = Value(node) else { throw misfit(node, path: path, expectation: Value.expectation) }
        for number in value.limitedNumbers where !limit.allows(number) {
            let unit = unit.map { " \($0)" } ?? ""
            throw ForesightError.usage(
                "\(path) = \(number.yaml) (\(node.place)) is outside its limit of \(limit)\(unit)",
                remedy: "give a value within it")
        }
        return value
    }

    private static func misfit(_ node: YAMLNode, path: String, expectation: String) -> ForesightError {
        .usage("\(path) (\(node.place)) must be \(expectation), not \(node.words)", remedy: "correct the value")
    }
}

/// The printed form of a field.
enum ConfigurationBody {
    case value(String)
    case section([ConfigurationLine])
    case list([[ConfigurationLine]])
}

/// A field with its printed form.
struct ConfigurationLine {
    var name: String
    var comment: String
    var body: ConfigurationBody
}

/// One setting as help and documentation show it.
public struct ConfigurationKey: Sendable, Equatable {
    /// The whole path, such as `training.epochs`.
    public var path: String
    /// The default, in YAML.
    public var defaultValue: String
    /// What the type expects.
    public var expectation: String
    /// The numbers allowed, in words; empty when any are.
    public var limit: String
    /// The physical unit, or `nil`.
    public var unit: String?
    /// One sentence on what it means.
    public var help: String
}
