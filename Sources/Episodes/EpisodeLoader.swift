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
    /// Whether what is read is a part of a longer log, in which a channel may have no value at all.
    public var isPart = false

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
        for table in tables where table.columns.isEmpty && table.availableColumns.isEmpty {
            let reasons = table.notes.isEmpty ? "" : ": " + table.notes.joined(separator: ", ")
            throw ForesightError.data(
                "\(table.source) holds no channel\(reasons)",
                remedy: "store columns or arrays [time] or [time, channel], each episode in a file of its own")
        }
        let settings = try channelSettings(tables)
        let channels = try channels(settings, tables)
        var assembly = EpisodeAssembly(policy: schema.sampling, settings: settings, channels: channels)
        for table in tables { try assembly.add(table) }
        let hasRoles = schema.channels.contains { $0.role != nil }
        var log = try assembly.finished(hasRoles: hasRoles, isPart: isPart)
        for setting in settings where setting.scale == 1 && setting.offset == 0 {
            let found = tables.compactMap { table in
                table.columnIndex(setting.column).flatMap { table.columns[$0].unit }
            }
            log.headingUnits[setting.name] = found.first { setting.unit != nil && $0 != setting.unit }
        }
        return log
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
        let remedy = nearestNameQuestion(to: name, among: names)
        let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
        return .data("\(table.source) has no channel \(name)", remedy: remedy ?? "its columns are \(shown)")
    }
}
