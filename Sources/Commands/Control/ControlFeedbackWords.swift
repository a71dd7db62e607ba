import Basics
import Planning
import Plants
import Reports

/// Feedback and faults of a closed-loop study in words, tables and JSON.
enum ControlFeedbackWords {
    /// How often bands held what came, for the terminal; `nil` where nothing was compared.
    static func coverage(_ report: ClosedLoopReport) -> String? {
        guard report.coverages.contains(where: { $0.compared > 0 }) else { return nil }
        var table = TextTable([
            ("bands hold what comes", .left), ("promised", .right), ("as calibrated", .right), ("recalibrated", .right),
            ("width", .right), ("compared", .right),
        ])
        for coverage in report.coverages {
            table.add(["\(period(coverage.lead)) ahead"] + row(coverage))
        }
        return table.text()
    }

    /// The same for a page.
    static func coverageTable(_ report: ClosedLoopReport) -> Table? {
        guard report.coverages.contains(where: { $0.compared > 0 }) else { return nil }
        var table = Table(
            "How often what came lay inside the bands that guardrails keep clear of: as they were calibrated, and as the "
                + "loop had widened them by then. Intervals of 95 % count only predictions that share no sample.",
            columns: [
                .text("ahead"), .number("promised"), .number("as calibrated"), .number("recalibrated"),
                .number("mean width, calibrated is 1"), .number("compared"),
            ])
        for coverage in report.coverages { table.add([period(coverage.lead)] + row(coverage)) }
        return table
    }

    private static func row(_ coverage: LeadCoverage) -> [String] {
        func share(_ value: Double) -> String {
            let interval = coverage.interval(value)
            return NumberText.percent(value) + " (" + NumberText.percent(interval.lowerBound, decimals: 0) + " to "
                + NumberText.percent(interval.upperBound, decimals: 0) + ")"
        }
        return [
            NumberText.percent(coverage.promised, decimals: 0), share(coverage.calibratedShare),
            share(coverage.recalibratedShare), NumberText.significant(coverage.meanFactor) + " ×",
            "\(coverage.compared)",
        ]
    }

    /// Lines on surprises, faults, and the way to safety.
    static func lines(_ outcome: ControlOutcome) -> [String] {
        let report = outcome.learned
        var lines: [String] = []
        if report.toSafety.count > 0 {
            lines.append(
                "from the observation that left no certified plan to the safe action: "
                    + "\(NumberText.duration(report.toSafety.p50)) (median), at most "
                    + NumberText.duration(report.toSafety.max))
        }
        if report.handedOver > 0, let holder = outcome.scenario.task.holder {
            lines.append("taken over by \(holder.name): \(counted(report.handedOver, "decision"))")
        }
        if !report.coverages.isEmpty {
            let first = report.episodes.compactMap { $0.alarms.first }.first
            let example = first.map {
                ", the first by '\($0.channel)' \(period($0.lead)) ahead, at \(figure($0.time)) s"
            }
            lines.append("surprises: \(report.alarms)\(example ?? "")")
        }
        guard let faults = outcome.faults else { return lines }
        lines.append("faults: " + outcome.faultTexts.joined(separator: "; "))
        let count = faults.episodes.count
        let delay = faults.medianDetection.map { ", after \(figure($0)) s (median)" } ?? ""
        lines.append("  noticed as a surprise in \(faults.detected) of \(counted(count, "episode"))\(delay)")
        let fallbacks = faults.episodes.compactMap(\.fallback)
        if !fallbacks.isEmpty {
            lines.append(
                "  no certified plan at some time after it in \(fallbacks.count) of \(counted(count, "episode"))")
        }
        lines.append(
            "  steps beyond a limit after it: \(faults.violations), \(faults.silent) of them before anything had warned"
                + "; episodes with violations of which nothing ever warned: \(faults.silentEpisodes)")
        return lines
    }

    /// The members of the study's JSON.
    static func json(_ outcome: ControlOutcome) -> [String: JSONValue] {
        let report = outcome.learned
        var value: [String: JSONValue] = [
            "to_safety_ms": [
                "count": .integer(report.toSafety.count), "p50": .number(report.toSafety.p50 * 1000),
                "p99": .number(report.toSafety.p99 * 1000), "max": .number(report.toSafety.max * 1000),
            ],
            "surprises": .integer(report.alarms),
            "coverage": .array(report.coverages.map(coverage)),
        ]
        if let faults = outcome.faults {
            value["faults"] = [
                "what": .array(outcome.faultTexts.map { .string($0) }), "seconds": .number(faults.start),
                "noticed": .integer(faults.detected),
                "median_delay_seconds": faults.medianDetection.map { .number($0) } ?? .null,
                "violations": .integer(faults.violations), "silent_violations": .integer(faults.silent),
                "silent_episodes": .integer(faults.silentEpisodes),
                "episodes": .array(
                    faults.episodes.map { episode in
                        [
                            "seed": .unsigned(episode.seed),
                            "noticed_after_seconds": episode.detection.map { .number($0) } ?? .null,
                            "channel": episode.channel.map { .string($0) } ?? .null,
                            "uncertified_after_seconds": episode.fallback.map { .number($0) } ?? .null,
                            "false_alarms": .integer(episode.falseAlarms),
                            "violations": .integer(episode.violations), "silent_violations": .integer(episode.silent),
                        ]
                    }),
            ]
        }
        return value
    }

    private static func coverage(_ coverage: LeadCoverage) -> JSONValue {
        func share(_ value: Double) -> JSONValue {
            let interval = coverage.interval(value)
            return ["share": .number(value), "low": .number(interval.lowerBound), "high": .number(interval.upperBound)]
        }
        return [
            "seconds_ahead": .number(coverage.lead), "promised": .number(coverage.promised),
            "calibrated": share(coverage.calibratedShare), "recalibrated": share(coverage.recalibratedShare),
            "mean_width_factor": .number(coverage.meanFactor), "compared": .integer(coverage.compared),
            "independent": .number(coverage.independent),
        ]
    }

    /// A surprise.
    static func json(_ alarm: LoopAlarm) -> JSONValue {
        [
            "step": .integer(alarm.step), "seconds": .number(alarm.time), "channel": .string(alarm.channel),
            "seconds_ahead": .number(alarm.lead), "ratio": .number(alarm.ratio),
        ]
    }
}
