/// Some episodes of a data set, as a data set: what is learned from, and what is held out.
public struct FrameSubset<Base: FrameDataset>: FrameDataset {
    /// The whole.
    public let base: Base
    /// Which episodes of it, in this order.
    public let episodes: [Int]
    /// The layout of the whole with the lengths of these episodes.
    public let layout: FrameLayout

    /// Takes some episodes.
    public init(_ base: Base, episodes: [Int]) {
        self.base = base
        self.episodes = episodes
        var layout = base.layout
        layout.lengths = episodes.map { base.layout.lengths[$0] }
        self.layout = layout
    }

    /// Where the whole comes from.
    public var source: String { base.source }

    /// Copies pictures, as the whole does.
    ///
    /// - Throws: What the whole throws.
    public func readFrames(
        episode: Int, rows: Range<Int>, stride: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        try base.readFrames(episode: episodes[episode], rows: rows, stride: stride, into: buffer)
    }

    /// Copies numbers, as the whole does.
    ///
    /// - Throws: What the whole throws.
    public func readColumn(
        _ column: Int, episode: Int, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        try base.readColumn(column, episode: episodes[episode], rows: rows, into: buffer)
    }
}
