import Basics
import Foundation
import Testing
import WorldModels
import _TestSupport

@Suite("benchmark pixels")
struct PixelsBenchmarkTests {
    @Test("The list has every world with what is recorded of it")
    func list() throws {
        let run = try ForesightProcess(["benchmark", "pixels", "--list"])
        #expect(run.status == 0 && run.complaint.isEmpty)
        for name in ["two-rooms", "wall", "point-maze", "reacher", "push-t"] { #expect(run.output.contains(name)) }
        let worlds = try #require(
            try JSONParser.parse(
                try ForesightProcess(["benchmark", "pixels", "--list", "--worlds", "wall,push-t", "--json"]).output
            ).array)
        #expect(worlds.map { $0["world"]?.string } == ["wall", "push-t"])
        #expect(worlds[1]["episodes"]?.int == 4000 && worlds[1]["rows"]?.int == 100)
    }

    @Test(
        "What does not fit is one line that says what to do",
        arguments: [
            (["--worlds", "two-room"], ["no world of this benchmark is called two-room", "did you mean two-rooms?"]),
            (["--worlds", "wall", "--seeds", "0"], ["--seeds 0 is not 1 to 100"]),
            (["--worlds", "wall", "--pairs", "401"], ["--pairs 401 is not 1 to 400"]),
            (["--worlds", "wall", "--episodes", "1"], ["--episodes 1 is not 2 to"]),
            (["wall"], ["'wall' is not a setting", "--worlds"]),
            (["recipe=sigreg-inverze", "--worlds", "wall"], ["did you mean sigreg-inverse?"]),
            (["recipe=frozen", "--worlds", "wall"], ["no encoder to take", "pretrained=FOLDER"]),
            // Recordings of the pairs, of those to choose by, and those that dynamics are identified from.
            (["--worlds", "wall", "seed=32343"], ["seed=32343 records what models are judged on", "another seed="]),
            (["--worlds", "wall", "seed=32444"], ["seed=32444 records what models are judged on", "another seed="]),
            (["--worlds", "wall", "--tune", "seed=32385"], ["seed=32385 records what models are judged on"]),
            (["--worlds", "cart-pole", "seed=7655"], ["seed=7655 records", "or dynamics are identified from"]),
            (["stpes=3", "--worlds", "wall"], ["stpes", "did you mean 'steps'?"]),
            // Settings behind the worlds, as in the help.
            (["--worlds", "two-rooms", "recipe=sigreg-inverze"], ["did you mean sigreg-inverse?"]),
            (["--worlds", "wall", "--objective", "minimise(distance)"], ["minimise"]),
            (
                ["--worlds", "cart-pole", "--objective", "minimize(difference)"],
                ["cart-pole is acted in by a regulator", "--planner search"]
            ),
            (
                ["distance_steps=0", "--worlds", "wall", "--objective", "minimize(distance)"],
                ["'distance'", "difference"]
            ),
        ])
    func refusals(arguments: [String], words: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(["benchmark", "pixels"] + arguments, in: folder)
            #expect(run.status == 64, "\(run.complaint)")
            for word in words { #expect(run.complaint.joined().contains(word), "\(run.complaint)") }
            #expect(Folder.names(in: folder).isEmpty)
        }
    }

