import Basics
import Foundation
import Testing
import _TestSupport

/// What commands with a model refuse; a file of channels stands beside every log, so that there is something to note.
@Suite("Commands with a model refuse bad input in one line", .serialized)
struct ModelInputTests {
    static let commands = ["plan", "evaluate"]

    struct BadLog: Sendable, CustomTestStringConvertible {
        var what: String
        /// Turns the lines of a good log, the header first, into those of a bad one; `nil` leaves no file.
        var change: (@Sendable ([String]) -> [String])?
        var words: [String]
        var testDescription: String { what }
    }

    /// A line with another field.
    private static func line(_ line: String, _ column: Int, _ field: String) -> String {
        var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        fields[column] = field
        return fields.joined(separator: ",")
    }

    static let badLogs = [
        BadLog(what: "missing file", words: ["no such file: log.csv"]),
        BadLog(what: "empty file", change: { _ in [] }, words: ["log.csv is empty"]),
        BadLog(
            what: "ragged row", change: { $0.prefix(7) + ["60,21,21,20"] + $0.dropFirst(8) },
            words: ["log.csv line 8 has 4 fields, the others have 5"]),
        BadLog(
            what: "text in a column of numbers",
            change: { lines in lines.enumerated().map { $0 == 30 ? line($1, 1, "warm") : $1 } },
            words: ["line 31", "column T1", "\"warm\""]),
        BadLog(
            what: "a channel without any value",
            change: { lines in lines.enumerated().map { $0 == 0 ? $1 : line($1, 2, "") } },
            words: ["channel T2 has no value in log.csv", "--missing"]),
        BadLog(what: "one sample", change: { Array($0.prefix(2)) }, words: ["log.csv holds 1 sample", "at least 2"]),
        BadLog(
            what: "a channel of the model is not there",
            change: { [$0[0].replacing("T1", with: "TT1")] + $0.dropFirst() },
            words: ["log.csv has no channel T1", "did you mean TT1?"]),
    ]

    @Test(arguments: commands, badLogs) func log(_ command: String, _ bad: BadLog) throws {
        try withFolder { folder in
            let path = folder + "/log.csv"
            let lines = try InputFile.text(path).split(separator: "\n").map(String.init)
            try FileManager.default.removeItem(atPath: path)
            if let change = bad.change {
                let text = change(lines).map { $0 + "\n" }.joined()
                try AtomicFile.write(text, to: path)
            }
            let run = try ForesightProcess(Self.arguments(command), in: folder)
            expectRefusal(run, 65, bad.words)
        }
    }

    @Test("A model folder of another version", arguments: ["plan", "evaluate", "control"])
    func version(_ command: String) throws {
        try withFolder { folder in
            let path = folder + "/model/model.yaml"
            let sheet = try InputFile.text(path)
            try #require(sheet.contains("format: 3\n"))
            try AtomicFile.write(sheet.replacing("format: 3\n", with: "format: 99\n"), to: path)
            let run = try ForesightProcess(Self.arguments(command), in: folder)
            expectRefusal(run, 65, ["model/model.yaml is of format 99", "reads format 3", "train the model anew"])
        }
    }

    @Test(
        "A model folder with a file that is cut off", arguments: ["plan", "evaluate", "control"],
        ["model.yaml", "model.safetensors", "calibration.json"])
    func cutOff(_ command: String, _ name: String) throws {
        try withFolder { folder in
            let path = "\(folder)/model/\(name)"
            let bytes = try InputFile.bytes(path)
            try AtomicFile.write(Array(bytes.prefix(bytes.count / 2)), to: path)
            expectRefusal(try ForesightProcess(Self.arguments(command), in: folder), 65, ["model/\(name)"])
        }
    }

    @Test("A file in place of a model folder", arguments: ["plan", "evaluate", "control"])
    func noFolder(_ command: String) throws {
        try withFolder { folder in
            var arguments = Self.arguments(command)
            arguments[1] = "log.csv"
            expectRefusal(
                try ForesightProcess(arguments, in: folder), 65, ["log.csv is a file", "that foresight train made"])
        }
    }

