import Basics
import Episodes
import Foundation
import Testing
import _TestSupport

private let python = Python(importing: "numpy")
private let hasHDF5 = (try? HDF5Library.path()) != nil
/// Whether a library or program that files of pictures need is there.
private func isThere(_ name: String) -> Bool {
    FrameLibraries.findings().contains { finding in
        guard case .success = finding.place else { return false }
        return finding.name == name
    }
}

@Suite("Worlds are recorded, inspected and converted")
struct FrameCommandTests {
    @Test("The same seed gives the same pictures, another seed others; factors vary from episode to episode")
    func simulate() throws {
        try withTemporaryFolder { folder in
            for (name, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
                let run = try ForesightProcess(
                    [
                        "simulate", "two-rooms", "--episodes", "3", "--steps", "6", "--size", "24", "--vary",
                        "light,agent_red", "--factor", "agent_blue=10", "--seed", seed, "--out", "\(name).npz",
                        "--json",
                    ], in: folder)
                #expect(run.status == 0, "\(run.complaint)")
                #expect(try JSONParser.parse(run.output)["rows"]?.int == 18)
            }
            let files = try ["a", "b", "c"].map { try InputFile.bytes("\(folder)/\($0).npz") }
            #expect(files[0] == files[1] && files[0] != files[2])
            let frames = try NPZFrames(path: "\(folder)/a.npz")
            #expect(frames.layout.lengths == [6, 6, 6] && frames.layout.frameSize == FrameSize(height: 24, width: 24))
            let light = try (0..<3).map { try frames.values(of: "factor.light", episode: $0, rows: 0..<6) }
            #expect(Set(light.map { $0[0] }).count == 3 && light.allSatisfy { Set($0).count == 1 })
            // Something moves, and not by itself.
            #expect(try frames.frames(episode: 0, rows: 0..<1) != frames.frames(episode: 0, rows: 5..<6))
            #expect(try frames.actions(episode: 0, rows: 0..<6).contains { $0 != 0 })
        }
    }

    @Test("Every world of the list can be recorded")
    func list() throws {
        let list = try JSONParser.parse(try ForesightProcess(["simulate", "--list", "--json"]).output).array ?? []
        let worlds = list.filter { $0["kind"]?.string == "world" }.compactMap { $0["name"]?.string }
        #expect(worlds.contains("two-rooms"))
        try withTemporaryFolder { folder in
            for world in worlds {
                let run = try ForesightProcess(
                    ["simulate", world, "--episodes", "1", "--steps", "3", "--size", "16"], in: folder)
                #expect(run.status == 0, "\(world): \(run.complaint)")
                #expect(FrameFormat.of("\(folder)/\(world)-0.npz") == .npz)
            }
        }
    }

