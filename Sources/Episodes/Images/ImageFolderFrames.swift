import Basics
import Foundation

/// Pictures in files of their own, `pixels/ep_0_step_0.png` and so on (or `.jpeg`, `.jpg`), with the numbers of all
/// rows in NumPy archives beside the folder, as stable-worldmodel lays it out.
public struct ImageFolderFrames: FrameDataset {
    /// The path of the folder.
    public let source: String
    /// Size of the pictures, columns, lengths of the episodes.
    public let layout: FrameLayout
    /// What was left out.
    public var notes: [String] { numbers.notes }
    private let numbers: ColumnFolder
    private let pictures: String
    private let ending: String

    /// Opens a folder.
    ///
    /// - Throws: `ForesightError.data` when it is not laid out so, or a file is damaged; `.unavailable` without the
    ///   library for its pictures.
    public init(path: String, reading: FrameReading = FrameReading()) throws {
        source = path
        numbers = try ColumnFolder(path: path)
        let endings = ["png", "jpeg", "jpg"]
        func ending(in folder: String) -> String? {
            endings.first { FileManager.default.fileExists(atPath: "\(folder)/ep_0_step_0.\($0)") }
        }
        pictures = try numbers.pictures(
            reading, first: "ep_0_step_0.png (or .jpeg, .jpg)", second: "ep_0_step_1.png"
        ) { ending(in: "\(path)/\($0)") != nil }
        self.ending = ending(in: pictures) ?? ""
        let first = "\(pictures)/ep_0_step_0.\(self.ending)"
        layout = FrameLayout(
            frameSize: try ImageDecoder.size(of: try InputFile.bytes(first), source: first),
            columns: numbers.columns, lengths: numbers.table.lengths)
    }

    /// Copies pictures into a buffer.
    public func readFrames(
        episode: Int, rows: Range<Int>, stride: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        let size = layout.frameSize.byteCount
        let count = FrameRows.count(rows, stride: stride)
        checkRequest(episode: episode, rows: rows, count: count * size, capacity: buffer.count)
        for (place, row) in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: stride).enumerated() {
            let file = "\(pictures)/ep_\(episode)_step_\(row).\(ending)"
            try ImageDecoder.decode(
                try InputFile.bytes(file), size: layout.frameSize, source: file,
                into: .init(rebasing: buffer[place * size..<(place + 1) * size]))
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

/// Writes pictures into files of their own, and the numbers beside them.
public final class ImageFolderWriter: FrameWriter {
    private let folder: String
    private let kind: ImageKind
    private let quality: Int
    private var count: FrameCount
    private var columns: [[Float]]

    private init(_ folder: String, layout: FrameLayout, kind: ImageKind, quality: Int) throws {
        self.folder = folder
        self.kind = kind
        self.quality = quality
        count = FrameCount(layout)
        columns = layout.columns.map { _ in [] }
        try Folder.create("\(folder)/\(FrameColumn.pixels)")
    }

    /// Writes a folder; the body appends all episodes of the layout.
    ///
    /// - Parameters:
    ///   - path: The folder, which must not be there yet or be empty.
    ///   - layout: What will come.
    ///   - kind: PNG, without loss, or JPEG, which is the one that stable-worldmodel reads.
    ///   - quality: The quality of JPEG, 1 to 100.
    ///   - body: Appends the episodes.
    /// - Throws: `ForesightError.failure` when it cannot be saved, `.unavailable` without the library, or what the
    ///   body throws.
    public static func write(
        to path: String, layout: FrameLayout, kind: ImageKind = .png, quality: Int = 95,
        _ body: (ImageFolderWriter) throws -> Void
    ) throws {
        try UnfinishedOutput.write(to: path, isFolder: true) { folder in
            let writer = try ImageFolderWriter(folder, layout: layout, kind: kind, quality: quality)
            try body(writer)
            writer.count.finish()
            try ColumnFolder.write(layout, writer.columns, to: folder)
        }
    }

    /// Writes the next episode.
    public func append(_ episode: FrameEpisode) throws {
        let number = count.next(episode)
        let size = count.layout.frameSize
        for row in 0..<count.layout.lengths[number] {
            let pixels = episode.frames[row * size.byteCount..<(row + 1) * size.byteCount]
            let file = "\(folder)/\(FrameColumn.pixels)/ep_\(number)_step_\(row).\(kind.rawValue)"
            let bytes = try ImageDecoder.encode(pixels, size: size, as: kind, quality: quality)
            // The whole folder gets its name last: these need not be synced one by one.
            do { try Data(bytes).write(to: URL(fileURLWithPath: file)) } catch {
                throw ForesightError.failure("cannot write \(file): \(error)", remedy: "check the space on the disk")
            }
        }
        for index in columns.indices { columns[index] += episode.columns[index] }
    }
}
