import Basics

/// Turns log files into episodes of assigned channels at one sampling time.
///
///     var schema = LogSchema()
///     try schema.assign("Q1=Heater 1,Q2=Heater 2", role: .action)
///     try schema.assign("T1,T2", role: .observation)
///     let log = try EpisodeLoader(schema: schema).load(["logs/"])
///     log.episodes[0].column(0)
public struct EpisodeLoader: Sendable {
    /// Which channels are read, and how.
    public var schema: LogSchema

    /// Creates a loader; without channels in the schema, all columns are read as observations.
    public init(schema: LogSchema = LogSchema()) { self.schema = schema }

    /// Reads files, folders and patterns.
    ///
    /// - Throws: `ForesightError.data` for files that cannot be read or do not fit together, each named;
    ///   `ForesightError.usage` for a schema that leaves nothing to learn.
    public func load(_ paths: [String]) throws -> LoadedLog {
        let files = try LogPaths.resolve(paths)
        try schema.validate(path: "")
        for (index, channel) in schema.channels.enumerated() { try channel.validate(path: "channels[\(index)]") }
        let assigned = schema.channels.filter { $0.role != nil }
        let wanted = assigned.isEmpty ? nil : Set(assigned.map(\.column))
        let tables = try files.map { try LogFile.table($0, options: schema.log, wanted: wanted) }
        return try load(tables)
    }

    /// Turns tables, read already, into episodes.
    ///
    /// - Throws: as `load(_:)` for paths.
    public func load(_ tables: [LogTable]) throws -> LoadedLog {
        guard !tables.isEmpty else { throw ForesightError.usage("no log is named", remedy: "name a log file") }
        let settings = try channelSettings(tables)
        let channels = try channels(settings, tables)
        var assembly = Assembly(policy: schema.sampling, settings: settings, channels: channels)
        for table in tables { try assembly.add(table) }
        let hasRoles = schema.channels.contains { $0.role != nil }
        return try assembly.finished(hasRoles: hasRoles)
    }

    /// The settings of the channels to read: those with a role, or all columns of the first file.
    private func channelSettings(_ tables: [LogTable]) throws -> [ChannelSettings] {
        let assigned = schema.channels.filter { $0.role != nil }
        if assigned.isEmpty {
            let known = Dictionary(schema.channels.map { ($0.column, $0) }, uniquingKeysWith: { first, _ in first })
            return tables[0].columns.map { known[$0.name] ?? ChannelSettings(name: $0.name, role: nil) }
        }
        guard assigned.contains(where: { $0.role == .observation }) else {
            throw ForesightError.usage(
                "no channel is an observation", remedy: "name what is measured, such as --observations T1,T2")
        }
        return assigned
    }

    /// The channels with their units, which all files have to agree on.
    private func channels(_ settings: [ChannelSettings], _ tables: [LogTable]) throws -> [Channel] {
        try settings.map { setting in
            var unit: (name: String, source: String)?
            for table in tables {
                guard let column = table.columnIndex(setting.column) else { throw missing(setting, in: table) }
                guard let found = table.columns[column].unit else { continue }
                if let unit, unit.name != found, setting.unit == nil {
                    throw ForesightError.data(
                        "channel \(setting.name) is in \(found) in \(table.source) and in \(unit.name) in \(unit.source)",
                        remedy: "read the files apart, each with scale, offset and unit, or state the unit")
                }
                if unit == nil { unit = (found, table.source) }
            }
            return setting.channel(columnUnit: unit?.name)
        }
    }

    private func missing(_ setting: ChannelSettings, in table: LogTable) -> ForesightError {
        let name = setting.column
        if table.timeName == name {
            return .data(
                "\(table.source): column \(name) is read as the time, not as a channel",
                remedy: "name another time column, or --time none")
        }
        var names = table.availableColumns.filter { $0 != table.timeName }
        if names.isEmpty { names = table.columns.map(\.name) }
        let remedy = nearestName(to: name, among: names).map { "did you mean \($0)?" }
        let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
        return .data("\(table.source) has no channel \(name)", remedy: remedy ?? "its columns are \(shown)")
    }
}

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

    /// The number of samples of all episodes.
    public var sampleCount: Int { episodes.reduce(0) { $0 + $1.count } }

    /// The indices of the channels of one role.
    public func indices(of role: ChannelRole) -> [Int] { channels.indices.filter { channels[$0].role == role } }
}

