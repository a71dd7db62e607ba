import Basics
import Episodes

/// What `inspect --json` prints: names that stay, units in the names.
enum InspectionJSON {
    /// The whole document.
    ///
    /// - Parameters:
    ///   - log: What was read.
    ///   - inspection: What was found out.
    ///   - report: The path of the page.
    ///   - names: Shortens the names of files, for a document that is kept.
    /// - Returns: Files, channels, time constants, suggestions, warnings.
    static func value(
        _ log: LoadedLog, _ inspection: LogInspection, report: String?, names: SourceNames? = nil
    ) -> JSONValue {
        [
            "files": .array(log.files.map { file($0, names) }), "episodes": .integer(inspection.episodeCount),
            "samples": .integer(inspection.sampleCount), "sampling_time": .number(inspection.samplingTime),
            "longest_seconds": .number(inspection.longestDuration),
            "channels": .array(inspection.channels.map { channel($0, hasRoles: log.hasRoles) }),
            "ignored_columns": .array(inspection.ignoredColumns.map { .string($0) }),
            "time_constants": .array(inspection.timeConstants.map(constants)),
            "suggested": timing(inspection.timing),
            "warnings": .array(inspection.warnings.map { warning($0, names) }),
            "report": report.map { .string($0) } ?? .null,
        ]
    }

    private static func file(_ file: LoadedLog.File, _ names: SourceNames?) -> JSONValue {
        [
            "source": .string(names?.short(file.source) ?? file.source), "rows": .integer(file.rowCount),
            "episodes": .integer(file.episodes.count),
            "has_times": .bool(file.hasTimes), "gaps": .integer(file.sampling.gaps.count),
            "irregular": .bool(file.sampling.isIrregular),
            "notes": .array(file.notes.map { .string(names?.short($0) ?? $0) }),
        ]
    }

    private static func channel(_ summary: ChannelSummary, hasRoles: Bool) -> JSONValue {
        let channel = summary.channel
        return [
            "name": .string(channel.name), "role": hasRoles ? .string(channel.role.rawValue) : .null,
            "unit": channel.unit.map { .string($0) } ?? .null, "lower_limit": number(channel.lowerLimit),
            "upper_limit": number(channel.upperLimit), "rate_limit": number(channel.rateLimit),
            "values": numbers(channel.values), "dwell_seconds": number(channel.dwell),
            "proposed_values": numbers(summary.proposedValues),
            "count": .integer(summary.count), "missing": .number(summary.missing), "minimum": number(summary.minimum),
            "maximum": number(summary.maximum), "mean": number(summary.mean),
            "standard_deviation": number(summary.deviation), "resolution": number(summary.resolution),
            "moves": .integer(summary.moves), "median_hold": summary.medianHold.map { .integer($0) } ?? .null,
        ]
    }

    private static func constants(_ constants: TimeConstants) -> JSONValue {
        [
            "channel": .string(constants.channel), "dominant_seconds": number(constants.dominant),
            "fastest_seconds": number(constants.fastest),
            "slower_than_record": .bool(constants.isSlowerThanRecord),
        ]
    }

    private static func timing(_ timing: SuggestedTiming) -> JSONValue {
        [
            "stride": .integer(timing.stride), "step_seconds": .number(timing.step), "window": .integer(timing.window),
            "horizon": .integer(timing.horizon),
        ]
    }

    private static func warning(_ warning: LogWarning, _ names: SourceNames?) -> JSONValue {
        [
            "kind": .string(warning.kind.rawValue), "channels": .array(warning.channels.map { .string($0) }),
            "message": .string(names?.short(warning.message) ?? warning.message),
        ]
    }

    private static func numbers(_ values: [Double]?) -> JSONValue {
        values.map { .array($0.map { .number($0) }) } ?? .null
    }

    private static func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
}
