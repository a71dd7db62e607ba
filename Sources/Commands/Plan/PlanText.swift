import Agents
import Basics
import Foundation
import Objectives
import Planning
import Reports

/// A plan for the terminal: what it is, the table of its steps, margins, and what was turned down.
enum PlanText {
    static func text(_ outcome: PlanOutcome, report: String?) -> String {
        var parts = [headline(outcome)]
        if !outcome.plan.actions.isEmpty && outcome.plan.steps > 0 { parts.append(steps(outcome)) }
        if !outcome.plan.certificate.guardrails.isEmpty { parts.append(margins(outcome.plan)) }
        parts.append(promise(outcome))
        if !outcome.plan.alternatives.isEmpty {
            parts.append(
                (["turned down:"] + outcome.plan.alternatives.map { "  \(summary($0)): \($0.reason)" })
                    .joined(separator: "\n"))
        }
        if let report { parts.append("report: \(report)") }
        return parts.joined(separator: "\n\n")
    }

    /// Status and reason, in the first line.
    static func headline(_ outcome: PlanOutcome) -> String {
        let plan = outcome.plan
        switch plan.status {
        case .certified: return "certified: every guardrail holds" + held(plan.certificate)
        case .fallback: return "FALLBACK, not a plan: \(plan.reason ?? "")"
        case .refused: return "REFUSED: \(plan.reason ?? "")"
        }
    }

    private static func held(_ certificate: Certificate) -> String {
        guard let coverage = certificate.coverage else { return "" }
        let words = certificate.promises.isEmpty ? [.bands] : certificate.promises.sorted { $0.rawValue < $1.rawValue }
        let ways = words.map { promise in
            switch promise {
            case .bands: "at the edge of the \(NumberText.percent(coverage, decimals: 0)) bands"
            case .expectedShare: "as an expected share of the time"
            case .prediction: "by a prediction without bands"
            }
        }
        return " " + ways.joined(separator: ", or ")
    }

    /// What margins are called where something is known of how wrong predictions are.
    static func promised(_ certificate: Certificate) -> String {
        let promises = certificate.promises.subtracting([.prediction])
        guard promises.contains(.expectedShare) else { return "at the band's edge" }
        return promises.count == 1 ? "expected" : "at the band's edge, or expected"
    }

    /// At most this many rows; further ones would not be read.
    private static let rows = 16

    private static func steps(_ outcome: PlanOutcome) -> String {
        let (plan, certificate) = (outcome.plan, outcome.plan.certificate)
        var columns: [(header: String, alignment: TextTable.Alignment)] = [("time [s]", .right)]
        columns += plan.actions.map { (header($0.name, $0.unit), .right) }
        columns += certificate.channels.map { (header($0.name, $0.unit), .right) }
        var table = TextTable(columns)
        let start = certificate.channels.map { figure($0.start) }
        table.add(["now"] + plan.actions.map { _ in "" } + start)
        for step in shown(plan.steps) {
            let actions = plan.actions.map { NumberText.fixed($0.values[step], decimals: decimals($0, least: 1)) }
            let outputs = certificate.channels.map { channel in
                figure(channel.values[step]) + (channel.halfWidth(step).map { " ± \(narrow($0))" } ?? "")
            }
            table.add([figure(Double(step + 1) * plan.samplingTime)] + actions + outputs)
        }
        let note =
            plan.steps > rows ? "\n(one step in \(Self.every(plan.steps)) of \(plan.steps); --json has all)" : ""
        return table.text() + note
    }

    /// The decimals that show what an action does: more than usual where all of its values are below 1.
    static func decimals(_ series: PlanSeries, least: Int) -> Int {
        let greatest = series.values.map(\.magnitude).filter(\.isFinite).max() ?? 0
        guard greatest > 0, greatest < 1 else { return least }
        return min(9, least - Int(Foundation.log10(greatest).rounded(.down)))
    }

    /// The steps that the table shows: all, or evenly spaced ones with the first and the last.
    static func shown(_ count: Int) -> [Int] {
        let every = every(count)
        return (0..<count).filter { $0 == 0 || ($0 + 1) % every == 0 || $0 == count - 1 }
    }

