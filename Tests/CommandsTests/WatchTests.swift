import Basics
import Episodes
import Foundation
import Testing
import WorldModels
import _TestSupport

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("foresight watch, on a small model of its own", .serialized)
struct WatchTests {
    /// A folder with `model/`, its log, and a log whose first temperature is off by 3 °C from row 250 to 320.
    private func withModel<Result>(_ body: (_ folder: String) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            var faulty = PlanningModel.log
            for row in 250..<320 { faulty[row, 0] += 3 }
            try PlanningModel.write(faulty, to: folder + "/faulty.csv")
            return try body(folder)
        }
    }

    private func watch(_ arguments: [String], in folder: String) throws -> ForesightProcess {
        try ForesightProcess(["watch"] + arguments, in: folder)
    }

    @Test("An event has a line when it begins and one when it ends, a page and files")
    func text() throws {
        try withModel { folder in
            let run = try watch(["model", "faulty.csv", "--out", "seen"], in: folder)
            #expect(run.status == 0)
            let lines = run.output.split(separator: "\n").map(String.init)
            let begins = try #require(lines.first { $0.contains("  begins  score ") })
            #expect(begins.hasPrefix("41.7 min") && begins.contains("T1 "), "\(begins)")
            #expect(lines.contains { $0.contains("  ends    peak ") && $0.contains("T1 ") })
            #expect(run.output.contains(" with 1/day false alarms accepted"))
            #expect(run.output.hasSuffix("page with plots: seen/report.html\n"))
            #expect(
                Folder.names(in: "\(folder)/seen") == ["events.json", "provenance.json", "report.html", "scores.csv"])
            let page = try InputFile.text("\(folder)/seen/report.html")
            for words in ["threshold", "How to read this", "T1", "false alarms"] { #expect(page.contains(words)) }
            #expect(!page.contains(folder))
            #expect(XMLParser(data: Data(page.replacing("<!DOCTYPE html>", with: "").utf8)).parse())
            let scores = try InputFile.text("\(folder)/seen/scores.csv").split(separator: "\n")
            #expect(scores.count == 401 && scores[0] == "episode,time [s],score,part")
        }
    }

    @Test("The log that a model was trained on is normal")
    func normal() throws {
        try withModel { folder in
            let run = try watch(
                ["model", "log.csv", "--false-alarms", "0.05%", "--no-report", "--check", "--json"], in: folder)
            let last = try JSONParser.parse(String(try #require(run.output.split(separator: "\n").last)))
            let rows = (last["events"]?.array ?? []).compactMap { $0["rows"]?.double }.reduce(0, +)
            #expect(rows <= 6)
            #expect(run.status == (rows > 0 ? 2 : 0))
        }
    }

    @Test("JSON is a line for each change, and a summary at the end; --check tells by the status")
    func json() throws {
        try withModel { folder in
            let run = try watch(
                ["model", "faulty.csv", "--json", "--quiet", "--no-report", "--check"], in: folder)
            #expect(run.status == 2 && run.complaint.isEmpty)
            let lines = try run.output.split(separator: "\n").map { try JSONParser.parse(String($0)) }
            #expect(lines.first?["event"]?.string == "began")
            #expect(lines.first?["start_seconds"]?.double == 2500)
            #expect(lines.last?["event"]?.string == "summary")
            let events = try #require(lines.last?["events"]?.array)
            #expect(lines.count == 2 * events.count + 1)
            let worst = try #require(events.max { ($0["score"]?.double ?? 0) < ($1["score"]?.double ?? 0) })
            #expect((worst["channels"]?["T1"]?.double ?? 0) > 0.5)
            #expect((worst["score"]?.double ?? 0) > (lines.last?["threshold_score"]?.double ?? 99))
        }
    }

    @Test("A growing log gives the events of a whole one")
    func follow() throws {
        try withModel { folder in
            let whole = try watch(["model", "faulty.csv", "--json", "--quiet", "--no-report"], in: folder)
            let lines = try InputFile.text(folder + "/faulty.csv").split(separator: "\n")
            let script = """
                (echo '\(lines[..<200].joined(separator: "\n"))'; sleep 2; echo '\(lines[200...].joined(separator: "\n"))')
                """
            try Data(script.utf8).write(to: URL(fileURLWithPath: folder + "/feed.sh"))
            let piped = try ForesightProcess(
                ["watch", "model", "-", "--json", "--quiet", "--no-report"], in: folder, input: "sh feed.sh")
            #expect(piped.status == 0)
            func starts(_ text: String) throws -> [Double] {
                try text.split(separator: "\n").compactMap { line in
                    let value = try JSONParser.parse(String(line))
                    return value["event"]?.string == "began" ? value["start_seconds"]?.double : nil
                }
            }
            #expect(try starts(piped.output) == starts(whole.output))
            #expect(try !starts(whole.output).isEmpty)
        }
    }

    @Test("Scores are there as soon as rows come, whatever becomes of the watch")
    func killed() throws {
        try withModel { folder in
            let whole = try watch(["model", "faulty.csv", "--quiet", "--out", "whole"], in: folder)
            #expect(whole.status == 0)
            let expected = try InputFile.text(folder + "/whole/scores.csv").split(separator: "\n")
            let process = try ForesightProcess.start(
                ["watch", "model", "faulty.csv", "--follow", "--out", "seen"], in: folder)
            defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
            func seen() -> [Substring] {
                (try? InputFile.text(folder + "/seen/scores.csv"))?.split(separator: "\n") ?? []
            }
            let end = Date(timeIntervalSinceNow: 60)
            while Date() < end, process.isRunning, seen().count < expected.count { Thread.sleep(forTimeInterval: 0.1) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal)
            #expect(seen() == expected)
        }
    }

    @Test("A log that holds no history says how much is needed, and what helps")
    func noHistory() throws {
        try withModel { folder in
            try PlanningModel.write(PlanningModel.log.slice(0..<2), to: folder + "/short.csv")
            let run = try watch(["model", "short.csv", "--no-report"], in: folder)
            #expect(run.status == 0)
            for words in ["nothing could be judged: in 2 rows", "6 steps (", "--resample 10"] {
                #expect(run.output.contains(words), "\(run.output)")
            }
        }
    }

    @Test("A stream that ends has its page, too")
    func streamPage() throws {
        try withModel { folder in
            let run = try ForesightProcess(
                ["watch", "model", "-", "--quiet", "--out", "seen"], in: folder, input: "cat faulty.csv")
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.output.hasSuffix("page with plots: seen/report.html\n"))
            #expect(try InputFile.text(folder + "/seen/scores.csv").split(separator: "\n").count == 401)
        }
    }

    @Test("Calibrates on logs of normal operation that are named, also for models that know nothing")
    func calibrated() throws {
        try withModel { folder in
            let sheet = try InputFile.text(folder + "/model/model.yaml")
            let older = sheet.split(separator: "\n").filter {
                !$0.hasPrefix("surprise:") && !$0.contains("surprise.json")
            }
            try Data((older.joined(separator: "\n") + "\n").utf8).write(
                to: URL(fileURLWithPath: folder + "/model/model.yaml"))
            try FileManager.default.removeItem(atPath: folder + "/model/surprise.json")
            let refused = try watch(["model", "faulty.csv"], in: folder)
            #expect(refused.status == 65 && refused.complaint.count == 1)
            #expect(refused.complaint[0].contains("--normal"))
            let run = try watch(
                ["model", "faulty.csv", "--normal", "log.csv", "--no-report", "--check"], in: folder)
            #expect(run.status == 2)
            #expect(run.output.contains("T1"))
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var arguments: [String]
        var status: Int32
        var words: [String]
    }

    @Test(
        "What does not fit is one line with value, limit and next step",
        arguments: [
            Refusal(
                testDescription: "no rate", arguments: ["model", "log.csv", "--false-alarms", "daily"], status: 64,
                words: ["'daily'", "1/day", "0.1%"]),
            Refusal(testDescription: "no log", arguments: ["model"], status: 64, words: ["no log is named"]),
            Refusal(
                testDescription: "no model", arguments: ["nothing", "log.csv"], status: 65, words: ["no model folder"]),
            Refusal(
                testDescription: "two logs to follow", arguments: ["model", "log.csv", "faulty.csv", "--follow"],
                status: 64, words: ["2 logs", "only one can be followed"]),
            Refusal(
                testDescription: "no threads", arguments: ["model", "log.csv", "--threads", "0"], status: 64,
                words: ["--threads 0", "100000"]),
        ])
    func refusal(_ refusal: Refusal) throws {
        try withModel { folder in
            let run = try watch(refusal.arguments, in: folder)
            #expect(run.status == refusal.status)
            #expect(run.output.isEmpty)
            #expect(run.complaint.count == 1)
            for word in refusal.words {
                #expect(run.complaint.first?.contains(word) == true, "“\(word)” in \(run.complaint)")
            }
        }
    }

    @Test(
        "A log of another rate is refused, as what is normal and as what is watched",
        arguments: [
            ["model", "log.csv", "--normal", "slow.csv"],
            ["model", "log.csv", "--time", "none", "--sampling-time", "1e-20"],
        ])
    func otherRate(_ arguments: [String]) throws {
        try withModel { folder in
            var slow = PlanningModel.log
            slow.samplingTime = 20
            try PlanningModel.write(slow, to: folder + "/slow.csv")
            let run = try watch(arguments + ["--no-report"], in: folder)
            #expect(run.status == 65, "\(run.complaint.prefix(3))")
            #expect(run.complaint.last?.contains("sampled every") == true)
            #expect(run.complaint.last?.contains("--resample 10") == true)
        }
    }

    @Test("A file of what is normal that was edited is refused")
    func damaged() throws {
        try withModel { folder in
            let path = folder + "/model/surprise.json"
            let text = try InputFile.text(path)
            try Data((text + " ").utf8).write(to: URL(fileURLWithPath: path))
            let run = try watch(["model", "log.csv"], in: folder)
            #expect(run.status == 65)
            #expect(run.complaint.first?.contains("surprise.json") == true)
        }
    }
}
