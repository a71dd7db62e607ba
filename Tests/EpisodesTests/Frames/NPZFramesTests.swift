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
