import Agents
import Basics
import Episodes
import Objectives
import Planning
import Reports
import WorldModels

/// The page of one plan: what it promises, the fan chart, the margins, and what was turned down.
enum PlanPage {
    static func page(_ outcome: PlanOutcome, started: String) -> Page {
        let plan = outcome.plan
        var blocks: [Block] = [status(outcome), .cards(cards(outcome))]
        if !outcome.warnings.isEmpty {
            blocks += outcome.warnings.map { .notice(.warning, title: "Before relying on it", $0) }
        }
        blocks += [.heading("Prediction"), .figure(fan(outcome))]
        if !plan.certificate.guardrails.isEmpty {
            blocks += [.heading("Guardrails"), .table(margins(plan))]
        }
        blocks += turnedDown(outcome)
        blocks += [.heading("Certificate"), .list(certificate(outcome))]
        if plan.steps > 0 { blocks.append(.details("Every step", [.table(steps(outcome))])) }
        let seconds = period(plan.samplingTime * Double(plan.certificate.horizon))
        return Page(
            title: title(plan.status),
            lead: "“\(outcome.request.goal)” over the next \(seconds), from \(outcome.source.place).",
            blocks: blocks, footer: "foresight plan \(Version.foresight), \(started)")
    }

    private static func title(_ status: PlanStatus) -> String {
        switch status {
        case .certified: "A certified plan"
        case .fallback: "No plan: the fallback"
        case .refused: "No plan: refused"
        }
    }

    private static func status(_ outcome: PlanOutcome) -> Block {
        let text = PlanText.headline(outcome)
        switch outcome.plan.status {
        case .certified: return .notice(.success, title: "Certified", text)
        case .fallback: return .notice(.warning, title: "Fallback", text)
        case .refused: return .notice(.failure, title: "Refused", text)
        }
    }

    private static func cards(_ outcome: PlanOutcome) -> [KeyFigure] {
        let certificate = outcome.plan.certificate
        var cards: [KeyFigure] = []
        if let tightest = tightest(certificate) {
            cards.append(
                KeyFigure(
                    "tightest margin",
                    PlanText.room(tightest.guaranteedMargin ?? tightest.margin, tightest, outcome.plan),
                    note: tightest.guardrail, verdict: tightest.holds ? .success : .failure))
        }
        if let novelty = certificate.novelty {
            cards.append(
                KeyFigure(
                    "novelty", NumberText.significant(novelty, digits: 2),
                    note: certificate.noveltyLimit.map { "at most \(figure($0))" } ?? "not limited",
                    verdict: certificate.isInDistribution ? .success : .failure))
        }
        cards.append(KeyFigure("cost", NumberText.significant(certificate.cost), note: "of the goal"))
        cards.append(
            KeyFigure(
                "found in", NumberText.duration(certificate.search.seconds),
                note: "\(certificate.search.candidates) candidates, \(certificate.search.solver)"))
        return cards
    }

    /// The guardrail with the least margin, those that are violated first.
    private static func tightest(_ certificate: Certificate) -> Certificate.Margin? {
        let judged = certificate.guardrails.filter { $0.margin != nil }
        return judged.first { !$0.holds }
            ?? judged.min { ($0.guaranteedMargin ?? $0.margin ?? 0) < ($1.guaranteedMargin ?? $1.margin ?? 0) }
    }

    private static func margins(_ plan: Plan) -> Table {
        var table = Table(
            "How far each guardrail is from its limit; at least 0 where it holds.",
            columns: [
                .text("guardrail"), .text(""), .number("margin"),
                .number(PlanText.promised(plan.certificate)),
                .number("nearest at", unit: "s"), .text("condition that binds"),
            ])
        for margin in plan.certificate.guardrails {
            table.add(
                [
                    margin.guardrail, margin.holds ? "holds" : "violated",
                    PlanText.room(margin.margin, margin, plan),
                    PlanText.room(margin.guaranteedMargin, margin, plan), margin.time.map { figure($0) } ?? "",
                    margin.condition ?? "not judged inside the horizon",
                ], isEmphasised: !margin.holds)
        }
        return table
    }

