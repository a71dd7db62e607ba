import Basics
import Episodes
import Foundation
import Plants
import Testing
import WorldModels
import _TestSupport

@Suite("plan starts from pictures, with the model that comes with the project", .enabled(if: torchIsSetUp))
struct PicturePlanTests {
    private static let model = HelpTests.package.appendingPathComponent("Models/two-rooms").path

    /// Calls the body in a folder with pictures of two rooms, the dot at some places.
    private func withPictures(_ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            for (name, place, side) in [
                ("now", [60.0, 60], 64), ("goal", [90.0, 90], 64), ("far", [40.0, 190], 64), ("large", [60.0, 60], 96),
            ] {
                var world = TwoRooms()
                world.restore(place)
                try PictureFile.writePNG(
                    world.picture(width: side, height: side).pixels, size: FrameSize(height: side, width: side),
                    to: "\(folder)/\(name).png")
            }
            try body(folder)
        }
    }

    private func plan(_ arguments: [String], in folder: String) throws -> ForesightProcess {
        try ForesightProcess(["plan", Self.model] + arguments, in: folder)
    }

    private func last(_ document: JSONValue, _ name: String) -> Double? {
        document["channels"]?.array?.first { $0["name"]?.string == name }?["values"]?.array?.last?.double
    }

    @Test(
        "In a loop a guardrail that nothing keeps holds the actions in force, or leads to the safe action, and is counted"
    )
    func refusedInLoop() throws {
        try withPictures { folder in
            func control(_ more: [String]) throws -> JSONValue {
                let run = try ForesightProcess(
                    [
                        "control", Self.model, "--environment", "two-rooms", "--goal-picture", "goal.png",
                        "--guardrail",
                        "always(x >= 500)", "--episodes", "1", "--steps", "6", "--json", "--no-report",
                    ] + more, in: folder)
                try #require(run.status == 0, "\(run.complaint)")
                return try #require(try JSONParser.parse(run.output)["runs"]?[0])
            }
            let held = try control([])
            #expect(held["refusals"]?.int == 2 && held["fallbacks"]?.int == 0 && held["steps"]?.int == 6)
            let safe = try control(["--safe-action", "right=0.5,down=0"])
            #expect(safe["fallbacks"]?.int == 2 && safe["refusals"]?.int == 0)
        }
    }

    @Test("A picture of now and one of the goal are enough: the dot is expected there, with bands, as text and page")
    func toPicture() throws {
        try withPictures { folder in
            let run = try plan(["--now", "now.png", "--to", "goal.png", "--json", "--out", "decision"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let document = try JSONParser.parse(run.output)
            #expect(document["status"]?.string == "certified" && document["horizon_steps"]?.double == 25)
            #expect(document["goal"]?.string == "minimize(distance); 0.5 * minimize(difference)")
            #expect(
                document["from"]?["now"]?[0]?.string == "now.png"
                    && document["from"]?["goals"]?[0]?.string == "goal.png")
            for (name, value) in [("x", 90.0), ("y", 90.0)] {
                #expect(abs(try #require(last(document, name)) - value) < 12, "\(name)")
            }
            #expect(try #require(last(document, "distance")) < 6)
            let page = try InputFile.text(folder + "/decision/report.html")
            for words in ["A certified plan", "from now.png to goal.png", "distance"] {
                #expect(page.contains(words), "\(words)")
            }
            let text = try plan(["--now", "now.png", "--to", "home=goal.png", "--no-report"], in: folder)
            #expect(text.status == 0 && text.output.contains("distance_home"), "\(text.complaint)")
            #expect(!Folder.exists(folder + "/runs"))
        }
    }

    @Test("A goal in words needs no picture, and a guardrail binds at the edge of its band")
    func inWords() throws {
        try withPictures { folder in
            let ask = ["--now", "now.png", "--goal", "x = 95; y = 60", "--json", "--no-report"]
            let free = try JSONParser.parse(try plan(ask, in: folder).output)
            #expect(abs(try #require(last(free, "x")) - 95) < 8)
            let held = try JSONParser.parse(
                try plan(ask + ["--guardrail", "always(x <= 80)", "--safe-action", "right=0,down=0"], in: folder).output
            )
            #expect(held["status"]?.string == "certified")
            let x = try #require(held["channels"]?.array?.first { $0["name"]?.string == "x" })
            let upper = x["upper"]?.array?.compactMap(\.double) ?? []
            #expect(upper.count == 25 && upper.allSatisfy { $0 <= 80.001 }, "\(upper)")
        }
    }

    @Test("Of two pictures the nearer one is gone to, where that is asked for")
    func either() throws {
        try withPictures { folder in
            let run = try plan(
                [
                    "--now", "now.png", "--to", "a=goal.png", "--to", "b=far.png", "--goal",
                    "minimize(min(distance_a, distance_b))", "--json", "--no-report",
                ], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let document = try JSONParser.parse(run.output)
            #expect(try #require(last(document, "distance_a")) < 6)
            #expect(try #require(last(document, "distance_b")) > 10)
        }
    }

    @Test("What does not fit is one line that says what to do")
    func refusals() throws {
        try withPictures { folder in
            try PlanningModel.save(in: folder)
            for (arguments, status, words) in [
                ([Self.model, "--to", "goal.png"], 64, ["nothing is seen now", "--now now.png"]),
                ([Self.model, "--now", "now.png"], 64, ["no goal is given", "--to goal.png"]),
                ([Self.model, "--from", "log.csv", "--goal", "x = 3"], 64, ["sees pictures, and none is given"]),
                (
                    [Self.model, "--now", "now.png", "--to", "goal.png", "--to", "far.png", "--goal", "x = 1"], 64,
                    ["two goals have one name"]
                ),
                (
                    [Self.model, "--now", "now.png", "--to", "a=goal.png", "--to", "b=far.png"], 64,
                    ["how the goals go together", "min(distance_a, distance_b)"]
                ),
                ([Self.model, "--now", "now.png", "--to", "a b=goal.png"], 64, ["'a b' cannot name a goal"]),
                (
                    [Self.model, "--now", "now.png", "--to", "goal.png", "--from", "log.csv"], 64,
                    ["--from log.csv is for models of logs"]
                ),
                (
                    [Self.model, "--now", "large.png", "--to", "goal.png"], 65,
                    ["large.png has 96 × 96 pixels", "64 × 64"]
                ),
                ([Self.model, "--now", "none.png", "--to", "goal.png"], 65, ["no such file: none.png"]),
                ([Self.model, "--now", "now.png", "--now", "now.png", "--to", "goal.png"], 64, ["sees 1 at once"]),
                (
                    [Self.model, "--now", "now.png", "--to", "goal.png", "--sensed", "1,2,3"], 64,
                    ["--sensed gives 3 numbers, the model sees pictures alone"]
                ),
                ([Self.model, "--now", "now.png", "--goal", "minimize(distance)"], 64, ["distance"]),
                (
                    [Self.model, "--now", "now.png", "--to", "goal.png", "--horizon", "9steps"], 64,
                    ["horizon 9 steps exceeds the 5 steps"]
                ),
                (["model", "--now", "now.png", "--to", "goal.png"], 64, ["model sees no pictures", "--from LOG"]),
                (["model", "--goal", "T1 = 40"], 64, ["no log is named"]),
            ] as [([String], Int32, [String])] {
                let run = try ForesightProcess(["plan"] + arguments + ["--no-report"], in: folder)
                #expect(run.status == status, "\(arguments): \(run.complaint)")
                for word in words {
                    #expect(run.complaint.last?.contains(word) == true, "\(arguments): \(run.complaint)")
                }
            }
        }
    }
}
