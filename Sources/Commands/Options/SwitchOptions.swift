import ArgumentParser
import Basics
import Episodes

/// Which values actions may take, and for how long they keep one.
struct SwitchOptions: ParsableArguments {
    @Option(
        name: .customLong("values"), parsing: .singleValue,
        help: ArgumentHelp(
            "Values that an action may take, such as valve=0,1; valve=any for any within its limits; may be repeated.",
            valueName: "action=list"))
    var values: [String] = []

    @Option(
        name: .customLong("dwell"), parsing: .singleValue,
        help: ArgumentHelp(
            "Shortest time that an action keeps a value, such as pump=5min; may be repeated.", valueName: "action=time")
    )
    var dwells: [String] = []

    /// The values by action; an empty list for any.
    ///
    /// - Throws: `ForesightError.usage` for what is no list, and for an action that is named twice.
    func lists() throws -> [String: [Double]] {
        try Self.parts(values, option: "--values", example: "valve=0,1") { text in
            guard text != "any" else { return [] }
            let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
                Double($0.filter { $0 != " " })
            }
            let known = numbers.compactMap { $0 }
            guard known.count == numbers.count else { return nil }
            if let complaint = SwitchValues.complaint(known) {
                throw ForesightError.usage("--values \(text) \(complaint)", remedy: "write a list such as valve=0,1")
            }
            return known
        }
    }

    /// The dwells by action, s.
    ///
    /// - Throws: `ForesightError.usage` for what is no duration, and for an action that is named twice.
    func times() throws -> [String: Double] {
        try Self.parts(dwells, option: "--dwell", example: "pump=5min") { text in
            try DurationText.seconds(text, option: "--dwell")
        }
    }

    private static func parts<T>(
        _ texts: [String], option: String, example: String, _ read: (String) throws -> T?
    ) throws -> [String: T] {
        var found: [String: T] = [:]
        for text in texts {
            guard let sides = NamedValue.sides(text), let value = try read(sides.value) else {
                throw ForesightError.usage("\(option) '\(text)' cannot be read", remedy: "write one such as \(example)")
            }
            guard found.updateValue(value, forKey: sides.name) == nil else {
                throw ForesightError.usage(
                    "\(option) is given twice for \(sides.name)", remedy: "give each action one list")
            }
        }
        return found
    }

    /// Puts what was typed into the channels of a log.
    ///
    /// - Throws: `ForesightError.usage` for what cannot be read, and for a channel that is no action.
    func apply(to schema: inout LogSchema) throws {
        guard !values.isEmpty || !dwells.isEmpty else { return }
        func index(_ name: String, _ option: String) throws -> Int {
            let actions = schema.channels.filter { $0.role == .action }.map(\.name)
            if let index = schema.channels.firstIndex(where: { $0.name == name && $0.role == .action }) { return index }
            let near = nearestName(to: name, among: actions).map { "did you mean \($0)? " } ?? ""
            throw ForesightError.usage(
                "\(option) names \(name), which is no action", remedy: "\(near)name it in --actions, too")
        }
        for (name, list) in try lists().sorted(by: { $0.key < $1.key }) {
            schema.channels[try index(name, "--values")].values = list
        }
        for (name, time) in try times().sorted(by: { $0.key < $1.key }) {
            schema.channels[try index(name, "--dwell")].dwell = time
        }
        for (place, channel) in schema.channels.enumerated() { try channel.validate(path: "channels[\(place)]") }
    }
}
