import Episodes
import WorldModels

/// A prediction with what it comes from, and the step responses of the model.
struct Explanation {
    var model: ModelDescription
    /// What the model is called.
    var name: String
    /// The log's file.
    var log: String
    /// Where the prediction is made.
    var moment: LogMoment
    var window: PredictionWindow
    var baseline: AttributionBaseline
    /// One for each chosen output.
    var attributions: [Attribution]
    /// Half-widths of the bands of these predictions.
    var halfWidths: [Double]
    /// Where steps are made.
    var point: OperatingPoint
    /// The place of that in the log; `nil` for the mean of the training log.
    var pointMoment: LogMoment?
    /// Size of the steps, as a share of the recorded ranges.
    var share: Double
    /// What bands promise.
    var coverage: Double
    /// Whether the model adapts predictions to their record, which is not in the explanation.
    var adapts: Bool
    /// Responses `[action][output]` of the actions that can step.
    var responses: [[StepResponse]] = []
    /// Actions that never moved.
    var still: [String] = []

    /// Seconds that the explained prediction looks ahead.
    var ahead: Double { Double(window.steps) * model.stepTime }

    /// What one channel adds to a prediction, over one stretch of time.
    struct Contribution {
        /// Such as "T1 measured", "Q1 until now", "Q1 from now on".
        var name: String
        /// What each step adds, in the explained output's unit.
        var values: [Double]
        /// Seconds of each step from the present.
        var seconds: [Double]
        /// What the prediction loses when this is put to its baseline.
        var without: Double

        var sum: Double { values.reduce(0, +) }

        /// The time that holds nine tenths of it by size, seconds from the present; `nil` where there is nothing.
        var span: ClosedRange<Double>? {
            let total = values.reduce(0) { $0 + abs($1) }
            guard total > 0 else { return nil }
            var (sum, low) = (0.0, seconds.first ?? 0)
            var isOpen = false
            for (second, value) in zip(seconds, values) {
                sum += abs(value)
                if !isOpen, sum > 0.05 * total { (low, isOpen) = (second, true) }
                if sum >= 0.95 * total { return low...second }
            }
            return low...(seconds.last ?? low)
        }
    }

    /// What the channels add, in the order of the model: measurements, then each input until now and from now on.
    func contributions(_ attribution: Attribution) -> [Contribution] {
        let (width, driven, history) = (model.outputs.count, model.inputs.count, attribution.history)
        func seconds(_ rows: Range<Int>) -> [Double] { rows.map { Double($0 - history + 1) * model.stepTime } }
        func make(_ name: String, _ all: [Double], _ width: Int, _ column: Int, _ rows: Range<Int>, _ without: Double)
            -> Contribution
        {
            Contribution(
                name: name, values: rows.map { all[$0 * width + column] }, seconds: seconds(rows), without: without)
        }
        let measured = model.outputs.enumerated().map { index, channel in
            make(
                "\(channel.name) measured", attribution.outputs, width, index, 0..<history,
                attribution.withoutOutput[index])
        }
        let rows = driven > 0 ? attribution.inputs.count / driven : 0
        let driving = model.inputs.enumerated().flatMap { index, channel in
            [
                make(
                    "\(channel.name) until now", attribution.inputs, driven, index, 0..<(history - 1),
                    attribution.withoutPast[index]),
                make(
                    "\(channel.name) from now on", attribution.inputs, driven, index, (history - 1)..<rows,
                    attribution.withoutPlanned[index]),
            ]
        }
        return (measured + driving).filter { !$0.values.isEmpty }
    }

    /// What was measured of an explained output; `nil` where the log ends before.
    func truth(_ attribution: Attribution) -> Double? {
        let index = attribution.step * model.outputs.count + attribution.output
        guard window.truth.indices.contains(index), window.truth[index].isFinite else { return nil }
        return window.truth[index]
    }
}
