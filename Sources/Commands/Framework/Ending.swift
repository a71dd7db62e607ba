import ArgumentParser
import Basics
import Foundation

/// How a command ends that does not simply finish: its exit status and what it leaves to say.
struct Ending: Equatable {
    /// The exit status.
    var status: Int32
    /// Text for standard output: help, the version.
    var output: String?
    /// Lines for standard error: one, unless more was asked for.
    var complaint: [String] = []

    /// The end that an error makes.
    init(_ error: any Error, isVerbose: Bool = false) {
        if let error = error as? ForesightError {
            self = Ending(error, isVerbose: isVerbose)
        } else if Foresight.exitCode(for: error) == .success {
            (status, output) = (0, Foresight.fullMessage(for: error))
        } else if error is ExitCode {
            status = Foresight.exitCode(for: error).rawValue
        } else if Foresight.exitCode(for: error) == .validationFailure {
            self = Ending(usage: error, isVerbose: isVerbose)
        } else {
            self = Ending(
                ForesightError.failure(
                    "unexpected: \(error)", remedy: "please report it with the command and its output"),
                isVerbose: isVerbose)
        }
    }

    private init(_ error: ForesightError, isVerbose: Bool) {
        status = error.code.exitStatus
        complaint = isVerbose ? Self.lines(error.description) : [Self.line(Self.pointed(error.description))]
        if isVerbose {
            complaint += [
                "  \(error.code) error, exit status \(error.code.exitStatus)", "  \(Foresight.configuration.version)",
            ]
        }
    }

    /// What the parser found: its message in our form, the usage only on demand.
    private init(usage error: any Error, isVerbose: Bool) {
        let full = Foresight.fullMessage(for: error)
        // The parser knows which command it was and names its help: "  See 'foresight inspect --help' for more …".
        let quoted = full.split(separator: "\n").last { $0.contains("--help'") }?.split(separator: "'")
        let help = quoted?.first { $0.hasSuffix("--help") } ?? "foresight --help"
        let sentences = Foresight.message(for: error).components(separatedBy: ". ").map(Self.continued)
        var message = sentences.joined(separator: "; ")
        if message.hasSuffix(".") { message.removeLast() }
        let end = message.hasSuffix("?") ? " " : "; "
        status = ForesightError.Code.usage.exitStatus
        complaint = [Self.line(message + end + "see \(help)")]
        if isVerbose { complaint += full.split(separator: "\n").dropFirst().map(String.init) }
    }

    /// A sentence that stands behind a colon; a name such as "T1" keeps its capital.
    private static func continued(_ sentence: String) -> String {
        guard let first = sentence.first, sentence.dropFirst().first?.isLowercase == true else { return sentence }
        return first.lowercased() + sentence.dropFirst()
    }

    /// A picture of a text with a caret below it as one line: the text with a mark before the character.
    static func pointed(_ text: String) -> String {
        let lines = text.components(separatedBy: "\n")
        guard lines.count >= 3, let caret = lines.last, caret.hasSuffix("^"), caret.dropLast().allSatisfy({ $0 == " " })
        else { return text }
        let pictured = lines[lines.count - 2]
        let offset = min(caret.count - 1, pictured.count)
        let marked = pictured.prefix(offset) + "⟨here⟩" + pictured.dropFirst(offset)
        let words = lines.dropLast(2).joined(separator: " ")
        return "\(words)\(words.hasSuffix("?") ? "" : ":") \(marked.drop { $0 == " " })"
    }

    /// The lines as they are, the first behind the program's name.
    private static func lines(_ text: String) -> [String] {
        let lines = text.components(separatedBy: "\n")
        return [line(lines[0])] + lines.dropFirst()
    }

    /// One line, whatever a file's or a channel's name holds.
    static func line(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isNewline).map { part in
            String(
                String.UnicodeScalarView(
                    part.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        }
        let trimmed = words.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
        return "foresight: " + trimmed.joined(separator: " ")
    }
}

extension ExitCode {
    /// What a command ends with that found what `--check` looks for: the status of a refusal, with nothing left to say.
    static let found = ExitCode(ForesightError.Code.refused.exitStatus)
}
