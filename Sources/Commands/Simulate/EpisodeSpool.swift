import Basics
import Episodes
import Foundation

/// Keeps episodes until it is known how long each is, pictures in a file that has no name: environments end episodes when
/// they like, and a data set says at its beginning how long all are.
final class EpisodeSpool {
    private let file: FileHandle
    private let size: FrameSize
    private var columns: [[[Float]]] = []
    /// Rows of each episode.
    private(set) var lengths: [Int] = []

    /// Creates an empty one.
    ///
    /// - Throws: `ForesightError.failure` when no temporary file can be made.
    init(size: FrameSize) throws {
        self.size = size
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("foresight-\(UUID().uuidString)").path
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forUpdatingAtPath: path)
        else {
            throw ForesightError.failure(
                "cannot make the temporary file \(path)", remedy: "free space there, or name another folder with TMPDIR"
            )
        }
        try? FileManager.default.removeItem(atPath: path)
        self.file = file
    }

    /// Keeps an episode.
    ///
    /// - Throws: `ForesightError.failure` when the disk is full.
    func append(frames: [UInt8], columns: [[Float]]) throws {
        do { try file.write(contentsOf: frames) } catch {
            throw ForesightError.failure(
                "cannot keep \(frames.count) bytes of pictures in the folder for temporary files: \(error)",
                remedy: "free space there, or name another folder with TMPDIR")
        }
        lengths.append(frames.count / size.byteCount)
        self.columns.append(columns)
    }

    /// Hands all episodes to a writer, in order.
    ///
    /// - Throws: What the writer throws; `ForesightError.failure` when the file cannot be read.
    func write(to writer: any FrameWriter) throws {
        do { try file.seek(toOffset: 0) } catch {
            throw ForesightError.failure("cannot read the temporary file of pictures: \(error)", remedy: "try again")
        }
        for (length, columns) in zip(lengths, columns) {
            let count = length * size.byteCount
            guard let data = try? file.read(upToCount: count), data.count == count else {
                throw ForesightError.failure("cannot read the temporary file of pictures", remedy: "try again")
            }
            try writer.append(FrameEpisode(frames: [UInt8](data), columns: columns))
        }
    }
}
