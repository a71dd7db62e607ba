import Basics
import Foundation
import Testing
import WorldModels
import _TestSupport

@Suite("benchmark surprise")
struct SurpriseBenchmarkTests {
    @Test("The list has every world with what cannot happen in it, and all four principles")
    func list() throws {
        let run = try ForesightProcess(["benchmark", "surprise", "--list"])
        #expect(run.status == 0 && run.complaint.isEmpty)
        for name in ["two-rooms", "bouncing-ball", "continuity", "permanence", "solidity", "gravity"] {
            #expect(run.output.contains(name))
        }
        let worlds = try #require(
            try JSONParser.parse(
                try ForesightProcess(["benchmark", "surprise", "--list", "--worlds", "bouncing-ball", "--json"]).output
            ).array)
        #expect(worlds.map { $0["world"]?.string } == ["bouncing-ball"])
        let violations = try #require(worlds[0]["violations"]?.array)
        #expect(violations.filter { $0["needs_memory"]?.bool == true }.count == 2)
    }

    @Test(
        "What does not fit is one line that says what to do",
        arguments: [
            (["--worlds", "two-room"], ["no world of this benchmark is called two-room", "did you mean two-rooms?"]),
            (["--seeds", "0"], ["--seeds 0 is not 1 to 100"]), (["--pairs", "0"], ["--pairs 0 is not 1 to 1000"]),
            (["--episodes", "1"], ["--episodes 1 is not 2 to"]), (["rooms"], ["'rooms' is not a setting", "--worlds"]),
            (["--filter-steps", "-1"], ["--filter-steps"]), (["stpes=3"], ["stpes", "did you mean 'steps'?"]),
            (["--worlds", "two-rooms", "seed=32343"], ["seed=32343 records what models are judged on"]),
            (["--worlds", "bouncing-ball", "stack=4", "block=4"], ["look 16 rows back", "choose a smaller stack="]),
        ])
    func refusals(arguments: [String], words: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(["benchmark", "surprise"] + arguments, in: folder)
            #expect(run.status == 64, "\(run.complaint)")
            for word in words { #expect(run.complaint.joined().contains(word), "\(run.complaint)") }
            #expect(Folder.names(in: folder).isEmpty)
        }
    }

    @Test(
        "A tiny run leaves models and figures of every violation, with and without memory",
        .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
    func tiny() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "benchmark", "surprise", "--worlds", "bouncing-ball", "--seeds", "1", "--pairs", "1", "--episodes", "5",
                "--quick", "--out", "run", "--json", "--filter-steps", "4", "width=4", "hidden=8", "batch=2",
                "horizon=1", "steps=4", "directions=4", "held_out=0.4", "seed=6",
            ]
            let run = try ForesightProcess(arguments, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let world = try #require(try JSONParser.parse(run.output)["worlds"]?["bouncing-ball"])
            #expect(world["rows"]?.int == 400)
            let violations = try #require(world["violations"])
            for name in ["jump", "wrong side", "not coming out", "through the floor", "rising", "nothing"] {
                let model = try #require(violations[name]?["models"]?[0])
                #expect(model["seed"]?.int == 6)
                for measure in ["plain, own", "whitened, own", "whitened, brief", "whitened, remembering"] {
                    let score = try #require(model["measures"]?[measure], "\(name), \(measure)")
                    let values = [score["possible"], score["impossible"]].compactMap { $0?[0]?.double }
                    #expect(values.count == 2 && values.allSatisfy { $0 > 0 })
                    #expect(score["auroc"]?.double == (values[1] > values[0] ? 1 : values[1] == values[0] ? 0.5 : 0))
                }
            }
            let model = try ImageModelFolder.load(folder + "/run/models/bouncing-ball-seed6")
            #expect(model.settings.seed == 6 && model.surprise != nil)
            let page = try InputFile.text(folder + "/run/report.html")
            #expect(page.contains("Rough figures") && page.contains("data:image/png") && page.contains("wrong side"))
            try Self.goesOn(arguments, in: folder, from: run.output)
        }
    }

    /// The same command goes on, and another one is refused.
    private static func goesOn(_ arguments: [String], in folder: String, from output: String) throws {
        let same = try ForesightProcess(arguments, in: folder)
        #expect(same.status == 0, "\(same.complaint)")
        #expect(same.complaint.contains { $0.hasSuffix("bouncing-ball-seed6 is learned already") }, "\(same.complaint)")
        #expect(same.output == output)
        #expect(try InputFile.text(folder + "/run/report.html").contains("data:image/png"))
        // What was judged is read, not judged again.
        let judged = folder + "/run/judged/bouncing-ball-seed6-wrong-side.json"
        let text = try InputFile.text(judged)
        try AtomicFile.write(text.replacingOccurrences(of: "\"alarms\":", with: "\"alarms\":7"), to: judged)
        let read = try JSONParser.parse(try ForesightProcess(arguments, in: folder).output)
        let measures = read["worlds"]?["bouncing-ball"]?["violations"]?["wrong side"]?["models"]?[0]?["measures"]
        #expect((measures?["whitened, own"]?["alarms"]?.int ?? 0) >= 70)
        let account = try InputFile.text(folder + "/run/provenance.json")
        for (other, words) in [
            (["rate=0.5"], "other settings: rate was"), (["--filter-steps", "8"], "learned in 1 steps, now 2"),
            (["--pairs", "2"], "under another protocol"),
        ] {
            let refused = try ForesightProcess(arguments + other, in: folder)
            #expect(refused.status == 64 && refused.complaint.last?.contains(words) == true, "\(refused.complaint)")
        }
        // What is refused replaces nothing.
        #expect(try InputFile.text(folder + "/run/provenance.json") == account)
        // Models of an earlier run stay where they are, and one that has none is told before anything is recorded.
        let models = try ForesightProcess(arguments + ["--models", "run", "--out", "again"], in: folder)
        #expect(models.status == 0 && !Folder.exists(folder + "/again/models"), "\(models.complaint)")
        let none = try ForesightProcess(arguments + ["--models", "nowhere", "--out", "none"], in: folder)
        #expect(none.status == 65 && none.complaint.last?.contains("no model folder") == true, "\(none.complaint)")
        #expect(none.complaint.allSatisfy { !$0.contains("recording") })
        // Models of another benchmark may be called alike.
        let pixels = try ForesightProcess(
            ["benchmark", "pixels", "--worlds", "two-rooms", "--out", "run"], in: folder)
        let words = "run is the run of foresight benchmark surprise"
        #expect(pixels.status == 64 && pixels.complaint.last?.contains(words) == true, "\(pixels.complaint)")
    }
}
