import ArgumentParser
import Basics
import Episodes
import Objectives

/// How logs are read: channels with their roles, and what the files do not say themselves.
///
/// Every command that reads logs has these, and calls `load(_:talk:)`.
struct LogOptionsGroup: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "YAML file of channels with role, unit and limits. By default LOG.channels.yaml beside the log, else "
                + "channels.yaml in its folder, where there is one; 'none' reads neither.",
            valueName: "file"))
    var channels: String?

    @Option(
        help: ArgumentHelp(
            "Channels that are set by whoever controls the system, with commas between: each a name, or "
                + "name[unit]{least..greatest}=column, of which all but the name may be left out, such as "
                + "Q1[%]{0..100}=Heater.",
            valueName: "names"))
    var actions: String?

    @Option(
        help: ArgumentHelp(
            "Channels that are measured, which the model predicts; written as --actions are.", valueName: "names"))
    var observations: String?

    @Option(
        help: ArgumentHelp(
            "Channels that act on the system and that nobody here sets; written as --actions are.", valueName: "names"))
    var disturbances: String?

    @OptionGroup var switching: SwitchOptions

    @Option(
        help: ArgumentHelp(
            "Column that holds the time; auto finds out, none counts samples.", valueName: "column"))
    var time: String?

    @Option(
        help: ArgumentHelp("Seconds of one unit of a numeric time column.", valueName: "seconds"))
    var timeUnit: Double?

    @Option(
        help: ArgumentHelp("Seconds between samples of a log without times.", valueName: "seconds"))
    var samplingTime: Double?

    @Option(
        parsing: .unconditionalSingleValue,  // A marker such as -1 is no option.
        help: ArgumentHelp(
            "A field that means missing, beside empty ones, NaN, NA, null and -9999; may be repeated.",
            valueName: "text"))
    var missing: [String] = []

    @Option(
        help: ArgumentHelp(
            "What separates fields, as a name or the character itself; found out by default.",
            valueName: "delimiter"))
    var delimiter: Delimiter?

    @Flag(inversion: .prefixedNo, help: "Whether 1,5 is one and a half; found out by default.")
    var decimalComma: Bool?

    @Option(
        help: ArgumentHelp(
            "Whether the first row holds names; found out by default.", valueName: "header"))
    var header: LogOptions.Header?

    @Flag(inversion: .prefixedNo, help: "Whether 03/04/2020 is the third of April; found out by default.")
    var dayFirst: Bool?

    @Flag(help: "Rows are channels, columns are samples.")
    var transposed = false

    @Option(
        help: ArgumentHelp("Bring all samples to this distance.", valueName: "seconds"))
    var resample: Double?

    @Option(
        help: ArgumentHelp("How samples are brought there.", valueName: "method"))
    var resampleMethod: ResamplingMethod?

    @Option(
        help: ArgumentHelp(
            "Longest gap that resampling bridges; three steps by default.", valueName: "seconds"))
    var bridge: Double?

    /// What is known about the logs: the channels' file, over it these options.
    ///
    /// - Parameters:
    ///   - logs: Files, folders and patterns; the channels' file is looked for beside them.
    ///   - base: What is known already, such as the channels of a model; nothing is looked for then.
    ///   - talk: Hears which file of channels was found.
    /// - Returns: Channels with roles, and how files are read.
    /// - Throws: `ForesightError` for a file that does not fit, empty names, or numbers outside their limits.
    func schema(for logs: [String], base: LogSchema? = nil, talk: Talk) throws -> LogSchema {
        var schema = try base ?? channelsFile(for: logs, talk: talk)
        var options: [String: String] = [:]
        let lists = [
            ("--actions", actions, ChannelRole.action), ("--observations", observations, .observation),
            ("--disturbances", disturbances, .disturbance),
        ]
        for (option, list, role) in lists {
            for name in try list.map({ try schema.assign($0, role: role) }) ?? [] {
                guard let other = options.updateValue(option, forKey: name) else { continue }
                throw ForesightError.usage(
                    "\(name) is named " + (other == option ? "twice in \(option)" : "in both \(other) and \(option)"),
                    remedy: "give each channel one role")
            }
        }
        try switching.apply(to: &schema)
        if let time { schema.log.time = LogOptions.TimeColumn(time) }
        schema.log.timeUnit = try timeUnit.map { try positive($0, "--time-unit") } ?? schema.log.timeUnit
        schema.log.samplingTime =
            try samplingTime.map { try positive($0, "--sampling-time") } ?? schema.log.samplingTime
        schema.log.missing += missing.filter { !schema.log.missing.contains($0) }
        schema.log.delimiter = delimiter ?? schema.log.delimiter
        schema.log.decimalComma = decimalComma ?? schema.log.decimalComma
        schema.log.header = header ?? schema.log.header
        schema.log.dayFirst = dayFirst ?? schema.log.dayFirst
        schema.log.transposed = transposed || schema.log.transposed
        schema.sampling.resample = try resample.map { try positive($0, "--resample") } ?? schema.sampling.resample
        schema.sampling.method = resampleMethod ?? schema.sampling.method
        schema.sampling.bridge = try bridge.map { try positive($0, "--bridge") } ?? schema.sampling.bridge
        return schema
    }

    /// Reads the logs.
    ///
    /// - Parameters:
    ///   - logs: Files, folders and patterns.
    ///   - base: What is known already, such as the channels of a model; `nil` looks for a file of channels.
    ///   - talk: Hears what was read, what was left out, and what was assumed.
    ///   - isPart: Whether the logs are parts of longer ones, in which a channel may have no value.
    /// - Returns: The episodes, with what was found out while reading.
    /// - Throws: `ForesightError.data` for logs that cannot be read or do not fit; `ForesightError.usage` for options.
    func load(_ logs: [String], base: LogSchema? = nil, talk: Talk, isPart: Bool = false) throws -> LoadedLog {
        var loader = EpisodeLoader(schema: try schema(for: logs, base: base, talk: talk))
        loader.isPart = isPart
        let log = try loader.load(logs)
        var noted: [(note: String, sources: [String])] = []
        for file in log.files {
            talk.detail("\(file.source): \(file.rowCount) rows, \(file.episodes.count) episodes")
            for note in file.notes {
                let index = noted.firstIndex { $0.note == note } ?? noted.count
                if index == noted.count { noted.append((note, [])) }
                noted[index].sources.append(file.source)
            }
        }
        for (note, sources) in noted {
            let others = sources.count == 1 ? "" : " and \(counted(sources.count - 1, "other"))"
            // Where a model says what the channels are, how the file was read is no news.
            base == nil ? talk.note("\(sources[0])\(others): \(note)") : talk.detail("\(sources[0])\(others): \(note)")
        }
        if !log.ignoredColumns.isEmpty {
            let shown = log.ignoredColumns.prefix(12).joined(separator: ", ")
            let more = log.ignoredColumns.count > 12 ? " and \(log.ignoredColumns.count - 12) more" : ""
            talk.note("columns that are not used: \(shown)\(more)")
        }
        for (name, found) in log.headingUnits.sorted(by: { $0.key < $1.key }) {
            let stated = log.channels.first { $0.name == name }?.unit ?? found
            guard ObjectiveGrammar.unitsDiffer(found, stated) else { continue }
            talk.warning(
                "\(name) is in \(found) by its heading and taken as \(stated): if it is not, state scale and offset")
        }
        return log
    }

    /// What the file of channels says: the one that is named, else the one beside the logs.
    func channelsFile(for logs: [String], talk: Talk) throws -> LogSchema {
        if channels == "none" { return LogSchema() }
        if let channels { return try LogSchema.load(file: channels) }
        guard let found = try ChannelsFile.beside(LogPaths.resolve(logs)) else { return LogSchema() }
        talk.note("channels from \(found) (--channels none leaves it)")
        var schema = try LogSchema.load(file: found)
        // Roles that are typed are all the roles there are; units and limits stay known.
        if actions != nil || observations != nil || disturbances != nil {
            for index in schema.channels.indices { schema.channels[index].role = nil }
        }
        return schema
    }

    private func positive(_ value: Double, _ name: String) throws -> Double {
        guard value > 0, value.isFinite else {
            throw ForesightError.usage("\(name) \(value) is not above 0", remedy: "give a number of seconds above 0")
        }
        return value
    }
}
