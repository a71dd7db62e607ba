import Basics

/// Episodes of pictures that are held in memory, such as those that a simulator hands over.
public struct InMemoryFrames: FrameDataset {
    /// A name for messages.
    public let source: String
    /// Size of the pictures, columns, lengths of the episodes so far.
    public private(set) var layout: FrameLayout
    private var episodes: [FrameEpisode] = []

    /// Creates an empty data set.
    ///
    /// - Parameters:
    ///   - frameSize: The size of all pictures.
    ///   - columns: The columns beside them.
    ///   - source: A name for messages.
    public init(frameSize: FrameSize, columns: [FrameColumn], source: String = "memory") {
        self.source = source
        layout = FrameLayout(frameSize: frameSize, columns: columns)
    }

    /// Reads a whole data set into memory.
    ///
    /// - Throws: `ForesightError.data` when a file cannot be read or is damaged.
    public init(_ other: some FrameDataset) throws {
        self.init(frameSize: other.layout.frameSize, columns: other.layout.columns, source: other.source)
        for index in other.layout.lengths.indices { append(try other.episode(index)) }
    }

    /// Adds an episode: pictures `[rows, height, width, 3]` and each column's numbers `[rows, width]`.
    public mutating func append(_ episode: FrameEpisode) {
        layout.lengths.append(layout.rows(of: episode))
        episodes.append(episode)
    }

    /// Copies pictures into a buffer.
    public func readFrames(
        episode: Int, rows: Range<Int>, stride: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        let size = layout.frameSize.byteCount
        let count = FrameRows.count(rows, stride: stride)
        checkRequest(episode: episode, rows: rows, count: count * size, capacity: buffer.count)
        episodes[episode].frames.withUnsafeBytes { bytes in
            FrameRows.copy(bytes, size: size, rows: rows, stride: stride, into: buffer)
        }
    }

    /// Copies the numbers of one column into a buffer.
    public func readColumn(
        _ column: Int, episode: Int, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        let width = layout.columns[column].width
        checkRequest(episode: episode, rows: rows, count: rows.count * width, capacity: buffer.count)
        _ = buffer.update(
            fromContentsOf: episodes[episode].columns[column][rows.lowerBound * width..<rows.upperBound * width])
    }
}

extension FrameLayout {
    /// The rows of an episode; stops the program when its arrays do not belong to this layout.
    func rows(of episode: FrameEpisode) -> Int {
        let (rows, rest) = episode.frames.count.quotientAndRemainder(dividingBy: frameSize.byteCount)
        precondition(rest == 0, "\(episode.frames.count) bytes are no pictures of \(frameSize) pixels")
        precondition(episode.columns.count == columns.count, "\(episode.columns.count) of \(columns.count) columns")
        for (column, values) in zip(columns, episode.columns) {
            precondition(
                values.count == rows * column.width, "\(column.name): \(values.count) numbers, \(rows) pictures")
        }
        return rows
    }
}

extension FrameRows {
    /// Copies rows of so many bytes each, with gaps.
    static func copy(
        _ bytes: UnsafeRawBufferPointer, size: Int, rows: Range<Int>, stride: Int,
        into buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        let target = UnsafeMutableRawBufferPointer(buffer)
        if stride == 1 {
            target.copyMemory(from: .init(rebasing: bytes[rows.lowerBound * size..<rows.upperBound * size]))
            return
        }
        var offset = 0
        for row in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: stride) {
            UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + size])
                .copyMemory(from: .init(rebasing: bytes[row * size..<(row + 1) * size]))
            offset += size
        }
    }
}
