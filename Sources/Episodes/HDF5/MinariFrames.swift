import Basics

/// Pictures with actions in an HDF5 file of Minari (`data/main_data.hdf5`, Minari 0.5): a group `episode_N` for each
/// episode with N actions, N + 1 observations, rewards, terminations and truncations.
///
/// The observations are pictures, or a dictionary of which one entry is; the pictures are bytes, or JPEG as Minari
/// packs them. A row is an observation: in the last row of an episode, which no action followed, `action` and `reward`
/// are NaN. Names within groups are joined by dots: `infos/success` is the column `infos.success`.
public struct MinariFrames: FrameDataset {
    /// The path of the file.
    public let source: String
    /// Size of the pictures, columns, lengths of the episodes.
    public let layout: FrameLayout
    /// Arrays that were left out.
    public let notes: [String]
    private let episodes: [Stored]

    private struct Stored: Sendable {
        var pixels: HDF5Array
        var columns: [HDF5Array]
    }

    /// Whether a file is laid out in this way.
    static func matches(_ file: HDF5File) throws -> Bool {
        try file.names().contains { $0.hasPrefix("episode_") }
    }

    /// Opens a file, or the folder of a data set.
    ///
    /// - Throws: `ForesightError.data` when it is damaged, holds no pictures or is packed by an unknown filter,
    ///   `.unavailable` without the library.
    public init(path: String, reading: FrameReading = FrameReading()) throws {
        let path = Folder.exists(path) ? MinariFrames.file(in: path) : path
        source = path
        let file = try HDF5File(path: path)
        let numbers = try file.names().compactMap { name in
            name.hasPrefix("episode_") ? Int(name.dropFirst("episode_".count)) : nil
        }.sorted()
        guard let first = numbers.first else {
            throw ForesightError.data("\(path) has no episodes", remedy: "name a file of Minari")
        }
        var notes: [String] = []
        let leaves = try MinariFrames.leaves(below: "/episode_\(first)", in: file)
        let pictures = leaves.filter { $0.array.isMinariPictures && $0.name.hasPrefix("observations") }
        let prefix = "observations/"
        let short = { (name: String) in name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name }
        let chosen = try reading.choose(
            among: pictures.map { short($0.name) }, of: leaves.map { short($0.name) }, source: path)
        guard let pixelPath = pictures.first(where: { short($0.name) == chosen })?.name else {
            preconditionFailure("\(chosen) is gone")
        }
        var columns: [(path: String, column: FrameColumn)] = []
        // What stands outside the observations keeps its name, whatever is observed under the same.
        let known = [
            "actions": FrameColumn.action, "rewards": MinariSpaces.reward,
            MinariSpaces.terminations: MinariSpaces.terminations, MinariSpaces.truncations: MinariSpaces.truncations,
        ].filter { place, _ in leaves.contains { $0.name == place } }
        var titles = ColumnNames(settled: Array(known.values), prefix: "observations")
        let rowCount = leaves.first { $0.name == pixelPath }?.array.shape[0] ?? 0
        for (name, array) in leaves where name != pixelPath {
            // What is noted once an episode, such as a map, has as many rows as it likes; actions have to fit.
            guard array.isNumbers, (1...3).contains(array.shape.count), array.shape[0] >= rowCount - 1,
                known[name] != nil || array.shape[0] <= rowCount
            else {
                notes.append("\(name) of shape \(array.shape) is no column of numbers: left out")
                continue
            }
            let title = known[name] ?? titles.title(of: short(name))
            columns.append((name, FrameColumn(title, shape: Array(array.shape.dropFirst()))))
        }
        episodes = try numbers.map { number in
            func array(_ name: String) throws -> HDF5Array {
                guard case .dataset(let array) = try file.node("/episode_\(number)/\(name)") else {
                    throw ForesightError.data("\(path): episode_\(number)/\(name) is no array", remedy: "correct it")
                }
                try array.checkFilters()
                return array
            }
            let stored = Stored(pixels: try array(pixelPath), columns: try columns.map { try array($0.path) })
            let rows = stored.pixels.shape[0]
            for (found, (name, column)) in zip(stored.columns, columns)
            where found.shape.dropFirst() != column.shape[...] || !(rows - 1...rows).contains(found.shape[0]) {
                throw ForesightError.data(
                    "\(path): episode_\(number)/\(name) has the shape \(found.shape), there are \(rows) pictures",
                    remedy: "every episode needs the same arrays, with a row for each picture or one less")
            }
            return stored
        }
        guard let pixels = episodes.first?.pixels, pixels.shape[0] > 0 else {
            throw ForesightError.data("\(path): episode_\(first) holds no pictures", remedy: "record it again")
        }
        let size =
            if pixels.isEncoded {
                try ImageDecoder.size(of: pixels.encoded(0), source: path)
            } else {
                FrameSize(height: pixels.shape[1], width: pixels.shape[2])
            }
        layout = FrameLayout(
            frameSize: size, columns: columns.map(\.column), lengths: episodes.map { $0.pixels.shape[0] })
        self.notes = notes + titles.notes
        for (stored, number) in zip(episodes, numbers)
        where !pixels.isEncoded && stored.pixels.shape.dropFirst() != [size.height, size.width, 3] {
            throw ForesightError.data(
                "\(path): pictures of episode_\(number) have another size", remedy: "bring them to one size")
        }
    }