    static let controls: [([String], [String])] = [
        (["--goal", "Tt1 = 40"], ["unknown channel 'Tt1'", "did you mean 'T1'?", "⟨here⟩Tt1 = 40"]),
        (["--goal", "T1 = 40", "--guardrail", "always(T2 <= )"], ["guardrail, character 14", "always(T2 <= ⟨here⟩)"]),
        (["--goal", "T1 = 40", "--horizon", "10min"], ["600 s", "12 steps (120 s)", "train with horizon=60"]),
        (["--goal", "T1 = 40", "--episodes", "0"], ["--episodes 0", "1 to 100000"]),
        (["--goal", "T1 = 40", "--solver", "icen"], ["icen", "did you mean 'icem'?"]),
        (["--goal", "T1 = 40", "--plant", "heater-labb"], ["heater-labb", "did you mean heater-lab?"]),
    ]

    @Test("A task for control that cannot be", arguments: controls)
    func control(_ arguments: [String], _ words: [String]) throws {
        try withFolder { folder in
            let run = try ForesightProcess(
                ["control", "model", "--plant", "heater-lab", "--no-report"] + arguments, in: folder)
            expectRefusal(run, 64, words)
        }
    }

    @Test("A limit that is crossed at the start is never planned around in closed loop") func violatedAtStart() throws {
        try withFolder { folder in
            let run = try ForesightProcess(
                [
                    "control", "model", "--plant", "heater-lab", "--goal", "T1 = 40", "--guardrail", "always(T1 <= 5)",
                    "--duration", "60", "--episodes", "1", "--compare", "none", "--no-report", "--json", "--quiet",
                ], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let result = try JSONValue(parsing: run.output)
            let model = try #require(result["controllers"]?[0])
            #expect(model["certified"]?.int == 0)
            #expect((model["fallbacks"]?.int ?? 0) + (model["refusals"]?.int ?? 0) == 6)
            #expect(result["success"]?.double == 0)
            #expect((result["violations"]?.int ?? 0) > 0)
        }
    }

    @Test("A folder that cannot be written to", arguments: ["plan", "evaluate", "drift", "control"])
    func unwritable(_ command: String) throws {
        try withFolder { folder in
            try AtomicFile.write("in the way", to: folder + "/taken")
            let arguments = Self.arguments(command).filter { $0 != "--no-report" } + ["--out", "taken/run"]
            let run = try ForesightProcess(arguments, in: folder)
            #expect(run.status == 1)
            #expect(run.complaint.filter { !$0.contains("episodes  in") }.count == 1, "\(run.complaint)")
            #expect(run.complaint.last?.contains("taken") == true)
            // A decision and a judgement are not lost with their page.
            #expect(!run.output.isEmpty)
        }
    }

    private static func arguments(_ command: String) -> [String] {
        switch command {
        case "plan": ["plan", "model", "--from", "log.csv", "--no-report"] + PlanCommandTests.ask
        case "evaluate": ["evaluate", "model", "log.csv", "--no-report"]
        case "drift": ["drift", "model", "log.csv", "--no-report"]
        default:
            [
                "control", "model", "--plant", "heater-lab", "--no-report", "--goal", "T1 = 40", "--duration", "30",
                "--episodes", "1", "--compare", "none",
            ]
        }
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            try AtomicFile.write(
                "channels: [{name: T1, role: observation, limits: [0, 80]}]\n", to: folder + "/log.channels.yaml")
            try body(folder)
        }
    }

    private func expectRefusal(_ run: ForesightProcess, _ status: Int32, _ words: [String]) {
        #expect(run.status == status, "\(run.complaint)")
        #expect(run.output.isEmpty)
        #expect(run.complaint.count == 1, "\(run.complaint)")
        let line = run.complaint.first ?? ""
        #expect(line.hasPrefix("foresight: "))
        for word in words { #expect(line.contains(word), "'\(word)' in: \(line)") }
    }
}
