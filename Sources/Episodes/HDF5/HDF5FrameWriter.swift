import Basics

/// Writes pictures with actions as an HDF5 file that stable-worldmodel reads, and can append to.
public final class HDF5FrameWriter: FrameWriter {
    private let output: HDF5Output
    private let pixels: HDF5OutputArray
    private let columns: [HDF5OutputArray]
    private var count: FrameCount

    private init(_ path: String, layout: FrameLayout, deflate: Int) throws {
        count = FrameCount(layout)
        output = try HDF5Output(path: path)
        let (size, rows) = (layout.frameSize, layout.rowCount)
        // One picture a chunk, as stable-worldmodel has it: windows begin anywhere.
        pixels = try output.makeArray(
            FrameColumn.pixels, .uint8, shape: [rows, size.height, size.width, 3], chunk: 1, deflate: deflate)
        columns = try layout.columns.map { [output] column in
            try output.makeArray(column.name, .float32, shape: [rows] + column.shape, chunk: min(rows, 1024))
        }
        let episodes = layout.lengths.count
        try output.makeArray(EpisodeTable.lengthName, .int32, shape: [episodes], chunk: min(episodes, 1024))
            .write(layout.lengths, at: 0)
        try output.makeArray(EpisodeTable.offsetName, .int64, shape: [episodes], chunk: min(episodes, 1024))
            .write(layout.offsets, at: 0)
    }

    /// Writes a file; the body appends all episodes of the layout.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - layout: What will come.
    ///   - deflate: 1 (fast) to 9 (small) packs the pictures with gzip; 0 does not.
    ///   - body: Appends the episodes.
    /// - Throws: `ForesightError.failure` when it cannot be saved, `.unavailable` without the library, or what the
    ///   body throws; an earlier file stays.
    public static func write(
        to path: String, layout: FrameLayout, deflate: Int = 0, _ body: (HDF5FrameWriter) throws -> Void
    ) throws {
        precondition((0...9).contains(deflate), "gzip level \(deflate)")
        try UnfinishedOutput.write(to: path, isFolder: false) { unfinished in
            let writer = try HDF5FrameWriter(unfinished, layout: layout, deflate: deflate)
            try body(writer)
            writer.count.finish()
        }
    }

    /// Writes the next episode.
    public func append(_ episode: FrameEpisode) throws {
        let row = count.layout.offsets[count.next(episode)]
        try pixels.write(episode.frames, at: row)
        for (column, values) in zip(columns, episode.columns) { try column.write(values, at: row) }
    }
}
