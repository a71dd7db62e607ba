import Basics
import Foundation
import Testing
import _TestSupport

@testable import Episodes

/// What can be written on this machine.
private let formats = FrameFormat.allCases.filter { format in
    switch format {
    case .npz: true
    case .hdf5, .minari: (try? HDF5Library.path()) != nil
    case .png: (try? ImageDecoder.require(.png)) != nil
    case .jpeg: (try? ImageDecoder.require(.jpeg)) != nil
    case .mp4: (try? FilmTool.path()) != nil
    }
}

@Suite("Formats of pictures")
struct FrameFormatTests {
    @Test("Each format is recognised, and holds what was written within its tolerance", arguments: formats)
    func conversions(format: FrameFormat) throws {
        let frames = FrameExamples.smooth(lengths: [5, 3])
        try withTemporaryFolder { folder in
            let ending = [.npz: ".npz", .hdf5: ".h5"][format] ?? ""
            let path = "\(folder)/frames\(ending)"
            try format.write(to: path, layout: frames.layout) { writer in try writer.append(all: frames) }
            #expect(FrameFormat.of(path) == format)
            let copy = try FrameFormat.open(path)
            let comparison = try FrameComparison(copy, with: frames, format: format)
            #expect(comparison.frames == 8 && (comparison.greatestDifference == 0) == format.isLossless)
            #expect(comparison.droppedActions == (format == .minari ? 2 : 0))
        }
    }

    @Test("A difference is found wherever it is")
    func differences() throws {
        let frames = FrameExamples.frames()
        func changed(_ change: (inout FrameEpisode) -> Void) throws -> InMemoryFrames {
            var result = InMemoryFrames(frameSize: frames.layout.frameSize, columns: frames.layout.columns)
            for index in frames.layout.lengths.indices {
                var episode = try frames.episode(index)
                if index == 2 { change(&episode) }
                result.append(episode)
            }
            return result
        }
        _ = try FrameComparison(try changed { _ in }, with: frames, format: .npz)
        for change: (inout FrameEpisode) -> Void in [
            { $0.frames[700] ^= 1 }, { $0.columns[0][35] += 1 }, { $0.columns[2][0] = .nan },
        ] {
            #expect(throws: ForesightError.self) {
                try FrameComparison(try changed(change), with: frames, format: .npz)
            }
        }
    }

    @Test("The ending of a name decides what is written")
    func endings() throws {
        #expect(try FrameFormat(writing: "a/b.H5") == .hdf5)
        #expect(try FrameFormat(writing: "b.hdf5") == .hdf5)
        #expect(try FrameFormat(writing: "runs/b.npz") == .npz)
        #expect(try FrameFormat(writing: "runs.old/b") == .png)
        let error = #expect(throws: ForesightError.self) { try FrameFormat(writing: "b.csv") }
        #expect(error?.code == .usage && error?.message == "b.csv: no pictures are written to .csv")
    }

    @Test("A log in a NumPy archive is none of pictures")
    func logs() throws {
        try withTemporaryFolder { folder in
            var zip = ZipWriter()
            zip.add("x.npy", NPYArray(shape: [3], values: [1, 2, 3]).encoded())
            try AtomicFile.write(zip.finished(), to: "\(folder)/log.npz")
            #expect(FrameFormat.of("\(folder)/log.npz") == nil)
            #expect(throws: ForesightError.self) { try FrameFormat.open("\(folder)/log.npz") }
        }
    }
}
