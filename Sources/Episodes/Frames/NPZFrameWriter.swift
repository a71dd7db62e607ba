import Basics

/// Writes pictures with actions as a NumPy archive that `NPZFrames` maps and `numpy.load` reads.
public final class NPZFrameWriter: FrameWriter {
    private var zip: ZipStream
    private var count: FrameCount
    // Beside pictures, numbers are few: they wait until the pictures are written.
    private var columns: [[Float]]

    private init(_ output: AtomicFile.Writer, layout: FrameLayout) throws {
        zip = ZipStream(output)
        count = FrameCount(layout)
        columns = layout.columns.map { _ in [] }
        let shape = [layout.rowCount, layout.frameSize.height, layout.frameSize.width, 3]
        let header = NPYHeader.encoded("|u1", shape: shape)
        try zip.begin(FrameColumn.pixels + ".npy", size: header.count + shape.reduce(1, *))
        try header.withUnsafeBytes { try zip.append($0) }
    }

    /// Writes an archive; the body appends all episodes of the layout.
    ///
    /// - Throws: `ForesightError.failure` when it cannot be saved, or what the body throws; an earlier file stays.
    public static func write(
        to path: String, layout: FrameLayout, _ body: (NPZFrameWriter) throws -> Void
    ) throws {
        try AtomicFile.write(to: path) { output in
            let writer = try NPZFrameWriter(output, layout: layout)
            try body(writer)
            try writer.finish()
        }
    }

    /// Writes the next episode.
    public func append(_ episode: FrameEpisode) throws {
        _ = count.next(episode)
        try episode.frames.withUnsafeBytes { try zip.append($0) }
        for index in columns.indices { columns[index] += episode.columns[index] }
    }

    private func finish() throws {
        count.finish()
        try zip.end()
        let layout = count.layout
        for (column, values) in Swift.zip(layout.columns, columns) {
            try zip.add(column.name, "<f4", [layout.rowCount] + column.shape, values)
        }
        try zip.add(EpisodeTable.lengthName, "<i4", [layout.lengths.count], layout.lengths.map { Int32($0) })
        try zip.add(EpisodeTable.offsetName, "<i8", [layout.lengths.count], layout.offsets.map { Int64($0) })
        try zip.finish()
    }
}