    @Test("Inspect counts episodes and shows ranges, on a page with pictures")
    func inspect() throws {
        try withTemporaryFolder { folder in
            _ = try ForesightProcess(
                ["simulate", "wall", "--episodes", "4", "--steps", "9", "--size", "16", "--out", "w.npz"], in: folder)
            let run = try ForesightProcess(["inspect", "w.npz", "--json", "--out", "look"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let value = try JSONParser.parse(run.output)
            #expect(value["episodes"]?.int == 4 && value["rows"]?.int == 36 && value["width"]?.int == 16)
            let frames = try NPZFrames(path: "\(folder)/w.npz")
            let action = try #require(value["columns"]?.array?.first { $0["name"]?.string == "action" })
            let numbers = try (0..<4).flatMap { try frames.actions(episode: $0, rows: 0..<9) }
            #expect(action["minimum"]?.double == numbers.min().map(Double.init))
            #expect(action["maximum"]?.double == numbers.max().map(Double.init))
            let page = try InputFile.text("\(folder)/look/report.html")
            #expect(page.contains("data:image/png;base64,iVBOR") && page.contains("data:image/gif;base64,R0lGOD"))
        }
    }

    @Test("Convert goes to HDF5 and Minari and back without a change", .enabled(if: hasHDF5, "needs libhdf5"))
    func convert() throws {
        try withTemporaryFolder { folder in
            let made = try ForesightProcess(
                ["simulate", "two-rooms", "--episodes", "2", "--steps", "5", "--size", "16", "--out", "a.npz"],
                in: folder)
            #expect(made.status == 0)
            for arguments in [
                ["a.npz", "b.h5", "--gzip", "1"], ["b.h5", "m", "--format", "minari"], ["b.h5", "c.npz"],
            ] {
                let run = try ForesightProcess(["convert"] + arguments + ["--json"], in: folder)
                #expect(run.status == 0, "\(run.complaint)")
                let value = try JSONParser.parse(run.output)
                #expect(value["greatest_difference"]?.int == 0 && value["rows"]?.int == 10)
                #expect(value["dropped_actions"]?.int == (arguments.contains("minari") ? 2 : 0))
            }
            let (a, c) = (try NPZFrames(path: "\(folder)/a.npz"), try NPZFrames(path: "\(folder)/c.npz"))
            for episode in 0..<2 {
                #expect(try a.frames(episode: episode, rows: 0..<5) == c.frames(episode: episode, rows: 0..<5))
                #expect(try a.actions(episode: episode, rows: 0..<5) == c.actions(episode: episode, rows: 0..<5))
            }
        }
    }

    @Test(
        "A column called pixels beside pictures of another name is kept under another",
        .enabled(if: python != nil, "needs numpy (Tests/requirements.txt)"))
    func camera() throws {
        let python = try #require(python)
        try withTemporaryFolder { folder in
            try python.run(
                """
                import sys, numpy as np
                camera = np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3)
                np.savez(sys.argv[1] + '/a.npz', camera=camera, pixels=np.float32([[5], [6]]), action=np.zeros((2, 1)))
                """, folder)
            let run = try ForesightProcess(["convert", "a.npz", "b.npz", "--pixels", "camera"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.complaint.contains { $0.contains("pixels is read as column.pixels") }, "\(run.complaint)")
            let frames = try NPZFrames(path: "\(folder)/b.npz")
            #expect(try frames.frames(episode: 0, rows: 0..<2) == (0..<24).map { UInt8($0) })
            #expect(try frames.values(of: "column.pixels", episode: 0, rows: 0..<2) == [5, 6])
        }
    }

    @Test("A folder of films may be called by a time of day", .enabled(if: isThere("ffmpeg"), "needs ffmpeg"))
    func timeOfDay() throws {
        try withTemporaryFolder { folder in
            let made = try ForesightProcess(
                ["simulate", "wall", "--episodes", "1", "--steps", "3", "--size", "16", "--out", "a.npz"], in: folder)
            #expect(made.status == 0)
            let run = try ForesightProcess(["convert", "a.npz", "10:30", "--format", "mp4"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let look = try ForesightProcess(["inspect", "10:30", "--no-report"], in: folder)
            #expect(look.status == 0 && look.output.contains("10:30 (mp4): 1 episode, 3 rows"), "\(look.complaint)")
        }
    }

    @Test("An ffmpeg that is too old is told which one is needed", .enabled(if: isThere("libpng"), "needs libpng"))
    func oldProgram() throws {
        try withTemporaryFolder { folder in
            let made = try ForesightProcess(
                [
                    "simulate", "wall", "--episodes", "1", "--steps", "3", "--size", "16", "--format", "png", "--out",
                    "a",
                ],
                in: folder)
            #expect(made.status == 0)
            try AtomicFile.write("x", to: "\(folder)/a/pixels/ep_0.mp4")
            let program = "\(folder)/ffmpeg"
            try AtomicFile.write(
                "#!/bin/sh\necho \"Unrecognized option 'fps_mode'.\" >&2\necho 'Option not found' >&2\nexit 1\n",
                to: program)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            let run = try ForesightProcess(["inspect", "a"], in: folder, environment: ["FORESIGHT_FFMPEG": program])
            #expect(run.status == 65 && run.complaint.last?.contains("ffmpeg 5.1 or newer") == true, "\(run.complaint)")
        }
    }

    @Test("Ctrl-C leaves nothing of what was not finished", arguments: ["simulate", "convert"])
    func interrupted(command: String) throws {
        try withTemporaryFolder { folder in
            var arguments = ["simulate", "two-rooms", "--episodes", "100000", "--out", "out"]
            if command == "convert" {
                var frames = InMemoryFrames(frameSize: FrameSize(height: 64, width: 64), columns: [])
                let episode = FrameEpisode(frames: [UInt8](repeating: 7, count: 100 * 64 * 64 * 3), columns: [])
                for _ in 0..<100 { frames.append(episode) }
                try NPZFrameWriter.write(to: "\(folder)/a.npz", layout: frames.layout) { try $0.append(all: frames) }
                arguments = ["convert", "a.npz", "out"]
            }
            let before = Folder.names(in: folder)
            let run = try ForesightProcess.start(arguments, in: folder)
            func unfinished() -> Bool { Folder.names(in: folder).contains { $0.hasSuffix(".partial") } }
            for _ in 0..<6000 where run.isRunning && !unfinished() { usleep(5000) }
            #expect(unfinished())
            kill(run.processIdentifier, SIGTERM)
            run.waitUntilExit()
            let said = try InputFile.text(folder + "/stderr.txt")
            #expect(run.terminationReason == .exit && run.terminationStatus == 130, "\(said)")
            #expect(said.contains("stopped; nothing is written"), "\(said)")
            #expect(Set(Folder.names(in: folder)) == Set(before + ["stderr.txt"]))
        }
    }

    @Test("What is in the way of a data set is said before anything is recorded")
    func inTheWay() throws {
        try withTemporaryFolder { folder in
            try Folder.create(folder + "/rooms.h5")
            try Data("1".utf8).write(to: URL(fileURLWithPath: folder + "/rooms"))
            for (format, path, words) in [
                (FrameFormat.png, "rooms", "is a file, and a folder"), (.hdf5, "rooms.h5", "is a folder, and a file"),
                (.npz, "rooms.h5", "is a folder, and a file"),
            ] {
                let error = #expect(throws: ForesightError.self) { try format.requireWritable("\(folder)/\(path)") }
                #expect(error?.message.contains(words) == true, "\(String(describing: error))")
            }
            let run = try ForesightProcess(
                ["simulate", "wall", "--episodes", "2", "--steps", "2", "--format", "png", "--out", "rooms"], in: folder
            )
            #expect(run.status == 1 && run.complaint.last?.contains("rooms is a file") == true, "\(run.complaint)")
            #expect(try InputFile.text(folder + "/rooms") == "1")
        }
    }

    @Test("Without a library the error names it and what brings it, and nothing is written")
    func missingLibrary() throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(
                ["simulate", "wall", "--episodes", "1", "--steps", "2", "--out", "a.h5"], in: folder,
                environment: ["FORESIGHT_HDF5": "/nowhere/libhdf5.so"])
            #expect(run.status == 1 && Folder.names(in: folder).isEmpty)
            #expect(
                run.complaint.last?.contains("FORESIGHT_HDF5 names /nowhere/libhdf5.so") == true, "\(run.complaint)")
        }
    }

    @Test(
        "What does not fit together is one line that says what to do",
        arguments: [
            (["simulate", "two-room"], ["two-room", "did you mean two-rooms?"]),
            (["simulate", "two-rooms", "--hours", "2"], ["--hours is for plants", "--steps"]),
            (["simulate", "two-rooms", "--fault", "change:friction:0.5@0"], ["--fault is for plants"]),
            (["simulate", "two-rooms", "--quality", "50"], ["--quality is that of JPEG", "two-rooms-0.npz is npz"]),
            (["simulate", "two-rooms", "--policy", "prbs"], ["--policy prbs is for plants", "guided"]),
            (["simulate", "two-rooms", "--factor", "light"], ["--factor light", "light=0.8"]),
            (["simulate", "two-rooms", "--factor", "lihgt=1"], ["lihgt", "did you mean light?"]),
            (["simulate", "two-rooms", "--vary", "light,light"], ["--vary names light twice"]),
            (
                ["simulate", "two-rooms", "--vary", "light", "--factor", "light=0.5"],
                ["--factor light=0.5", "keep one"]
            ),
            (
                ["simulate", "two-rooms", "--steps", "1000000", "--size", "1024"],
                ["takes 2929 GiB", "shorter episodes"]
            ),
            (["check", "two-rooms", "--steps", "4"], ["--steps 4 is not 30 to 100000", "choose more"]),
            (["simulate", "two-rooms", "--vary", "lihgt"], ["lihgt", "did you mean light?"]),
            (
                ["simulate", "two-rooms", "--noise", "0.2", "--policy", "held"],
                ["--noise 0.2", "held, which has none"]
            ),
            (["simulate", "two-rooms", "--noise", "20"], ["--noise 20.0 is not 0 to 10"]),
            (["simulate", "heater-lab", "--noise", "0.2"], ["--noise is for worlds"]),
            (["simulate", "two-rooms", "--size", "4"], ["--size 4 is not 8 to 1024"]),
            (["simulate", "two-rooms", "--out", "a.csv"], ["a.csv", ".h5 or .npz"]),
            (["simulate", "heater-lab", "--size", "64"], ["--size is for worlds", "two-rooms"]),
            (["simulate", "heater-lab", "--policy", "guided"], ["--policy guided is for worlds", "mixed"]),
            (["convert", "a.npz", "b.npz", "--gzip", "3"], ["--gzip packs HDF5 files"]),
        ])
    func refusals(arguments: [String], words: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(arguments, in: folder)
            #expect(run.status == 64 && run.complaint.count == 1, "\(run.complaint)")
            for word in words { #expect(run.complaint.first?.contains(word) == true, "\(run.complaint)") }
            #expect(Folder.names(in: folder).isEmpty)
        }
    }
}
