import Agents
import Basics
import Episodes
import Objectives
import Planning

/// A plan as JSON: status, actions, predictions with bands, margins, how it was found, and what was turned down.
enum PlanJSON {
    static func value(_ outcome: PlanOutcome, report: String?) -> JSONValue {
        let (plan, certificate) = (outcome.plan, outcome.plan.certificate)
        var value: [String: JSONValue] = [
            "status": .string(plan.status.rawValue), "reason": plan.reason.map { .string($0) } ?? .null,
            "goal": .string(outcome.request.goal),
            "model": .string(outcome.modelPath),
            "from": outcome.source.json,
            "step_seconds": .number(plan.samplingTime), "times": numbers(outcome.times),
            "actions": .array(plan.actions.map(series)),
            "channels": .array(certificate.channels.map(channel)),
            "guardrails": .array(certificate.guardrails.map(margin)),
            "cost": .number(certificate.cost),
            "terms": .array(certificate.terms.map { ["term": .string($0.text), "cost": .number($0.cost)] }),
            "coverage": optional(certificate.coverage),
            "novelty": [
                "greatest": optional(certificate.novelty), "limit": optional(certificate.noveltyLimit),
                "seconds": optional(certificate.noveltyTime),
            ],
            "horizon_steps": .integer(certificate.horizon),
            "trained_horizon_steps": certificate.trainedHorizon.map { .integer($0) } ?? .null,
            "alternatives": .array(plan.alternatives.map(alternative)),
            "warnings": .array(outcome.warnings.map { .string($0) }),
        ]
        let search = certificate.search
        value["search"] = [
            "solver": .string(search.solver), "seed": .unsigned(search.seed), "iterations": .integer(search.iterations),
            "candidates": .integer(search.candidates), "cut_short": .bool(search.isCutShort),
            "deadline_milliseconds": optional(search.deadline.map { $0 * 1000 }),
            "realtime": search.isRealTime.map { .bool($0) } ?? .null,
            "milliseconds": .number(search.seconds * 1000),
            "engine": search.engine.map { ["name": .string($0.name), "reason": .string($0.reason)] } ?? .null,
        ]
        value["backup"] =
            certificate.backup.map { backup in
                [
                    "name": .string(backup.name), "seconds": .number(backup.after), "holds": .bool(backup.holds),
                    "guardrails": .array(backup.guardrails.map(margin)),
                    "not_covered": .array(backup.uncovered.map { .string($0) }), "novelty": optional(backup.novelty),
                ]
            } ?? .null
        value["recovery"] = plan.recovery.map { .bool($0) } ?? .null
        value["adaptation"] = outcome.source.adaptationJSON
        if let report { value["report"] = .string(report) }
        return .object(value)
    }

    private static func channel(_ channel: Certificate.Channel) -> JSONValue {
        [
            "name": .string(channel.name), "unit": unit(channel.unit), "start": .number(channel.start),
            "values": numbers(channel.values), "lower": numbers(channel.lower), "upper": numbers(channel.upper),
            "spread": numbers(channel.spread),
        ]
    }

    private static func margin(_ margin: Certificate.Margin) -> JSONValue {
        [
            "guardrail": .string(margin.guardrail), "promise": .string(margin.promise.rawValue),
            "unit": unit(margin.unit), "holds": .bool(margin.holds),
            "margin": optional(margin.margin), "guaranteed_margin": optional(margin.guaranteedMargin),
            "seconds": optional(margin.time), "condition": margin.condition.map { .string($0) } ?? .null,
            "timeline": .array(margin.timeline.map(optional)),
        ]
    }

    private static func alternative(_ alternative: Alternative) -> JSONValue {
        [
            "reason": .string(alternative.reason), "cost": .number(alternative.cost),
            "cost_difference": .number(alternative.costDifference),
            "guardrail": alternative.guardrail.map { .string($0) } ?? .null,
            "shortfall": optional(alternative.shortfall), "unit": unit(alternative.unit),
            "seconds": optional(alternative.time), "actions": .array(alternative.actions.map(series)),
        ]
    }

    private static func series(_ series: PlanSeries) -> JSONValue {
        ["name": .string(series.name), "unit": unit(series.unit), "values": numbers(series.values)]
    }

    private static func unit(_ unit: String?) -> JSONValue { unit.map { .string($0) } ?? .null }
    private static func optional(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    private static func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }
}
