import Basics

/// Pictures with actions in an HDF5 file as LeWorldModel and stable-worldmodel write it: `pixels`
/// `[rows, height, width, 3]` of bytes, `action` `[rows, action]`, further columns, and `ep_len` and `ep_offset` with
/// length and first row of each episode.
///
/// A window is read without the rest of the file; where pictures are packed in chunks, the chunks that it touches.
public struct HDF5Frames: FrameDataset {
    /// The path of the file.
    public let source: String
    /// Size of the pictures, columns, lengths of the episodes.
    public let layout: FrameLayout
    /// Arrays that were left out.
    public let notes: [String]
    private let pixels: HDF5Array
    private let arrays: [HDF5Array]
    private let table: EpisodeTable

    /// Opens a file.
    ///
    /// - Throws: `ForesightError.data` when it is damaged, holds no pictures or is packed by an unknown filter,
    ///   `.unavailable` without the library.
    public init(path: String, reading: FrameReading = FrameReading()) throws {
        source = path
        let file = try HDF5File(path: path)
        var stored: [HDF5Array] = []
        var notes: [String] = []
        for name in try file.names() {
            switch try file.node(name) {
            case .dataset(let array): stored.append(array)
            default: notes.append("\(name) is no array: left out")
            }
        }
        let candidates = stored.filter(\.isPictures)
        let name = try reading.choose(among: candidates.map(\.name), of: stored.map(\.name), source: path)
        guard let pixels = candidates.first(where: { $0.name == name }) else { preconditionFailure("\(name) is gone") }
        try pixels.checkFilters()
        self.pixels = pixels
        let rows = pixels.shape[0]
        func counts(_ name: String) throws -> [Int]? { try stored.first { $0.name == name }?.counts() }
        table = try EpisodeTable(
            lengths: try counts(EpisodeTable.lengthName), offsets: try counts(EpisodeTable.offsetName), rows: rows,
            source: path)
        if let note = table.note(rows: rows) { notes.append(note) }
        var titles = ColumnNames()
        var columns: [FrameColumn] = []
        var arrays: [HDF5Array] = []
        for array in stored
        where array.name != name && ![EpisodeTable.lengthName, EpisodeTable.offsetName].contains(array.name) {
            guard array.isNumbers, array.shape.first == rows, array.shape.count <= 3 else {
                notes.append("\(array.name) of shape \(array.shape) is no column of \(rows) numbers: left out")
                continue
            }
            try array.checkFilters()
            columns.append(FrameColumn(titles.title(of: array.name), shape: Array(array.shape.dropFirst())))
            arrays.append(array)
        }
        self.arrays = arrays
        self.notes = notes + titles.notes
        layout = FrameLayout(
            frameSize: FrameSize(height: pixels.shape[1], width: pixels.shape[2]),
            columns: columns, lengths: table.lengths)
    }

    /// Copies pictures into a buffer.
    public func readFrames(
        episode: Int, rows: Range<Int>, stride: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        let count = FrameRows.count(rows, stride: stride) * layout.frameSize.byteCount
        checkRequest(episode: episode, rows: rows, count: count, capacity: buffer.count)
        try pixels.bytes(table.rows(rows, of: episode), stride: stride, into: buffer)
    }

    /// Copies the numbers of one column into a buffer.
    public func readColumn(
        _ column: Int, episode: Int, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        let width = layout.columns[column].width
        checkRequest(episode: episode, rows: rows, count: rows.count * width, capacity: buffer.count)
        try arrays[column].floats(table.rows(rows, of: episode), into: buffer)
    }
}

extension HDF5Array {
    /// Whether these can be pictures: bytes `[rows, height, width, 3]`.
    var isPictures: Bool {
        element == .number(isByte: true) && shape.count == 4 && shape[3] == 3 && !shape.dropFirst().contains(0)
    }
    /// Whether these are numbers or truth values.
    var isNumbers: Bool {
        switch element {
        case .number, .truth: true
        case .bytes, .other: false
        }
    }
}
