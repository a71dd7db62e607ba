import Basics
import Episodes
import Foundation
import Records
import Testing
import WorldModels
import _TestSupport

@Suite("train --from goes on from a model", .enabled(if: torchIsSetUp))
struct ContinuedTrainingTests {
    private static let few = ["epochs=2", "steps_per_epoch=2", "batch=8", "refine=false"]

    /// Calls the body in a folder with a model, its log `log.csv` and another `new.csv`.
    private func withModel(_ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            var new = PlanningModel.log
            for row in 0..<new.count { new[row, 0] += 3 }
            try PlanningModel.write(new, to: folder + "/new.csv")
            try body(folder)
        }
    }

    @Test(
        "It says before and after in a table, keeps its parent's digest, and goes on to the byte after an interruption")
    func goesOn() throws {
        try withModel { folder in
            let train = ["train", "new.csv", "--from", "model", "--old-log", "log.csv", "--old-test", "log.csv"]
            let run = try ForesightProcess(train + ["--out", "run", "--json"] + Self.few, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let result = try JSONValue(parsing: run.output)
            let parts = result["continued"]?["parts"]?.array ?? []
            #expect(parts.compactMap { $0["data"]?.string } == ["old, test", "old, left out", "new, left out"])
            #expect(parts.allSatisfy { ($0["channels"]?["T1"]?["before"]?.double ?? 0) > 0 })
            let model = try ModelFolder.description(of: folder + "/run")
            #expect(model.origin.parent == (try ModelFolder.digest(of: folder + "/model")))
            #expect(model.scaling == (try ModelFolder.description(of: folder + "/model")).scaling)
            let page = try InputFile.text(folder + "/run/report.html")
            #expect(page.contains("What it learned, and what it kept"))
            let metrics = try MetricsLog.read(folder + "/run/metrics.jsonl")
            #expect(metrics.allSatisfy { ($0.values["validation/old_free_run_rmse"] ?? nil) != nil })
            // A run that is taken up again at its end makes the same model.
            let before = try InputFile.bytes(folder + "/run/model/model.safetensors")
            try FileManager.default.removeItem(atPath: folder + "/run/model")
            let again = try ForesightProcess(["train", "--resume", "run", "-q"], in: folder)
            #expect(again.status == 0, "\(again.complaint)")
            #expect(try InputFile.bytes(folder + "/run/model/model.safetensors") == before)
            // From the stretches that this folder keeps, once more.
            let third = try ForesightProcess(
                ["train", "log.csv", "--from", "run", "--out", "third"] + Self.few, in: folder)
            #expect(third.status == 0, "\(third.complaint)")
            #expect(third.complaint.contains { $0.contains("stretches of the old log that the model folder keeps") })
        }
    }

    @Test(
        "What cannot go on is refused with the reason and the next step",
        arguments: [
            (["train", "new.csv", "--from", "model"], 65, "continuing.protect=none"),
            (
                ["train", "new.csv", "--from", "model", "--old-log", "log.csv", "hidden=9"], 64,
                "structure of the model"
            ),
            (["train", "new.csv", "--old-log", "log.csv"], 64, "--from"),
            (["train", "bad.csv", "--from", "model", "--old-log", "log.csv"], 65, "T2"),
            (
                ["train", "kelvin.csv", "--from", "model", "--old-log", "log.csv"], 65,
                "T1 is in K in the log, the model knows it in °C"
            ),
            (
                ["train", "new.csv", "--from", "model", "--old-log", "slow.csv"], 65,
                "sampled every 20 s, the model's logs every 10 s"
            ),
            (
                ["train", "new.csv", "--from", "model", "--old-log", "log.csv", "--old-test", "slow.csv"], 65,
                "sampled every 20 s, the model's logs every 10 s"
            ),
        ])
    func refused(arguments: [String], status: Int32, words: String) throws {
        try withModel { folder in
            let bad = try InputFile.text(folder + "/new.csv").replacingOccurrences(of: "T2", with: "X2")
            try AtomicFile.write(bad, to: folder + "/bad.csv")
            let kelvin = try InputFile.text(folder + "/new.csv").replacingOccurrences(of: ",T1,", with: ",T1 (K),")
            try AtomicFile.write(kelvin, to: folder + "/kelvin.csv")
            var slow = PlanningModel.log
            slow.samplingTime = 20
            try PlanningModel.write(slow, to: folder + "/slow.csv")
            let run = try ForesightProcess(arguments, in: folder)
            #expect(run.status == status, "\(run.complaint)")
            #expect(run.complaint.contains { $0.contains(words) }, "\(run.complaint)")
            #expect(!Folder.exists(folder + "/runs"), "nothing was trained")
        }
    }

    @Test("The old log that is found by itself is read as it was, whatever is typed for the new one")
    func renamed() throws {
        try withModel { folder in
            let roles = ["--actions", "Q1,Q2"]
            let first = try ForesightProcess(
                ["train", "log.csv", "--out", "run", "-q", "--observations", "T1,T2"] + roles + Self.few
                    + ["window=6", "horizon=12", "order=1", "free=1", "hidden=4", "members=2"], in: folder)
            #expect(first.status == 0, "\(first.complaint)")
            let named = try InputFile.text(folder + "/new.csv").replacingOccurrences(of: ",T1,", with: ",Inside,")
            try AtomicFile.write(named, to: folder + "/named.csv")
            let run = try ForesightProcess(
                ["train", "named.csv", "--from", "run", "--out", "more", "--observations", "T1=Inside,T2"] + roles
                    + Self.few, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.complaint.contains("against forgetting: the old log, 400 samples"), "\(run.complaint)")
        }
    }

    @Test(
        "A new log that is shorter than the horizon is learned from by shorter rollouts", arguments: ["none", "usual"])
    func shortLog(protect: String) throws {
        try withModel { folder in
            let model = try ModelFolder.description(of: folder + "/model")
            let rows = (model.window + 3) * model.stride
            try PlanningModel.write(PlanningModel.log.slice(0..<rows), to: folder + "/short.csv")
            let run = try ForesightProcess(
                ["train", "short.csv", "--from", "model", "--old-log", "log.csv", "--out", "run"] + Self.few
                    + (protect == "none" ? ["continuing.protect=none"] : []), in: folder)
            #expect(run.status == 0, "\(run.complaint)")
        }
    }

    @Test("A model that may forget says that it did") func naive() throws {
        try withModel { folder in
            let run = try ForesightProcess(
                [
                    "train", "new.csv", "--from", "model", "--old-log", "log.csv", "--out", "run", "rate=0.05",
                    "continuing.protect=none",
                ] + ["epochs=4", "steps_per_epoch=20", "batch=16", "refine=false"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.output.contains("FORGOT: the error on old data grew by"))
            #expect(run.output.contains("leave out continuing.protect=none"))
        }
    }
}
