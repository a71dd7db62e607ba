import Basics
import Foundation
import Testing
import _TestSupport

@testable import Episodes

private let python = Python(importing: "h5py, numpy")
private let hasLibrary = (try? HDF5Library.path()) != nil

@Suite("Pictures in HDF5 files", .enabled(if: hasLibrary, "needs libhdf5 (make setup)"))
struct HDF5FramesTests {
    @Test("What is written is read back to the last bit, packed or not", arguments: [0, 4])
    func roundTrip(deflate: Int) throws {
        let frames = FrameExamples.frames(endsWithoutAction: true)
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.h5"
            try HDF5FrameWriter.write(to: path, layout: frames.layout, deflate: deflate) { try $0.append(all: frames) }
            let read = try HDF5Frames(path: path)
            #expect(read.notes.isEmpty && Set(read.layout.columns) == Set(frames.layout.columns))
            try FrameExamples.expectEqual(read, frames)
            #expect(Folder.names(in: folder) == ["frames.h5"])
        }
    }

    @Test("A failure leaves no file, and an earlier one as it was")
    func failure() throws {
        let frames = FrameExamples.frames()
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.h5"
            try AtomicFile.write("earlier", to: path)
            #expect(throws: ForesightError.self) {
                try HDF5FrameWriter.write(to: path, layout: frames.layout) { writer in
                    try writer.append(try frames.episode(0))
                    throw ForesightError.failure("stop")
                }
            }
            #expect(Folder.names(in: folder) == ["frames.h5"])
            #expect(try InputFile.text(path) == "earlier")
            let error = #expect(throws: ForesightError.self) { try HDF5Frames(path: path) }
            #expect(error?.message.hasSuffix("is not an HDF5 file, or not a whole one") == true)
        }
    }

    @Test("h5py reads what is written, and can append", .enabled(if: python != nil, "needs h5py"))
    func h5pyReads() throws {
        let python = try #require(python)
        let frames = FrameExamples.frames()
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.h5"
            try HDF5FrameWriter.write(to: path, layout: frames.layout) { try $0.append(all: frames) }
            let said = try python.run(
                """
                import sys, h5py
                with h5py.File(sys.argv[1], 'a') as f:
                    for key in f: print(key, f[key].dtype, f[key].shape, f[key].chunks)
                    print(f['ep_len'][:].tolist(), f['ep_offset'][:].tolist(), f['pixels'][10, 0, 0, :2], f['action'][10, :2])
                    f['pixels'].resize(23, axis=0)
                """, path)
            #expect(
                said == """
                    action float32 (22, 3) (22, 3)
                    ep_len int32 (3,) (3,)
                    ep_offset int64 (3,) (3,)
                    pixels uint8 (22, 5, 4, 3) (1, 5, 4, 3)
                    proprio float32 (22,) (22,)
                    state float32 (22, 2) (22, 2)
                    [7, 3, 12] [0, 7, 10] [2 0] [2. 0.]

                    """)
        }
    }

    @Test(
        "What h5py writes is read: contiguous, in chunks, packed, with episodes in any order",
        .enabled(if: python != nil, "needs h5py"),
        arguments: ["", "chunks=(4, 2, 2, 3)", "chunks=(3, 2, 2, 3), compression='gzip', shuffle=True"])
    func h5pyWrites(options: String) throws {
        let python = try #require(python)
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.h5"
            try python.run(
                """
                import sys, h5py, numpy as np
                with h5py.File(sys.argv[1], 'w') as f:
                    f.create_dataset('pixels', data=np.arange(10 * 12, dtype=np.uint8).reshape(10, 2, 2, 3), \(options))
                    f['action'] = np.arange(20.0).reshape(10, 2)
                    f['done'] = np.arange(10) % 3 == 0
                    f['step_idx'] = np.arange(10)
                    f['note'] = 'text'
                    f['ep_len'], f['ep_offset'] = np.array([6, 4], np.int32), np.array([4, 0])
                """, path)
            let read = try HDF5Frames(path: path)
            #expect(read.layout.lengths == [6, 4] && read.notes.count == 1)
            #expect(read.layout.columns.map(\.name) == ["action", "done", "step_idx"])
            // Episode 0 begins with row 4 of the file.
            #expect(try read.frames(episode: 0, rows: 1..<6, stride: 3) == Array(60..<72) + Array(96..<108))
            #expect(try read.actions(episode: 1, rows: 2..<4) == [4, 5, 6, 7])
            #expect(try read.values(of: "done", episode: 0, rows: 0..<4) == [0, 0, 1, 0])
            #expect(try read.values(of: "step_idx", episode: 1, rows: 3..<4) == [3])
        }
    }

    @Test(
        "A file that is packed with blosc names the filter and the remedy",
        .enabled(if: Python(importing: "h5py, hdf5plugin") != nil, "needs hdf5plugin"))
    func blosc() throws {
        let python = try #require(Python(importing: "h5py, hdf5plugin"))
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.h5"
            try python.run(
                """
                import sys, h5py, hdf5plugin, numpy as np
                with h5py.File(sys.argv[1], 'w') as f:
                    f.create_dataset('pixels', data=np.zeros((10, 2, 2, 3), np.uint8), **hdf5plugin.Blosc())
                """, path)
            let error = #expect(throws: ForesightError.self) { try HDF5Frames(path: path) }
            #expect(error?.message.contains("pixels is packed with the filter blosc (32001)") == true)
            #expect(error?.remedy.contains("HDF5_PLUGIN_PATH") == true)
        }
    }

    @Test("A file that is packed with lzf is told to be h5py's alone", .enabled(if: python != nil, "needs h5py"))
    func lzf() throws {
        let python = try #require(python)
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.h5"
            try python.run(
                """
                import sys, h5py, numpy as np
                with h5py.File(sys.argv[1], 'w') as f:
                    f.create_dataset('pixels', data=np.zeros((10, 2, 2, 3), np.uint8), compression='lzf')
                """, path)
            let error = #expect(throws: ForesightError.self) { try HDF5Frames(path: path) }
            #expect(error?.message.contains("pixels is packed with the filter lzf (32000)") == true)
            #expect(error?.remedy.contains("compression='gzip'") == true)
        }
    }

    @Test(
        "A single number is the length of the only episode, rows of none are told, bytes with a sign are no pictures",
        .enabled(if: python != nil, "needs h5py"))
    func strangeArrays() throws {
        let python = try #require(python)
        try withTemporaryFolder { folder in
            try python.run(
                """
                import os, sys, h5py, numpy as np
                os.chdir(sys.argv[1])
                for name, lengths, kind in [('a', np.int32(10), 'u1'), ('b', [3], 'u1'), ('c', np.zeros(0, int), 'u1'),
                        ('d', [10], 'i1'), ('e', [2**62, 2**62], 'u1')]:
                    with h5py.File(name + '.h5', 'w') as f:
                        f['pixels'], f['ep_len'] = np.zeros((10, 2, 2, 3), kind), lengths
                """, folder)
            let single = try HDF5Frames(path: "\(folder)/a.h5")
            #expect(single.layout.lengths == [10] && single.notes.isEmpty)
            #expect(
                try HDF5Frames(path: "\(folder)/b.h5").notes == [
                    "7 of 10 rows belong to no episode of ep_len: left out"
                ])
            for (name, words) in [
                ("c", "no rows of any episode"), ("d", "holds no pictures"), ("e", "4611686018427387904 rows"),
            ] {
                let error = #expect(throws: ForesightError.self) { try HDF5Frames(path: "\(folder)/\(name).h5") }
                #expect(error?.message.contains(words) == true, "\(name): \(String(describing: error))")
            }
        }
    }

    @Test("Lengths that do not fit the rows are refused", .enabled(if: python != nil, "needs h5py"))
    func lengths() throws {
        let python = try #require(python)
        try withTemporaryFolder { folder in
            let path = "\(folder)/frames.h5"
            try python.run(
                """
                import sys, h5py, numpy as np
                with h5py.File(sys.argv[1], 'w') as f:
                    f['pixels'] = np.zeros((10, 2, 2, 3), np.uint8)
                    f['ep_len'], f['ep_offset'] = [6, 5], [0, 6]
                with h5py.File(sys.argv[1] + '.shared', 'w') as f:
                    f['pixels'] = np.zeros((10, 2, 2, 3), np.uint8)
                    f['ep_len'], f['ep_offset'] = [6, 5], [0, 5]
                """, path)
            let error = #expect(throws: ForesightError.self) { try HDF5Frames(path: path) }
            #expect(error?.message.hasSuffix("episode 1 is to end with row 11, there are 10") == true)
            let shared = #expect(throws: ForesightError.self) { try HDF5Frames(path: path + ".shared") }
            #expect(shared?.message.contains("episodes 0 and 1 share the rows 5 to 5,") == true)
        }
    }
}
