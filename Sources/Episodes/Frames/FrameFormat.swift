import Basics

/// How data sets of pictures are stored.
public enum FrameFormat: String, Sendable, CaseIterable {
    /// A NumPy archive, mapped.
    case npz
    /// HDF5 as LeWorldModel and stable-worldmodel write it.
    case hdf5
    /// A folder of Minari.
    case minari
    /// A folder with a PNG for each row, without loss.
    case png
    /// A folder with a JPEG for each row.
    case jpeg
    /// A folder with a film for each episode.
    case mp4

    /// Whether pictures are kept to the last bit.
    public var isLossless: Bool { self != .jpeg && self != .mp4 }

    /// The greatest mean difference of bytes, of 255, that a conversion may bring; 0 without loss.
    public var tolerance: Double { isLossless ? 0 : 6 }

    /// The format of what stands at a path; `nil` where it is no data set of pictures by its name or its files.
    ///
    /// A NumPy archive counts where it holds pictures: it may as well be a log.
    public static func of(_ path: String) -> FrameFormat? {
        if Folder.exists(path) {
            let names = Folder.names(in: path)
            if names.contains("main_data.hdf5") || Folder.names(in: path + "/data").contains("main_data.hdf5") {
                return .minari
            }
            guard names.contains(EpisodeTable.lengthName + ".npz") else { return nil }
            let below = names.filter { Folder.exists("\(path)/\($0)") }
            let files = Set(below.flatMap { Folder.names(in: "\(path)/\($0)") })
            // By what is read first: there may be other pictures and films beside.
            if files.contains("ep_0.mp4") { return .mp4 }
            if files.contains("ep_0_step_0.png") { return .png }
            if files.contains("ep_0_step_0.jpeg") || files.contains("ep_0_step_0.jpg") { return .jpeg }
            return files.contains { $0.hasSuffix(".mp4") }
                ? .mp4 : files.contains { $0.hasSuffix(".png") } ? .png : .jpeg
        }
        let lowered = path.lowercased()
        if lowered.hasSuffix(".h5") || lowered.hasSuffix(".hdf5") {
            guard let file = try? HDF5File(path: path) else { return .hdf5 }
            return (try? MinariFrames.matches(file)) == true ? .minari : .hdf5
        }
        return lowered.hasSuffix(".npz") && NPZFrames.holdsPictures(path) ? .npz : nil
    }

    /// The format that the name of a file to be written stands for: `.npz`, `.h5` and `.hdf5`; a folder of PNG for a
    /// name without ending.
    ///
    /// - Throws: `ForesightError.usage` for another ending.
    public init(writing path: String) throws {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        switch name.lowercased().split(separator: ".").dropFirst().last {
        case "npz": self = .npz
        case "h5", "hdf5": self = .hdf5
        case nil: self = .png
        case let ending?:
            throw ForesightError.usage(
                "\(path): no pictures are written to .\(ending)",
                remedy: "end the name with .h5 or .npz, or name a folder and give --format "
                    + FrameFormat.allCases.dropFirst(2).map(\.rawValue).joined(separator: ", "))
        }
    }

    /// Opens a data set of this format.
    ///
    /// - Throws: `ForesightError.data` when it is damaged or holds no pictures, `.unavailable` where a library or
    ///   program is missing.
    public func open(_ path: String, reading: FrameReading = FrameReading()) throws -> any FrameDataset {
        switch self {
        case .npz: try NPZFrames(path: path, reading: reading)
        case .hdf5: try HDF5Frames(path: path, reading: reading)
        case .minari: try MinariFrames(path: path, reading: reading)
        case .png, .jpeg: try ImageFolderFrames(path: path, reading: reading)
        case .mp4: try FilmFrames(path: path, reading: reading)
        }
    }

    /// Opens what stands at a path, whatever its format.
    ///
    /// - Throws: `ForesightError.data` when it is no data set of pictures or is damaged, `.unavailable` where a
    ///   library or program is missing.
    public static func open(_ path: String, reading: FrameReading = FrameReading()) throws -> any FrameDataset {
        if let format = of(path) { return try format.open(path, reading: reading) }
        // Says what is wrong with the path first.
        if !Folder.exists(path) { _ = try MappedFile(path: path) }
        throw ForesightError.data(
            "\(path) is no data set of pictures",
            remedy: "name an .h5 or .npz file with pixels, or a folder with \(EpisodeTable.lengthName).npz")
    }

    /// Checks, before anything is recorded, that a data set of this format can be written to a path.
    ///
    /// - Throws: `ForesightError.failure` when something is in the way, `.unavailable` where a library or program is missing.
    public func requireWritable(_ path: String) throws {
        let isFolder = self != .npz && self != .hdf5
        try UnfinishedOutput.check(path, isFolder: isFolder)
        switch self {
        case .npz: break
        case .hdf5, .minari: _ = try HDF5Library.path()
        case .png: try ImageDecoder.require(.png)
        case .jpeg: try ImageDecoder.require(.jpeg)
        case .mp4: _ = try FilmTool.path()
        }
    }

    /// Writes a data set of this format; the body appends all episodes of the layout.
    ///
    /// - Parameters:
    ///   - path: The file or folder.
    ///   - layout: What will come.
    ///   - deflate: 1 (fast) to 9 (small) packs pictures in HDF5 with gzip; 0 does not.
    ///   - quality: The quality of JPEG, 1 to 100.
    ///   - rate: Pictures a second of films.
    ///   - body: Appends the episodes.
    /// - Throws: `ForesightError.data` for a column that cannot be stored under its name, `.failure` when it cannot be
    ///   saved, `.unavailable` where a library or program is missing, or what the body throws.
    public func write(
        to path: String, layout: FrameLayout, deflate: Int = 0, quality: Int = 95, rate: Double = 25,
        _ body: (any FrameWriter) throws -> Void
    ) throws {
        try layout.checkNames(for: self)
        switch self {
        case .npz: try NPZFrameWriter.write(to: path, layout: layout) { try body($0) }
        case .hdf5: try HDF5FrameWriter.write(to: path, layout: layout, deflate: deflate) { try body($0) }
        case .minari: try MinariFrameWriter.write(to: path, layout: layout, deflate: deflate) { try body($0) }
        case .png, .jpeg:
            let kind: ImageKind = self == .png ? .png : .jpeg
            try ImageFolderWriter.write(to: path, layout: layout, kind: kind, quality: quality) { try body($0) }
        case .mp4: try FilmWriter.write(to: path, layout: layout, rate: rate) { try body($0) }
        }
    }
}