/// Puts episodes together, file by file.
private struct Assembly {
    let policy: SamplingPolicy
    let settings: [ChannelSettings]
    let channels: [Channel]
    private var episodes: [Episode] = []
    private var files: [LoadedLog.File] = []
    private var ignored: [String] = []
    private var warnings: [String] = []
    private var hasValue: [Bool]

    init(policy: SamplingPolicy, settings: [ChannelSettings], channels: [Channel]) {
        self.policy = policy
        self.settings = settings
        self.channels = channels
        hasValue = channels.map { _ in false }
    }

    mutating func add(_ table: LogTable) throws {
        guard table.rowCount >= 2 else {
            throw ForesightError.data(
                "\(table.source) holds \(table.rowCount) sample, an episode needs at least 2",
                remedy: "check that the recording was written to the file")
        }
        let report: SamplingReport
        if let times = table.times {
            report = SamplingReport(times: times)
            guard report.samplingTime > 0 else {
                throw ForesightError.data(
                    "\(table.source): time does not advance in column \(table.timeName ?? "")",
                    remedy: "name another time column, or --time none")
            }
        } else {
            report = SamplingReport(samplingTime: table.samplingTime ?? 1, count: table.rowCount)
            if table.samplingTime == nil {
                warnings.append("\(table.source) has no times: samples are taken as 1 s apart (--sampling-time)")
            }
        }
        warnings += report.warnings(table)
        let columns = settings.compactMap { table.columnIndex($0.column) }
        let first = episodes.count
        let stretches = report.stretches(
            rowCount: table.rowCount, bridge: policy.bridged(samplingTime: report.samplingTime))
        let long = stretches.filter { $0.count >= 2 }
        if long.count < stretches.count {
            warnings.append("\(table.source): \(stretches.count - long.count) single samples between gaps are left out")
        }
        for (number, rows) in long.enumerated() {
            let name = long.count == 1 ? table.source : "\(table.source)#\(number + 1)"
            episodes.append(episode(table, rows, columns: columns, report: report, name: name))
        }
        let used = Set(columns)
        for (index, column) in table.columns.enumerated() where !used.contains(index) { ignore(column.name) }
        for name in table.availableColumns + table.textColumns
        where table.columnIndex(name) == nil && !(table.timeName ?? "").contains(name) {
            ignore(name)
        }
        files.append(
            LoadedLog.File(
                source: table.source, rowCount: table.rowCount, sampling: report, hasTimes: table.times != nil,
                episodes: first..<episodes.count, notes: table.notes))
    }

    private mutating func ignore(_ name: String) { if !ignored.contains(name) { ignored.append(name) } }

    private mutating func episode(
        _ table: LogTable, _ rows: [Int], columns: [Int], report: SamplingReport, name: String
    ) -> Episode {
        var series = columns.enumerated().map { channel, column in
            let (scale, offset) = (settings[channel].scale, settings[channel].offset)
            return rows.map { table[$0, column] * scale + offset }
        }
        for channel in series.indices where series[channel].contains(where: { !$0.isNaN }) { hasValue[channel] = true }
        let start = table.times.map { $0[rows[0]] } ?? Double(rows[0]) * report.samplingTime
        var samplingTime = report.samplingTime
        if let step = policy.resample {
            let times = times(table, rows, report: report)
            let resampler = Resampler(
                step: step, method: policy.method, bridge: policy.bridged(samplingTime: samplingTime) ?? step)
            for channel in series.indices {
                series[channel] = resampler.resample(series[channel], times: times, role: channels[channel].role)
            }
            samplingTime = step
        }
        let count = series.first?.count ?? 0
        return Episode(
            name: name, channels: channels, samplingTime: samplingTime,
            values: (0..<count).flatMap { row in series.map { $0[row] } }, startTime: start, clock: table.clock)
    }

    /// The times of rows; where the clock is too coarse to tell, evenly between the first and the last.
    private func times(_ table: LogTable, _ rows: [Int], report: SamplingReport) -> [Double] {
        guard let times = table.times else { return rows.map { Double($0) * report.samplingTime } }
        guard report.clockResolution != nil, let first = rows.first, let last = rows.last, rows.count > 1 else {
            return rows.map { times[$0] }
        }
        let step = (times[last] - times[first]) / Double(rows.count - 1)
        return rows.indices.map { times[first] + Double($0) * step }
    }

