import Episodes
import Reports

/// The channels as the tables of terminal and page show them.
struct InspectionTable {
    /// Head and kind of each column.
    let columns: [(header: String, isNumber: Bool)]
    /// One text for each column, a row for each channel.
    let rows: [[String]]

    /// Lays the table out; limits have a column where any are known.
    init(_ inspection: LogInspection) {
        let channels = inspection.channels.map(\.channel)
        let hasLimits = channels.contains {
            $0.lowerLimit != nil || $0.upperLimit != nil || $0.rateLimit != nil || $0.values != nil
        }
        columns =
            [
                ("channel", false), ("role", false), ("unit", false), ("least", true), ("greatest", true),
                ("mean", true), ("std", true), ("missing", true), ("sampled every", true), ("changes every", true),
            ] + (hasLimits ? [("limits", false)] : [])
        rows = inspection.channels.map { summary in
            Self.cells(summary, inspection) + (hasLimits ? [Self.limits(summary.channel)] : [])
        }
    }

    private static func cells(_ summary: ChannelSummary, _ inspection: LogInspection) -> [String] {
        func number(_ value: Double?) -> String { value.map(figure) ?? "–" }
        var changes = "never"
        if let hold = summary.medianHold { changes = period(Double(hold) * inspection.samplingTime) }
        if summary.minimum == nil { changes = "–" }
        return [
            summary.channel.name, inspection.hasRoles ? summary.channel.role.rawValue : "–",
            summary.channel.unit ?? "–", number(summary.minimum), number(summary.maximum), number(summary.mean),
            number(summary.deviation), summary.missing == 0 ? "0 %" : NumberText.percent(summary.missing),
            period(inspection.samplingTime), changes,
        ]
    }

    /// Limits in the unit of the channel: `0 … 65`, `≤ 100, 10 a minute`.
    private static func limits(_ channel: Channel) -> String {
        var parts: [String] = []
        if let values = channel.values {
            parts.append("one of \(SwitchValues.words(values))")
            if let dwell = channel.dwell { parts.append("kept \(period(dwell))") }
            return parts.joined(separator: ", ")
        }
        switch (channel.lowerLimit, channel.upperLimit) {
        case (let lower?, let upper?): parts.append("\(figure(lower)) … \(figure(upper))")
        case (let lower?, nil): parts.append("≥ \(figure(lower))")
        case (nil, let upper?): parts.append("≤ \(figure(upper))")
        case (nil, nil): break
        }
        if let rate = channel.rateLimit { parts.append("\(figure(rate * 60)) a minute") }
        return parts.joined(separator: ", ")
    }
}

extension LogInspection {
    /// Whether roles were assigned; without, every column counts as an observation.
    var hasRoles: Bool { !warnings.contains { $0.kind == .noRoles } }
}
