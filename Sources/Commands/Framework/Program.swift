import ArgumentParser
import Basics
import Foundation
import Reports

/// The command line as a whole: what the executable calls.
public enum Program {
    /// Runs a command and says how it ended.
    ///
    /// Every error is one line on standard error; nothing is thrown.
    ///
    /// - Parameter arguments: What was typed after the name of the program.
    /// - Returns: The exit status.
    public static func run(_ arguments: [String]) -> Int32 {
        do {
            if let problem = unknownCommand(arguments) { throw problem }
            var command = try Foresight.parseAsRoot(NegativeValues.joined(arguments))
            try TextTable.$terminalWidth.withValue(Terminal.width) { try command.run() }
            try flush()
            Talk.release()
            return 0
        } catch {
            arguments.contains("--verbose") ? Talk.release() : Talk.drop()
            let ending = Ending(error, isVerbose: arguments.contains("--verbose"))
            if let text = ending.output { print(text) }
            for line in ending.complaint { Talk.write(line) }
            return ending.status
        }
    }

    /// Results that could not be written, to a full disk for instance, are not "done".
    private static func flush() throws {
        if fflush(nil) != 0 {
            throw ForesightError.failure(
                "the results could not be written to standard output", remedy: "check where it is sent to")
        }
    }

    /// The parser would call a mistyped command an unexpected argument.
    private static func unknownCommand(_ arguments: [String]) -> ForesightError? {
        let hidden = Foresight.configuration.subcommands.compactMap { $0.configuration.commandName }
        guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
        let names = Foresight.commandNames
        if (names + hidden).contains(first) { return nil }
        guard !["serve", "server", "service", "daemon", "api"].contains(first) else {
            return .usage(
                "unknown command '\(first)': there is no server",
                remedy: "a service of your own runs foresight plan MODEL --from - --json, or keeps a planner in its "
                    + "process (Documentation/service.md)")
        }
        let meant = otherNames[first] ?? first
        return .usage(
            "unknown command '\(first)'", remedy: nearestNameRemedy(to: meant, among: names, isQuoted: true))
    }

    /// What commands are called elsewhere.
    private static let otherNames = [
        "fit": "train", "learn": "train", "test": "evaluate", "validate": "evaluate", "forecast": "plan",
        "predict": "plan", "optimize": "plan", "optimise": "plan", "monitor": "watch", "detect": "watch",
    ]
}
