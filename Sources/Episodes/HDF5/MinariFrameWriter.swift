import Basics

/// Writes pictures with actions as a data set of Minari: a folder with `data/main_data.hdf5` and `data/metadata.json`,
/// the pictures as bytes.
///
/// Minari has one action less than observations: the action of an episode's last row is not kept. The columns beside
/// the pictures become entries of the observation, `reward` the rewards (0 where there is no such column).
public final class MinariFrameWriter: FrameWriter {
    private let output: HDF5Output
    private let deflate: Int
    private var count: FrameCount

    private init(_ path: String, layout: FrameLayout, deflate: Int) throws {
        count = FrameCount(layout)
        self.deflate = deflate
        output = try HDF5Output(path: path)
    }

    /// Writes a data set; the body appends all episodes of the layout.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - name: The name of the data set in Minari's form, such as `worlds/two-room-v0`.
    ///   - layout: What will come.
    ///   - deflate: 1 (fast) to 9 (small) packs the pictures with gzip; 0 does not.
    ///   - body: Appends the episodes.
    /// - Throws: `ForesightError.failure` when it cannot be saved, `.data` for episodes of less than two rows,
    ///   `.unavailable` without the library, or what the body throws.
    public static func write(
        to path: String, name: String = "foresight/frames-v0", layout: FrameLayout, deflate: Int = 0,
        _ body: (MinariFrameWriter) throws -> Void
    ) throws {
        if let short = layout.lengths.firstIndex(where: { $0 < 2 }) {
            throw ForesightError.data(
                "episode \(short) has \(layout.lengths[short]) rows; Minari needs two, with an action between",
                remedy: "choose another format, or longer episodes")
        }
        try UnfinishedOutput.write(to: path, isFolder: true) { folder in
            try Folder.create("\(folder)/data")
            let writer = try MinariFrameWriter("\(folder)/data/main_data.hdf5", layout: layout, deflate: deflate)
            try body(writer)
            writer.count.finish()
            try AtomicFile.write(
                MinariSpaces.metadata(layout, name: name).text() + "\n", to: "\(folder)/data/metadata.json")
        }
    }

    /// Writes the next episode.
    public func append(_ episode: FrameEpisode) throws {
        let layout = count.layout
        let number = count.next(episode)
        let rows = layout.lengths[number]
        let size = layout.frameSize
        let place = "episode_\(number)"
        let group = try output.makeGroup(place)
        try output.note("id", number, beside: group)
        try output.note("total_steps", rows - 1, beside: group)
        _ = try output.makeGroup("\(place)/observations")
        try output.makeArray(
            "\(place)/observations/\(FrameColumn.pixels)", .uint8, shape: [rows, size.height, size.width, 3],
            chunk: 1, deflate: deflate
        ).write(episode.frames, at: 0)
        let chunk = min(rows - 1, 1024)
        var rewards = [Float](repeating: 0, count: rows - 1)
        // Recordings end by their length unless they say more.
        var terminations = [Bool](repeating: false, count: rows - 1)
        var truncations = terminations
        truncations[rows - 2] = true
        for (column, values) in zip(layout.columns, episode.columns) {
            let steps = Array(values.prefix((rows - 1) * column.width))
            switch column.name {
            case FrameColumn.action:
                try output.makeArray("\(place)/actions", .float32, shape: [rows - 1] + column.shape, chunk: chunk)
                    .write(steps, at: 0)
            case MinariSpaces.reward where column.width == 1: rewards = steps
            case MinariSpaces.terminations where column.width == 1: terminations = steps.map { $0 == 1 }
            case MinariSpaces.truncations where column.width == 1: truncations = steps.map { $0 == 1 }
            default:
                let name = "\(place)/observations/\(MinariSpaces.key(column.name))"
                try output.makeArray(name, .float32, shape: [rows] + column.shape, chunk: chunk).write(values, at: 0)
            }
        }
        try output.makeArray("\(place)/rewards", .float64, shape: [rows - 1], chunk: chunk).write(rewards, at: 0)
        for (name, truths) in [("terminations", terminations), ("truncations", truncations)] {
            try output.makeArray("\(place)/\(name)", .truth, shape: [rows - 1], chunk: chunk).write(truths, at: 0)
        }
    }
}
