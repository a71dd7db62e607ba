public import Basics

/// Which Gymnasium environment, and how it is run.
public struct GymnasiumOptions: Sendable, Hashable {
    /// The name by which Gymnasium knows it, such as `CartPole-v1`, `swm/PushT-v1` or, with the module that registers it,
    /// `stable_worldmodel:swm/PushT-v1`.
    public var identifier: String
    /// The program; `nil` for the one of ``PythonProgram/path(_:environment:)``.
    public var python: String?
    /// Modules that are imported first, since they register environments; files that end with `.py`, too.
    public var imports: [String] = []
    /// What `gymnasium.make` is called with beside the name.
    public var arguments: [String: GymnasiumValue] = [:]
    /// Variations that are drawn anew at each reset, such as `agent.color`: for environments of stable-worldmodel, whose
    /// standard ones they replace.
    public var varied: [String] = []
    /// Values of variations.
    public var variations: [String: GymnasiumValue] = [:]
    /// Seconds between two steps; what the environment says by default, or 1.
    public var samplingTime: Double?
    /// Seconds that any answer may take.
    public var patience: Double = 60
    /// Seconds until the environment is made: imports may be slow.
    public var startPatience: Double = 180

    /// Names an environment.
    public init(_ identifier: String) { self.identifier = identifier }

    /// What commands put before the name of a Gymnasium environment.
    public static let prefix = "gymnasium:"
}

/// A value that is handed to Python as JSON.
public struct GymnasiumValue: Sendable, Hashable {
    /// The value.
    public let json: JSONValue
    private let text: String

    /// Wraps a value.
    public init(_ json: JSONValue) {
        self.json = json
        text = json.text()
    }

    /// Reads what a person writes: JSON, or a text where it is none; `True`, `False` and `None` as Python writes them.
    public init(reading text: String) {
        let known: [String: JSONValue] = ["True": true, "False": false, "None": nil]
        self.init(known[text] ?? (try? JSONParser.parse(text)) ?? .string(text))
    }

    /// Whether two values are the same.
    public static func == (one: GymnasiumValue, other: GymnasiumValue) -> Bool { one.text == other.text }
    /// Hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
