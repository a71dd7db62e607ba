import Basics
import Episodes
import Foundation
import Testing
import _TestSupport

@Suite(
    "foresight drift, on a small model of its own", .serialized,
    .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct DriftTests {
    @Test(
        "a sensor that shifts is named with its time and size, on a page and with a status; its own log has not changed"
    )
    func shifted() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            var faulty = PlanningModel.log
            for row in 200..<400 { faulty[row, 1] += 4 }
            try PlanningModel.write(faulty, to: folder + "/faulty.csv")
            let run = try ForesightProcess(
                ["drift", "model", "faulty.csv", "--check", "--json", "--out", "seen"], in: folder)
            #expect(run.status == 2, "\(run.complaint.last ?? "")")
            let result = try JSONValue(parsing: run.output)
            #expect(result["changed"] == .bool(true))
            #expect((result["channels"]?.array ?? []).contains { $0.string == "T2" })
            let findings = (result["findings"]?.array ?? []).filter { $0["channel"]?.string == "T2" }
            #expect(findings.contains { ($0["mean_error"]?.double ?? 0) > 0.2 })
            #expect(
                Folder.names(in: "\(folder)/seen") == ["drift.json", "provenance.json", "report.html"])
            let page = try InputFile.text("\(folder)/seen/report.html")
            #expect(page.contains("The plant has changed") && page.contains("How to read this"))

            let same = try ForesightProcess(["drift", "model", "log.csv", "--check", "--no-report"], in: folder)
            #expect(same.status == 0)
            #expect(same.output.hasPrefix("no change:"))
        }
    }

    @Test(
        "what cannot be judged is refused with the reason",
        arguments: [
            (["drift", "model"], 64, "no log is named"),
            (["drift", "model", "log.csv", "--significance", "2"], 64, "between 0 and 1"),
            (["drift", "model", "short.csv"], 65, "too few to be judged"),
            (
                ["drift", "model", "log.csv", "--normal", "slow.csv"], 65,
                "sampled every 20 s, the model's logs every 10 s"
            ),
        ])
    func refused(arguments: [String], status: Int32, words: String) throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let short = PlanningModel.log.slice(0..<25)
            try PlanningModel.write(short, to: folder + "/short.csv")
            var slow = PlanningModel.log
            slow.samplingTime = 20
            try PlanningModel.write(slow, to: folder + "/slow.csv")
            let run = try ForesightProcess(arguments, in: folder)
            #expect(run.status == status)
            #expect(run.complaint.contains { $0.contains(words) }, "\(run.complaint)")
        }
    }
}
