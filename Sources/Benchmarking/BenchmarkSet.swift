import Basics
public import Episodes

/// A public data set with its protocol: how its files are read, what is learned from, what is tested and how.
public struct BenchmarkSet: Sendable {
    /// The name that `--only` takes.
    public var name: String
    /// A group that `--only` takes as well; `nil` for none.
    public var group: String?
    /// The folder below the data folder; empty for a set that needs no files.
    public var folder: String
    /// What was recorded, and the protocol, in a sentence or two.
    public var about: String
    /// The figures that the set is judged by.
    public var measures: [BenchmarkMeasure]
    /// Reads the set below a data folder.
    let read: @Sendable (RecordReader) throws -> BenchmarkData

    /// Creates a set.
    init(
        _ name: String, group: String? = nil, folder: String? = nil, about: String, measures: [BenchmarkMeasure],
        read: @escaping @Sendable (RecordReader) throws -> BenchmarkData
    ) {
        self.name = name
        self.group = group
        self.folder = folder ?? name
        self.about = about
        self.measures = measures
        self.read = read
    }

    /// The measure that a test is mostly scored by: the first that is about it.
    public func measure(of test: BenchmarkTest) -> BenchmarkMeasure? {
        measures.first { $0.rule.test == test.name } ?? measures.first
    }

    /// Reads what is learned from and what is tested.
    ///
    /// - Parameter data: The data folder, with one folder for each set.
    /// - Returns: The training part and the tests.
    /// - Throws: `ForesightError.data` when a file is missing or not laid out as the set is.
    public func load(from data: String) throws -> BenchmarkData {
        let path = "\(data)/\(folder)"
        guard folder.isEmpty || Folder.exists(path) else {
            throw ForesightError.data(
                "\(data) has no folder \(folder), which holds the set \(name)",
                remedy: "check --data, or name the sets that are there with --only")
        }
        return try read(RecordReader(folder: path))
    }
}

/// A set as it was read.
public struct BenchmarkData: Sendable {
    /// What is learned from: the training and validation parts.
    public var training: LoadedLog
    /// What is tested; nothing of it may be in the training part.
    public var tests: [BenchmarkTest]

    /// Creates data.
    public init(training: LoadedLog, tests: [BenchmarkTest]) {
        self.training = training
        self.tests = tests
    }
}

/// One test of a set: records and how predictions of them are made and scored.
public struct BenchmarkTest: Sendable {
    /// How predictions are made.
    public enum Task: Sendable, Equatable {
        /// One free run over each record: the outputs of the first rows are seen, then inputs alone to the end.
        case record(initial: Int)
        /// As `record`; scored is the mean over the periods of what is periodically driven, without the first ones.
        case periodic(initial: Int, period: Int, dropped: Int)
        /// Predictions from many starts: so many samples seen, so many predicted, one start every so many samples.
        case ahead(history: Int, horizon: Int, every: Int)
    }

    /// The name that measures refer to.
    public var name: String
    /// The records.
    public var episodes: [Episode]
    /// How predictions are made.
    public var task: Task

    /// Creates a test.
    public init(_ name: String, _ episodes: [Episode], _ task: Task) {
        self.name = name
        self.episodes = episodes
        self.task = task
    }

    /// Names of the predicted channels.
    public var outputs: [Channel] { (episodes.first?.channels ?? []).filter { $0.role == .observation } }

    /// Whether a free run over a whole record is tested, and not predictions from many starts.
    var isWholeRecord: Bool { if case .ahead = task { false } else { true } }

    /// Samples that a prediction sees.
    public var history: Int {
        switch task {
        case .record(let initial), .periodic(let initial, _, _): initial
        case .ahead(let history, _, _): history
        }
    }

    /// Samples of the longest prediction.
    public var horizon: Int {
        switch task {
        case .record(let initial), .periodic(let initial, _, _):
            max(1, (episodes.map(\.count).max() ?? 0) - initial)
        case .ahead(_, let horizon, _): horizon
        }
    }
}

/// Reads the files of a set as episodes, by the readers that commands use.
public struct RecordReader: Sendable {
    /// The folder of the set.
    public var folder: String

    /// Creates a reader of a folder.
    public init(folder: String) { self.folder = folder }

    /// A channel of a set: the name it gets, the column it stands in, its role, unit and scale.
    struct Column {
        var settings: ChannelSettings

        static func output(_ name: String, _ column: String? = nil, unit: String? = nil, scale: Double = 1) -> Column {
            make(name, column, .observation, unit, scale)
        }
        static func action(_ name: String, _ column: String? = nil, unit: String? = nil) -> Column {
            make(name, column, .action, unit, 1)
        }
        static func disturbance(_ name: String, _ column: String? = nil, unit: String? = nil) -> Column {
            make(name, column, .disturbance, unit, 1)
        }
        private static func make(
            _ name: String, _ column: String?, _ role: ChannelRole, _ unit: String?, _ scale: Double
        ) -> Column {
            var settings = ChannelSettings(name: name, from: column, role: role, unit: unit)
            settings.scale = scale
            return Column(settings: settings)
        }
    }

    /// Reads files as one log: rows follow each other at the sampling time, whatever time columns say.
    ///
    /// - Parameters:
    ///   - files: Names below the folder.
    ///   - columns: The channels; no other column is looked at.
    ///   - samplingTime: Seconds between rows.
    ///   - rows: Rows that each file has to have; `nil` for any number.
    ///   - options: What else is known about the layout.
    /// - Returns: One episode for each file.
    /// - Throws: `ForesightError.data` when a file is missing, has other rows, or lacks a column.
    func log(
        _ files: [String], _ columns: [Column], samplingTime: Double, rows: Int? = nil,
        options: LogOptions = LogOptions()
    ) throws -> LoadedLog {
        var schema = LogSchema()
        schema.channels = columns.map(\.settings)
        schema.log = options
        schema.log.time = .none
        schema.log.samplingTime = samplingTime
        let log = try EpisodeLoader(schema: schema).load(files.map { "\(folder)/\($0)" })
        for (file, episode) in zip(files, log.episodes) {
            if let rows, episode.count != rows {
                throw ForesightError.data(
                    "\(folder)/\(file) has \(episode.count) rows, the set's protocol counts on \(rows)",
                    remedy: "get the file as its README says")
            }
        }
        guard log.episodes.count == files.count else {
            throw ForesightError.data(
                "\(folder): \(files.count) files gave \(log.episodes.count) stretches of even samples",
                remedy: "get the files as their README says")
        }
        return log
    }
}

extension LoadedLog {
    /// The same log of other episodes.
    func with(_ episodes: [Episode]) -> LoadedLog {
        var log = self
        log.episodes = episodes
        return log
    }
}