    @Test("A frozen encoder that is not there is noticed before anything is recorded")
    func lostEncoder() throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(
                ["benchmark", "pixels", "recipe=frozen", "pretrained=nowhere", "--worlds", "wall"], in: folder)
            #expect(run.status == 65, "\(run.complaint)")
            #expect(
                run.complaint.last?.contains("nowhere has no encoder.yaml; name a folder that foresight import made")
                    == true)
            #expect(Folder.names(in: folder).isEmpty)
        }
    }

    @Test(
        "A tiny run leaves its manifests, models, episodes and figures",
        .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
    func tiny() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "benchmark", "pixels", "--worlds", "two-rooms", "--seeds", "1", "--pairs", "1", "--episodes", "3",
                "--quick", "--out", "run", "--json", "width=4", "hidden=8", "batch=2", "horizon=1", "steps=4",
                "distance_steps=4", "directions=4", "held_out=0.4", "seed=6",
            ]
            let run = try ForesightProcess(arguments, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let world = try #require(try JSONParser.parse(run.output)["worlds"]?["two-rooms"])
            #expect(world["rows"]?.int == 270)
            for rule in ["moderate", "strict"] {
                let manifest = try #require(world["rules"]?[rule]?["manifests"]?.array?.first)
                let text = try InputFile.text("\(folder)/run/manifests/two-rooms-\(rule)-0.json")
                let kept = try JSONParser.parse(text)
                #expect(kept["pairs"]?.array?.count == 1 && kept["rule"]?.string == rule)
                #expect(manifest["sha256"]?.string?.count == 64 && manifest["model"]?.int == 6)
                let episodes = try JSONParser.parse(
                    try InputFile.text("\(folder)/run/episodes/two-rooms-seed6-\(rule)-0.json"))
                #expect(episodes.array?.count == 1 && episodes.array?[0]["isSolved"]?.bool != nil)
            }
            #expect(try ImageModelFolder.load(folder + "/run/models/two-rooms-seed6").settings.seed == 6)
            #expect(try InputFile.text(folder + "/run/report.html").contains("Rough figures"))
            let results = try JSONParser.parse(try InputFile.text(folder + "/run/results.json"))
            #expect(results["worlds"]?["two-rooms"]?["rows"]?.int == 270 && results["protocol"]?.int == 3)
            // The same command goes on: what is learned stays, and reaches the same.
            #expect(Folder.names(in: folder + "/run/models") == ["two-rooms-seed6", "two-rooms-seed6.json"])
            let before = try InputFile.bytes(folder + "/run/models/two-rooms-seed6/model.safetensors")
            let same = try ForesightProcess(arguments, in: folder)
            #expect(same.status == 0, "\(same.complaint)")
            #expect(same.complaint.contains { $0.hasSuffix("two-rooms-seed6 is learned already") }, "\(same.complaint)")
            #expect(try InputFile.bytes(folder + "/run/models/two-rooms-seed6/model.safetensors") == before)
            let twice = try JSONParser.parse(same.output)["worlds"]?["two-rooms"]
            #expect(twice?["rules"] == world["rules"] && twice?["training"] == world["training"])
            // What was judged is read, not judged again, and stands for no other plans.
            #expect(twice?["plan_ms"] == world["plan_ms"])
            let judged = folder + "/run/judged/two-rooms-seed6-strict-0.json"
            let text = try InputFile.text(judged)
            let turned = text.replacingOccurrences(of: "\"isSolved\":false", with: "\"isSolved\":turned")
                .replacingOccurrences(of: "\"isSolved\":true", with: "\"isSolved\":false")
                .replacingOccurrences(of: "\"isSolved\":turned", with: "\"isSolved\":true")
            try AtomicFile.write(turned, to: judged)
            let read = try ForesightProcess(arguments, in: folder)
            let success = try JSONParser.parse(read.output)["worlds"]?["two-rooms"]?["rules"]?["strict"]?["success"]
            let first = try #require(world["rules"]?["strict"]?["success"]?.double)
            #expect(success?.double == 100 - first)
            // What is refused replaces nothing.
            let untouched = ["provenance.json", "manifests/two-rooms-strict-0.json", "results.json", "report.html"]
            func left() throws -> [String] { try untouched.map { try InputFile.text("\(folder)/run/\($0)") } }
            let known = try left()
            let others = try ForesightProcess(arguments + ["--objective", "minimize(difference)"], in: folder)
            #expect(
                others.status == 64 && others.complaint.last?.contains("under another protocol") == true,
                "\(others.complaint)")
            for (other, words) in [
                ("rate=0.5", "other settings: rate was"), ("--episodes=4", "that learned from two-rooms, 270 rows"),
                ("--pairs=2", "under another protocol"),
            ] {
                let refused = try ForesightProcess(arguments + [other], in: folder)
                #expect(refused.status == 64 && refused.complaint.last?.contains(words) == true, "\(refused.complaint)")
            }
            #expect(try left() == known)
            try Self.besides(arguments, in: folder)
            // A model of which nothing is known is not replaced.
            let (beside, aside) = (folder + "/run/models/two-rooms-seed6.json", folder + "/aside.json")
            try FileManager.default.moveItem(atPath: beside, toPath: aside)
            let strange = try ForesightProcess(arguments, in: folder)
            #expect(strange.status == 64 && strange.complaint.last?.contains("--models run") == true)
            #expect(try InputFile.bytes(folder + "/run/models/two-rooms-seed6/model.safetensors") == before)
            try FileManager.default.moveItem(atPath: aside, toPath: beside)
            // An earlier run is judged with the models that it has, and told about where it has none.
            func again(_ earlier: String) throws -> ForesightProcess {
                try ForesightProcess(
                    [
                        "benchmark", "pixels", "--worlds", "two-rooms", "--seeds", "3", "--pairs", "1", "--models",
                        earlier,
                        "--out", "again-\(earlier)", "--json", "width=4", "horizon=1", "seed=6",
                        "--objective", "minimize(difference)",
                    ], in: folder)
            }
            let later = try again("run")
            #expect(later.status == 0, "\(later.complaint)")
            #expect(later.complaint.contains("run has 1 of 3 models of two-rooms"), "\(later.complaint)")
            let manifests = try JSONParser.parse(later.output)["worlds"]?["two-rooms"]?["rules"]?["strict"]?[
                "manifests"]
            #expect(manifests?.array?.map { $0["model"]?.int } == [6, 6, 6])
            let none = try again("nowhere")
            #expect(none.status != 0 && none.complaint.contains { $0.contains("two-rooms-seed6") }, "\(none.complaint)")
        }
    }

    /// Another world in the folder leaves what was there of the first, and says what it leaves out.
    private static func besides(_ arguments: [String], in folder: String) throws {
        let strange = folder + "/run/judged/push-t.json"
        try AtomicFile.write("{}\n", to: strange)
        let run = try ForesightProcess(arguments.map { $0 == "two-rooms" ? "wall" : $0 }, in: folder)
        #expect(run.status == 0, "\(run.complaint)")
        func names(_ text: String) throws -> [String] {
            let worlds = try JSONParser.parse(text)["worlds"]
            return ["two-rooms", "wall", "push-t"].filter { worlds?[$0] != nil }
        }
        #expect(try names(run.output) == ["wall"])
        #expect(try names(InputFile.text(folder + "/run/results.json")) == ["two-rooms", "wall"])
        #expect(try InputFile.text(folder + "/run/report.html").contains("2 simulated worlds"))
        let told = run.complaint.filter { $0.contains("with other settings") }
        #expect(told.count == 1 && told[0].contains("the folder has results of push-t"), "\(told)")
        try FileManager.default.removeItem(atPath: strange)
    }
}
