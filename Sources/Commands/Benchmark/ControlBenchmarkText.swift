import Basics
import Benchmarking
import Planning
import Plants
import Reports

/// What `benchmark control` prints.
enum ControlBenchmarkText {
    static let columns = [
        "row", "episodes", "success", "gap to optimum", "episodes violating", "steps beyond", "depth", "beyond [s]",
        "fallbacks", "refused", "p50", "p95", "p99",
    ]

    static func text(_ results: [ControlResult], report: String) -> String {
        (results.map(text) + ["results: \(report)"]).joined(separator: "\n\n")
    }

    private static func text(_ result: ControlResult) -> String {
        var table = TextTable(columns.enumerated().map { ($0.element, $0.offset == 0 ? .left : .right) })
        for row in result.rows { table.add(cells(row)) }
        return ([heading(result), table.text()] + remarks(result)).joined(separator: "\n")
    }

    static func heading(_ result: ControlResult) -> String {
        let task = result.task
        return "\(result.title): \(hours(result.hours)) of log, episodes of "
            + "\(period(Double(task.steps) * task.plant.samplingTime)), success is \(result.plan.success(task))"
    }

    static func hours(_ value: Double) -> String { "\(figure(value)) h" }

    /// The cells of a row, in the order of the columns.
    static func cells(_ row: ControlSummary) -> [String] {
        let plans = row.statuses.certified + row.statuses.fallbacks + row.statuses.refusals
        let isDecided = row.decisions.count > 0
        return [
            row.row.label, "\(row.episodes)", rate(row.success),
            row.lost > 0 ? "lost" : row.gap.map { estimate($0) } ?? "–", rate(row.violating), "\(row.violations)",
            NumberText.significant(row.depth, digits: 2), figure(row.seconds),
            plans > 0 ? "\(row.statuses.fallbacks)" : "",
            plans > 0 ? "\(row.statuses.refusals)" : "",
            isDecided ? NumberText.duration(row.decisions.p50) : "",
            isDecided ? NumberText.duration(row.decisions.p95) : "",
            isDecided ? NumberText.duration(row.decisions.p99) : "",
        ]
    }

    /// A rate with its interval, in percent; a dash for none.
    static func rate(_ estimate: ControlSummary.Estimate?) -> String {
        guard let estimate else { return "–" }
        let value = NumberText.percent(estimate.value, decimals: 0)
        guard let interval = estimate.interval else { return value }
        return "\(value) (\(NumberText.fixed(100 * interval.lowerBound, decimals: 0))–"
            + "\(NumberText.fixed(100 * interval.upperBound, decimals: 0)))"
    }

    /// A relative difference with its interval, in percent.
    static func estimate(_ estimate: ControlSummary.Estimate) -> String {
        func number(_ value: Double) -> String { NumberText.significant(100 * value, digits: 3) }
        let value = "\(number(estimate.value)) %"
        guard let interval = estimate.interval, interval.upperBound - interval.lowerBound > 1e-6 else { return value }
        return "\(value) (\(number(interval.lowerBound))…\(number(interval.upperBound)))"
    }

    /// What has to be known beside the table.
    static func remarks(_ result: ControlResult) -> [String] {
        var lines: [String] = []
        if result.isTuning { lines.append(tuning(result)) }
        if !result.tunings.isEmpty, result.name == ControlProtocol.own {
            let free = result.tunings.compactMap { $0.trials.first { $0.choice == nil } }
            let beyond = free.reduce(0) { $0 + $1.violations }
            lines.append(
                result.binds
                    ? "the guardrails bind: without them plans are beyond a limit in \(beyond) steps of the tuning episodes"
                    : "the guardrails never bind: plans without them cross no limit in the tuning episodes, so this plant says "
                        + "nothing about guardrails")
            for tuning in result.tunings {
                lines.append("chosen on tuning episodes: \(words(tuning.penalty)), \(words(tuning.rate))")
            }
        }
        for row in [ControlRow.penalties, .lagrangian] {
            guard let factor = result.factor(row) else { continue }
            lines.append(
                "\(row.label): \(factor.isAtLeast ? "at least " : "")\(NumberText.significant(factor.value)) times as many "
                    + "steps beyond a limit as Foresight")
        }
        for clone in result.name == ControlProtocol.own ? result.clones : [] {
            lines.append(
                "the clone predicts the log's next action to \(NumberText.significant(clone.error)) of its spread on held-out "
                    + "rows (the mean action \(NumberText.significant(clone.ofMean)), the action before "
                    + "\(NumberText.significant(clone.ofHolding)))")
        }
        if result.plan.optimumEpisodes == 0 {
            lines.append(noOptimum(result.plan))
        } else if let row = result.row(.foresight), !row.gaps.isEmpty, row.gaps.count < row.episodes {
            lines.append("the gap is over the \(row.gaps.count) episodes whose optimum was searched")
        }
        if let few = result.fewEpisodes { lines.append(narrow(few)) }
        if let row = result.row(.foresight) ?? result.rows.first, row.successEpisodes < row.episodes {
            lines.append(
                row.successEpisodes == 0
                    ? "success is by cost above the optimum, and no optimum is known"
                    : "success is judged in the \(row.successEpisodes) of \(row.episodes) episodes whose optimum is known"
            )
        }
        return lines
    }

