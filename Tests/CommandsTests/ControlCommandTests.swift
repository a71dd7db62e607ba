import Basics
import Foundation
import Testing
import _TestSupport

@Suite(
    "foresight control, on a small model of its own", .serialized,
    .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct ControlCommandTests {
    static let ask = [
        "control", "model", "--plant", "heater-lab", "--goal", "T1 = 30; T2 = 28", "--guardrail", "always(T1 <= 60)",
        "--episodes", "2", "--duration", "2min", "--json",
    ]

    @Test("Scores, durations and logs of every episode, beside exact dynamics and PID, the same when run again")
    func study() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let run = try ForesightProcess(Self.ask + ["--out", "study"], in: folder)
            #expect(run.status == 0, "\(run.complaint.last ?? "")")
            let result = try JSONValue(parsing: run.output)
            let controllers = result["controllers"]?.array ?? []
            #expect(controllers.compactMap { $0["name"]?.string } == ["model", "exact dynamics", "tuned PID"])
            for controller in controllers {
                let episodes = controller["episodes"]?.array ?? []
                #expect(episodes.compactMap { $0["seed"]?.int } == [1, 2])
                let costs = episodes.compactMap { $0["cost"]?.double }
                let mean = try #require(controller["cost"]?.double)
                #expect(abs(mean - (costs[0] + costs[1]) / 2) < 1e-9 * mean)
            }
            let planned = ["certified", "fallbacks", "refusals"].compactMap { controllers[0][$0]?.int }
            #expect(planned.reduce(0, +) == 24)
            let ratio = try #require(result["cost_ratio_exact"]?.double)
            let costs = controllers.compactMap { $0["cost"]?.double }
            #expect(abs(ratio - costs[0] / costs[1]) < 1e-9)
            for percentile in ["p50", "p95", "p99"] { #expect(result["plan_ms"]?[percentile]?.double ?? 0 > 0) }
            // The logs can be learned from as they are.
            let look = try ForesightProcess(["inspect", "study/logs", "--json"], in: folder)
            #expect(look.status == 0)
            #expect(try JSONValue(parsing: look.output)["channels"]?.array?.count == 4)
            let again = try ForesightProcess(Self.ask + ["--no-report", "--compare", "none"], in: folder)
            let cost = try JSONValue(parsing: again.output)["controllers"]?[0]?["cost"]?.double
            #expect(cost == costs[0])
        }
    }

    @Test("Ctrl-C keeps the episodes that were finished, says of how many, and ends with 130")
    func interrupted() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let run = try ForesightProcess.start(
                [
                    "control", "model", "--plant", "heater-lab", "--goal", "T1 = 30", "--episodes", "100000",
                    "--duration", "1min", "--store", "store", "--out", "study",
                ], in: folder)
            // Where the third has begun, two were finished.
            func hasBegun() -> Bool {
                (try? InputFile.text(folder + "/store/predictions.jsonl"))?.contains("seed 3,") == true
            }
            for _ in 0..<12_000 where run.isRunning && !hasBegun() { usleep(5000) }
            kill(run.processIdentifier, SIGINT)
            run.waitUntilExit()
            let said = try InputFile.text(folder + "/stderr.txt")
            #expect(run.terminationReason == .exit && run.terminationStatus == 130, "\(said)")
            #expect(said.contains("of 100000 episodes, which are in study/report.html"), "\(said)")
            let result = try JSONParser.parse(try InputFile.text(folder + "/study/control.json"))
            let count = try #require(result["episodes"]?.int)
            #expect(count >= 2 && result["episodes_wanted"]?.int == 100_000 && result["stopped"]?.bool == true)
            #expect(result["controllers"]?.array?.count == 1)
            #expect(Folder.names(in: folder + "/study/logs").count { $0.hasSuffix(".csv") } == count)
            let page = try InputFile.text(folder + "/study/report.html")
            #expect(page.contains("Stopped after \(count) of 100000 episodes"))
        }
    }

    @Test("The least cost that was possible stands beside the others, below them and within limits")
    func optimum() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let ask = ["control", "model", "--plant", "heater-lab", "--episodes", "1", "--compare", "pid,optimum"]
            let run = try ForesightProcess(ask + ["--replan-every", "6", "--no-report", "--json"], in: folder)
            #expect(run.status == 0, "\(run.complaint.last ?? "")")
            let result = try JSONValue(parsing: run.output)
            let controllers = result["controllers"]?.array ?? []
            #expect(controllers.last?["name"]?.string == "full-horizon optimum")
            let costs = controllers.compactMap { $0["cost"]?.double }
            #expect(costs.count == 3 && costs[2] > 0 && costs[2] < costs[0] && costs[2] < costs[1])
            #expect(controllers.last?["violations"]?["steps"]?.int == 0)
            let ratio = try #require(result["cost_ratio_optimum"]?.double)
            #expect(abs(ratio - costs[0] / costs[2]) < 1e-9)
            let other = try ForesightProcess(ask + ["--goal", "T1 = 40"], in: folder)
            #expect(
                other.status == 64
                    && other.complaint.contains { $0.contains("--compare optimum is for the plant's own") })
        }
    }

    @Test("A goal beyond what was recorded is warned of with the range")
    func outsideRange() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let run = try ForesightProcess(
                [
                    "control", "model", "--plant", "heater-lab", "--goal", "T1 = 79", "--episodes", "1", "--duration",
                    "1min", "--compare", "none", "--no-report",
                ], in: folder)
            #expect(run.status == 0)
            let warning = run.complaint.first { $0.hasPrefix("warning:") }
            #expect(warning?.contains("recorded range") == true && warning?.contains("79") == true)
        }
    }

    @Test("A patient is controlled beside what is customary, scored by the time in range, with meals told or not")
    func patient() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(PlanningModel.patientLog(), in: folder)
            func control(_ announce: String) throws -> JSONValue {
                let run = try ForesightProcess(
                    [
                        "control", "model", "--plant", "patient-adult-1", "--goal", "glucose = 120", "--episodes", "1",
                        "--duration", "8h", "--compare", "pid", "--no-report", "--json", "--announce", announce,
                        "--replan-every", "6",
                    ], in: folder)
                #expect(run.status == 0, "\(run.complaint.last ?? "")")
                return try JSONValue(parsing: run.output)
            }
            let (told, untold) = (try control("at-once"), try control("never"))
            let controllers = told["controllers"]?.array ?? []
            #expect(controllers.compactMap { $0["name"]?.string } == ["model", "basal–bolus", "example PID"])
            for controller in controllers {
                let parts = ["in_range", "below_70", "above_180"].compactMap {
                    controller["plasma_glucose"]?[$0]?.double
                }
                #expect(parts.count == 3 && abs(parts.reduce(0, +) - 1) < 1e-9)
            }
            // The therapy acts otherwise when it knows of breakfast; the PID never does.
            for index in 1..<3 {
                let costs = [told, untold].compactMap { $0["controllers"]?[index]?["cost"]?.double }
                #expect(costs.count == 2 && (costs[0] == costs[1]) == (index == 2))
            }
            let other = try ForesightProcess(
                ["control", "model", "--plant", "patient-adult-1", "--announce", "soon"], in: folder)
            #expect(other.status == 64 && other.complaint.first?.contains("--announce") == true)
        }
    }

    @Test("Announcements to a model that knows no disturbance are told to be in vain")
    func announcedHeat() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let run = try ForesightProcess(Self.ask + ["--announce", "at-once"], in: folder)
            #expect(run.status == 0)
            #expect(run.complaint.contains { $0.contains("knows no disturbance") && $0.contains("Ta") })
            let silent = try ForesightProcess(Self.ask + ["--announce", "never"], in: folder)
            #expect(silent.status == 0 && !silent.complaint.contains { $0.contains("knows no disturbance") })
        }
    }

    @Test("A plant of other channels is refused with the channel")
    func otherPlant() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let run = try ForesightProcess(["control", "model", "--plant", "four-tank"], in: folder)
            #expect(run.status == 65)
            #expect(run.complaint.count == 1)
            #expect(run.complaint[0].contains("sampled every"))
            let other = try ForesightProcess(["control", "model", "--plant", "heatre-lab"], in: folder)
            #expect(other.status == 64)
            #expect(other.complaint[0].contains("did you mean heater-lab?"))
        }
    }
}
