import Foundation
import Testing
import _TestSupport

@Suite("A log that does not fit is one line on standard error and status 65")
struct BadLogTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var what: String
        var log: String?
        var options: [String] = []
        var words: [String]
        var testDescription: String { what }
    }

    /// Twenty rows of even samples, with one row replaced.
    static func log(replacing row: Int = -1, by text: String = "") -> String {
        let rows = (0..<20).map { $0 == row ? text : "\($0),\(20 + $0 % 3),\($0 < 10 ? 0 : 50)" }
        return "time (s),T1 (°C),Q1 (%)\n" + rows.joined(separator: "\n") + "\n"
    }

    static let roles = ["--observations", "T1", "--actions", "Q1"]

    static let cases = [
        Case(what: "missing file", words: ["no such file: log.csv"]),
        Case(what: "empty file", log: "", words: ["log.csv", "empty"]),
        Case(what: "header only", log: "time,T1\n", words: ["log.csv"]),
        Case(
            what: "ragged row", log: log(replacing: 7, by: "7,21"),
            words: ["log.csv", "line 9", "2 fields", "3"]),
        Case(
            what: "text in a column of numbers", log: log(replacing: 7, by: "7,warm,0"), options: roles,
            words: ["log.csv", "line 9", "warm", "T1"]),
        Case(
            what: "channel without any value",
            log: "time (s),T1,Q1\n" + (0..<20).map { "\($0),,\($0)\n" }.joined(), options: roles,
            words: ["T1", "no value", "--missing"]),
        Case(
            what: "one sample", log: "time (s),T1,Q1\n0,20,0\n", options: roles,
            words: ["log.csv", "1 sample", "at least 2"]),
        Case(
            what: "unknown channel", log: log(), options: ["--observations", "T1,Tamp", "--actions", "Q2"],
            words: ["no channel"]),
        Case(
            what: "channel with a typing error", log: log(), options: ["--observations", "Tt1", "--actions", "Q1"],
            words: ["log.csv has no channel Tt1", "did you mean T1?"]),
        Case(
            what: "time that stands still", log: "time (s),T1\n5,1\n5,2\n5,3\n", options: ["--time", "time"],
            words: ["time does not advance"]),
        Case(
            what: "the newest sample first", log: "time (s),T1,Q1\n30,1,2\n20,2,3\n10,3,4\n0,4,5\n",
            words: ["column time falls from row to row", "sort the rows, the oldest first"]),
        Case(what: "no such time column", log: log(), options: ["--time", "clock"], words: ["clock"]),
        Case(
            what: "no such channels file", log: log(), options: ["--channels", "roles.yaml"],
            words: ["no such file: roles.yaml"]),
    ]

    /// Commands that read logs say the same about them. What learns looks for libtorch first.
    static let commands = ["inspect"] + (torchIsSetUp ? ["train"] : [])

    @Test(arguments: commands, cases) func isRefused(by command: String, _ bad: Case) throws {
        try withTemporaryFolder { folder in
            if let log = bad.log { try Data(log.utf8).write(to: URL(fileURLWithPath: folder + "/log.csv")) }
            let run = try ForesightProcess([command, "log.csv"] + bad.options, in: folder)
            #expect(run.status == 65)
            #expect(run.output.isEmpty)
            #expect(run.complaint.count == 1)
            #expect(
                !FileManager.default.fileExists(atPath: "\(folder)/runs"), "no folder is left of a run that was none")
            let line = run.complaint.first ?? ""
            #expect(line.hasPrefix("foresight: "))
            #expect(line.contains("; "), "the next step is said: \(line)")
            for words in bad.words { #expect(line.contains(words), "'\(words)' in: \(line)") }
        }
    }

    @Test("What was noticed on the way to an error is left unsaid, and said on demand", arguments: commands)
    func oneLine(_ command: String) throws {
        try withTemporaryFolder { folder in
            let path = URL(fileURLWithPath: folder + "/log.csv")
            try Data(Self.log(replacing: 7, by: "7,21").utf8).write(to: path)
            try Data("channels: [{name: T1, role: observation}]\n".utf8)
                .write(to: URL(fileURLWithPath: folder + "/log.channels.yaml"))
            let quiet = try ForesightProcess([command, "log.csv"], in: folder)
            #expect(quiet.status == 65 && quiet.complaint.count == 1, "\(quiet.complaint)")
            let talking = try ForesightProcess([command, "log.csv", "--verbose"], in: folder)
            #expect(talking.complaint.first?.hasPrefix("channels from log.channels.yaml") == true)
            #expect(talking.complaint.contains { $0.hasPrefix("foresight: log.csv line 9") })
            // Where nothing is wrong it is said before the results.
            try Data(Self.log().utf8).write(to: path)
            let good = try ForesightProcess(["inspect", "log.csv", "--no-report"], in: folder)
            #expect(good.status == 0 && good.complaint.first?.hasPrefix("channels from log.channels.yaml") == true)
        }
    }

    @Test("A channel has one role") func twoRoles() throws {
        try withTemporaryFolder { folder in
            try Data(Self.log().utf8).write(to: URL(fileURLWithPath: folder + "/log.csv"))
            let run = try ForesightProcess(
                ["inspect", "log.csv", "--actions", "Q1", "--observations", "T1", "--disturbances", "Q1"], in: folder)
            #expect(run.status == 64)
            #expect(
                run.complaint == [
                    "foresight: Q1 is named in both --actions and --disturbances; give each channel one role"
                ])
        }
    }

    @Test("A device without room for the results is not a success") func fullOutput() throws {
        #if os(Linux)
            try withTemporaryFolder { folder in
                try Data(Self.log().utf8).write(to: URL(fileURLWithPath: folder + "/log.csv"))
                let run = try ForesightProcess(
                    ["inspect", "log.csv", "--no-report", "--quiet"], in: folder, output: "/dev/full")
                #expect(run.status == 1)
                #expect(run.complaint.count == 1 && run.complaint.first?.contains("standard output") == true)
            }
        #endif
    }

    struct ChannelsCase: Sendable, CustomTestStringConvertible {
        var what: String
        var yaml: String
        var words: [String]
        var testDescription: String { what }
    }

    static let channelsCases = [
        ChannelsCase(
            what: "unknown key", yaml: "channels:\n  - name: T1\n    rolle: observation\n",
            words: ["unknown key 'channels[0].rolle'", "line 3 of roles.yaml", "did you mean 'channels[0].role'?"]),
        ChannelsCase(
            what: "unknown role", yaml: "channels:\n  - {name: T1, role: sensor}\n",
            words: ["channels[0].role", "line 2 of roles.yaml", "'sensor'", "observation"]),
        ChannelsCase(
            what: "limits the wrong way round", yaml: "channels:\n  - {name: T1, role: observation, limits: [9, 1]}\n",
            words: ["limits [9, 1]"]),
        ChannelsCase(
            what: "broken YAML", yaml: "channels: [\n", words: ["roles.yaml"]),
        ChannelsCase(
            what: "value outside its limit", yaml: "sampling: {resample: -5}\n",
            words: ["sampling.resample = -5", "above 0"]),
    ]

    @Test("A channels file that does not fit is status 64", arguments: channelsCases)
    func channelsFile(_ bad: ChannelsCase) throws {
        try withTemporaryFolder { folder in
            try Data(Self.log().utf8).write(to: URL(fileURLWithPath: folder + "/log.csv"))
            try Data(bad.yaml.utf8).write(to: URL(fileURLWithPath: folder + "/roles.yaml"))
            let run = try ForesightProcess(["inspect", "log.csv", "--channels", "roles.yaml"], in: folder)
            #expect(run.status == 64)
            #expect(run.output.isEmpty)
            #expect(run.complaint.count == 1)
            let line = run.complaint.first ?? ""
            for words in bad.words { #expect(line.contains(words), "'\(words)' in: \(line)") }
        }
    }
}
