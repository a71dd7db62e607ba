import Basics
import Benchmarking
import Episodes
import Planning
import Plants
import Reports

/// The page of `benchmark control`.
enum ControlBenchmarkPage {
    /// The share of steps that may be beyond a limit where guardrails keep clear of 99 % bands and the task says no other.
    static let promise = 0.01

    static func page(_ results: [ControlResult], others: [String] = [], started: String) -> Page {
        let plants = Set(results.map(\.plan.plant)).count
        var blocks: [Block] = [.cards(cards(results)), .table(overview(results))]
        let tuned = results.first(where: \.isTuning)
        if let tuned {
            blocks.append(
                .notice(
                    .warning, title: "Episodes to tune by",
                    "Seeds from \(tuned.firstEpisode) on, below \(ControlProtocol.firstEpisode), are there to choose settings by, and "
                        + "weights of penalties and multipliers were chosen on some of them: these are no figures to report."
                ))
        }
        if !others.isEmpty {
            blocks.append(
                .notice(
                    .note, title: "Other plants in the folder",
                    "Of \(others.joined(separator: ", ")) \(ControlBenchmarkText.others)."))
        }
        let silent = results.filter { $0.name == ControlProtocol.own && !$0.tunings.isEmpty && !$0.binds }
        if !silent.isEmpty {
            blocks.append(
                .notice(
                    .note, title: "Guardrails that never bind",
                    "On \(silent.map(\.plan.plant).joined(separator: ", ")) plans without guardrails cross no limit in the tuning "
                        + "episodes: these plants compare costs and say nothing about guardrails."))
        }
        for result in results { blocks += section(result) }
        blocks += [
            .heading("What the rows are"),
            .list(ControlRow.allCases.map { "\($0.label): \($0.about)" }),
            .paragraph(
                "Every row meets the same episodes: start, noise and disturbances by seed, "
                    + (tuned == nil
                        ? "none of which was met before by what was learned, tuned or chosen."
                        : "on which something may have been tuned or chosen.")
                    + " Violations are counted on true outputs. Rates of episodes have intervals of Clopper and "
                    + "Pearson, gaps and shares of steps those of the bootstrap over episodes, at 95 %, which are too narrow "
                    + "where there are fewer than \(ControlStatistics.fewest); no step beyond has none. A planner knows the schedule of targets ahead, loops see a "
                    + "target when it comes. Planning times were measured with others at work beside."),
        ]
        return Page(
            title: "The scoreboard of control",
            lead:
                "\(counted(plants, "simulated plant")): from a log to a model to closed loop, beside what else would act there.",
            blocks: blocks, footer: "foresight benchmark control \(Version.foresight), \(started)")
    }

    private static func cards(_ results: [ControlResult]) -> [KeyFigure] {
        let own = results.compactMap { $0.row(.foresight) }
        guard !own.isEmpty else { return [] }
        let violations = own.reduce(0) { $0 + $1.violations }
        let episodes = own.reduce(0) { $0 + $1.episodes }
        let judged = own.reduce(0) { $0 + $1.successEpisodes }
        let successes = own.reduce(0) { $0 + ($1.success?.value ?? 0) * Double($1.successEpisodes) }
        func keeping(_ share: (ControlSummary) -> Double) -> Int {
            results.count { result in
                result.row(.foresight).map { share($0) <= result.task.limitShare ?? promise } ?? false
            }
        }
        let kept = keeping(\.beyond.value)
        // Without a step beyond there is no interval, and of one episode none that says anything.
        let sure = keeping { row in
            row.violations == 0 ? 0 : row.beyond.interval?.upperBound ?? .infinity
        }
        return [
            KeyFigure(
                "steps beyond a limit", "\(violations)", note: "in \(counted(episodes, "episode")) of Foresight",
                verdict: violations == 0 ? .success : .warning),
            KeyFigure(
                "within the promised share of steps", "\(kept) of \(own.count)",
                note: "1 % where the task says no other; tasks, goals and guardrails moved included. "
                    + "\(sure) also with the upper end of the interval, or without a step beyond",
                verdict: kept == own.count ? .success : .failure),
            KeyFigure(
                "episodes that are a success",
                judged > 0 ? NumberText.percent(successes / Double(judged)) : "–",
                note: "each by the rule of its plant"
                    + (judged < episodes ? "; \(judged) of \(episodes), those that it can judge" : "")),
        ]
    }

