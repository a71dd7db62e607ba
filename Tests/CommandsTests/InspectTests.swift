import Basics
import Foundation
import Testing
import _TestSupport

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("inspect shows what is in a log")
struct InspectTests {
    /// Twenty minutes at one sample a second: T1 follows Q1, Q2 never moves.
    static let log: String = {
        var temperature = 20.0
        var rows: [String] = []
        for second in 0..<1200 {
            let heater = (second / 150) % 2 == 0 ? 0.0 : 60.0
            rows.append("\(second),\(temperature),\(heater),0,ok")
            temperature += (20 + 0.5 * heater - temperature) / 80
        }
        return "time (s),T1 (°C),Q1 (%),Q2 (%),state\n" + rows.joined(separator: "\n") + "\n"
    }()

    static let roles = ["--observations", "T1", "--actions", "Q1,Q2"]

    private func inspect<Result>(
        _ options: [String], _ body: (ForesightProcess, _ folder: String) throws -> Result
    ) throws -> Result {
        try withTemporaryFolder { folder in
            try AtomicFile.write(Self.log, to: "\(folder)/bench.csv")
            return try body(try ForesightProcess(["inspect", "bench.csv"] + options, in: folder), folder)
        }
    }

    @Test("A row for each channel, warnings in plain words, and what training would take") func table() throws {
        try inspect(Self.roles + ["--out", "run"]) { run, folder in
            #expect(run.status == 0)
            let lines = run.output.split(separator: "\n").map(String.init)
            #expect(lines.first == "bench.csv: 1 episode, 1200 samples, one every 1 s, 20 min")
            let row = lines.first { $0.hasPrefix("Q1") } ?? ""
            #expect(
                row.split(separator: " ").joined(separator: " ") == "Q1 action % 0 60 30 30 0 % 1 s 2.5 min")
            #expect(lines.contains { $0.contains("Q2 never moved") && $0.contains("can't be learned") })
            #expect(lines.contains { $0.hasPrefix("suggested for training: a step of") })
            #expect(run.output.hasSuffix("page with plots: run/report.html\n"))
            #expect(run.complaint.contains("columns that are not used: state"))
        }
    }

    @Test("JSON holds the same figures under names that stay") func json() throws {
        try inspect(Self.roles + ["--json", "--quiet"]) { run, folder in
            #expect(run.status == 0)
            #expect(run.complaint.isEmpty)
            let report = try JSONParser.parse(run.output)
            #expect(report["samples"]?.int == 1200)
            #expect(report["sampling_time"]?.double == 1)
            let heater = report["channels"]?.array?.first { $0["name"]?.string == "Q1" }
            #expect(heater?["mean"]?.double == 30)
            #expect(heater?["median_hold"]?.int == 150)
            #expect(heater?["role"]?.string == "action")
            #expect(report["warnings"]?.array?.contains { $0["kind"]?.string == "constantAction" } == true)
            #expect(report["ignored_columns"] == ["state"])
            let constant = report["time_constants"]?[0]?["dominant_seconds"]?.double ?? 0
            #expect(abs(constant - 80) < 16, "the plant's time constant is 80 s")
            #expect((report["suggested"]?["horizon"]?.int ?? 0) > 0)
            let page = report["report"]?.string ?? ""
            #expect(page.hasPrefix("runs/inspect__bench__"))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/\(page)"))
        }
    }

    @Test("The page is whole, names no folder of this machine, and stands beside its figures") func page() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write(Self.log, to: "\(folder)/bench.csv")
            let run = try ForesightProcess(
                ["inspect", "\(folder)/bench.csv", "--out", "\(folder)/run"] + Self.roles, in: folder)
            #expect(run.status == 0)
            #expect(Folder.names(in: "\(folder)/run") == ["inspection.json", "provenance.json", "report.html"])
            let page = try InputFile.text("\(folder)/run/report.html")
            #expect(page.contains("What is in bench.csv"))
            #expect(page.contains("Q2 never moved"))
            for name in ["T1", "Q1", "Q2"] { #expect(page.contains(">\(name) [")) }
            for name in Folder.names(in: "\(folder)/run") {
                #expect(try !InputFile.text("\(folder)/run/\(name)").contains(folder), "\(name)")
            }
            #expect(XMLParser(data: Data(page.utf8)).parse(), "well-formed")
        }
    }

    @Test("Without roles the channels are shown and the flags are named") func noRoles() throws {
        try inspect(["--no-report"]) { run, folder in
            #expect(run.status == 0)
            #expect(run.output.contains("no roles are assigned, so that every column (T1, Q1, Q2"))
            #expect(run.output.contains("there is nothing to plan; say which are --actions"))
            #expect(run.output.contains("--actions"))
            #expect(!run.output.contains("page with plots"))
            #expect(Folder.names(in: folder) == ["bench.csv"])
        }
    }

    @Test("When the page cannot be saved the results are not lost") func unsaved() throws {
        try inspect(Self.roles + ["--out", "bench.csv/run"]) { run, _ in
            #expect(run.status == 1)
            #expect(run.output.contains("Q2 never moved"))
            #expect(run.complaint.filter { $0.hasPrefix("foresight: ") }.count == 1)
            #expect(run.complaint.last?.contains("cannot make the folder bench.csv") == true)
        }
    }

    @Test("Many logs of one folder are read as episodes") func folder() throws {
        try withTemporaryFolder { folder in
            for seed in 1...2 {
                _ = try ForesightProcess(
                    ["simulate", "two-lags", "--hours", "0.05", "--seed", "\(seed)", "--out", "logs/\(seed).csv"],
                    in: folder)
            }
            let run = try ForesightProcess(["inspect", "logs", "--json", "--no-report"], in: folder)
            #expect(run.status == 0)
            #expect(try JSONParser.parse(run.output)["episodes"]?.int == 2)
        }
    }
}
