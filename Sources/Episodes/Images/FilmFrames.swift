import Basics
import Foundation

/// Pictures as films, one an episode, `pixels/ep_0.mp4` and so on, with the numbers of all rows in NumPy archives beside
/// the folder, as stable-worldmodel lays it out.
///
/// Each window starts ffmpeg and decodes its film from the beginning: enough to look at data and to convert them; to
/// train, convert them first.
public struct FilmFrames: FrameDataset {
    /// The path of the folder.
    public let source: String
    /// Size of the pictures, columns, lengths of the episodes.
    public let layout: FrameLayout
    /// What was left out.
    public var notes: [String] { numbers.notes }
    private let numbers: ColumnFolder
    private let films: String

    /// Opens a folder.
    ///
    /// - Throws: `ForesightError.data` when it is not laid out so, or a file is damaged; `.unavailable` without ffmpeg.
    public init(path: String, reading: FrameReading = FrameReading()) throws {
        source = path
        numbers = try ColumnFolder(path: path)
        films = try numbers.pictures(reading, first: "ep_0.mp4", second: "ep_1.mp4") {
            FileManager.default.fileExists(atPath: "\(path)/\($0)/ep_0.mp4")
        }
        let first = "\(films)/ep_0.mp4"
        let picture = try FilmFrames.pictures(of: first, "-frames:v", "1")
        guard let size = Pixmap(picture)?.size else {
            throw ForesightError.data("\(first) holds no pictures", remedy: "write it again")
        }
        layout = FrameLayout(frameSize: size, columns: numbers.columns, lengths: numbers.table.lengths)
    }

    /// Decodes pictures of a film, as it is to be looked at: turned where it says so. Each says how large it is.
    private static func pictures(of film: String, _ options: String...) throws -> Data {
        // Without what stands before it, "10:30/ep_0.mp4" would be asked of a server.
        try FilmTool.run(
            ["-i", "file:\(film)"] + options + ["-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "-"],
            about: film)
    }

    /// Copies pictures into a buffer.
    public func readFrames(
        episode: Int, rows: Range<Int>, stride: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        let count = FrameRows.count(rows, stride: stride)
        checkRequest(
            episode: episode, rows: rows, count: count * layout.frameSize.byteCount, capacity: buffer.count)
        guard count > 0 else { return }
        let film = "\(films)/ep_\(episode).mp4"
        let chosen = "select='gte(n,\(rows.lowerBound))*not(mod(n-\(rows.lowerBound),\(stride)))'"
        var rest = try FilmFrames.pictures(
            of: film, "-vf", chosen, "-fps_mode", "passthrough", "-frames:v", "\(count)")
        let bytes = layout.frameSize.byteCount
        for place in 0..<count {
            guard let picture = Pixmap(rest), rest.endIndex - picture.start >= picture.size.byteCount else {
                throw ForesightError.data(
                    "\(film) gives \(place) pictures for rows \(rows), \(count) are needed",
                    remedy:
                        "the film is shorter than \(EpisodeTable.lengthName).npz says; correct that, or write it again")
            }
            // Upright and lying ones may have as many pixels.
            guard picture.size == layout.frameSize else {
                throw ForesightError.data(
                    "\(film) holds pictures of \(picture.size) pixels, ep_0.mp4 of \(layout.frameSize)",
                    remedy: "bring all films to one size")
            }
            let end = picture.start + bytes
            _ = rest[picture.start..<end].copyBytes(
                to: UnsafeMutableBufferPointer(rebasing: buffer[place * bytes..<(place + 1) * bytes]))
            rest = rest[end...]
        }
    }

    /// Copies the numbers of one column into a buffer.
    public func readColumn(
        _ column: Int, episode: Int, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        checkRequest(
            episode: episode, rows: rows, count: rows.count * layout.columns[column].width, capacity: buffer.count)
        numbers.read(column, episode: episode, rows: rows, into: buffer)
    }
}

/// Writes episodes as films (H.264, with loss), and the numbers beside them.
public final class FilmWriter: FrameWriter {
    private let folder: String
    private let rate: Double
    private var count: FrameCount
    private var columns: [[Float]]

    private init(_ folder: String, layout: FrameLayout, rate: Double) throws {
        _ = try FilmTool.path()
        self.folder = folder
        self.rate = rate
        count = FrameCount(layout)
        columns = layout.columns.map { _ in [] }
        try Folder.create("\(folder)/\(FrameColumn.pixels)")
    }

    /// Writes a folder; the body appends all episodes of the layout.
    ///
    /// - Parameters:
    ///   - path: The folder, which must not be there yet or be empty.
    ///   - layout: What will come.
    ///   - rate: Pictures a second at which the films play.
    ///   - body: Appends the episodes.
    /// - Throws: `ForesightError.failure` when it cannot be saved, `.unavailable` without ffmpeg, or what the body
    ///   throws.
    public static func write(
        to path: String, layout: FrameLayout, rate: Double = 25, _ body: (FilmWriter) throws -> Void
    ) throws {
        try UnfinishedOutput.write(to: path, isFolder: true) { folder in
            let writer = try FilmWriter(folder, layout: layout, rate: rate)
            try body(writer)
            writer.count.finish()
            try ColumnFolder.write(layout, writer.columns, to: folder)
        }
    }

    /// Writes the next episode.
    public func append(_ episode: FrameEpisode) throws {
        let number = count.next(episode)
        let size = count.layout.frameSize
        // A file rather than a pipe: ffmpeg that ends early would end the program by a signal.
        let raw = "\(folder)/raw"
        try AtomicFile.write(episode.frames, to: raw)
        defer { try? FileManager.default.removeItem(atPath: raw) }
        // Colour at half the resolution, which every player knows, needs even sides.
        let layout = size.width % 2 == 0 && size.height % 2 == 0 ? "yuv420p" : "yuv444p"
        _ = try FilmTool.run(
            [
                "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "\(size.width)x\(size.height)", "-r", "\(rate)", "-i", raw,
                "-c:v", "libx264", "-crf", "12", "-pix_fmt", layout, "-y",
                "\(folder)/\(FrameColumn.pixels)/ep_\(number).mp4",
            ], about: "episode \(number)")
        for index in columns.indices { columns[index] += episode.columns[index] }
    }
}
