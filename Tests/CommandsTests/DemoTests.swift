import Basics
import Foundation
import Testing
import _TestSupport

@Suite("demo goes the whole road by commands", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct DemoTests {
    @Test("Figures, pages and commands are there, and each command can be typed again")
    func wholeRoad() throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(
                ["demo", "four-tank", "--quick", "--episodes", "1", "--out", "demo"], in: folder)
            #expect(run.status == 0, "\(run.complaint.last ?? "")")
            let summary = try JSONParser.parse(InputFile.text("\(folder)/demo/summary.json"))
            #expect(summary["episodes"]?.int == 1)
            #expect(summary["success"]?.double != nil)
            #expect(summary["violations"]?.int != nil)
            #expect(summary["train_seconds"]?.double ?? 0 > 0)
            for name in ["cost_ratio_exact", "cost_ratio_pid", "coverage"] {
                let value = try #require(summary[name]?.double, "\(name)")
                #expect(value > 0 && value < 1000, "\(name) \(value)")
            }
            for percentile in ["p50", "p95", "p99"] { #expect(summary["plan_ms"]?[percentile]?.double ?? 0 > 0) }
            let page = try InputFile.text("\(folder)/demo/report.html")
            for step in ["inspect", "train", "evaluate", "plan", "control"] {
                #expect(page.contains("href=\"\(step)/report.html\""))
                #expect(FileManager.default.fileExists(atPath: "\(folder)/demo/\(step)/report.html"), "\(step)")
                #expect(run.output.contains("$ foresight \(step) "), "\(step)")
            }
            // What a quick one leaves out is typed, too.
            #expect(run.output.contains("seed=1 refine=false"))
            // What was shown can be typed: the evaluation, for one.
            let again = try ForesightProcess(
                ["evaluate", "demo/train", "demo/other", "--no-report", "--json"], in: folder)
            #expect(again.status == 0)
        }
    }

    @Test("A folder of somebody else's files is left alone, and an unknown plant is named")
    func refusals() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("mine", to: "\(folder)/thesis.txt")
            let foreign = try ForesightProcess(["demo", "--out", "."], in: folder)
            #expect(foreign.status == 64)
            #expect(foreign.complaint.count == 1 && foreign.complaint[0].contains("thesis.txt"))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/thesis.txt"))
            let trained = try ForesightProcess(["demo", "two-rooms", "--quick"], in: folder)
            #expect(trained.status == 64)
            #expect(trained.complaint.count == 1 && trained.complaint[0].contains("trains nothing"))
            let unknown = try ForesightProcess(["demo", "heaterlab"], in: folder)
            #expect(unknown.status == 64)
            #expect(unknown.complaint.count == 1 && unknown.complaint[0].contains("did you mean 'heater-lab'?"))
        }
    }
}
