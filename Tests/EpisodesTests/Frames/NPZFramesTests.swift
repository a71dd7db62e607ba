import Basics
import Episodes
import Foundation
import Testing
import _TestSupport

private let python = Python(importing: "numpy")

@Suite("Pictures in NumPy archives")
struct NPZFramesTests {
    @Test("What is written is read back to the last bit, at any stride")
    func roundTrip() throws {
        let frames = FrameExamples.frames(endsWithoutAction: true)
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.npz"
            try NPZFrameWriter.write(to: path, layout: frames.layout) { try $0.append(all: frames) }
            let read = try NPZFrames(path: path)
            #expect(read.layout == frames.layout && read.notes.isEmpty)
            try FrameExamples.expectEqual(read, frames)
        }
    }

    @Test("NumPy reads what is written", .enabled(if: python != nil, "needs numpy (Tests/requirements.txt)"))
    func numpyReads() throws {
        let python = try #require(python)
        let frames = FrameExamples.frames()
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.npz"
            try NPZFrameWriter.write(to: path, layout: frames.layout) { try $0.append(all: frames) }
            let said = try python.run(
                """
                import sys, zipfile, numpy as np
                assert zipfile.ZipFile(sys.argv[1]).testzip() is None
                f = np.load(sys.argv[1])
                for key in f.files: print(key, f[key].dtype, f[key].shape)
                print(f['ep_len'].tolist(), f['ep_offset'].tolist(), f['pixels'][10, 0, 0, :2], f['action'][10, :2])
                """, path)
            #expect(
                said == """
                    pixels uint8 (22, 5, 4, 3)
                    action float32 (22, 3)
                    proprio float32 (22,)
                    state float32 (22, 2)
                    ep_len int32 (3,)
                    ep_offset int64 (3,)
                    [7, 3, 12] [0, 7, 10] [2 0] [2. 0.]

                    """)
        }
    }

    @Test(
        "What NumPy writes is read: stored and packed, doubles, episodes of one length as an axis of their own",
        .enabled(if: python != nil, "needs numpy (Tests/requirements.txt)"), arguments: ["savez", "savez_compressed"])
    func numpyWrites(function: String) throws {
        let python = try #require(python)
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.npz"
            try python.run(
                """
                import sys, numpy as np
                pixels = np.arange(2 * 3 * 2 * 2 * 3, dtype=np.uint8).reshape(2, 3, 2, 2, 3)
                np.\(function)(sys.argv[1], image=pixels, action=np.arange(12.0).reshape(2, 3, 2),
                    step_idx=np.arange(6).reshape(2, 3), note='hello', weights=np.zeros(5))
                """, path)
            let read = try NPZFrames(path: path)
            #expect(read.layout.lengths == [3, 3] && read.layout.frameSize == FrameSize(height: 2, width: 2))
            #expect(
                read.layout.columns == [FrameColumn("action", width: 2), FrameColumn("step_idx", shape: [])])
            #expect(read.notes.count == 2)
            #expect(try read.frames(episode: 1, rows: 0..<3, stride: 2) == Array(36..<48) + Array(60..<72))
            #expect(try read.actions(episode: 1, rows: 1..<3) == [8, 9, 10, 11])
            #expect(try read.values(of: "step_idx", episode: 1, rows: 0..<2) == [3, 4])
        }
    }

    @Test(
        "Episodes that do not fill their room begin with it all the same",
        .enabled(if: python != nil, "needs numpy (Tests/requirements.txt)"))
    func padded() throws {
        let python = try #require(python)
        try withTemporaryFolder { folder in
            try python.run(
                """
                import os, sys, numpy as np
                os.chdir(sys.argv[1])
                lengths = [4, 2, 3]
                pixels, action = np.zeros((3, 4, 2, 2, 3), np.uint8), np.full((3, 4, 1), np.nan, np.float32)
                for e, n in enumerate(lengths):
                    for t in range(n): pixels[e, t], action[e, t] = 10 * e + t, 10 * e + t
                np.savez('a.npz', pixels=pixels, action=action, ep_len=lengths)
                np.savez('b.npz', pixels=pixels, action=action, ep_len=[4, 5, 3])
                np.savez('c.npz', pixels=pixels, action=action, ep_len=[4, 2])
                """, folder)
            let read = try NPZFrames(path: "\(folder)/a.npz")
            #expect(read.layout.lengths == [4, 2, 3] && read.notes.isEmpty)
            for (episode, length) in read.layout.lengths.enumerated() {
                let wanted = (0..<length).map { Float(10 * episode + $0) }
                #expect(try read.actions(episode: episode, rows: 0..<length) == wanted)
                let pixels = try read.frames(episode: episode, rows: 0..<length)
                #expect(pixels.enumerated().allSatisfy { Float($1) == wanted[$0 / 12] })
            }
            for (name, words) in [("b", "episode 1 is to have 5 rows, there is room for 4"), ("c", "has 2 episodes")] {
                let error = #expect(throws: ForesightError.self) { try NPZFrames(path: "\(folder)/\(name).npz") }
                #expect(error?.message.contains(words) == true)
            }
        }
    }

    @Test(
        "Rows of no episode are told, and lengths beyond all numbers or of no row are refused",
        .enabled(if: python != nil, "needs numpy (Tests/requirements.txt)"))
    func strangeLengths() throws {
        let python = try #require(python)
        try withTemporaryFolder { folder in
            try python.run(
                """
                import os, sys, numpy as np
                os.chdir(sys.argv[1])
                pixels, action = np.zeros((9, 2, 2, 3), np.uint8), np.zeros((9, 1), np.float16)
                for name, lengths in dict(short=[4, 2], huge=[2**62, 2**62], none=[0, 0], empty=np.zeros(0, int)).items():
                    np.savez(name + '.npz', pixels=pixels, action=action, ep_len=lengths)
                np.savez('late.npz', pixels=pixels, ep_len=[2**62], ep_offset=[2**62])
                os.mkdir('folder')
                np.savez('folder/ep_len.npz', np.array([2**62, 2**62]))
                """, folder)
            let short = try NPZFrames(path: "\(folder)/short.npz")
            #expect(short.notes == ["3 of 9 rows belong to no episode of ep_len: left out"])
            #expect(short.layout.columns == [FrameColumn("action", width: 1)])
            for (name, words) in [
                ("huge", "does not belong to it"), ("late", "does not belong to it"), ("none", "check its ep_len"),
                ("empty", "check its ep_len"),
            ] {
                let error = #expect(throws: ForesightError.self) { try NPZFrames(path: "\(folder)/\(name).npz") }
                #expect(error?.remedy.contains(words) == true, "\(name): \(String(describing: error))")
            }
            let error = #expect(throws: ForesightError.self) { try ImageFolderFrames(path: "\(folder)/folder") }
            #expect(error?.remedy.contains("does not belong to it") == true)
        }
    }

    @Test("Columns get names that can be stored; what cannot is refused before anything is written")
    func names() throws {
        var titles = ColumnNames(settled: ["action"], prefix: "observation")
        #expect(
            ["x", "arm/angle", "action", "pixels", "arm.angle", "ep_len"].map { titles.title(of: $0) }
                == [
                    "x", "arm.angle", "observation.action", "observation.pixels", "observation.arm.angle",
                    "observation.ep_len",
                ])
        #expect(titles.notes.count == 4 && titles.notes[0] == "action is read as observation.action")
        try withTemporaryFolder { folder in
            for name in ["pixels", "ep_offset", "a/b", ".."] {
                let layout = FrameLayout(
                    frameSize: FrameExamples.size, columns: [FrameColumn(name, width: 1)], lengths: [1])
                let error = #expect(throws: ForesightError.self) {
                    try FrameFormat.npz.write(to: "\(folder)/a.npz", layout: layout) { _ in }
                }
                #expect(error?.code == .data && error?.message.contains(name) == true)
            }
            #expect(Folder.names(in: folder).isEmpty)
        }
    }

    @Test("A file that is cut off and one without pictures are refused")
    func faults() throws {
        let frames = FrameExamples.frames()
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.npz"
            try NPZFrameWriter.write(to: path, layout: frames.layout) { try $0.append(all: frames) }
            let bytes = try InputFile.bytes(path)
            try AtomicFile.write(Array(bytes[..<(bytes.count - 30)]), to: path)
            #expect(throws: ForesightError.self) { try NPZFrames(path: path) }
            try AtomicFile.write(bytes, to: path)
            let error = #expect(throws: ForesightError.self) {
                try NPZFrames(path: path, reading: FrameReading(pixels: "state"))
            }
            #expect(error?.message.hasSuffix("state holds no pictures of bytes [height, width, 3]") == true)
        }
    }
}
