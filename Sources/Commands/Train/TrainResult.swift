import Basics
import Episodes
import Reports
import WorldModels

/// What a finished run says on standard output and leaves as `training.json`.
struct TrainResult {
    var folder: String
    var model: TrainedModel
    var errors: HeldOutErrors
    var health: RepresentationHealth
    var outcome: TrainLoop.Outcome
    var logs: [String]
    /// What limits the data, in plain words.
    var warnings: [String]
    /// Before and after, of a model that was trained on.
    var continued: ContinuedOutcome?

    var modelFolder: String { "\(folder)/\(TrainSession.modelName)" }

    /// One line of the error, one of what to type next.
    var text: String {
        let origin = model.description.origin
        let ahead = period(errors.seconds.last ?? 0)
        let coverage = NumberText.percent(model.calibration.coverage, decimals: 0)
        let kept =
            origin.bestEpoch == 0
            ? (continued?.fit ?? "training did not improve on its start, which is kept")
            : "epoch \(origin.bestEpoch) of \(origin.epochs) is kept, \(outcome.ending)"
        return """
            \(modelFolder): \(kept)
            free-run error \(ahead) ahead on \(errors.isLeftOut ? "left-out" : "its training") data: \(atHorizon) (\(coverage) band)\(continued.map { "\n\n\($0.text)\n" } ?? "")
            next: foresight evaluate \(modelFolder) \(Self.quoted(logs))
            """
    }

    /// Each output's error and band at the last step.
    private var atHorizon: String {
        let (description, bands) = (model.description, model.calibration)
        return description.outputs.indices.map { output in
            let channel = description.outputs[output]
            let step = bands.steps - 1
            let spread = bands.typicalSpread[step * description.outputs.count + output]
            let width = bands.halfWidth(step: step, output: output, spread: spread)
            let error = NumberText.quantity(errors.model[output].last ?? .nan, unit: channel.unit)
            return "\(channel.name) \(error) ±\u{202F}\(NumberText.significant(width))"
        }.joined(separator: ", ")
    }

    /// Logs as a shell takes them.
    private static func quoted(_ logs: [String]) -> String {
        logs.map { log in
            let isPlain = log.allSatisfy { $0.isLetter || $0.isNumber || "/._-+=,:@%*?".contains($0) }
            return isPlain
                ? log
                : "'"
                    + log.split(separator: "'", omittingEmptySubsequences: false)
                    .joined(separator: "'\\''") + "'"
        }.joined(separator: " ")
    }

    var json: JSONValue {
        let (description, origin) = (model.description, model.description.origin)
        let channels = description.outputs.indices.map { output -> (String, JSONValue) in
            let rows = errors.seconds.indices.map { step -> JSONValue in
                [
                    "seconds": .number(errors.seconds[step]), "rmse": .number(errors.model[output][step]),
                    "persistence": .number(errors.persistence[output][step]),
                ]
            }
            return (description.outputs[output].name, .array(rows))
        }
        return [
            "run": .string(folder), "model": .string(modelFolder), "epochs": .integer(origin.epochs),
            "best_epoch": .integer(origin.bestEpoch), "ending": .string(outcome.ending),
            "validation_error": .number(origin.validationError), "train_seconds": .number(outcome.seconds),
            "judged_on_left_out_data": .bool(errors.isLeftOut), "step_seconds": .number(description.stepTime),
            "window": .integer(description.window),
            "horizon": .integer(description.horizon), "coverage": .number(model.calibration.coverage),
            "effective_rank": .number(health.effectiveRank), "least_spread": .number(health.leastSpread),
            "warnings": .array((warnings + outcome.warnings).map { .string($0) }),
            "channels": .object(Dictionary(channels, uniquingKeysWith: { first, _ in first })),
            "continued": continued?.json ?? .null,
        ]
    }
}
