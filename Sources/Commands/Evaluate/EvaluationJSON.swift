import Basics
import WorldModels

extension EvaluationResult {
    /// The evaluation for machines: `channels.<name>[]` holds a row for each step ahead, `overall.<name>` one figure each.
    func json(report: String?) -> JSONValue {
        let scope = evaluation.scope
        func perOutput(_ value: (Evaluation.Output) -> JSONValue) -> JSONValue {
            .object(
                Dictionary(evaluation.outputs.map { ($0.name, value($0)) }, uniquingKeysWith: { first, _ in first }))
        }
        return [
            "model": .string(name), "report": report.map { .string($0) } ?? .null,
            "step_seconds": .number(model.stepTime), "horizon_seconds": .number(horizon),
            "trained_horizon_seconds": .number(Double(model.horizon) * model.stepTime),
            "starts": .integer(scope.starts), "allowed_starts": .integer(scope.allowedStarts),
            "independent_windows": .integer(scope.independentWindows), "episodes": .integer(scope.usedEpisodes),
            "promised_coverage": .number(evaluation.promised), "coverage": .number(coverage),
            "out_of_distribution": .number(evaluation.outOfDistribution),
            "effective_rank": .number(evaluation.health.effectiveRank), "prediction_microseconds": cost,
            "adaptation": AdaptationWords.json(evaluation.adaptation, model),
            "linear_models": .array(evaluation.linearSummaries.map { .string($0) }),
            "warnings": .array(EvaluationWords.warnings(self).map { .string($0) }),
            "channels": perOutput { .array($0.rows.map(Self.row)) },
            "overall": perOutput { Self.overall($0, promised: evaluation.promised) },
        ]
    }

    /// The share of all truths of all outputs inside their bands.
    var coverage: Double {
        let rows = evaluation.outputs.flatMap(\.rows).filter { $0.count > 0 }
        let total = rows.reduce(0) { $0 + $1.count }
        return rows.reduce(0) { $0 + $1.coverage * Double($1.count) } / Double(total)
    }

    private var cost: JSONValue {
        [
            "single": .number(evaluation.cost.single), "per_step_and_candidate": .number(evaluation.cost.perStep),
            "candidates": .integer(evaluation.cost.candidates), "encoding": .number(evaluation.cost.encoding),
            "linear": evaluation.cost.linear.map { .number($0) } ?? .null,
        ]
    }

    private static func row(_ row: Evaluation.Row) -> JSONValue {
        [
            "seconds": .number(row.seconds), "rmse": number(row.rmse), "persistence": number(row.persistence),
            "linear": number(row.linear), "coverage": number(row.coverage), "half_width": number(row.halfWidth),
            "error_quantile": number(row.errorQuantile), "count": .integer(row.count),
        ]
    }

    private static func overall(_ output: Evaluation.Output, promised: Double) -> JSONValue {
        [
            "unit": output.unit.map { .string($0) } ?? .null, "rmse": number(output.overall.model),
            "persistence": number(output.overall.persistence), "linear": number(output.overall.linear),
            "coverage": number(output.coverage),
            "coverage_interval": [
                number(output.coverageInterval.lowerBound), number(output.coverageInterval.upperBound),
            ],
            "trust_seconds": .number(output.trust.seconds), "trust_error": number(output.trust.error),
            "beaten_by": output.trust.beatenBy.map { .string($0.rawValue) } ?? .null,
            "in_words": .string(EvaluationWords.trust(output, promised: promised)),
            "residuals": [
                "rmse": number(output.residuals.rmse), "count": .integer(output.residuals.count),
                "autocorrelation": .array(output.residuals.autocorrelation.map(number)),
                "bound": number(output.residuals.bound), "share_outside": number(output.residuals.shareOutside),
                "ljung_box": number(output.residuals.ljungBox), "probability": number(output.residuals.probability),
            ],
        ]
    }

    private static func number(_ value: Double?) -> JSONValue {
        value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
    }
}
