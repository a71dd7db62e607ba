import Basics
import Episodes
import Reports
import WorldModels

/// By how much predictions were adapted to their record, in words and for machines.
enum AdaptationWords {
    /// One sentence on a prediction, or on the mean of many, in the channels of a model.
    static func sentence(_ summary: AdaptationSummary, _ model: ModelDescription) -> String {
        let many = summary.count > 1 ? ", mean of \(summary.count) predictions" : ""
        let probability = NumberText.fixed(summary.weight, decimals: 2)
        let evidence = "weight \(probability) from \(counted(summary.rows, "step")) of history\(many)"
        let refused = refusal(summary)
        guard summary.weight >= leastWeight else {
            return "not adapted to this record: "
                + (summary.count == 1 && summary.reason != nil
                    ? refused : "it is like the training log (\(evidence))\(refused.isEmpty ? "" : "; " + refused)")
        }
        return "adapted to this record (\(evidence)): \(period(summary.seconds)) ahead "
            + "\(offsets(summary, model)) with the training log's mean actions\(gains(summary, model))"
            + (refused.isEmpty ? "" : "; " + refused)
    }

    /// A sentence that stands by itself on a page.
    static func page(_ summary: AdaptationSummary, _ model: ModelDescription) -> String {
        let text = sentence(summary, model)
        return "Predictions are \(text). Gains and offsets are beside the training log."
    }

    /// Below this nothing worth a word is changed.
    private static let leastWeight = 0.05

    private static func offsets(_ summary: AdaptationSummary, _ model: ModelDescription) -> String {
        zip(model.outputs, summary.offsets).map { channel, offset in
            let size = NumberText.quantity(abs(offset), unit: channel.unit, digits: 2)
            return "\(channel.name) ends \(size) \(offset < 0 ? "lower" : "higher")"
        }.joined(separator: ", ")
    }

    private static func gains(_ summary: AdaptationSummary, _ model: ModelDescription) -> String {
        zip(model.actions, summary.gains).map { channel, gain in
            let share = NumberText.percent(abs(gain.change), decimals: 0)
            return "; \(channel.name) moves \(model.outputs[gain.output].name) \(share) "
                + "\(gain.change < 0 ? "less" : "more")"
        }.joined()
    }

    private static func refusal(_ summary: AdaptationSummary) -> String {
        guard let reason = summary.reason, summary.refused > 0 else { return "" }
        return summary.count == 1 ? reason : "left out for \(summary.refused) of \(summary.count): \(reason)"
    }

    /// For machines; `null` for a model that does not adapt.
    static func json(_ summary: AdaptationSummary?, _ model: ModelDescription) -> JSONValue {
        guard let summary else { return .null }
        func byName(_ pairs: [(String, JSONValue)]) -> JSONValue {
            .object(Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
        }
        return [
            "weight": .number(summary.weight), "steps": .integer(summary.rows),
            "reason": summary.reason.map { .string($0) } ?? .null, "predictions": .integer(summary.count),
            "refused": .integer(summary.refused), "seconds": .number(summary.seconds),
            "offsets": byName(zip(model.outputs, summary.offsets).map { ($0.name, .number($1)) }),
            "gains": byName(
                zip(model.actions, summary.gains).map { channel, gain in
                    let output = model.outputs[gain.output].name
                    return (channel.name, ["output": .string(output), "change": .number(gain.change)])
                }), "in_words": .string(sentence(summary, model)),
        ]
    }
}
