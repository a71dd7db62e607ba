import Basics
import Episodes
import Monitoring
import Records
import Reports
import WorldModels

/// What a comparison of a record with its model came to.
struct DriftOutcome {
    var drift: ModelDrift
    var episodes: [Episode]
    var model: ModelDescription
    var significance: Double
    /// What a store shows, for the terminal and for the page; empty for a log.
    var stored = ""
    var blocks: [Block] = []
    var coverages: [StoredPredictions.Coverage] = []

    /// What has changed, the most certain first.
    var changes: [ModelDrift.Finding] { drift.findings.filter { $0.probability < significance } }
    /// Whether anything has.
    var hasChanged: Bool { !changes.isEmpty }

    /// The channels that have changed, the most certain first, each with its most certain finding.
    var channels: [ModelDrift.Finding] {
        var seen: Set<String> = []
        return changes.filter { seen.insert($0.channel).inserted }
    }

    func unit(_ channel: String) -> String? { model.outputs.first { $0.name == channel }?.unit }

    /// When a change begins, in words.
    func since(_ finding: ModelDrift.Finding) -> String {
        guard let since = finding.since else { return "from the beginning" }
        return "since " + WatchWords.time(since.time, episodes[since.episode])
    }

    /// One finding in words.
    func words(_ finding: ModelDrift.Finding) -> String {
        let ahead = "\(finding.channel), \(period(finding.lead)) ahead: "
        let p = "p = \(NumberText.significant(finding.probability, digits: 2))"
        switch finding.kind {
        case .bias:
            let amount = NumberText.quantity(finding.bias - finding.normalBias, unit: unit(finding.channel))
            return "\(ahead)measurements are off by \(amount) on average, \(since(finding)) (\(p))"
        case .size:
            return "\(ahead)errors are \(NumberText.significant(finding.growth)) × as large as normal, "
                + "\(since(finding)) (\(p))"
        }
    }

    /// What there is to say, in one line.
    var verdict: String {
        guard hasChanged else {
            let least = drift.findings.first?.probability ?? 1
            return
                "no change: predictions are as good as they were (least p = \(NumberText.significant(least, digits: 2)) "
                + "of \(counted(drift.findings.count, "test")))"
        }
        return "CHANGED: \(channels.map(\.channel).joined(separator: ", "))"
    }

    func text(report: String?) -> String {
        var parts = [verdict]
        if hasChanged { parts.append(channels.map { "  " + words($0) }.joined(separator: "\n")) }
        var table = TextTable([
            ("channel", .left), ("ahead", .right), ("test", .left), ("p", .right), ("mean error", .right),
            ("normally", .right), ("errors × normal", .right), ("stretches", .right),
        ])
        for finding in drift.findings { table.add(row(finding)) }
        parts.append(table.text())
        if !stored.isEmpty { parts.append(stored) }
        if let report { parts.append("report: \(report)") }
        return parts.joined(separator: "\n\n")
    }

    func row(_ finding: ModelDrift.Finding) -> [String] {
        let unit = unit(finding.channel)
        return [
            finding.channel, period(finding.lead), finding.kind.rawValue,
            NumberText.significant(finding.probability, digits: 2), NumberText.quantity(finding.bias, unit: unit),
            NumberText.quantity(finding.normalBias, unit: unit), NumberText.significant(finding.growth),
            "\(finding.stretches)",
        ]
    }

    func json(report: String?) -> JSONValue {
        [
            "changed": .bool(hasChanged), "significance": .number(significance),
            "channels": .array(channels.map { .string($0.channel) }),
            "findings": .array(drift.findings.map(json)), "report": report.map { .string($0) } ?? .null,
            "coverage": .array(
                coverages.map { coverage in
                    [
                        "channel": .string(coverage.place.channel), "seconds_ahead": .number(coverage.place.lead),
                        "compared": .integer(coverage.count), "calibrated": .number(coverage.calibrated),
                        "recalibrated": .number(coverage.widened), "width": .number(coverage.factor),
                    ]
                }),
        ]
    }

    private func json(_ finding: ModelDrift.Finding) -> JSONValue {
        [
            "channel": .string(finding.channel), "unit": unit(finding.channel).map { .string($0) } ?? .null,
            "seconds_ahead": .number(finding.lead), "test": .string(finding.kind.rawValue),
            "p": .number(finding.probability), "changed": .bool(finding.probability < significance),
            "mean_error": .number(finding.bias), "normal_mean_error": .number(finding.normalBias),
            "growth": .number(finding.growth), "stretches": .integer(finding.stretches),
            "since": finding.since.map { since in
                ["episode": .string(episodes[since.episode].name), "seconds": .number(since.time)]
            } ?? .null,
        ]
    }
}
