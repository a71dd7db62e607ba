import ArgumentParser
import Foundation
import Testing
import _TestSupport

@testable import Commands

@Suite("Help and reference are as checked in")
struct HelpTests {
    /// The package's folder, above `Tests/CommandsTests`.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Compares a text with a file of the package; with `FORESIGHT_UPDATE` the file is written instead.
    static func expect(_ text: String, at path: String) throws {
        let url = package.appendingPathComponent(path)
        if ProcessInfo.processInfo.environment["FORESIGHT_UPDATE"] != nil {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        let known = try? String(contentsOf: url, encoding: .utf8)
        #expect(text == known, "\(path) is not current: run the tests with FORESIGHT_UPDATE=1 and look at the change")
    }

    static let commands: [[String]] =
        [[]] + Foresight.commandNames.filter { $0 != "help" }.map { [$0] }
        + BenchmarkCommand.configuration.subcommands.compactMap { $0.configuration.commandName }.map {
            ["benchmark", $0]
        }

    @Test("Help of each command", arguments: commands) func help(_ command: [String]) throws {
        let run = try ForesightProcess(command + ["--help"])
        #expect(run.status == 0)
        #expect(run.complaint.isEmpty)
        try Self.expect(run.output, at: "Fixtures/commands/help\(command.map { "-" + $0 }.joined()).txt")
    }

    @Test("The program without arguments shows its help") func noArguments() throws {
        let run = try ForesightProcess([])
        #expect(run.status == 0)
        #expect(run.output == (try ForesightProcess(["--help"])).output)
    }

    @Test("The version is one line") func version() throws {
        let run = try ForesightProcess(["--version"])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("foresight "))
        #expect(run.output.split(separator: "\n").count == 1)
    }

    @Test("The page of all commands and settings is current") func reference() throws {
        try Self.expect(try CommandReference.markdown(), at: "Documentation/commands.md")
    }

    @Test("Every flag has its meaning") func meanings() throws {
        let rows = try CommandReference.markdown().split(separator: "\n").filter { $0.hasPrefix("| `-") }
        #expect(rows.count > 25)
        for row in rows { #expect(!row.contains("|  | "), "without meaning: \(row)") }
    }
}
