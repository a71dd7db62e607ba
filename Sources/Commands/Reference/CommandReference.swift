import ArgumentParser
import Basics

/// Every command with its flags, and every setting, written as one page: `Documentation/commands.md`.
///
/// Commands speak for themselves by way of the parser's own description; settings by way of their fields.
enum CommandReference {
    /// The whole page.
    ///
    /// - Throws: `ForesightError.failure` when the parser's description is not as expected.
    static func markdown() throws -> String {
        let tool = try JSONText.decode(ToolDescription.self, from: description(), source: "the parser's description")
        var page = """
            # Commands and settings

            <!-- Written by `foresight reference`. Change the commands and run the tests with FORESIGHT_UPDATE=1. -->

            \(tool.command.abstract ?? "")

            Results go to standard output, talk and errors to standard error, an error as one line. \(Foresight.statuses)


            """
        let shown = (tool.command.subcommands ?? []).filter { $0.isShown && $0.commandName != "help" }
        page += "| command | |\n|---|---|\n"
        for command in shown {
            page +=
                "| [`foresight \(command.commandName)`](#foresight-\(command.commandName)) | "
                + "\(cell(command.abstract ?? "")) |\n"
        }
        for command in shown {
            page += section(command)
            for part in (command.subcommands ?? []).filter({ $0.isShown && $0.commandName != "help" }) {
                page += section(part, of: command)
            }
        }
        for topic in SettingsReference.topics {
            page += "\n## \(topic.title)\n\n\(topic.text)\n\n\(topic.table)"
        }
        return page
    }

    private static func description() throws -> String {
        do {
            _ = try Foresight.parseAsRoot(["--experimental-dump-help"])
        } catch {
            return Foresight.fullMessage(for: error)
        }
        throw ForesightError.failure("the parser does not describe its commands")
    }

    /// The section of a command, or of one that stands behind another.
    private static func section(
        _ command: ToolDescription.Command, of parent: ToolDescription.Command? = nil
    ) -> String {
        let words = ["foresight", parent?.commandName, command.commandName].compactMap { $0 }
        var text = "\n## \(words.joined(separator: " "))\n\n\(command.abstract ?? "")\n"
        let arguments = (command.arguments ?? []).filter(\.isShown)
        let operands = arguments.filter { $0.kind == "positional" }.map(\.synopsis)
        let parts = (command.subcommands ?? []).filter { $0.isShown && $0.commandName != "help" }
        let choice = parts.isEmpty ? [] : [parts.map(\.commandName).joined(separator: "|")]
        let usage = words + choice + operands + ["[options]"]
        text += "\n```\n\(usage.joined(separator: " "))\n```\n"
        if let discussion = command.discussion { text += "\n\(paragraphs(discussion))\n" }
        var titles: [String] = []
        for argument in arguments where !titles.contains(argument.sectionTitle ?? "") {
            titles.append(argument.sectionTitle ?? "")
        }
        for title in titles {
            text += title.isEmpty ? "\n" : "\n**\(title)**\n\n"
            text += "| option | meaning | default |\n|---|---|---|\n"
            for argument in arguments where (argument.sectionTitle ?? "") == title {
                text += "| `\(argument.synopsis)` | \(cell(argument.meaning)) | \(argument.defaultText) |\n"
            }
        }
        return text
    }

    /// Indented lines are examples: they become code.
    private static func paragraphs(_ discussion: String) -> String {
        var lines: [String] = []
        var isCode = false
        for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
            let indented = line.hasPrefix("  ")
            if indented != isCode {
                if !line.isEmpty || isCode { lines.append("```") }
                isCode = indented
            }
            lines.append(indented ? String(line.dropFirst(2)) : String(line))
        }
        if isCode { lines.append("```") }
        return lines.joined(separator: "\n")
    }

    private static func cell(_ text: String) -> String {
        text.split(separator: "\n").joined(separator: " ").split(separator: "|", omittingEmptySubsequences: false)
            .joined(separator: "\\|")
    }
}
