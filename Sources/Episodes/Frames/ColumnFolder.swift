import Basics

/// The numbers of a data set in a folder as stable-worldmodel lays it out: `ep_len.npz`, `ep_offset.npz` and an archive
/// for each column, each with one array `arr_0`; the pictures lie in folders beside them.
struct ColumnFolder: Sendable {
    let path: String
    let table: EpisodeTable
    let columns: [FrameColumn]
    let notes: [String]
    /// The folder's folders, any of which may hold pictures.
    let folders: [String]
    private let arrays: [StoredArray]

    /// Opens a folder.
    ///
    /// - Throws: `ForesightError.data` when it has no `ep_len.npz`, or a file is damaged.
    init(path: String) throws {
        self.path = path
        let names = Folder.names(in: path)
        guard names.contains(EpisodeTable.lengthName + ".npz") else {
            throw ForesightError.data(
                "\(path) has no \(EpisodeTable.lengthName).npz, which holds the rows of each episode",
                remedy: "name a folder as foresight convert or stable-worldmodel writes it")
        }
        folders = names.filter { !$0.hasPrefix(".") && Folder.exists("\(path)/\($0)") }
        let lengths = try ColumnFolder.array("\(path)/\(EpisodeTable.lengthName).npz")?.integers(source: path) ?? []
        let offsets =
            names.contains(EpisodeTable.offsetName + ".npz")
            ? try ColumnFolder.array("\(path)/\(EpisodeTable.offsetName).npz")?.integers(source: path) : nil
        let rows = try EpisodeTable.total(lengths, source: path)
        table = try EpisodeTable(lengths: lengths, offsets: offsets, rows: rows, source: path)
        var columns: [FrameColumn] = []
        var arrays: [StoredArray] = []
        var notes: [String] = []
        var titles = ColumnNames()
        for file in names where file.hasSuffix(".npz") {
            let name = String(file.dropLast(4))
            if name == EpisodeTable.lengthName || name == EpisodeTable.offsetName { continue }
            guard let array = try ColumnFolder.array("\(path)/\(file)"), array.shape.first == rows,
                array.shape.count <= 3
            else {
                notes.append("\(file) is no column of \(rows) rows of numbers: left out")
                continue
            }
            columns.append(FrameColumn(titles.title(of: name), shape: Array(array.shape.dropFirst())))
            arrays.append(array)
        }
        self.columns = columns
        self.arrays = arrays
        self.notes = notes + titles.notes
    }

    /// The folder that holds the pictures, among those of which the test says that they could.
    ///
    /// - Parameters:
    ///   - reading: Which of them, where there are several.
    ///   - first: What the first file of pictures has to be called, for messages.
    ///   - second: The same of the second.
    ///   - isCandidate: The test.
    /// - Returns: The path of the folder.
    /// - Throws: `ForesightError.data` when there is none, or no telling which.
    func pictures(
        _ reading: FrameReading, first: String, second: String, where isCandidate: (String) -> Bool
    ) throws -> String {
        let candidates = folders.filter(isCandidate)
        guard !candidates.isEmpty || reading.pixels != nil else {
            throw ForesightError.data(
                "no folder in \(path) holds \(first), with which pictures begin",
                remedy:
                    "put them into a folder \(FrameColumn.pixels) and call them \(first), \(second) and so on, without "
                    + "leading zeros")
        }
        return "\(path)/\(try reading.choose(among: candidates, of: folders, source: path))"
    }

    func read(_ column: Int, episode: Int, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) {
        let width = columns[column].width
        let stored = table.rows(rows, of: episode)
        arrays[column].copy(stored.lowerBound * width..<stored.upperBound * width, into: buffer)
    }

    private static func array(_ path: String) throws -> StoredArray? {
        let archive = try ZipArchive(MappedBytes(file: try MappedFile(path: path)), source: path)
        guard let member = archive.members.first else { return nil }
        return try StoredArray(member, of: archive)
    }

    /// Writes the numbers of a data set.
    static func write(_ layout: FrameLayout, _ columns: [[Float]], to folder: String) throws {
        for (column, values) in zip(layout.columns, columns) {
            try write(column.name, "<f4", [layout.rowCount] + column.shape, values, to: folder)
        }
        let lengths = layout.lengths.map { Int32($0) }
        try write(EpisodeTable.lengthName, "<i4", [lengths.count], lengths, to: folder)
        try write(EpisodeTable.offsetName, "<i8", [lengths.count], layout.offsets.map { Int64($0) }, to: folder)
    }

    private static func write<Number>(
        _ name: String, _ type: String, _ shape: [Int], _ values: [Number], to folder: String
    ) throws {
        try AtomicFile.write(to: "\(folder)/\(name).npz") { output in
            var zip = ZipStream(output)
            try zip.add("arr_0", type, shape, values)
            try zip.finish()
        }
    }
}
