import Basics
import Episodes
import WorldModels

/// An explanation for machines: every contribution and every step of every response.
enum ExplanationJSON {
    static func value(_ result: Explanation, report: String?) -> JSONValue {
        [
            "model": .string(result.name), "log": .string(result.log), "at_seconds": .number(result.moment.seconds),
            "ahead_seconds": .number(result.ahead), "step_seconds": .number(result.model.stepTime),
            "baseline": .string(result.baseline.rawValue), "method": "integrated gradients",
            "held_steps": .integer(result.window.heldSteps), "coverage": .number(result.coverage),
            "outputs": .array(zip(result.attributions, result.halfWidths).map { output($0, $1, result) }),
            "operating_point": [
                "settled": .bool(result.point.isSettled),
                "from_seconds": result.pointMoment.map { .number($0.seconds) } ?? .null,
                "inputs": named(zip(result.model.inputs, result.point.inputs).map { ($0.name, $1) }),
                "outputs": named(zip(result.model.outputs, result.point.outputs).map { ($0.name, $1) }),
            ],
            "step_share": .number(result.share),
            "step_responses": .array(result.responses.flatMap { $0 }.map { response($0, result) }),
            "warnings": .array(ExplanationWords.warnings(result).map { .string($0) }),
            "report": report.map { .string($0) } ?? .null,
        ]
    }

    private static func output(_ attribution: Attribution, _ halfWidth: Double, _ result: Explanation) -> JSONValue {
        let channel = result.model.outputs[attribution.output]
        return [
            "name": .string(channel.name), "unit": channel.unit.map { .string($0) } ?? .null,
            "prediction": .number(attribution.prediction), "half_width": .number(halfWidth),
            "measured": result.truth(attribution).map { .number($0) } ?? .null,
            "baseline": .number(attribution.baseline), "gap": .number(attribution.gap),
            "contributions": .array(
                result.contributions(attribution).map { part in
                    [
                        "from": .string(part.name), "sum": .number(part.sum), "without": .number(part.without),
                        "seconds": numbers(part.seconds), "values": numbers(part.values),
                    ]
                }),
        ]
    }

    private static func response(_ response: StepResponse, _ result: Explanation) -> JSONValue {
        let (output, action) = (result.model.outputs[response.output], result.model.inputs[response.action])
        let shape = response.shape
        return [
            "output": .string(output.name), "action": .string(action.name), "size": .number(response.size),
            "gain": .finite(shape.gain), "gain_half_width": .finite(shape.gainHalfWidth),
            "unit": .string(ExplanationText.gainUnit(output.unit, action.unit) ?? ""),
            "direction": .string(shape.direction.rawValue), "settled": .bool(shape.isSettled),
            "dead_time_seconds": .finite(shape.deadTime), "time_constant_seconds": .finite(shape.timeConstant),
            "overshoot": .number(shape.overshoot), "inverse": .number(shape.inverse),
            "seconds": numbers(response.seconds), "values": numbers(response.values),
            "member_half_widths": numbers(response.memberHalfWidths),
            "independent_half_widths": numbers(response.independentHalfWidths), "novelty": numbers(response.novelty),
            "trained_seconds": .number(Double(response.trainedSteps) * result.model.stepTime),
        ]
    }

    private static func named(_ pairs: [(String, Double)]) -> JSONValue {
        .object(Dictionary(pairs.map { ($0, JSONValue.finite($1)) }, uniquingKeysWith: { first, _ in first }))
    }

    private static func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .finite($0) }) }
}
