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
            "seconds": .number(row.seconds), "rmse": .finite(row.rmse), "persistence": .finite(row.persistence),
            "linear": .finite(row.linear), "coverage": .finite(row.coverage), "half_width": .finite(row.halfWidth),
            "error_quantile": .finite(row.errorQuantile), "count": .integer(row.count),
        ]
    }

    private static func overall(_ output: Evaluation.Output, promised: Double) -> JSONValue {
        [
            "unit": output.unit.map { .string($0) } ?? .null, "rmse": .finite(output.overall.model),
            "persistence": .finite(output.overall.persistence), "linear": .finite(output.overall.linear),
            "coverage": .finite(output.coverage),
            "coverage_interval": [
                .finite(output.coverageInterval.lowerBound), .finite(output.coverageInterval.upperBound),
            ],
            "trust_seconds": .number(output.trust.seconds), "trust_error": .finite(output.trust.error),
            "beaten_by": output.trust.beatenBy.map { .string($0.rawValue) } ?? .null,
            "in_words": .string(EvaluationWords.trust(output, promised: promised)),
            "residuals": [
                "rmse": .finite(output.residuals.rmse), "count": .integer(output.residuals.count),
                "autocorrelation": .array(output.residuals.autocorrelation.map { .finite($0) }),
                "bound": .finite(output.residuals.bound), "share_outside": .finite(output.residuals.shareOutside),
                "ljung_box": .finite(output.residuals.ljungBox), "probability": .finite(output.residuals.probability),
            ],
        ]
    }
}
