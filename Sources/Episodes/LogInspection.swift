/// What is in a log, and what it can teach a model: the substance of `foresight inspect`, and of training's defaults.
///
///     let inspection = LogInspection(log)
///     inspection.warnings.map(\.message)  // ["Q2 never moved (always 0 %): its effect can't be learned, …", …]
///     inspection.timing.horizon
public struct LogInspection: Sendable, Equatable, Codable {
    /// A row for each channel.
    public var channels: [ChannelSummary]
    /// Time constants of each observation.
    public var timeConstants: [TimeConstants]
    /// Step, window and horizon that suit the log.
    public var timing: SuggestedTiming
    /// What limits learning, the gravest first.
    public var warnings: [LogWarning]
    /// Seconds between samples.
    public var samplingTime: Double
    /// The number of episodes.
    public var episodeCount: Int
    /// Samples of all episodes.
    public var sampleCount: Int
    /// Seconds of the longest episode.
    public var longestDuration: Double
    /// Samples of the longest episode.
    public var longestCount: Int
    /// Samples for which actions are held, by the median of that which moves most often; `nil` when none is held.
    public var hold: Int?
    /// The frequency in Hz below which nine tenths of the power of every channel that moves lie; `nil` for short logs.
    public var highestFrequency: Double?
    /// Columns that no channel uses.
    public var ignoredColumns: [String]

    /// Looks at a log.
    public init(_ log: LoadedLog) {
        let summaries = log.channels.indices.map { ChannelSummary($0, of: log.episodes) }
        channels = summaries
        let estimator = TimeConstantEstimator(log)
        timeConstants = log.indices(of: .observation).filter {
            !summaries[$0].isConstant && summaries[$0].missing < 0.5
        }
        .map(estimator.estimate)
        let longest = log.episodes.map(\.count).max() ?? 0
        let holds = log.indices(of: .action).compactMap { summaries[$0].medianHold }
        hold = holds.min()
        longestCount = longest
        highestFrequency = RecordedBand.highestFrequency(
            log.episodes, columns: Array(log.channels.indices), samplingTime: log.samplingTime)
        timing = SuggestedTiming(
            constants: timeConstants, samplingTime: log.samplingTime, hold: hold, longest: longest,
            highestFrequency: highestFrequency, rows: log.sampleCount)
        samplingTime = log.samplingTime
        episodeCount = log.episodes.count
        sampleCount = log.sampleCount
        longestDuration = log.episodes.map(\.duration).max() ?? 0
        ignoredColumns = log.ignoredColumns
        warnings = []

        let checks = LogChecks(log: log, channels: summaries)
        let controlled = checks.closedLoop()
        var found = checks.constants() + controlled + checks.switching(except: Set(controlled.flatMap(\.channels)))
        found += checks.duplicates() + checks.missing()
        found += checks.limits() + checks.values() + checks.saturation() + checks.resolution()
        found += recordWarnings()
        found += log.warnings.map { LogWarning(.sampling, [], $0) }
        if let missing = Self.missingRoles(log) { found.append(missing) }
        warnings = found
    }

    /// What keeps models of a log from being planned with: channels without roles, or without an action.
    ///
    /// - Parameter log: The log.
    /// - Returns: The warning; `nil` for a log with an action.
    public static func missingRoles(_ log: LoadedLog) -> LogWarning? {
        guard log.hasRoles else {
            let shown = log.channels.prefix(6).map(\.name).joined(separator: ", ")
            let names = log.channels.count > 6 ? shown + ", …" : shown
            return LogWarning(
                .noRoles, [],
                "no roles are assigned, so that every column (\(names)) is taken as an observation: a model can predict, but "
                    + "there is nothing to plan; say which are --actions, --observations and --disturbances")
        }
        guard log.indices(of: .action).isEmpty else { return nil }
        return LogWarning(
            .noAction, [],
            "no channel is an action: a model can predict, but there is nothing to plan; name what can be set by "
                + "--actions")
    }

    /// Step, window and horizon for someone who decided a part of them.
    ///
    /// - Parameters:
    ///   - reach: Seconds that the horizon has to cover; `nil` to suggest it.
    ///   - stride: Samples to one step; `nil` to suggest it.
    /// - Returns: What the rules make of it.
    public func timing(reach: Double?, stride: Int?) -> SuggestedTiming {
        SuggestedTiming(
            constants: timeConstants, samplingTime: samplingTime, hold: hold, longest: longestCount, reach: reach,
            fixedStride: stride, highestFrequency: highestFrequency, rows: sampleCount)
    }

    /// Whether the record is long enough to show the plant.
    private func recordWarnings() -> [LogWarning] {
        var found: [LogWarning] = []
        let slow = timeConstants.filter(\.isSlowerThanRecord).map(\.channel)
        if !slow.isEmpty {
            let guesses = timeConstants.filter(\.isSlowerThanRecord).map { constant in
                constant.channel + (constant.dominant.map { " (about \(seconds(significantValue($0))))" } ?? "")
            }
            let names = guesses.prefix(6).joined(separator: ", ") + (slow.count > 6 ? ", …" : "")
            found.append(
                LogWarning(
                    .shortRecord, slow,
                    "\(names): time constants above a fifth of the longest episode (\(seconds(longestDuration))), or "
                        + "no settling; longer records would show more"))
        }
        for constant in timeConstants where !constant.isSlowerThanRecord {
            guard let dominant = constant.dominant, dominant * 10 > longestDuration else { continue }
            let share = significant(longestDuration / dominant, 2)
            found.append(
                LogWarning(
                    .shortRecord, [constant.channel],
                    "the longest episode covers \(share) time constants of \(constant.channel) "
                        + "(\(seconds(significantValue(dominant)))); ten or more show its response well"))
        }
        if sampleCount < 500 {
            found.append(
                LogWarning(.fewSamples, [], "\(sampleCount) samples are few: a model of them will be rough"))
        }
        return found
    }

    private func significantValue(_ value: Double) -> Double { Double(significant(value, 2)) ?? value }
}