    /// The file of a data set's folder.
    static func file(in folder: String) -> String {
        let below = "\(folder)/data/main_data.hdf5"
        return Folder.names(in: "\(folder)/data").contains("main_data.hdf5") ? below : "\(folder)/main_data.hdf5"
    }

    /// All arrays below a group, by their path in it.
    private static func leaves(below group: String, in file: HDF5File) throws -> [(name: String, array: HDF5Array)] {
        guard case .group(let names) = try file.node(group) else { return [] }
        return try names.flatMap { name -> [(name: String, array: HDF5Array)] in
            switch try file.node("\(group)/\(name)") {
            case .dataset(let array): return [(name, array)]
            case .group: return try leaves(below: "\(group)/\(name)", in: file).map { ("\(name)/\($0.name)", $0.array) }
            case .other: return []
            }
        }
    }

    /// Copies pictures into a buffer.
    public func readFrames(
        episode: Int, rows: Range<Int>, stride: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        let size = layout.frameSize.byteCount
        let count = FrameRows.count(rows, stride: stride)
        checkRequest(episode: episode, rows: rows, count: count * size, capacity: buffer.count)
        let pixels = episodes[episode].pixels
        guard pixels.isEncoded else { return try pixels.bytes(rows, stride: stride, into: buffer) }
        for (place, row) in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: stride).enumerated() {
            try ImageDecoder.decode(
                try pixels.encoded(row), size: layout.frameSize, source: "\(source): \(pixels.name)[\(row)]",
                into: .init(rebasing: buffer[place * size..<(place + 1) * size]))
        }
    }

    /// Copies the numbers of one column into a buffer.
    public func readColumn(
        _ column: Int, episode: Int, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        let width = layout.columns[column].width
        checkRequest(episode: episode, rows: rows, count: rows.count * width, capacity: buffer.count)
        let array = episodes[episode].columns[column]
        let stored = rows.clamped(to: 0..<array.shape[0])
        let count = stored.count * width
        try array.floats(stored, into: .init(rebasing: buffer[..<count]))
        buffer[count...].update(repeating: .nan)
    }
}

extension HDF5Array {
    /// Whether the pictures are packed one by one: as elements of variable length, or padded to one length.
    var isEncoded: Bool { element == .bytes || shape.count == 2 }
    /// Whether these can be pictures of Minari.
    fileprivate var isMinariPictures: Bool {
        // JPEG that happens to have one length for all is stored as rows of bytes.
        isPictures || (element == .bytes && shape.count == 1)
            || (element == .number(isByte: true) && shape.count == 2 && (try? startsAsJPEG()) == true)
    }

    private func startsAsJPEG() throws -> Bool {
        guard shape[0] > 0 else { return false }
        return try encoded(0).starts(with: [0xFF, 0xD8, 0xFF])
    }

    /// The file in which one picture is packed.
    fileprivate func encoded(_ row: Int) throws -> [UInt8] {
        if element == .bytes { return try variable(row) }
        return try [UInt8](unsafeUninitializedCapacity: shape[1]) { buffer, filled in
            try bytes(row..<row + 1, into: .init(rebasing: buffer[..<shape[1]]))
            filled = shape[1]
        }
    }
}
