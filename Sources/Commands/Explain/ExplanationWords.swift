import Episodes
import Foundation
import Reports
import WorldModels

/// What an explanation says in words: where it stands, and what makes it doubtful.
enum ExplanationWords {
    /// Moment, horizon, baseline.
    static func lead(_ result: Explanation) -> String {
        "\(result.name) at \(result.moment.words) of \(result.log), \(period(result.ahead)) ahead, beside "
            + baseline(result.baseline)
    }

    static func baseline(_ kind: AttributionBaseline) -> String {
        switch kind {
        case .mean: "every channel at its mean over the training log"
        case .held: "every channel held as it is at that moment"
        }
    }

    /// Prediction, measurement, baseline of one output.
    static func headline(_ attribution: Attribution, _ halfWidth: Double, _ result: Explanation) -> String {
        let channel = result.model.outputs[attribution.output]
        func value(_ value: Double) -> String { NumberText.quantity(value, unit: channel.unit, digits: 4) }
        let measured = result.truth(attribution).map { ", \(value($0)) was measured" } ?? ""
        let difference = attribution.prediction - attribution.baseline
        return
            "\(channel.name): \(value(attribution.prediction)) ± \(NumberText.significant(halfWidth, digits: 2)) predicted"
            + "\(measured); \(value(attribution.baseline)) for the baseline, so \(signed(difference, channel.unit)) to explain"
    }

    /// A difference with its sign.
    static func signed(_ value: Double, _ unit: String?, digits: Int = 3) -> String {
        (value > 0 ? "+" : "") + NumberText.quantity(value, unit: unit, digits: digits)
    }

    /// The time that holds nine tenths of a contribution.
    static func span(_ span: ClosedRange<Double>?) -> String {
        guard let span else { return "–" }
        func moment(_ seconds: Double) -> String {
            seconds == 0 ? "now" : seconds < 0 ? "−\(period(-seconds))" : "+\(period(seconds))"
        }
        return span.lowerBound == span.upperBound
            ? moment(span.lowerBound) : "\(moment(span.lowerBound)) to \(moment(span.upperBound))"
    }

    /// Where steps are made, in words.
    static func point(_ result: Explanation) -> String {
        let place: String
        if let moment = result.pointMoment {
            place = "\(moment.place(in: result.log)), with the actions then in force held"
        } else if result.point.isSettled {
            place = "the plant at rest under the mean actions of the training log"
        } else {
            place =
                "a history of means of the training log (the plant comes to no rest there inside of what was recorded)"
        }
        let inputs = zip(result.model.inputs, result.point.inputs).map { channel, value in
            "\(channel.name) \(NumberText.quantity(value, unit: channel.unit, digits: 4))"
        }
        let outputs = zip(result.model.outputs, result.point.outputs).map { channel, value in
            "\(channel.name) \(NumberText.quantity(value, unit: channel.unit, digits: 4))"
        }
        return "\(place): \((inputs + outputs).joined(separator: ", "))"
    }

    /// How a response goes, beyond gain and times.
    static func shape(_ shape: StepShape) -> String {
        var words: [String] = []
        if shape.direction == .unclear { words.append("nothing that can be told") }
        if shape.inverse > 0 {
            words.append("first \(NumberText.percent(shape.inverse, decimals: 0)) the other way")
        }
        if shape.overshoot > 0 { words.append("\(NumberText.percent(shape.overshoot, decimals: 0)) overshoot") }
        if !shape.isSettled && shape.direction != .unclear { words.append("still moving at the end") }
        return words.joined(separator: ", ")
    }

    /// What to know about the bands.
    static func bands(_ result: Explanation) -> String {
        let share = NumberText.percent(result.coverage, decimals: 0)
        return
            "A response is the difference of two predictions from one state, with the step and without. The inner band is "
            + "the \(share) band of how far the members of the ensemble disagree about this difference; what makes both "
            + "predictions wrong alike cancels in it, and so does whatever all members have wrong alike. The outer band is "
            + "what the difference would have were the errors of the two predictions unrelated: √2 times a calibrated band "
            + "where both are alike, an upper bound as long as errors are. No record tells the error of a difference "
            + "itself, so neither is calibrated."
    }

    /// What makes the explanation doubtful.
    static func warnings(_ result: Explanation) -> [String] {
        var lines = result.model.gapWords(result.window.gaps(outputCount: result.model.outputs.count))
        for responses in result.responses {
            guard let first = responses.first, let worst = first.novelty.max(), worst > 1 else { continue }
            let action = result.model.inputs[first.action]
            let time = first.seconds[first.novelty.firstIndex { $0 > 1 } ?? 0]
            lines.append(
                "the step of \(action.name) leaves what was recorded (novelty \(NumberText.significant(worst, digits: 2)) "
                    + "of at most 1, from \(period(time)) on): the response there is a guess")
        }
        for name in result.still {
            lines.append("\(name) never moved in the training log, or has no room there: no step response of it")
        }
        if result.adapts {
            lines.append(
                "the model adapts predictions to their record; what that adds is neither in the contributions nor in the "
                    + "step responses")
        }
        if result.window.heldSteps > 0 {
            lines.append(
                "the log ends \(period(Double(result.window.steps - result.window.heldSteps) * result.model.stepTime)) "
                    + "behind that moment: later inputs are held")
        }
        return lines
    }
}
