import Agents
import Basics
import Episodes
import Planning
import Plants
import Reports
import WorldModels

/// A closed-loop study for the terminal.
enum ControlText {
    static func text(_ outcome: ControlOutcome, report: String?) -> String {
        let task = outcome.scenario.task
        let duration = period(Double(task.steps) * task.plant.samplingTime)
        var parts = [
            "\(task.plant.name): \(outcome.episodes) of \(duration)\n"
                + (outcome.omission.map { "stopped: \($0)\n" } ?? "")
                + "goal: \(outcome.scenario.goal)"
                + (outcome.scenario.guardrails.isEmpty
                    ? "" : "\nguardrails: " + outcome.scenario.guardrails.joined(separator: "; "))
                + knownAhead(outcome),
            table(outcome), decisions(outcome),
        ]
        if let glucose = glucose(outcome) { parts.insert(glucose, at: 2) }
        if let coverage = ControlFeedbackWords.coverage(outcome.learned) { parts.append(coverage) }
        let corrections = outcome.learned.corrections
        if let words = ControlCorrectionWords.text(corrections, outputs: outcome.model.outputs) { parts.append(words) }
        let feedback = ControlFeedbackWords.lines(outcome)
        if !feedback.isEmpty { parts.append(feedback.joined(separator: "\n")) }
        let ratios = ratios(outcome)
        if !ratios.isEmpty { parts.append(ratios.joined(separator: "\n")) }
        let reasons = reasons(outcome)
        if !reasons.isEmpty { parts.append((["not certified:"] + reasons.map { "  \($0)" }).joined(separator: "\n")) }
        if let report { parts.append("report: \(report)") }
        return parts.joined(separator: "\n\n")
    }

    /// What plans are told ahead, of a plant that something disturbs and a model that knows of it.
    private static func knownAhead(_ outcome: ControlOutcome) -> String {
        let names = outcome.model.disturbances.map(\.name)
        guard !names.isEmpty else { return "" }
        let isTold = outcome.scenario.task.announcementLead != nil
        return "\n\(isTold ? "known ahead" : "not known ahead"): \(names.joined(separator: ", "))"
    }

    private static func table(_ outcome: ControlOutcome) -> String {
        var table = TextTable([
            ("controller", .left), ("success", .right), ("band held", .right), ("cost", .right),
            ("violations", .right), ("depth", .right), ("beyond [s]", .right),
        ])
        for report in outcome.results.map(\.report) {
            table.add([
                report.name, wholePercent(report.success),
                NumberText.percent(ControlOutcome.held(report)), NumberText.significant(report.cost, digits: 4),
                "\(report.violations)", NumberText.significant(report.violationDepth, digits: 2),
                figure(report.violationSeconds),
            ])
        }
        return table.text()
    }

    /// The time in range of the glucose in a patient's plasma, in percent of all steps.
    private static func glucose(_ outcome: ControlOutcome) -> String? {
        var table = TextTable([
            ("plasma glucose [mg/dL]", .left), ("mean", .right), ("70 to 180", .right), ("below 70", .right),
            ("below 54", .right), ("above 180", .right),
        ])
        for result in outcome.results {
            guard let score = outcome.glucose(result) else { return nil }
            table.add(
                [result.report.name, NumberText.significant(score.mean)]
                    + [score.inRange, score.low, score.veryLow, score.high].map { NumberText.percent($0) })
        }
        return table.text()
    }

    private static func decisions(_ outcome: ControlOutcome) -> String {
        var table = TextTable([
            ("controller", .left), ("decisions", .right), ("p50", .right), ("p95", .right), ("p99", .right),
            ("certified", .right), ("fallbacks", .right), ("refused", .right),
        ])
        for report in outcome.results.map(\.report) {
            let plans = report.certified + report.fallbacks + report.refusals
            table.add([
                report.name, "\(report.decisions.count)", NumberText.duration(report.decisions.p50),
                NumberText.duration(report.decisions.p95), NumberText.duration(report.decisions.p99),
                plans > 0 ? "\(report.certified)" : "", plans > 0 ? "\(report.fallbacks)" : "",
                plans > 0 ? "\(report.refusals)" : "",
            ])
        }
        return table.text()
    }

    /// The model's cost beside the others'.
    static func ratios(_ outcome: ControlOutcome) -> [String] {
        var lines: [String] = []
        if let ratio = outcome.costRatioExact {
            lines.append("cost is \(NumberText.significant(ratio)) × that of the same planner with exact dynamics")
        }
        if let ratio = outcome.costRatioPID {
            lines.append("cost is \(NumberText.significant(ratio)) × that of tuned PID loops")
        }
        if let ratio = outcome.costRatioOptimum {
            lines.append("cost is \(NumberText.significant(ratio)) × the least that was possible")
        }
        return lines
    }

    /// Why decisions of the model's planner were not certified, the most frequent first.
    static func reasons(_ outcome: ControlOutcome) -> [String] {
        outcome.results[0].reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map {
            "\($0.value) × \($0.key)"
        }
    }
}
