public import Basics

/// A comparison as files: `results.json` and a CSV of all errors.
public enum ObjectiveRecord {
    /// The content of `results.json`: sets by name, each with its curves and the answer.
    public static func json(_ results: [ObjectiveSetResult], note: String = "") -> JSONValue {
        let sets = results.map { result -> (String, JSONValue) in (result.set, set(result)) }
        var document: [String: JSONValue] = [
            "sets": .object(Dictionary(sets, uniquingKeysWith: { first, _ in first })),
            "horizons": .array(ObjectiveHorizons.steps.map { .integer($0) }),
            "trained_steps": .integer(ObjectiveHorizons.trained),
        ]
        if !note.isEmpty { document["note"] = .string(note) }
        return .object(document)
    }

    private static func set(_ result: ObjectiveSetResult) -> JSONValue {
        let verdict = result.verdict
        return [
            "about": .string(result.about), "rows": .integer(result.rows),
            "sampling_time": .number(result.samplingTime), "starts": .integer(result.starts),
            "parameters": .integer(result.parameters), "seconds": .number(result.seconds),
            "claim": [
                "answer": .string(verdict.word), "one_step_drifts": .bool(verdict.oneStepDrifts),
                "representation_drifts": .array(verdict.drifting.map { .string($0) }),
                "representation_holds": .array(verdict.held.map { .string($0) }),
            ],
            "best_by_training_part": [
                "representation": result.best(.representation).map { .string($0.name) } ?? .null,
                "reconstruction": result.best(.reconstruction).map { .string($0.name) } ?? .null,
            ],
            "curves": .array(result.curves.map { curve($0, result) }),
        ]
    }

    private static func curve(_ curve: HorizonCurve, _ result: ObjectiveSetResult) -> JSONValue {
        [
            "name": .string(curve.name), "label": .string(curve.label),
            "family": curve.objective.map { .string($0.family.rawValue) } ?? .null,
            "errors": .array(
                ObjectiveHorizons.steps.map { step in
                    [
                        "steps": .integer(step), "median": .finite(curve.error(at: step)),
                        "seeds": .array(curve.errors.map { .finite($0[min(step, $0.count) - 1]) }),
                    ]
                }),
            "errors_in_training_part": .array(curve.learnedErrors.map { .finite($0) }),
            "growth": .array(curve.growth(from: 1, to: ObjectiveHorizons.last).map { .finite($0) }),
            "growth_behind_training": .array(
                curve.growth(from: ObjectiveHorizons.trained, to: ObjectiveHorizons.last).map { .finite($0) }),
            "diverged": .array(curve.diverged.map { .finite($0) }), "drifts": .bool(result.drifts(curve)),
            "effective_rank": .array(curve.ranks.map { .finite($0) }),
            "spread": .array(curve.spreads.map { .finite($0) }), "seconds": .finite(curve.seconds),
        ]
    }

    /// Every error: a row for each set, way to predict, seed and step.
    public static func csv(_ results: [ObjectiveSetResult]) -> String {
        var text = "set,predictor,seed,steps,nrmse\n"
        for result in results {
            for curve in result.curves {
                for (seed, errors) in curve.errors.enumerated() {
                    for (step, error) in errors.enumerated() {
                        text += "\(result.set),\(curve.name),\(seed),\(step + 1),\(error.isFinite ? "\(error)" : "")\n"
                    }
                }
            }
        }
        return text
    }
}