    /// That intervals are of few episodes.
    static func narrow(_ count: Int) -> String {
        "intervals of the bootstrap are over \(count) episodes here: of fewer than \(ControlStatistics.fewest) they are too narrow (of "
            + "five, 95 % hold the truth in some 85 %)"
    }

    /// That figures are of episodes that something may have been chosen on.
    static func tuning(_ result: ControlResult) -> String {
        "episodes to tune by: seeds from \(result.firstEpisode) on, below \(ControlProtocol.firstEpisode), on which settings and weights "
            + "may have been chosen; no figures to report"
    }

    /// Why nothing is compared with the least possible cost: what the protocol says, or that nobody wanted it.
    static func noOptimum(_ plan: ControlProtocol) -> String {
        "no optimum is searched here: " + (plan.noOptimum.isEmpty ? "--optima is 0" : plan.noOptimum)
    }

    private static func words(_ choice: ControlTuning.Choice) -> String {
        let weight = figure(choice.weight)
        switch choice.shape {
        case .squared: return "penalties on squared excesses with \(weight) times the cost of a step"
        case .plain: return "penalties on excesses with \(weight) times the cost of a step"
        case .multipliers: return "multipliers that rise by \(weight) times the cost of a step"
        }
    }

    /// The content of `results.json`, in the order of the catalogue.
    ///
    /// - Parameters:
    ///   - results: The scoreboards.
    ///   - former: What an earlier `results.json` says of plants that nothing can be read of now.
    /// - Returns: The document.
    static func json(_ results: [ControlResult], former: [JSONValue] = []) -> JSONValue {
        let entries = ControlProtocol.inOrder(results.map(\.json) + former) { $0["plant"]?.string ?? "" }
        return ["promised_share_beyond": .number(ControlBenchmarkPage.promise), "results": .array(entries)]
    }

    /// What is said of plants that the folder holds and nothing can be read of.
    static let others =
        "the folder holds episodes that were judged under another protocol, by other models or as the other kind, to report or to "
        + "tune by: they are not on the page, and results.json keeps what it said of them"

    static func list(_ plans: [ControlProtocol]) -> String {
        var table = TextTable([
            ("plant", .left), ("log", .right), ("episodes", .right), ("of", .right), ("success", .left),
            ("moved goal and guardrails", .left),
        ])
        for plan in plans {
            let task = plan.cases[0].task
            table.add([
                plan.plant, hours(plan.hours), "\(plan.episodes)", period(Double(task.steps) * task.plant.samplingTime),
                plan.success(plan.cases[0].task), plan.cases.last?.about ?? "",
            ])
        }
        return table.text()
    }

    static func listed(_ plans: [ControlProtocol]) -> JSONValue {
        .array(
            plans.map { plan in
                [
                    "plant": .string(plan.plant), "hours_of_log": .number(plan.hours),
                    "episodes": .integer(plan.episodes), "steps": .integer(plan.cases[0].task.steps),
                    "success": .string(plan.success(plan.cases[0].task)),
                    "rows": .array(plan.rows.map { .string($0.rawValue) }),
                    "moved": .string(plan.cases.last?.about ?? ""),
                ]
            })
    }
}
