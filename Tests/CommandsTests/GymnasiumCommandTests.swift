import Basics
import Episodes
import Foundation
import Testing
import _TestSupport

private let python = Python(importing: "gymnasium, pygame, numpy")

@Suite(
    "Environments of Gymnasium are recorded, learned from and acted in as worlds are",
    .enabled(if: python != nil, "needs Python with gymnasium[classic-control], which make test installs"))
struct GymnasiumCommandTests {
    /// An environment that shows its goal, and ends after 7 steps.
    private let dot = [
        "gymnasium:bridge/Dot-v0", "--python", python?.path ?? "", "--import",
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Python/bridge_environments.py").path,
    ]

    @Test("A recording can be trained on, and the model acts in the environment", .enabled(if: torchIsSetUp))
    func recordTrainAct() throws {
        try withTemporaryFolder { folder in
            let recorded = try ForesightProcess(
                ["simulate"] + dot
                    + ["--episodes", "6", "--size", "16", "--policy", "uniform", "--out", "x.npz", "--json"],
                in: folder)
            try #require(recorded.status == 0, "\(recorded.complaint)")
            let report = try JSONParser.parse(recorded.output)
            #expect(report["rows"]?.int == 42 && report["ended"]?.int == 6)
            #expect(
                report["columns"]?.array?.compactMap(\.string)
                    == ["action", "reward", "state", "touch", "arm.angle", "info.count"])
            let frames = try FrameFormat.open("\(folder)/x.npz")
            #expect(frames.layout.lengths == [7, 7, 7, 7, 7, 7])
            #expect(try frames.values(of: "info.count", episode: 3, rows: 0..<7) == [0, 1, 2, 3, 4, 5, 6])
            let trained = try ForesightProcess(
                [
                    "train", "x.npz", "--out", "run", "steps=6", "width=8", "hidden=16", "batch=4", "horizon=2",
                    "block=1", "directions=8", "distance_steps=4", "held_out=0.3",
                ], in: folder)
            try #require(trained.status == 0, "\(trained.complaint)")
            let acted = try ForesightProcess(
                ["control", "run", "--environment"] + dot
                    + ["--episodes", "2", "--steps", "9", "--json", "--out", "act"],
                in: folder)
            try #require(acted.status == 0, "\(acted.complaint)")
            let result = try JSONParser.parse(acted.output)
            #expect(result["terminated"]?.int == 2 && result["successes"]?.int == 2)
            #expect(result["runs"]?.array?.compactMap { $0["steps"]?.int } == [7, 7])
            #expect(result["plan_seconds"]?.double ?? 0 > 0)
            #expect(result["film"]?.string == "act/control.gif")
            #expect(try InputFile.bytes("\(folder)/act/control.gif").starts(with: Array("GIF89a".utf8)))
            // A world of ours shows no goal by itself.
            let asked = try ForesightProcess(["control", "run", "--environment", "cart-pole"], in: folder)
            #expect(asked.status == 64 && asked.complaint.last?.contains("shows no goal") == true, "\(asked.complaint)")
        }
    }

    @Test("Checks say what is wrong, a sentence each") func check() throws {
        let sound = try ForesightProcess(["check"] + dot)
        #expect(sound.status == 0 && sound.output == "gymnasium:bridge/Dot-v0: nothing wrong\n")
        let blind = try ForesightProcess(["check"] + dot + ["--make", "fault=blind", "--json"])
        #expect(blind.status == 1)
        #expect(try JSONParser.parse(blind.output)["faults"]?.array?.count == 2)
        let world = try ForesightProcess(["check", "cart-pole", "--steps", "5"])
        #expect(world.status == 0)
        let wrong = try ForesightProcess(["check", "cart-pole", "--import", "os"])
        #expect(wrong.status == 64 && wrong.complaint.last?.contains("--import is for environments") == true)
    }
}
