/// What the argument parser says about a program: the part of its description that the reference needs.
struct ToolDescription: Decodable {
    var command: Command

    /// A command with what it takes.
    struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var discussion: String?
        var shouldDisplay: Bool?
        var subcommands: [Command]?
        var arguments: [Argument]?

        var isShown: Bool { shouldDisplay ?? true }
    }

    /// A flag, an option or an operand.
    struct Argument: Decodable {
        var kind: String
        var shouldDisplay: Bool?
        var sectionTitle: String?
        var isOptional: Bool?
        var isRepeating: Bool?
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var abstract: String?
        var allValues: [String]?

        /// The name of a flag or an option.
        struct Name: Decodable {
            var kind: String
            var name: String

            var spelled: String { (kind == "long" ? "--" : "-") + name }
        }

        /// The help of a command is the same for all and said once; so is the version.
        var isShown: Bool {
            (shouldDisplay ?? true) && !(names ?? []).contains { $0.name == "help" || $0.name == "version" }
        }

        /// As it is typed, such as `--hours <hours>`.
        var synopsis: String {
            let value = "<\(valueName ?? "value")>"
            if kind == "positional" {
                let repeated = value + (isRepeating == true ? " ..." : "")
                return isOptional == true ? "[\(repeated)]" : repeated
            }
            let spelled = (names ?? []).map(\.spelled).joined(separator: ", ")
            return kind == "option" ? "\(spelled) \(value)" : spelled
        }

        /// The meaning with the values that are known by name.
        var meaning: String {
            guard let allValues, !allValues.isEmpty else { return abstract ?? "" }
            return "\(abstract ?? "") One of \(allValues.map { "`\($0)`" }.joined(separator: ", "))."
        }

        /// The default as a cell of a table.
        var defaultText: String { defaultValue.map { kind == "flag" ? "" : "`\($0)`" } ?? "" }
    }
}
