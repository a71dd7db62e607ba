import Basics

/// Recorded episodes of pictures with actions: what world models learn from when they see.
///
/// A row holds a picture, red, green and blue of each pixel as bytes `[height, width, 3]`, and numbers by name. Row t
/// holds what is seen at t and the action that was then taken, as LeWorldModel (arXiv:2603.19312) and
/// stable-worldmodel (arXiv:2605.21800) write it; where no action followed, in the last row of some recordings, it is
/// NaN. Rows can be read from several threads at once; reading a window takes memory for that window only.
public protocol FrameDataset: Sendable {
    /// Where the data come from, for messages.
    var source: String { get }
    /// Size of the pictures, columns, lengths of the episodes.
    var layout: FrameLayout { get }
    /// What was left out when the data were opened, and why, a sentence each.
    var notes: [String] { get }

    /// Copies pictures into a buffer: those of the rows `rows.lowerBound`, plus `stride`, and so on within `rows`.
    ///
    /// `buffer` has room for exactly these pictures, `[count, height, width, 3]`.
    ///
    /// - Throws: `ForesightError.data` when the file cannot be read or is damaged.
    func readFrames(
        episode: Int, rows: Range<Int>, stride: Int, into buffer: UnsafeMutableBufferPointer<UInt8>) throws

    /// Copies the numbers of one column, an index in `layout.columns`, into a buffer.
    ///
    /// `buffer` has room for exactly these numbers, `[rows, width]`.
    ///
    /// - Throws: `ForesightError.data` when the file cannot be read or is damaged.
    func readColumn(
        _ column: Int, episode: Int, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws
}

extension FrameDataset {
    /// Nothing was left out.
    public var notes: [String] { [] }

    /// Pictures of an episode, `[count, height, width, 3]`.
    ///
    /// - Throws: `ForesightError.data` when the file cannot be read or is damaged.
    public func frames(episode: Int, rows: Range<Int>, stride: Int = 1) throws -> [UInt8] {
        let count = FrameRows.count(rows, stride: stride) * layout.frameSize.byteCount
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            try readFrames(episode: episode, rows: rows, stride: stride, into: .init(rebasing: buffer[..<count]))
            filled = count
        }
    }

    /// Numbers of one column, `[rows, width]`.
    ///
    /// - Throws: `ForesightError.data` when there is no such column, or the file cannot be read or is damaged.
    public func values(of name: String, episode: Int, rows: Range<Int>) throws -> [Float] {
        let column = try layout.index(of: name, source: source)
        let count = rows.count * layout.columns[column].width
        return try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            try readColumn(column, episode: episode, rows: rows, into: .init(rebasing: buffer[..<count]))
            filled = count
        }
    }

    /// Actions, `[rows, action]`.
    ///
    /// - Throws: `ForesightError.data` when there are none, or the file cannot be read or is damaged.
    public func actions(episode: Int, rows: Range<Int>) throws -> [Float] {
        try values(of: FrameColumn.action, episode: episode, rows: rows)
    }

    /// A whole episode.
    ///
    /// - Throws: `ForesightError.data` when the file cannot be read or is damaged.
    public func episode(_ index: Int) throws -> FrameEpisode {
        let rows = 0..<layout.lengths[index]
        return FrameEpisode(
            frames: try frames(episode: index, rows: rows),
            columns: try layout.columns.map { try values(of: $0.name, episode: index, rows: rows) })
    }

    /// Stops the program when a request lies outside the episode or does not fill its buffer.
    func checkRequest(episode: Int, rows: Range<Int>, count: Int, capacity: Int) {
        precondition(layout.lengths.indices.contains(episode), "episode \(episode) of \(layout.lengths.count)")
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= layout.lengths[episode],
            "rows \(rows) of an episode of \(layout.lengths[episode])")
        precondition(count == capacity, "a buffer of \(capacity) for \(count) values")
    }
}

/// An episode in memory.
public struct FrameEpisode: Sendable, Equatable {
    /// The pictures, `[rows, height, width, 3]`.
    public var frames: [UInt8]
    /// The numbers of each column, `[rows, width]`, in the order of the layout.
    public var columns: [[Float]]

    /// Creates an episode.
    public init(frames: [UInt8], columns: [[Float]]) {
        self.frames = frames
        self.columns = columns
    }
}

/// Arithmetic of rows that are read with gaps.
enum FrameRows {
    /// How many rows are read.
    static func count(_ rows: Range<Int>, stride: Int) -> Int {
        precondition(stride > 0, "every \(stride)th row")
        return (rows.count + stride - 1) / stride
    }
}