    private static func every(_ count: Int) -> Int { max(1, (count + rows - 1) / rows) }

    private static func margins(_ plan: Plan) -> String {
        var table = TextTable([
            ("guardrail", .left), ("margin", .right), (promised(plan.certificate), .right), ("nearest at [s]", .right),
            ("", .left),
        ])
        for margin in plan.certificate.guardrails {
            table.add([
                margin.guardrail, room(margin.margin, margin, plan), room(margin.guaranteedMargin, margin, plan),
                margin.time.map { figure($0) } ?? "", margin.holds ? "holds" : "VIOLATED",
            ])
        }
        return table.text()
    }

    private static func promise(_ outcome: PlanOutcome) -> String {
        let (certificate, search) = (outcome.plan.certificate, outcome.plan.certificate.search)
        let cut =
            (search.isCutShort ? ", stopped by the deadline" : "") + (search.isRealTime == true ? ", in real time" : "")
        var lines = [
            "cost \(NumberText.significant(certificate.cost, digits: 4)) "
                + "(\(certificate.terms.map { "\($0.text): \(NumberText.significant($0.cost))" }.joined(separator: "; ")))"
        ]
        if let novelty = certificate.novelty {
            let limit = certificate.noveltyLimit.map { " of at most \(figure($0))" } ?? ", not limited"
            lines.append("novelty \(NumberText.significant(novelty))\(limit)")
        }
        if let backup = certificate.backup { lines.append(Self.backup(backup, outcome.plan)) }
        if let adaptation = outcome.source.adaptation(onPage: false) { lines.append(adaptation) }
        lines.append(
            "\(search.solver), \(search.candidates) candidates in \(NumberText.duration(search.seconds))\(cut), seed "
                + "\(search.seed)")
        if let engine = search.engine { lines.append("rolled out by \(engine.name): \(engine.reason)") }
        return lines.joined(separator: "\n")
    }

    /// What is known of the way out that a plan leaves.
    static func backup(_ backup: Certificate.Backup, _ plan: Plan) -> String {
        let counts = counted(backup.guardrails.count, "guardrail")
        let least = backup.guardrails.min { left, right in
            (left.guaranteedMargin ?? left.margin ?? .infinity) < (right.guaranteedMargin ?? right.margin ?? .infinity)
        }
        let nearest = least.map { guardrail in
            ", the nearest '\(guardrail.guardrail)' by "
                + room(guardrail.guaranteedMargin ?? guardrail.margin, guardrail, plan)
        }
        let rest =
            backup.uncovered.isEmpty ? "" : "; not asked of it: " + backup.uncovered.joined(separator: "; ")
        return "backup: \(backup.name) from \(figure(backup.after)) s on "
            + (backup.holds ? "keeps" : "does not keep") + " \(counts)\(nearest ?? "")\(rest)"
    }

    /// The first action of an alternative, in short.
    static func summary(_ alternative: Alternative) -> String {
        alternative.actions.map { series in
            "\(series.name) \(figure(series.values.first ?? .nan))…\(figure(series.values.last ?? .nan))"
        }.joined(separator: ", ")
    }

    static func header(_ name: String, _ unit: String?) -> String { unit.map { "\(name) [\($0)]" } ?? name }

    /// A margin with its unit; where a guardrail is used up, what single precision leaves of it is shown as 0.
    static func room(_ value: Double?, _ margin: Certificate.Margin, _ plan: Plan) -> String {
        let outputs = plan.certificate.channels.map { ($0.name, $0.values) }
        let channels = outputs + plan.actions.map { ($0.name, $0.values) }
        let sizes = channels.filter { margin.guardrail.contains($0.0) }.flatMap { $0.1.map(abs) }
        let rounding = 1e-6 * (sizes.max() ?? 0)
        return quantity(value.map { margin.holds && abs($0) <= rounding ? 0 : $0 }, margin.unit)
    }

    static func quantity(_ value: Double?, _ unit: String?) -> String {
        value.map { NumberText.quantity($0, unit: unit) } ?? "–"
    }

    private static func narrow(_ value: Double) -> String { NumberText.significant(value, digits: 2) }
}
