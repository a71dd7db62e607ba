import Episodes
import Reports

/// What `inspect` prints on a terminal.
enum InspectionText {
    private static let shownSampling = 4

    /// The record in a line, the channels as a table, warnings, and what training would take.
    static func text(_ log: LoadedLog, _ inspection: LogInspection, report: String?) -> String {
        var parts = [record(log, inspection), table(inspection).text()]
        if !inspection.warnings.isEmpty { parts.append(SourceNames(log).short(warnings(inspection))) }
        let proposals = inspection.proposals
        if !proposals.isEmpty {
            parts.append("proposals\n" + proposals.map { "  - " + $0 }.joined(separator: "\n"))
        }
        parts.append(timing(inspection))
        if let report { parts.append("page with plots: \(report)") }
        return parts.joined(separator: "\n\n")
    }

    /// Gravest first; of many about the sampling, which come for each file, the first stand for all.
    private static func warnings(_ inspection: LogInspection) -> String {
        let sampling = inspection.warnings.filter { $0.kind == .sampling }
        var lines = inspection.warnings.filter { $0.kind != .sampling }.map(\.message)
        lines += sampling.prefix(shownSampling).map(\.message)
        if sampling.count > shownSampling {
            lines.append("\(sampling.count - shownSampling) more on the sampling of files: see the page, or --json")
        }
        return "warnings\n" + lines.map { "  - " + $0 }.joined(separator: "\n")
    }

    /// How much there is.
    static func record(_ log: LoadedLog, _ inspection: LogInspection) -> String {
        let files = log.files.count == 1 ? SourceNames(log).short(log.files[0].source) : "\(log.files.count) files"
        let episodes = "\(inspection.episodeCount) episode\(inspection.episodeCount == 1 ? "" : "s")"
        let longest = inspection.episodeCount == 1 ? "" : "the longest "
        return "\(files): \(episodes), \(inspection.sampleCount) samples, one every "
            + "\(period(inspection.samplingTime)), \(longest)"
            + period(inspection.longestDuration)
    }

    /// What training takes unless told otherwise, and why.
    static func timing(_ inspection: LogInspection) -> String {
        let timing = inspection.timing
        let known = inspection.timeConstants.compactMap { constants in
            constants.dominant.map { "\(constants.channel) \(period($0))" }
        }
        let shown = known.prefix(6).joined(separator: ", ") + (known.count > 6 ? ", …" : "")
        let roles = inspection.hasRoles ? "" : ", every column taken as an observation"
        let reason = known.isEmpty ? "" : "\nfrom the time constants \(shown)\(roles)"
        return "suggested for training: a step of \(period(timing.step)) (stride \(timing.stride)), "
            + "a window of \(timing.window) steps (\(duration(timing.window, timing))), "
            + "a horizon of \(timing.horizon) steps (\(duration(timing.horizon, timing)))" + reason
    }

    private static func duration(_ steps: Int, _ timing: SuggestedTiming) -> String {
        period(Double(steps) * timing.step)
    }

    private static func table(_ inspection: LogInspection) -> TextTable {
        let channels = InspectionTable(inspection)
        var table = TextTable(channels.columns.map { ($0.header, $0.isNumber ? .right : .left) })
        for row in channels.rows { table.add(row) }
        return table
    }
}

extension LogInspection {
    /// What might be said of the channels and is not assumed: actions that seem to take only some values.
    var proposals: [String] {
        channels.compactMap { summary in
            guard let values = summary.proposedValues else { return nil }
            let (name, list) = (summary.channel.name, SwitchValues.words(values))
            return "\(name) was only ever at \(list): if it can take no other value, say so by --values "
                + "\(name)=\(list.filter { $0 != " " }), and plans choose among them"
        }
    }
}
