import Basics
import Networks

/// The `config.json` of a pretrained model, read strictly: a value of the wrong kind is an error, never a guess.
///
/// Keys that say nothing about the encoder are left alone; a key that is missing or `null` has the family's default.
struct PretrainedConfiguration: Sendable {
    /// Where it was read.
    let path: String
    private let file: String
    private let place: [String]
    private let values: [String: JSONValue]
    private var defaults: [String: JSONValue] = [:]

    /// Reads the configuration.
    ///
    /// - Throws: `ForesightError.data` when there is none, or it is not a JSON object.
    init(path: String) throws {
        let document: JSONValue
        do {
            document = try JSONParser.parse(try InputFile.text(path))
        } catch let error as ForesightError where error.message.hasPrefix("JSON") {
            throw ForesightError(error.code, "\(path): \(error.message)", remedy: error.remedy)
        }
        guard let values = document.object else {
            throw ForesightError.data("\(path) holds no JSON object", remedy: "take the config.json of the model")
        }
        self.path = path
        self.file = path
        self.place = []
        self.values = values
    }

    private init(part key: String, of whole: PretrainedConfiguration, values: [String: JSONValue]) {
        path = "\(whole.path): \(key)"
        file = whole.file
        place = whole.place + [key]
        self.values = values
    }

    /// Whether a key is there and not `null`.
    func has(_ key: String) -> Bool { values[key].map { $0 != .null } ?? false }

    /// Whether a key is there, be it `null`.
    func names(_ key: String) -> Bool { values[key] != nil }

    /// The keys in the order of the file.
    func orderedKeys() throws -> [String] {
        // What JSON allows, YAML allows as well, and its reader keeps the order.
        var node = try YAMLNode.parse(try InputFile.text(file), source: file)
        for key in place {
            guard case .mapping(let members) = node.content, let member = members.first(where: { $0.key == key }) else {
                return []
            }
            node = member.value
        }
        guard case .mapping(let members) = node.content else { return [] }
        return members.map(\.key)
    }

    /// The configuration of a part.
    func section(_ key: String) throws -> PretrainedConfiguration {
        let value = try value(key)
        guard let members = value.object else { throw misfit(key, value, "a JSON object") }
        return PretrainedConfiguration(part: key, of: self, values: members)
    }

    /// What cannot be had, as an error of this file.
    func refusal(_ reason: String, remedy: String = "take the config.json of the model") -> ForesightError {
        .data("\(path): \(reason)", remedy: remedy)
    }

    /// The family that the configuration names.
    ///
    /// - Throws: `ForesightError.data` when it names none that is known.
    func family() throws -> PretrainedFamily {
        try PretrainedFamily.named(try text("model_type"), in: path)
    }

    /// The same with defaults for what is missing.
    func defaulting(to defaults: [String: JSONValue]) -> PretrainedConfiguration {
        var copy = self
        copy.defaults = defaults
        return copy
    }

    private func value(_ key: String) throws -> JSONValue {
        if let value = values[key], value != .null { return value }
        if let value = defaults[key] { return value }
        throw ForesightError.data("\(path) has no '\(key)'", remedy: "take the config.json of the model")
    }

    private func misfit(_ key: String, _ value: JSONValue, _ expected: String) -> ForesightError {
        .data("\(path): '\(key)' is \(value.text()), not \(expected)", remedy: "take the config.json of the model")
    }

    /// A whole number.
    func count(_ key: String, least: Int = 1) throws -> Int {
        let value = try value(key)
        guard let number = value.int, number >= least else {
            throw misfit(key, value, "a whole number of at least \(least)")
        }
        return number
    }

    /// Whole numbers, at least one of them.
    func counts(_ key: String) throws -> [Int] {
        let value = try value(key)
        let numbers = value.array?.compactMap(\.int) ?? []
        guard !numbers.isEmpty, numbers.count == value.array?.count, numbers.allSatisfy({ $0 >= 1 }) else {
            throw misfit(key, value, "a list of whole numbers of at least 1")
        }
        return numbers
    }

    /// A number from zero to below one.
    func rate(_ key: String) throws -> Double {
        let value = try value(key)
        guard let number = value.double, (0..<1).contains(number) else { throw misfit(key, value, "from 0 to below 1") }
        return number
    }

    /// A number above zero.
    func number(_ key: String) throws -> Double {
        let value = try value(key)
        guard let number = value.double, number > 0, number.isFinite else {
            throw misfit(key, value, "a number above 0")
        }
        return number
    }

    /// A truth value.
    func flag(_ key: String) throws -> Bool {
        let value = try value(key)
        guard let flag = value.bool else { throw misfit(key, value, "true or false") }
        return flag
    }

    /// A text.
    func text(_ key: String) throws -> String {
        let value = try value(key)
        guard let text = value.string else { throw misfit(key, value, "a text") }
        return text
    }

    /// A height and a width, given as one number or two.
    func size(_ key: String) throws -> [Int] {
        let value = try value(key)
        let sides = value.int.map { [$0, $0] } ?? value.array?.compactMap(\.int) ?? []
        guard sides.count == 2, value.int != nil || value.array?.count == 2, sides.allSatisfy({ $0 >= 1 }) else {
            throw misfit(key, value, "a whole number of at least 1, or height and width")
        }
        return sides
    }

    /// The side of a square, given as one number or two.
    func square(_ key: String) throws -> Int {
        let sides = try size(key)
        guard sides[0] == sides[1] else { throw misfit(key, try value(key), "the side of a square") }
        return sides[0]
    }

    /// Calls a check of the architecture; what it throws is then the fault of this file.
    func check(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as ForesightError {
            throw ForesightError.data("\(path): \(error.message)", remedy: "take the config.json of the model")
        }
    }

    /// A nonlinearity by the name that it has in `transformers`.
    func activation(_ key: String) throws -> Activation {
        let known: [String: Activation] = [
            "gelu": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh, "relu": .relu, "silu": .silu,
            "swish": .silu, "tanh": .tanh, "sigmoid": .sigmoid, "linear": .identity,
        ]
        let name = try text(key)
        guard let activation = known[name] else {
            throw misfit(key, .string(name), "one of \(known.keys.sorted().joined(separator: ", "))")
        }
        return activation
    }

    /// What all families say in the same words.
    func common() throws -> VisionTransformerOptions {
        let (width, heads) = (try count("hidden_size"), try count("num_attention_heads"))
        if let head = values["head_dim"], head != .null, head.int.map({ $0 * heads }) != width {
            throw misfit("head_dim", head, "hidden_size over num_attention_heads, \(width) / \(heads)")
        }
        return VisionTransformerOptions(
            imageSize: try size("image_size"), patch: try square("patch_size"), channels: try count("num_channels"),
            width: width,
            depth: try count("num_hidden_layers"), heads: heads, activation: try activation("hidden_act"),
            attentionBias: try flag("qkv_bias"), epsilon: try number("layer_norm_eps"))
    }
}
