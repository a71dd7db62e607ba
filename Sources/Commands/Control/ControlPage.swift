import Agents
import Basics
import Planning
import Plants
import Reports
import WorldModels

/// The page of a closed-loop study: how the model's planner did, beside the others, with traces of episodes.
enum ControlPage {
    static func page(_ outcome: ControlOutcome, started: String) -> Page {
        let task = outcome.scenario.task
        let duration = period(Double(task.steps) * task.plant.samplingTime)
        return Page(
            title: "\(task.plant.name) in closed loop",
            lead:
                "\(outcome.episodes) of \(duration), each with its own start and noise, "
                + "the same for every controller. Plans look \(period(outcome.horizon)) ahead and are made anew at each "
                + "sample. Scores are those of the true outputs.",
            blocks: blocks(outcome), footer: "foresight control \(Version.foresight), \(started)")
    }

    /// The parts of the page, also for other pages.
    static func blocks(_ outcome: ControlOutcome) -> [Block] {
        var blocks: [Block] = [.cards(cards(outcome))]
        if let omission = outcome.omission {
            blocks.append(
                .notice(
                    .warning, title: "Stopped after \(outcome.episodes)",
                    omission.prefix(1).uppercased() + omission.dropFirst() + "."))
        }
        if outcome.learned.refusals > 0 {
            blocks.append(
                .notice(
                    .warning, title: "\(counted(outcome.learned.refusals, "decision")) without a plan",
                    outcome.scenario.task.holder.map { "Planning was refused and \($0.name) took over." }
                        ?? "Planning was refused and the safe action was applied."))
        }
        blocks += asked(outcome.scenario) + [.table(table(outcome))]
        if let glucose = glucose(outcome) { blocks.append(.table(glucose)) }
        blocks += [
            .table(decisions(outcome)),
            .grid([
                Figures.comparison(
                    title: "Cost", label: "mean cost of an episode", unit: nil,
                    values: outcome.results.map { ($0.report.name, $0.report.cost) })
            ]),
        ]
        let feedback = ControlFeedbackWords.lines(outcome)
        if let coverage = ControlFeedbackWords.coverageTable(outcome.learned) {
            blocks += [.heading("Predictions against what came"), .table(coverage)]
            let corrections = outcome.learned.corrections
            if let block = ControlCorrectionWords.block(corrections, outputs: outcome.model.outputs) {
                blocks.append(block)
            }
        }
        if !feedback.isEmpty { blocks.append(.list(feedback)) }
        let reasons = ControlText.reasons(outcome)
        if !reasons.isEmpty { blocks += [.heading("Decisions that were not certified"), .list(reasons)] }
        blocks += drawing(outcome) + traces(outcome)
        blocks.append(.details("Every episode", [.table(episodes(outcome))]))
        return blocks
    }

    /// The goal and, where there are any, the guardrails.
    static func asked(_ scenario: ControlScenario) -> [Block] {
        let goal = Block.paragraph("Goal: \(scenario.goal)")
        guard !scenario.guardrails.isEmpty else { return [goal] }
        return [goal, .paragraph("Guardrails: " + scenario.guardrails.joined(separator: "; "))]
    }

    static func cards(_ outcome: ControlOutcome) -> [KeyFigure] {
        let report = outcome.learned
        var cards = [
            KeyFigure(
                "success", wholePercent(report.success), note: "target bands held, no limit crossed",
                verdict: report.success == 1 ? .success : .warning),
            KeyFigure(
                "violations", "\(report.violations)",
                note: report.violations == 0
                    ? "in \(counted(report.episodes.count, "episode"))"
                    : "steps, up to \(NumberText.significant(report.violationDepth, digits: 2)) deep",
                verdict: report.violations == 0 ? .success : .failure),
        ]
        if let ratio = outcome.costRatioExact {
            cards.append(
                KeyFigure(
                    "cost against exact dynamics", NumberText.significant(ratio) + " ×", note: "1 is a perfect model"))
        }
        if let ratio = outcome.costRatioPID {
            cards.append(
                KeyFigure(
                    "cost against tuned PID", NumberText.significant(ratio) + " ×",
                    verdict: ratio < 1 ? .success : .warning))
        }
        if let ratio = outcome.costRatioOptimum {
            cards.append(
                KeyFigure(
                    "cost against the optimum", NumberText.significant(ratio) + " ×",
                    note: "the least that was possible, all actions at once"))
        }
        cards.append(
            KeyFigure(
                "planning time", NumberText.duration(report.decisions.p50),
                note: "median; 99 % within \(NumberText.duration(report.decisions.p99))"))
        return cards
    }

    private static func table(_ outcome: ControlOutcome) -> Table {
        var table = Table(
            "How each controller did, over all episodes.",
            columns: [
                .text("controller"), .number("success"), .number("band held"), .number("cost"),
                .number("steps beyond a limit"), .number("depth"), .number("time beyond", unit: "s"),
            ])
        for (index, report) in outcome.results.map(\.report).enumerated() {
            table.add(
                [
                    report.name, wholePercent(report.success),
                    NumberText.percent(ControlOutcome.held(report)), NumberText.significant(report.cost, digits: 4),
                    "\(report.violations)", NumberText.significant(report.violationDepth, digits: 2),
                    figure(report.violationSeconds),
                ], isEmphasised: index == 0)
        }
        return table
    }

    private static func glucose(_ outcome: ControlOutcome) -> Table? {
        var table = Table(
            "The glucose in the patient's plasma: the share of the time in and out of range.",
            columns: [
                .text("controller"), .number("mean", unit: "mg/dL"), .number("70 to 180"), .number("below 70"),
                .number("below 54"), .number("above 180"),
            ])
        for (index, result) in outcome.results.enumerated() {
            guard let score = outcome.glucose(result) else { return nil }
            table.add(
                [result.report.name, NumberText.significant(score.mean)]
                    + [score.inRange, score.low, score.veryLow, score.high].map { NumberText.percent($0) },
                isEmphasised: index == 0)
        }
        return table
    }

    private static func decisions(_ outcome: ControlOutcome) -> Table {
        var table = Table(
            "How long decisions took, and what became of them.",
            columns: [
                .text("controller"), .number("decisions"), .number("p50"), .number("p95"), .number("p99"),
                .number("certified"), .number("fallbacks"), .number("refused"),
            ])
        for report in outcome.results.map(\.report) {
            let isPlanner = report.certified + report.fallbacks + report.refusals > 0
            table.add([
                report.name, "\(report.decisions.count)", NumberText.duration(report.decisions.p50),
                NumberText.duration(report.decisions.p95), NumberText.duration(report.decisions.p99),
                isPlanner ? "\(report.certified)" : "", isPlanner ? "\(report.fallbacks)" : "",
                isPlanner ? "\(report.refusals)" : "",
            ])
        }
        return table
    }

    private static func episodes(_ outcome: ControlOutcome) -> Table {
        var columns: [Table.Column] = [.number("seed")]
        for result in outcome.results { columns.append(.number("cost, \(result.report.name)")) }
        columns += [.number("band held"), .number("steps beyond"), .number("fallbacks")]
        var table = Table("Costs by episode; the last columns are the model's.", columns: columns)
        for index in outcome.learned.episodes.indices {
            let own = outcome.learned.episodes[index]
            table.add(
                ["\(own.seed)"]
                    + outcome.results.map { NumberText.significant($0.report.episodes[index].score.cost, digits: 4) }
                    + [NumberText.percent(own.score.held), "\(own.score.violations)", "\(own.fallbacks)"])
        }
        return table
    }
}
