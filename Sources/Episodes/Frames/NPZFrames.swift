import Basics

/// Pictures with actions in a NumPy archive: `pixels` `[rows, height, width, 3]` of bytes, `action` `[rows, action]`,
/// further columns, and `ep_len` with the rows of each episode.
///
/// Arrays `[episodes, rows, …]` are read too; there `ep_len` says how many rows of its room each episode fills. What is
/// stored unpacked, as `numpy.savez` does, is mapped: reading a window touches that window only. What is packed
/// (`numpy.savez_compressed`) is unpacked into memory.
public struct NPZFrames: FrameDataset {
    /// The path of the file.
    public let source: String
    /// Size of the pictures, columns, lengths of the episodes.
    public let layout: FrameLayout
    /// Arrays that were left out.
    public let notes: [String]
    private let pixels: StoredArray
    private let arrays: [StoredArray]
    private let table: EpisodeTable

    /// Opens an archive.
    ///
    /// - Throws: `ForesightError.data` when it is damaged, or holds no pictures.
    public init(path: String, reading: FrameReading = FrameReading()) throws {
        source = path
        let archive = try ZipArchive(MappedBytes(file: try MappedFile(path: path)), source: path)
        var stored: [StoredArray] = []
        var notes: [String] = []
        for member in archive.members where member.name.hasSuffix(".npy") {
            if let array = try StoredArray(member, of: archive) {
                stored.append(array)
            } else {
                notes.append("\(member.name.dropLast(4)) holds no numbers: left out")
            }
        }
        let candidates = stored.filter(\.isPictures)
        let name = try reading.choose(among: candidates.map(\.name), of: stored.map(\.name), source: path)
        guard let pixels = candidates.first(where: { $0.name == name }) else { preconditionFailure("\(name) is gone") }
        self.pixels = pixels
        // With five axes the first two count episodes and rows.
        let axes = pixels.shape.count - 3
        let lead = Array(pixels.shape[..<axes])
        let rows = lead.reduce(1, *)
        func integers(_ name: String) throws -> [Int]? {
            try stored.first { $0.name == name }?.integers(source: path)
        }
        let (lengths, offsets) = (try integers(EpisodeTable.lengthName), try integers(EpisodeTable.offsetName))
        if axes == 2 {
            // What fills up the room of a shorter episode is no row of anything.
            table = try EpisodeTable(
                lengths: lengths, offsets: offsets, episodes: lead[0], room: lead[1], source: path)
        } else {
            table = try EpisodeTable(lengths: lengths, offsets: offsets, rows: rows, source: path)
            if let note = table.note(rows: rows) { notes.append(note) }
        }
        var titles = ColumnNames()
        var columns: [FrameColumn] = []
        var arrays: [StoredArray] = []
        for array in stored
        where array.name != name && ![EpisodeTable.lengthName, EpisodeTable.offsetName].contains(array.name) {
            guard Array(array.shape.prefix(axes)) == lead, array.shape.count <= axes + 2 else {
                notes.append("\(array.name) of shape \(array.shape) is no column of \(rows) rows: left out")
                continue
            }
            columns.append(FrameColumn(titles.title(of: array.name), shape: Array(array.shape.dropFirst(axes))))
            arrays.append(array)
        }
        self.arrays = arrays
        self.notes = notes + titles.notes
        layout = FrameLayout(
            frameSize: FrameSize(height: pixels.shape[axes], width: pixels.shape[axes + 1]), columns: columns,
            lengths: table.lengths)
    }

    /// Whether an archive holds an array that can be pictures.
    static func holdsPictures(_ path: String) -> Bool {
        guard let file = try? MappedFile(path: path),
            let archive = try? ZipArchive(MappedBytes(file: file), source: path)
        else { return false }
        return archive.members.contains { member in
            // Packed arrays are unpacked for it; logs are small.
            member.name.hasSuffix(".npy") && (try? StoredArray(member, of: archive))??.isPictures == true
        }
    }

    /// Copies pictures into a buffer.
    public func readFrames(
        episode: Int, rows: Range<Int>, stride: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        let size = layout.frameSize.byteCount
        let count = FrameRows.count(rows, stride: stride)
        checkRequest(episode: episode, rows: rows, count: count * size, capacity: buffer.count)
        pixels.withBytes { bytes in
            FrameRows.copy(bytes, size: size, rows: table.rows(rows, of: episode), stride: stride, into: buffer)
        }
    }

    /// Copies the numbers of one column into a buffer.
    public func readColumn(
        _ column: Int, episode: Int, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        let width = layout.columns[column].width
        checkRequest(episode: episode, rows: rows, count: rows.count * width, capacity: buffer.count)
        let stored = table.rows(rows, of: episode)
        arrays[column].copy(stored.lowerBound * width..<stored.upperBound * width, into: buffer)
    }
}

extension StoredArray {
    /// Whether these can be pictures: bytes `[rows, height, width, 3]`, or `[episodes, rows, height, width, 3]`.
    fileprivate var isPictures: Bool {
        (4...5).contains(shape.count) && shape.last == 3 && element == .uint8 && !shape.contains(0)
    }
}
