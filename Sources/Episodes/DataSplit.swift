public import Basics

/// Rows of one episode.
public struct EpisodeSlice: Sendable, Hashable, Codable {
    /// The index of the episode.
    public var episode: Int
    /// The rows.
    public var rows: Range<Int>

    /// Creates a slice.
    public init(episode: Int, rows: Range<Int>) {
        self.episode = episode
        self.rows = rows
    }
}

/// How a log is divided.
public enum SplitMode: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// By record where there are at least eight, by time otherwise.
    case automatic = "auto"
    /// Whole records.
    case byRecord = "by_record"
    /// Contiguous parts of the whole timeline.
    case byTime = "by_time"
}

/// The shares of the parts that a log is divided into.
///
/// There is no share for a test by default: `evaluate` is given records that training has not seen.
public struct SplitSettings: ConfigurationSection, Equatable, Codable {
    /// How the log is divided.
    public var mode = SplitMode.automatic
    /// What the model is fitted to.
    public var train = 0.7
    /// What decides when to stop.
    public var validation = 0.15
    /// What the bands are calibrated on.
    public var calibration = 0.15
    /// What is kept for a final check.
    public var test = 0.0

    /// Creates the usual shares.
    public init() {}

    /// Creates settings.
    public init(mode: SplitMode, train: Double, validation: Double, calibration: Double, test: Double) {
        (self.mode, self.train, self.validation) = (mode, train, validation)
        (self.calibration, self.test) = (calibration, test)
    }

    /// The settings, in the order in which they are printed.
    public static let fields: [ConfigurationField<SplitSettings>] = [
        .value("mode", \.mode, "Whole records, or contiguous parts in time; auto takes records if there are eight."),
        .value("train", \.train, "Share that the model is fitted to.", limit: .fraction),
        .value("validation", \.validation, "Share that decides when to stop.", limit: .fraction),
        .value("calibration", \.calibration, "Share that the bands are calibrated on.", limit: .fraction),
        .value("test", \.test, "Share kept for a final check.", limit: .fraction),
    ]

    /// Checks that the shares add up to one.
    public func validate(path: String) throws {
        let sum = shares.reduce(0, +)
        if abs(sum - 1) > 1e-6 || train <= 0 {
            throw ForesightError.usage(
                "the shares train, validation, calibration and test add up to \(significant(sum, 4)), not 1",
                remedy: "correct \(path.isEmpty ? "them" : path)")
        }
    }

    /// The shares in the order of time.
    var shares: [Double] { [train, validation, calibration, test] }
}

/// The parts that a log is divided into. No sample is in two parts, and no window reaches from one into another.
public struct DataSplit: Sendable, Equatable, Codable {
    /// What the model is fitted to.
    public var train: [EpisodeSlice]
    /// What decides when to stop.
    public var validation: [EpisodeSlice]
    /// What the bands are calibrated on.
    public var calibration: [EpisodeSlice]
    /// What is kept for a final check.
    public var test: [EpisodeSlice]
    /// How the log was divided, decided by now.
    public var mode: SplitMode

    /// Divides a log.
    ///
    /// By record, whole records go to one part, in random order; records are files, and stretches between returns of
    /// the clock. By time, the timeline of all episodes is cut into contiguous parts, and one window of samples is
    /// left out where a cut falls inside an episode, so that a window of a later part holds nothing that a window of
    /// an earlier part saw.
    ///
    /// - Parameters:
    ///   - log: the episodes.
    ///   - settings: shares and mode.
    ///   - window: rows that a window covers, history and horizon together.
    ///   - generator: the order of the records.
    /// - Throws: `ForesightError.data` when a part is too short for a window.
    public init(
        _ log: LoadedLog, settings: SplitSettings, window: Int, using generator: inout SeededGenerator
    ) throws {
        try settings.validate(path: "split")
        precondition(window > 0, "a window has rows")
        let records = DataSplit.records(log)
        let needed = settings.shares.count { $0 > 0 }
        mode = settings.mode == .automatic ? (records.count >= 8 ? .byRecord : .byTime) : settings.mode
        let parts: [[EpisodeSlice]]
        if mode == .byRecord {
            guard records.count >= needed else {
                throw ForesightError.data(
                    "\(records.count) records cannot be divided into \(needed) parts",
                    remedy: "give more logs, or set split.mode=by_time")
            }
            parts = DataSplit.byRecord(records, log, settings.shares, &generator)
        } else {
            parts = DataSplit.byTime(log, settings.shares, window: window)
        }
        (train, validation, calibration, test) = (parts[0], parts[1], parts[2], parts[3])
        for (share, (name, part)) in zip(
            settings.shares, zip(["train", "validation", "calibration", "test"], parts)) where share > 0
        {
            let longest = part.map(\.rows.count).max() ?? 0
            guard longest >= window else {
                throw ForesightError.data(
                    "the longest stretch for \(name) has \(longest) samples, a window needs \(window)",
                    remedy: "shorten window or horizon, change split.\(name), or give longer records")
            }
        }
    }

    /// Episodes that belong together: those of one file, unless its clock started again between them.
    private static func records(_ log: LoadedLog) -> [[Int]] {
        log.files.flatMap { file -> [[Int]] in
            var records: [[Int]] = []
            var last = Double.infinity
            for episode in file.episodes {
                let start = log.episodes[episode].startTime
                if records.isEmpty || start <= last { records.append([]) }
                records[records.count - 1].append(episode)
                last = start
            }
            return records
        }
    }

    private static func byRecord(
        _ records: [[Int]], _ log: LoadedLog, _ shares: [Double], _ generator: inout SeededGenerator
    ) -> [[EpisodeSlice]] {
        let order = records.shuffled(using: &generator)
        let sizes = order.map { $0.reduce(0) { $0 + log.episodes[$1].count } }
        let total = Double(sizes.reduce(0, +))
        var bounds: [Double] = []
        for share in shares { bounds.append((bounds.last ?? 0) + share) }
        var parts = [[Int]](repeating: [], count: shares.count)
        var before = 0.0
        for (record, size) in sizes.enumerated() {
            let middle = (before + Double(size) / 2) / total
            let part = bounds.firstIndex { middle < $0 } ?? shares.lastIndex { $0 > 0 } ?? 0
            parts[part].append(record)
            before += Double(size)
        }
        // Every part that is asked for gets a record, from the part that has most.
        for part in parts.indices where shares[part] > 0 && parts[part].isEmpty {
            let richest = parts.indices.max { parts[$0].count < parts[$1].count } ?? 0
            if let record = parts[richest].popLast() { parts[part].append(record) }
        }
        return parts.map { part in
            part.flatMap { order[$0] }.sorted().map { EpisodeSlice(episode: $0, rows: 0..<log.episodes[$0].count) }
        }
    }

    private static func byTime(_ log: LoadedLog, _ shares: [Double], window: Int) -> [[EpisodeSlice]] {
        let total = Double(log.sampleCount)
        var parts = [[EpisodeSlice]](repeating: [], count: shares.count)
        var before = 0
        for (index, episode) in log.episodes.enumerated() {
            var share = 0.0
            for part in shares.indices where shares[part] > 0 {
                let from = Int((share * total).rounded()) - before
                share += shares[part]
                let to = min(episode.count, Int((share * total).rounded()) - before)
                // A cut inside the episode leaves one window out behind it.
                let start = from > 0 ? from + window : 0
                if to <= 0 { continue }
                if start < to { parts[part].append(EpisodeSlice(episode: index, rows: start..<to)) }
                if to == episode.count { break }
            }
            before += episode.count
        }
        return parts
    }
}
