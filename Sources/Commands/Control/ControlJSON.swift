import Agents
import Basics
import Planning
import Plants
import WorldModels

/// A closed-loop study as JSON.
enum ControlJSON {
    static func value(_ outcome: ControlOutcome, report: String?) -> JSONValue {
        let task = outcome.scenario.task
        var value: [String: JSONValue] = [
            "plant": .string(task.plant.name), "model": .string(outcome.modelPath),
            "goal": .string(outcome.scenario.goal),
            "guardrails": .array(outcome.scenario.guardrails.map { .string($0) }),
            "solver": .string(outcome.request.solver), "horizon_seconds": .number(outcome.horizon),
            "episodes": .integer(outcome.learned.episodes.count), "stopped": .bool(outcome.wanted != nil),
            "episodes_wanted": .integer(outcome.wanted ?? outcome.learned.episodes.count),
            "steps": .integer(task.steps),
            "step_seconds": .number(task.plant.samplingTime),
            "success": .number(outcome.learned.success), "violations": .integer(outcome.learned.violations),
            "cost_ratio_exact": outcome.costRatioExact.map { .number($0) } ?? .null,
            "cost_ratio_pid": outcome.costRatioPID.map { .number($0) } ?? .null,
            "cost_ratio_optimum": outcome.costRatioOptimum.map { .number($0) } ?? .null,
            "plan_ms": milliseconds(outcome.learned.decisions),
            "warnings": .array(outcome.results[0].warnings.sorted().map { .string($0) }),
            "corrections": ControlCorrectionWords.json(outcome.learned.corrections, outputs: outcome.model.outputs),
            "controllers": .array(outcome.results.map { controller($0, glucose: outcome.glucose($0)) }),
        ]
        value.merge(ControlFeedbackWords.json(outcome)) { known, _ in known }
        if let report { value["report"] = .string(report) }
        return .object(value)
    }

    /// Percentiles in milliseconds.
    static func milliseconds(_ durations: DurationSummary) -> JSONValue {
        [
            "p50": .number(durations.p50 * 1000), "p95": .number(durations.p95 * 1000),
            "p99": .number(durations.p99 * 1000),
        ]
    }

    private static func controller(_ result: ControlStudy.Result, glucose: GlucoseScore?) -> JSONValue {
        let report = result.report
        var value: [String: JSONValue] = [
            "name": .string(report.name), "success": .number(report.success),
            "band_held": .number(ControlOutcome.held(report)), "cost": .number(report.cost),
            "violations": [
                "steps": .integer(report.violations), "depth": .number(report.violationDepth),
                "seconds": .number(report.violationSeconds),
            ],
            "decision_ms": milliseconds(report.decisions), "certified": .integer(report.certified),
            "fallbacks": .integer(report.fallbacks), "refusals": .integer(report.refusals),
            "handed_over": .integer(report.handedOver),
            "reasons": .object(result.reasons.mapValues { .integer($0) }),
            "episodes": .array(report.episodes.map(episode)),
        ]
        if let glucose {
            value["plasma_glucose"] = [
                "mean": .number(glucose.mean), "in_range": .number(glucose.inRange), "below_70": .number(glucose.low),
                "below_54": .number(glucose.veryLow), "above_180": .number(glucose.high),
            ]
        }
        return .object(value)
    }

    private static func episode(_ episode: EpisodeResult) -> JSONValue {
        [
            "seed": .unsigned(episode.seed), "cost": .number(episode.score.cost),
            "success": .bool(episode.score.success), "band_held": .number(episode.score.held),
            "violations": .integer(episode.score.violations), "depth": .number(episode.score.violationDepth),
            "fallbacks": .integer(episode.fallbacks), "refusals": .integer(episode.refusals),
            "handed_over": .integer(episode.handedOver),
            "surprises": .array(episode.alarms.map(ControlFeedbackWords.json)),
        ]
    }
}