    private static func overview(_ results: [ControlResult]) -> Table {
        var table = Table(
            "Foresight on every task, and how many steps beyond a limit the same model has with penalties and with multipliers in "
                + "place of guardrails.",
            columns: [
                .text("task"), .number("log", unit: "h"), .number("success"), .number("gap to optimum"),
                .number("steps beyond"), .number("of all steps"), .number("penalties"), .number("Lagrangian"),
                .text("guardrails bind"),
            ])
        for result in results {
            guard let row = result.row(.foresight) else { continue }
            func beyond(_ other: ControlRow) -> String { result.row(other).map { "\($0.violations)" } ?? "" }
            table.add([
                result.title, figure(result.hours), ControlBenchmarkText.rate(row.success),
                row.gap.map { ControlBenchmarkText.estimate($0) } ?? "–", "\(row.violations)",
                NumberText.percent(row.beyond.value, decimals: 2), beyond(.penalties), beyond(.lagrangian),
                result.name == ControlProtocol.own && !result.tunings.isEmpty ? (result.binds ? "yes" : "no") : "",
            ])
        }
        return table
    }

    private static func section(_ result: ControlResult) -> [Block] {
        let about = result.plan.cases.first { $0.name == result.name }?.about ?? ""
        var blocks: [Block] = [
            .heading(result.title),
            .paragraph(
                ControlBenchmarkText.heading(result) + ". Plans look \(period(result.horizon.seconds)) ahead"
                    + (result.plan.replanEvery > 1
                        ? " and serve \(result.plan.replanEvery) decisions." : " and are made anew at each sample.")
                    + (about.isEmpty ? "" : " Moved without another training: \(about).")
                    + (result.plan.reason.isEmpty ? "" : " The log is as long because of this: \(result.plan.reason).")),
            .paragraph("Guardrails: " + result.task.guardrails.joined(separator: "; ")),
            .table(table(result)),
        ]
        let remarks = ControlBenchmarkText.remarks(result)
        if !remarks.isEmpty { blocks.append(.list(remarks)) }
        blocks.append(.grid(ControlBenchmarkFigures.comparisons(result)))
        if result.name == ControlProtocol.own, let drawing = ControlBenchmarkFigures.drawing(result) {
            blocks.append(.figure(drawing))
        }
        if let trace = ControlBenchmarkFigures.trace(result) { blocks.append(.figure(trace)) }
        if result.name == ControlProtocol.own, !result.tunings.isEmpty {
            blocks.append(.details("What was tried to weigh penalties", result.tunings.map { .table(trials($0)) }))
        }
        return blocks
    }

    private static func table(_ result: ControlResult) -> Table {
        var table = Table(
            "What acts, on the same episodes; rates and gaps with their 95 % intervals.",
            columns: ControlBenchmarkText.columns.map { $0 == "row" ? .text($0) : .number($0) })
        for row in result.rows {
            table.add(ControlBenchmarkText.cells(row), isEmphasised: row.row == .foresight)
        }
        return table
    }

    private static func trials(_ tuning: ControlTuning) -> Table {
        var table = Table(
            "Weights in units of the mean cost of a step; the fewest steps beyond a limit win, then the least cost.",
            columns: [
                .text("in place of guardrails"), .number("weight"), .number("steps beyond"), .number("depth"),
                .number("cost"),
            ])
        for trial in tuning.trials {
            let isChosen = trial.choice == tuning.penalty || trial.choice == tuning.rate
            let name =
                trial.choice.map { choice in
                    switch choice.shape {
                    case .squared: "penalty on squares"
                    case .plain: "penalty"
                    case .multipliers: "multipliers"
                    }
                } ?? "nothing"
            table.add(
                [
                    name, trial.choice.map { figure($0.weight) } ?? "", "\(trial.violations)",
                    NumberText.significant(trial.depth, digits: 2), NumberText.significant(trial.cost, digits: 4),
                ], isEmphasised: isChosen)
        }
        return table
    }
}
