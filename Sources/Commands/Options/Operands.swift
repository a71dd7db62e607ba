import Basics
import Foundation

/// What stands behind a command without dashes: logs, a configuration file and `key=value`, in any order.
///
///     foresight train logs/ heater.yaml epochs=20
struct Operands: Equatable {
    /// Files, folders and patterns.
    var logs: [String] = []
    /// The configuration file; `nil` when none is named.
    var configuration: String?
    /// Settings as `key.path=value`, in the order given.
    var overrides: [String] = []

    /// Sorts what was typed: a name ending in `.yaml` or `.yml` is the configuration, `key=value` a setting unless
    /// there is such a file, anything else a log.
    ///
    /// - Throws: `ForesightError.usage` for a second configuration.
    init(_ arguments: [String], exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }) throws {
        for argument in arguments {
            if Operands.isOverride(argument) && !exists(argument) {
                overrides.append(argument)
            } else if argument.hasSuffix(".yaml") || argument.hasSuffix(".yml") {
                if let configuration {
                    throw ForesightError.usage(
                        "two configurations are named, \(configuration) and \(argument)", remedy: "keep one of them")
                }
                configuration = argument
            } else {
                logs.append(argument)
            }
        }
    }

    /// Refuses what a command cannot use.
    ///
    /// - Throws: `ForesightError.usage` when a configuration or a setting is given.
    func requireOnlyLogs() throws {
        if let other = configuration ?? overrides.first {
            throw ForesightError.usage(
                "'\(other)' is not a log, and this command takes no configuration",
                remedy: "name logs; what is known about channels goes to --channels FILE")
        }
    }

    /// A key starts with a letter and holds letters, digits, `_`, `-`, `.` and `[n]`.
    private static func isOverride(_ argument: String) -> Bool {
        guard let equals = argument.firstIndex(of: "="), let first = argument.first, first.isLetter else {
            return false
        }
        return argument[..<equals].allSatisfy { $0.isLetter || $0.isNumber || "_-.[]".contains($0) }
    }
}