    mutating func finished(hasRoles: Bool) throws -> LoadedLog {
        guard !episodes.isEmpty else {
            throw ForesightError.data(
                "no two samples follow each other without a gap",
                remedy: "resample (sampling.resample=SECONDS) or check the time column")
        }
        if hasRoles, let channel = hasValue.firstIndex(of: false) {
            let setting = settings[channel]
            throw ForesightError.data(
                "channel \(setting.name) has no value in \(files.count == 1 ? files[0].source : "any file")",
                remedy: "leave it out, or check the markers of missing values (--missing)")
        }
        let times = episodes.map(\.samplingTime).sorted()
        let common = times[times.count / 2]
        if let other = episodes.first(where: { abs($0.samplingTime - common) > 0.05 * common }) {
            let usual = episodes.first { $0.samplingTime == common }
            throw ForesightError.data(
                "\(other.name) is sampled every \(seconds(other.samplingTime)), \(usual?.name ?? "others") every "
                    + seconds(common), remedy: "resample all to one rate (sampling.resample=SECONDS)")
        }
        for index in episodes.indices { episodes[index].samplingTime = common }
        if let step = policy.resample {
            warnings.append("samples are resampled to every \(seconds(step)), \(policy.method.words)")
        }
        return LoadedLog(
            episodes: episodes, channels: channels, samplingTime: common, files: files, ignoredColumns: ignored,
            hasRoles: hasRoles, warnings: warnings)
    }
}

extension ResamplingMethod {
    /// What is done, in plain words.
    var words: String {
        switch self {
        case .interpolate: "linearly between samples, actions as last set"
        case .average: "averaged over each new step"
        }
    }
}

extension SamplingReport {
    /// What a person should know, in plain words.
    fileprivate func warnings(_ table: LogTable) -> [String] {
        var words: [String] = []
        let source = table.source
        if let longest = gaps.max(by: { $0.seconds < $1.seconds }) {
            words.append(
                "\(source): \(gaps.count) \(gaps.count == 1 ? "gap" : "gaps") in the sampling, the longest "
                    + "\(seconds(longest.seconds)) before \(place(longest.row, table))")
        }
        if let first = duplicates.first {
            words.append(
                "\(source): \(duplicates.count) \(duplicates.count == 1 ? "row repeats" : "rows repeat") the time of "
                    + "the row before and \(duplicates.count == 1 ? "is" : "are") left out, first \(place(first, table))"
            )
        }
        if let first = reversals.first {
            words.append(
                "\(source): time runs backwards \(reversals.count == 1 ? "once" : "\(reversals.count) times"), first at "
                    + "\(place(first, table)); each time an episode begins")
        }
        if let clockResolution {
            words.append(
                "\(source): the clock steps by \(seconds(clockResolution)); samples are taken as evenly spaced, every "
                    + seconds(samplingTime))
        }
        if isIrregular {
            words.append(
                "\(source): sampling is irregular around \(seconds(samplingTime)); resample it "
                    + "(sampling.resample=\(SamplingReport.rounded(samplingTime)))")
        } else if jitter > 0.005 {
            words.append(
                "\(source): the clock jitters by \(tenths(jitter * 100)) % around \(seconds(samplingTime)), which is "
                    + "taken as even")
        }
        return words
    }

    private func place(_ row: Int, _ table: LogTable) -> String {
        row < table.lines.count ? "line \(table.lines[row])" : "row \(row + 1)"
    }

    private func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}

/// A duration in seconds, to four digits.
func seconds(_ value: Double) -> String { "\(significant(value, 4)) s" }

/// A number to a number of digits, without a fraction where it is whole.
func significant(_ value: Double, _ digits: Int) -> String {
    guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
    var scale = 1.0
    let limit = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    while abs(value) * scale < limit / 10, scale < 1e300 { scale *= 10 }
    while abs(value) * scale >= limit, scale > 1e-300 { scale /= 10 }
    let rounded = (value * scale).rounded() / scale
    if abs(rounded) < 1e15, rounded == rounded.rounded() { return String(Int(rounded)) }
    return "\(rounded)"
}