    private static func turnedDown(_ outcome: PlanOutcome) -> [Block] {
        let alternatives = outcome.plan.alternatives
        guard !alternatives.isEmpty else { return [] }
        var table = Table(
            "The best plans that differ from the one above.",
            columns: [.text("plan"), .text("why it was turned down"), .number("cost"), .text("actions, first…last")])
        for (index, alternative) in alternatives.enumerated() {
            table.add([
                name(index), alternative.reason, NumberText.significant(alternative.cost),
                PlanText.summary(alternative),
            ])
        }
        return [.heading("Turned down"), .table(table)]
    }

    static func name(_ index: Int) -> String { "turned down \(index + 1)" }

    /// What the plan promises, in words.
    private static func certificate(_ outcome: PlanOutcome) -> [String] {
        let (plan, certificate) = (outcome.plan, outcome.plan.certificate)
        let search = certificate.search
        var lines: [String] = []
        if let coverage = certificate.coverage {
            lines.append(
                "Each predicted value lies in its band with a chance of \(NumberText.percent(coverage, decimals: 0)), as "
                    + "measured on data that the model did not learn from; \(judged(certificate)).")
        }
        if let novelty = certificate.novelty {
            let time = certificate.noveltyTime.map { " (at \(figure($0)) s)" } ?? ""
            let verdict =
                certificate.noveltyLimit == nil
                ? "it was not limited"
                : certificate.isInDistribution ? "inside what the training data cover" : "OUTSIDE what the data cover"
            lines.append("Novelty is at most \(NumberText.significant(novelty))\(time): \(verdict).")
        }
        if let backup = certificate.backup {
            let text = PlanText.backup(backup, plan)
            lines.append(text.prefix(1).uppercased() + text.dropFirst() + ".")
        }
        if let adaptation = outcome.source.adaptation(onPage: true) { lines.append(adaptation) }
        lines.append(
            "The plan looks \(counted(certificate.horizon, "step")) of \(period(plan.samplingTime)) ahead"
                + (certificate.trainedHorizon.map { "; the model was trained for \($0)." } ?? "."))
        let cut =
            (search.isCutShort ? ", and was stopped by the deadline" : "")
            + (search.isRealTime == true ? ", before all ordinary programs" : "")
        lines.append(
            "\(search.solver) looked at \(search.candidates) candidates in \(counted(search.iterations, "iteration")) and "
                + "\(NumberText.duration(search.seconds))\(cut); seed \(search.seed). The chosen actions were rolled out "
                + "once more by themselves before they were judged.")
        if let engine = search.engine { lines.append("Rolled out by \(engine.name): \(engine.reason).") }
        lines += certificate.terms.map { "“\($0.text)” costs \(NumberText.significant($0.cost))." }
        return lines
    }

    private static func judged(_ certificate: Certificate) -> String {
        let shares =
            "shares of the time are judged by their expected value, from how such errors were distributed: a promise about averages, "
            + "not about this plan's course"
        let promises = certificate.promises
        var parts: [String] = []
        if promises.isEmpty || promises.contains(.bands) {
            parts.append("guardrails are judged at the edge of the bands")
        }
        if promises.contains(.prediction) {
            parts.append("those on a value without a band by its prediction, of which nothing says how wrong it may be")
        }
        if promises.contains(.expectedShare) { parts.append(shares) }
        return parts.joined(separator: ", ")
    }

    private static func steps(_ outcome: PlanOutcome) -> Table {
        let (plan, certificate) = (outcome.plan, outcome.plan.certificate)
        var columns: [Table.Column] = [.number("time", unit: "s")]
        columns += plan.actions.map { .number($0.name, unit: $0.unit) }
        for channel in certificate.channels {
            columns += [.number(channel.name, unit: channel.unit), .number("±", unit: channel.unit)]
        }
        var table = Table("Actions, each held from the step before, and what they lead to.", columns: columns)
        for step in 0..<plan.steps {
            var cells = [figure(outcome.times[step])]
            cells += plan.actions.map { NumberText.fixed($0.values[step], decimals: PlanText.decimals($0, least: 2)) }
            for channel in certificate.channels {
                cells += [
                    figure(channel.values[step]),
                    channel.halfWidth(step).map { NumberText.significant($0, digits: 2) } ?? "",
                ]
            }
            table.add(cells)
        }
        return table
    }
}
