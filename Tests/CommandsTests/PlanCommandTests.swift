import Basics
import Episodes
import Foundation
import Tensors
import Testing
import _TestSupport

@Suite("foresight plan, on a small model of its own", .serialized)
struct PlanCommandTests {
    static let ask = ["--goal", "T1 = 40; T2 = 30", "--guardrail", "always(T1 <= 60)", "--safe-action", "Q1=0,Q2=0"]

    private func plan(_ arguments: [String], in folder: String) throws -> ForesightProcess {
        try ForesightProcess(["plan", "model", "--from", "log.csv"] + arguments, in: folder)
    }

    @Test("A plan is certified, reaches its goal in its bands, and says so as text, JSON and a page")
    func certified() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let run = try plan(Self.ask + ["--json", "--out", "decision"], in: folder)
            #expect(run.status == 0)
            let json = try JSONValue(parsing: run.output)
            #expect(json["status"]?.string == "certified")
            #expect(json["times"]?.array?.count == 12 && json["times"]?[0]?.double == 10)
            let channel = try #require(json["channels"]?[0])
            let last = try #require(channel["values"]?[11]?.double)
            #expect(abs(last - 40) < 4)
            let (lower, upper) = (channel["lower"]?[11]?.double ?? 0, channel["upper"]?[11]?.double ?? 0)
            #expect(lower < last && last < upper && upper <= 60)
            #expect(json["guardrails"]?[0]?["promise"]?.string == "bands")
            let margin = try #require(json["guardrails"]?[0]?["guaranteed_margin"]?.double)
            let greatest = channel["upper"]?.array?.compactMap(\.double).max() ?? 0
            #expect(abs(margin - (60 - greatest)) < 1e-3)
            for action in json["actions"]?.array ?? [] {
                #expect(action["values"]?.array?.allSatisfy { 0...100 ~= ($0.double ?? -1) } == true)
            }
            #expect((json["search"]?["milliseconds"]?.double ?? 0) > 0)
            #expect(json["search"]?["solver"]?.string == "icem")
            // Of a fallback alone it is true.
            #expect(json.object?.keys.contains("recovery") == true && json["recovery"]?.bool == nil)
            #expect(json["alternatives"]?.array?.isEmpty == false)
            let page = try String(contentsOfFile: folder + "/decision/report.html", encoding: .utf8)
            for word in ["Certified", "T1 ≤ 60", "Turned down", "99 % band"] { #expect(page.contains(word), "\(word)") }
            let text = try plan(Self.ask + ["--no-report"], in: folder)
            #expect(text.output.hasPrefix("certified: every guardrail holds"))
            #expect(text.output.contains("always(T1 <= 60)"))
        }
    }

    @Test("A log on standard input is planned from as the file is, and an empty one is refused")
    func standardInput() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            func streamed(_ arguments: [String], from command: String) throws -> ForesightProcess {
                try ForesightProcess(
                    ["plan", "model", "--from", "-"] + Self.ask + arguments, in: folder, input: command)
            }
            let run = try streamed(["--json", "--out", "decision"], from: "cat log.csv")
            #expect(run.status == 0, "\(run.complaint)")
            let json = try JSONValue(parsing: run.output)
            let file = try JSONValue(parsing: try plan(Self.ask + ["--json", "--no-report"], in: folder).output)
            #expect(json["from"]?["log"]?.string == "standard input")
            #expect(json["from"]?["seconds"] == file["from"]?["seconds"])
            #expect(json["actions"] == file["actions"] && json["channels"] == file["channels"])
            #expect(try InputFile.text(folder + "/decision/report.html").contains("the end of standard input"))
            let empty = try streamed(["--no-report"], from: "true")
            #expect(empty.status == 65 && empty.complaint.last?.contains("nothing came on standard input") == true)
        }
    }

    @Test("A plan that keeps a share of the time promises an expected share, and no edge of a band")
    func share() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let goal = ["--goal", "T1 = 40; T2 = 30", "--safe-action", "Q1=0,Q2=0"]
            let limit = ["--guardrail", "share(T1 <= 60) >= 90 %"]
            func headline(_ arguments: [String]) throws -> Substring {
                let run = try plan(goal + arguments + ["--no-report"], in: folder)
                #expect(run.status == 0)
                return run.output.prefix { $0 != "\n" }
            }
            #expect(try headline(limit) == "certified: every guardrail holds as an expected share of the time")
            let words = "at the edge of the 99 % bands, or as an expected share of the time"
            #expect(
                try headline(limit + ["--guardrail", "always(T2 <= 60)"]) == "certified: every guardrail holds \(words)"
            )
            let run = try plan(goal + limit + ["--json", "--out", "decision"], in: folder)
            let guardrail = try JSONValue(parsing: run.output)["guardrails"]?[0]
            #expect(guardrail?["promise"]?.string == "expected_share" && guardrail?["unit"]?.string == "%")
            let page = try String(contentsOfFile: folder + "/decision/report.html", encoding: .utf8)
            #expect(page.contains("a promise about averages") && !page.contains("at the edge of the"))
        }
    }

    @Test("Two targets of one channel are both drawn, each in its times")
    func twoTargets() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let goal = "T1 = 25 at [20 s, 40 s]; T1 = 30 at [80 s, 2 min]"
            let run = try plan(["--goal", goal, "--safe-action", "Q1=0,Q2=0", "--out", "decision"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let page = try InputFile.text(folder + "/decision/report.html")
            #expect(page.components(separatedBy: "data-name=\"target\"").count == 3)
            let loop = try ForesightProcess(
                [
                    "control", "model", "--plant", "heater-lab", "--goal", goal, "--episodes", "1", "--duration",
                    "2min", "--compare", "none", "--out", "loop",
                ], in: folder)
            #expect(loop.status == 0, "\(loop.complaint)")
            let trace = try InputFile.text(folder + "/loop/report.html")
            #expect(trace.components(separatedBy: "data-name=\"target\"").count == 3)
        }
    }

    @Test("Targets of actions are drawn as well, and judged in a loop")
    func actionTargets() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let goal = "Q1 = steps(0: 20, 60: 30); Q2 = 10 at [80 s, 2 min]"
            let run = try plan(["--goal", goal, "--safe-action", "Q1=0,Q2=0", "--out", "decision"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let page = try InputFile.text(folder + "/decision/report.html")
            for name in ["target", "reference"] {
                #expect(page.components(separatedBy: "data-name=\"\(name)\"").count == 2, "\(name)")
            }
            let loop = try ForesightProcess(
                [
                    "control", "model", "--plant", "heater-lab", "--goal", "Q1 = 20; Q2 = 90 at [80 s, 2 min]",
                    "--safe-action", "Q1=0,Q2=0", "--episodes", "1", "--duration", "2min", "--compare", "none", "--out",
                    "loop", "--json",
                ], in: folder)
            #expect(loop.status == 0, "\(loop.complaint)")
            let trace = try InputFile.text(folder + "/loop/report.html")
            #expect(trace.components(separatedBy: "data-name=\"target\"").count == 3)
        }
    }

    @Test("A guardrail on a disturbance says what that is, and what to write")
    func disturbance() throws {
        try withTemporaryFolder { folder in
            let log = PlanningModel.log
            let values = (0..<log.count).flatMap { row in
                log.channels.indices.map { log[row, $0] } + [20 + Double(row % 7)]
            }
            let weather = Channel(name: "Tambient", unit: "°C", role: .disturbance)
            try PlanningModel.save(
                Episode(name: "tiny", channels: log.channels + [weather], samplingTime: 10, values: values), in: folder)
            let run = try plan(["--goal", "T1 = 40", "--guardrail", "T1 - Tambient <= 30"], in: folder)
            #expect(run.status == 64)
            let line = run.complaint.last ?? ""
            #expect(line.contains("'Tambient' is a disturbance") && line.contains("(T1, T2, Q1, Q2)"), "\(line)")
        }
    }

    @Test("Another coverage of guardrails is chosen when planning: narrower bands, which every text names")
    func chosenCoverage() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            func margin(_ arguments: [String]) throws -> (text: String, coverage: Double?, greatest: Double) {
                let run = try plan(Self.ask + arguments + ["--json", "--out", "decision"], in: folder)
                #expect(run.status == 0, "\(run.complaint)")
                let json = try JSONValue(parsing: run.output)
                let channel = try #require(json["channels"]?[0])
                let width = try #require(channel["upper"]?[11]?.double) - #require(channel["values"]?[11]?.double)
                let page = try String(contentsOfFile: folder + "/decision/report.html", encoding: .utf8)
                return (page, json["coverage"]?.double, width)
            }
            let (usual, chosen) = (try margin([]), try margin(["--guard-coverage", "0.9"]))
            #expect(usual.coverage == 0.99 && chosen.coverage == 0.9)
            #expect(chosen.greatest < usual.greatest && chosen.greatest > 0)
            #expect(chosen.text.contains("90 % band") && !chosen.text.contains("99 % band"))
            let beyond = try plan(Self.ask + ["--guard-coverage", "0.999"], in: folder)
            #expect(beyond.status == 64 && beyond.complaint.joined().contains("train with guard_coverage=0.999"))
        }
    }

    @Test("A plan from a gap in the log says so, and none takes the place of a training's page")
    func warnings() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            var log = PlanningModel.log
            for row in 300..<390 { log[row, 0] = .nan }
            try PlanningModel.write(log, to: folder + "/gap.csv")
            func run(_ at: String, _ more: [String] = ["--no-report"]) throws -> ForesightProcess {
                try ForesightProcess(["plan", "model", "--from", "gap.csv", "--at", at] + Self.ask + more, in: folder)
            }
            let words = "T1 was measured in 1 of the last"
            #expect(try run("3900").complaint.contains { $0.contains(words) })
            #expect(try !run("2900").complaint.contains { $0.contains(words) })
            try FileManager.default.createDirectory(atPath: folder + "/run", withIntermediateDirectories: true)
            try Data(#"{"command":["foresight","train"],"started":"","versions":{},"seeds":{},"inputs":[]}"#.utf8)
                .write(to: URL(fileURLWithPath: folder + "/run/provenance.json"))
            let refused = try run("2900", ["--out", "run"])
            #expect(refused.status == 64 && refused.complaint.last?.contains("--out, such as run/plan") == true)
        }
    }

    @Test("A plan by the compiled rollout needs nothing of libtorch, one by libtorch says that it is missing")
    func withoutLibtorch() throws {
        let kernels = try #require(Kernels.location)
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let name = URL(fileURLWithPath: kernels).lastPathComponent
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: kernels)
            // The kernels alone are beside the file that is named.
            let environment = ["FORESIGHT_TORCH_SHIM": folder + "/libctorch.so"]
            let plan = ["plan", "model", "--from", "log.csv", "--out", "decision"] + Self.ask
            let alone = try ForesightProcess(plan, in: folder, environment: environment)
            #expect(alone.status == 0 && alone.output.hasPrefix("certified"), "\(alone.complaint)")
            let asked = try ForesightProcess(plan + ["--engine", "libtorch"], in: folder, environment: environment)
            #expect(asked.status == 1 && asked.complaint.last?.contains("libctorch.so") == true, "\(asked.complaint)")
        }
    }

    @Test("A guardrail that the plan uses up has no room, not what rounding leaves of it")
    func noRoom() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let arguments = ["--goal", "T1 = 40", "--guardrail", "rate(Q1) <= 1 %/s", "--safe-action", "Q1=20,Q2=20"]
            let run = try plan(arguments + ["--out", "decision"], in: folder)
            #expect(run.status == 0 && run.output.hasPrefix("certified"), "\(run.output)")
            let line = try #require(run.output.split(separator: "\n").first { $0.hasPrefix("rate(Q1)") })
            #expect(line.contains(" 0\u{202F}%/s"), "\(line)")
            let page = try InputFile.text(folder + "/decision/report.html")
            #expect(!page.contains("e−"))
        }
    }

    @Test("The same seed gives the same plan, whatever the time it took")
    func repeatable() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let plans = try (0..<2).map { _ in
                try JSONValue(parsing: plan(Self.ask + ["--json", "--no-report", "--seed", "7"], in: folder).output)
            }
            #expect(plans[0]["actions"] == plans[1]["actions"])
        }
    }

    @Test("A goal outside the recorded range is planned with a warning that names the range")
    func outsideRange() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let run = try plan(
                ["--goal", "T1 = 79", "--no-report", "--json", "--safe-action", "Q1=0,Q2=0"], in: folder)
            #expect(run.status == 0)
            let warning = run.complaint.first { $0.contains("T1") && $0.contains("79") } ?? ""
            #expect(warning.hasPrefix("warning: "))
            let recorded = PlanningModel.log.column(0).max() ?? 0
            #expect(warning.contains("\(Int(recorded))"))
        }
    }

    @Test("A guardrail that is violated at the start gives the fallback, or a refusal where no action is safe")
    func violatedAtStart() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let limited = ["--goal", "T1 = 20", "--guardrail", "always(T1 <= 22)", "--no-report"]
            let fallback = try plan(limited + ["--safe-action", "Q1=0,Q2=0", "--json"], in: folder)
            #expect(fallback.status == 0)
            let json = try JSONValue(parsing: fallback.output)
            #expect(json["status"]?.string == "fallback")
            #expect(json["reason"]?.string?.contains("violated already at the start") == true)
            #expect(json["actions"]?[0]?["values"]?.array?.allSatisfy { $0.double == 0 } == true)
            let refused = try plan(limited, in: folder)
            #expect(refused.status == 2, "a script tells it from a failure, which is 1")
            #expect(refused.output.hasPrefix("REFUSED"))
            let line = refused.complaint.last ?? ""
            #expect(line.hasPrefix("foresight: planning is refused") && line.contains("always(T1 <= 22)"))
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var what: String
        var arguments: [String]
        var status: Int32
        var words: [String]
        var testDescription: String { what }
    }

    static let cases = [
        Case(
            what: "an unknown channel in a goal", arguments: ["--goal", "T11 = 40"], status: 64,
            words: ["T11", "did you mean", "T1"]),
        Case(
            what: "an unknown channel in a guardrail", arguments: ["--goal", "T1 = 40", "--guardrail", "Tt2 <= 4"],
            status: 64, words: ["Tt2", "T2"]),
        Case(
            what: "a goal that cannot be read", arguments: ["--goal", "T1 = "], status: 64, words: ["goal", "T1 = "]),
        Case(what: "no goal", arguments: [], status: 64, words: ["no goal", "--goal"]),
        Case(
            what: "a horizon beyond the trained one", arguments: ["--goal", "T1 = 40", "--horizon", "10min"],
            status: 64, words: ["600 s", "12 steps (120 s)", "at most"]),
        Case(
            what: "a horizon of no step", arguments: ["--goal", "T1 = 40", "--horizon", "2s"], status: 64,
            words: ["2 s", "10 s"]),
        Case(
            what: "an unknown solver", arguments: ["--goal", "T1 = 40", "--solver", "icen"], status: 64,
            words: ["icen", "did you mean 'icem'?"]),
        Case(
            what: "a deadline that is no time", arguments: ["--goal", "T1 = 40", "--deadline", "fast"], status: 64,
            words: ["--deadline", "fast", "50ms"]),
        Case(
            what: "a safe action for a channel that is none",
            arguments: ["--goal", "T1 = 40", "--safe-action", "Q3=0"],
            status: 64, words: ["Q3", "Q1, Q2"]),
        Case(
            what: "a safe action outside the limits",
            arguments: ["--goal", "T1 = 40", "--safe-action", "Q1=0,Q2=120"], status: 64, words: ["Q2", "120", "100"]),
        Case(
            what: "a time after the log", arguments: ["--goal", "T1 = 40", "--at", "9000"], status: 65,
            words: ["9000", "3990 s"]),
        Case(
            what: "a log that is not there", arguments: ["--goal", "T1 = 40", "--from", "nolog.csv"], status: 65,
            words: ["nolog.csv"]),
    ]

    @Test(arguments: cases) func isRefused(_ bad: Case) throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let run = try plan(bad.arguments + ["--no-report"], in: folder)
            #expect(run.status == bad.status, "\(run.complaint)")
            #expect(run.output.isEmpty)
            #expect(run.complaint.count == 1, "\(run.complaint)")
            for word in bad.words { #expect(run.complaint.last?.contains(word) == true, "\(run.complaint)") }
        }
    }

    @Test("A refusal says what helps: where the state is unlike the data another start, and no guardrail")
    func remedies() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            var log = PlanningModel.log
            for row in log.count - 20..<log.count { log[row, 0] = 900 }
            try PlanningModel.write(log, to: folder + "/log.csv")
            for safe in [[], ["--safe-action", "Q1=0,Q2=0"]] {
                let run = try plan(["--goal", "T1 = 40", "--no-report"] + safe, in: folder)
                #expect(run.status == 2, "\(run.output)")
                let line = run.complaint.last ?? ""
                #expect(line.contains("out of distribution") && line.contains("start elsewhere by --at"), "\(line)")
                #expect(line.contains("train LOG --from model"), "\(line)")
                #expect(line.hasSuffix("or declare \(safe.isEmpty ? "" : "another ")--safe-action"), "\(line)")
                #expect(!line.contains("guardrail"), "\(line)")
            }
        }
    }

    @Test("A value that is missing where the plan starts is named")
    func missingAtStart() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            var log = PlanningModel.log
            log[log.count - 1, 1] = .nan
            try PlanningModel.write(log, to: folder + "/log.csv")
            let last = try plan(Self.ask + ["--no-report"], in: folder)
            #expect(last.status == 65)
            #expect(last.complaint.last?.contains("'T2' has no value where the plan starts") == true)
            #expect(last.complaint.last?.contains("all outputs are measured is --at 3980") == true)
            #expect(try plan(Self.ask + ["--no-report", "--at", "3980"], in: folder).status == 0)
        }
    }

    @Test("A model folder that is cut short or missing is refused")
    func damagedModel() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let weights = URL(fileURLWithPath: folder + "/model/model.safetensors")
            let data = try Data(contentsOf: weights)
            try data.prefix(data.count / 2).write(to: weights)
            let run = try plan(Self.ask, in: folder)
            #expect(run.status == 65 && run.complaint.count == 1)
            let missing = try ForesightProcess(
                ["plan", "modell", "--from", "log.csv"] + Self.ask, in: folder)
            #expect(missing.status == 65)
            #expect(missing.complaint.last?.contains("did you mean model?") == true)
        }
    }

    @Test("A log sampled at another rate is refused with the option that helps")
    func otherRate() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            var slow = PlanningModel.log
            slow.samplingTime = 5
            try PlanningModel.write(slow, to: folder + "/log.csv")
            let run = try plan(Self.ask + ["--no-report"], in: folder)
            #expect(run.status == 65)
            #expect(run.complaint.last?.contains("--resample 10") == true)
            #expect(try plan(Self.ask + ["--no-report", "--resample", "10"], in: folder).status == 0)
        }
    }
}
