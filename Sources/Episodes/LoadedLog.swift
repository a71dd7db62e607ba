/// Episodes, with what was found out while reading them.
public struct LoadedLog: Sendable {
    /// What one file gave.
    public struct File: Sendable {
        /// The file.
        public var source: String
        /// Its rows.
        public var rowCount: Int
        /// How evenly it was sampled.
        public var sampling: SamplingReport
        /// Whether it says when samples were taken.
        public var hasTimes: Bool
        /// Its episodes.
        public var episodes: Range<Int>
        /// What was assumed while reading it, in plain words.
        public var notes: [String]
        /// The line of its first row, counted from one: what stands above says how it is read. `nil` where there are no lines.
        public var firstLine: Int?
    }

    /// The episodes, in the order of the files.
    public var episodes: [Episode]
    /// The channels that all episodes have, in the order of their columns.
    public var channels: [Channel]
    /// Seconds between samples in all episodes.
    public var samplingTime: Double
    /// What each file gave.
    public var files: [File]
    /// Columns that no channel uses, without the time.
    public var ignoredColumns: [String]
    /// Whether roles were assigned; without, every column is an observation.
    public var hasRoles: Bool
    /// What a person should know, in plain words: gaps, uneven clocks, resampling.
    public var warnings: [String]
    /// Units that headings give, by channel, where settings give another one and convert nothing.
    public var headingUnits: [String: String] = [:]

    /// A log that no file was read for, such as a simulated one; its channels have roles.
    public init(simulated episode: Episode) {
        self.init(
            episodes: [episode], channels: episode.channels, samplingTime: episode.samplingTime, files: [],
            ignoredColumns: [], hasRoles: true, warnings: [])
    }

    init(
        episodes: [Episode], channels: [Channel], samplingTime: Double, files: [File], ignoredColumns: [String],
        hasRoles: Bool, warnings: [String]
    ) {
        (self.episodes, self.channels, self.samplingTime, self.files) = (episodes, channels, samplingTime, files)
        (self.ignoredColumns, self.hasRoles, self.warnings) = (ignoredColumns, hasRoles, warnings)
    }

    /// The number of samples of all episodes.
    public var sampleCount: Int { episodes.reduce(0) { $0 + $1.count } }

    /// The indices of the channels of one role.
    public func indices(of role: ChannelRole) -> [Int] { channels.indices.filter { channels[$0].role == role } }
}
