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
            // Ctrl-C keeps the episodes that were finished: where the second has begun, one was.
            let run = try ForesightProcess.start(
                ["control", "run", "--environment"] + dot
                    + ["--make", "fault=mark", "--episodes", "100000", "--steps", "9", "--out", "stopped"], in: folder)
            for _ in 0..<12_000 where run.isRunning && !Folder.names(in: folder).contains("third") { usleep(5000) }
            kill(run.processIdentifier, SIGINT)
            run.waitUntilExit()
            let said = try InputFile.text(folder + "/stderr.txt")
            #expect(run.terminationReason == .exit && run.terminationStatus == 130, "\(said)")
            #expect(said.contains("of 100000 episodes, which are in stopped/control.json"), "\(said)")
            let kept = try JSONParser.parse(try InputFile.text(folder + "/stopped/control.json"))
            let count = try #require(kept["episodes"]?.int)
            #expect(count >= 1 && kept["runs"]?.array?.count == count)
            #expect(kept["stopped"]?.bool == true && kept["episodes_wanted"]?.int == 100_000)
            // A world of ours shows no goal by itself.
            let asked = try ForesightProcess(["control", "run", "--environment", "cart-pole"], in: folder)
            #expect(asked.status == 64 && asked.complaint.last?.contains("shows no goal") == true, "\(asked.complaint)")
        }
    }

    @Test(
        "What is observed under a name that has another use is recorded under another",
        arguments: ["reward", "pixels", "ep_len"])
    func names(name: String) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(
                ["simulate"] + dot
                    + ["--make", "extra=\(name)", "--episodes", "2", "--size", "16", "--out", "x.npz"],
                in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(
                run.complaint.contains { $0.contains("\(name) is read as observation.\(name)") }, "\(run.complaint)")
            let frames = try FrameFormat.open("\(folder)/x.npz")
            #expect(frames.layout.lengths == [7, 7])
            #expect(try frames.values(of: "observation.\(name)", episode: 1, rows: 0..<7) == [0, 1, 2, 3, 4, 5, 6])
        }
    }

    @Test("Episodes before the one that fails are saved") func failure() throws {
        try withTemporaryFolder { folder in
            let arguments = ["simulate"] + dot + ["--episodes", "5", "--size", "16", "--out", "x.npz"]
            let run = try ForesightProcess(arguments + ["--make", "fault=later"], in: folder)
            #expect(run.status == 1, "\(run.complaint)")
            let last = try #require(run.complaint.last)
            #expect(last.contains("a later reset fails"), "\(last)")
            #expect(last.contains("in episode 3 of 5; 2 whole episodes are saved in x.npz"), "\(last)")
            #expect(run.output.hasPrefix("x.npz: 2 episodes"))
            #expect(try FrameFormat.open("\(folder)/x.npz").layout.lengths == [7, 7])
            // Where there is none, nothing is written.
            let none = try ForesightProcess(
                ["simulate"] + dot + ["--size", "16", "--out", "y.npz", "--make", "fault=raise"], in: folder)
            #expect(none.status == 1 && Folder.names(in: folder) == ["x.npz"])
        }
    }

    @Test("Ctrl-C saves the whole episodes, and ends with 130") func interrupted() throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess.start(
                ["simulate"] + dot
                    + ["--make", "fault=mark", "--episodes", "1000000", "--size", "16", "--out", "x.npz"], in: folder)
            for _ in 0..<12_000 where run.isRunning && !Folder.names(in: folder).contains("third") { usleep(5000) }
            kill(run.processIdentifier, SIGINT)
            run.waitUntilExit()
            let said = try InputFile.text(folder + "/stderr.txt")
            #expect(run.terminationReason == .exit && run.terminationStatus == 130, "\(said)")
            #expect(said.contains("saved in x.npz"), "\(said)")
            let lengths = try FrameFormat.open("\(folder)/x.npz").layout.lengths
            #expect(lengths.count >= 2 && lengths.allSatisfy { $0 == 7 })
        }
    }

    @Test("Checks say what is wrong, a sentence each") func check() throws {
        let sound = try ForesightProcess(["check"] + dot)
        #expect(sound.status == 0 && sound.output == "gymnasium:bridge/Dot-v0: nothing wrong\n")
        let blind = try ForesightProcess(["check"] + dot + ["--make", "fault=blind", "--json"])
        #expect(blind.status == 2)
        #expect(try JSONParser.parse(blind.output)["faults"]?.array?.count == 2)
        let world = try ForesightProcess(["check", "cart-pole", "--steps", "30"])
        #expect(world.status == 0)
        let wrong = try ForesightProcess(["check", "cart-pole", "--import", "os"])
        #expect(wrong.status == 64 && wrong.complaint.last?.contains("--import is for environments") == true)
    }
}
