public import Basics
import Episodes
import Planning
public import Plants

/// The scoreboard of one case of a plant.
public struct ControlResult: Sendable {
    /// The protocol.
    public var plan: ControlProtocol
    /// The case.
    public var name: String
    /// The rows, as far as they are judged.
    public var rows: [ControlSummary]
    /// The first episode under each row: true outputs and actions.
    public var first: [(row: ControlRow, episode: ControlEpisode)]
    /// What was tried to weigh soft guardrails, by model; empty before it was.
    public var tunings: [ControlTuning]
    /// How well the clones predict held-out rows, by model.
    public var clones: [BehaviourClone.Validation]
    /// Hours of log that the models learned from, as they say themselves.
    public var hours: Double
    /// Steps that plans look ahead, and the seconds of one.
    public var horizon: (steps: Int, seconds: Double)
    /// The seed of the first episode.
    public var firstEpisode = ControlProtocol.firstEpisode
    /// Whether the episodes are there to choose settings by, so that their figures are none to report.
    public var isTuning: Bool { firstEpisode < ControlProtocol.firstEpisode }

    /// The task.
    public var task: ControlTask { plan.task(name) ?? plan.cases[0].task }
    /// What the result is called: the plant, and the case where it is not the plant's own task.
    public var title: String { name == ControlProtocol.own ? plan.plant : "\(plan.plant), \(name)" }

    /// A row, where it is judged.
    public func row(_ row: ControlRow) -> ControlSummary? { rows.first { $0.row == row } }

    /// Whether the guardrails have something to say: plans without them cross a limit in tuning episodes, or a row that plans
    /// without them does in those that are reported.
    public var binds: Bool {
        tunings.contains(where: \.binds) || (row(.unguarded)?.violations ?? 0) > 0
    }

    /// How many times as many steps beyond a limit a row has as Foresight; `nil` where neither has any or one is missing, and
    /// counted as at least that many where Foresight has none, as if it had one.
    public func factor(_ other: ControlRow) -> (value: Double, isAtLeast: Bool)? {
        guard let own = row(.foresight), let theirs = row(other), theirs.violations > 0 else { return nil }
        let share = Double(theirs.violations) / Double(theirs.episodes)
        return (share / (Double(max(1, own.violations)) / Double(own.episodes)), own.violations == 0)
    }

    /// The fewest episodes that an interval of the bootstrap is over, where they are so few that it is too narrow.
    public var fewEpisodes: Int? {
        rows.compactMap(\.fewestDrawn).min().flatMap { $0 < ControlStatistics.fewest ? $0 : nil }
    }

    /// All of it as JSON.
    public var json: JSONValue {
        [
            "plant": .string(plan.plant), "case": .string(name), "first_episode": .unsigned(firstEpisode),
            "hours_of_log": .number(hours),
            "reason_for_hours": plan.reason.isEmpty ? .null : .string(plan.reason),
            "goal": .string(task.goal()), "bands_asked_for": .bool(plan.asksForBands),
            "guardrails": .array(task.guardrails.map { .string($0) }), "success": .string(plan.success(task)),
            "steps": .integer(task.steps), "step_seconds": .number(task.plant.samplingTime),
            "horizon_steps": .integer(horizon.steps), "horizon_seconds": .number(horizon.seconds),
            "replan_every": .integer(plan.replanEvery),
            "search": [
                "population": .integer(plan.population), "elites": .integer(plan.elites),
                "iterations": .integer(plan.iterations),
            ],
            "guardrails_bind": tunings.isEmpty && row(.unguarded) == nil ? .null : .bool(binds),
            "tuning": .array(tunings.map(Self.json)),
            "clones": .array(
                clones.map { clone in
                    [
                        "error": .number(clone.error), "error_of_mean": .number(clone.ofMean),
                        "error_of_holding": .number(clone.ofHolding),
                    ]
                }),
            "rows": .object(Dictionary(uniqueKeysWithValues: rows.map { ($0.row.rawValue, Self.json($0)) })),
        ]
    }

    private static func json(_ tuning: ControlTuning) -> JSONValue {
        [
            "step_cost": .number(tuning.unit), "penalty": json(tuning.penalty), "ascent": json(tuning.rate),
            "trials": .array(
                tuning.trials.map { trial in
                    [
                        "choice": trial.choice.map(json) ?? .null, "steps_beyond": .integer(trial.violations),
                        "depth": .number(trial.depth), "cost": .number(trial.cost),
                    ]
                }),
        ]
    }

    private static func json(_ choice: ControlTuning.Choice) -> JSONValue {
        ["shape": .string(choice.shape.rawValue), "weight": .number(choice.weight)]
    }

    private static func json(_ estimate: ControlSummary.Estimate?) -> JSONValue {
        guard let estimate else { return .null }
        let ends = estimate.interval.map { [JSONValue.number($0.lowerBound), .number($0.upperBound)] } ?? []
        return ["value": .number(estimate.value), "interval_95": .array(ends)]
    }

    private static func json(_ row: ControlSummary) -> JSONValue {
        [
            "episodes": .integer(row.episodes), "models": .integer(row.models), "success": json(row.success),
            "episodes_of_success": .integer(row.successEpisodes),
            "cost": row.cost.isFinite ? .number(row.cost) : .null, "lost": .integer(row.lost), "gap": json(row.gap),
            "episodes_with_gap": .integer(row.gaps.count),
            "episodes_violating": json(row.violating), "steps_beyond": .integer(row.violations),
            "share_beyond": json(row.beyond),
            "episodes_of_bootstrap": row.fewestDrawn.map { .integer($0) } ?? .null, "depth": .number(row.depth),
            "seconds_beyond": .number(row.seconds),
            "certified": .integer(row.statuses.certified), "fallbacks": .integer(row.statuses.fallbacks),
            "refusals": .integer(row.statuses.refusals),
            "decision_ms": [
                "p50": .number(row.decisions.p50 * 1000), "p95": .number(row.decisions.p95 * 1000),
                "p99": .number(row.decisions.p99 * 1000),
            ],
        ]
    }
}
