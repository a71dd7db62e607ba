import Tensors

/// The logs of an evaluation as the adapter sees them: physical units, at the model's step.
struct EvaluationHistory {
    private let adapter: RecordAdapter
    private let outputs: [Double]
    private let inputs: [Double]
    private let segments: [SignalTable.Segment]
    private let width: Int
    private let count: Int

    /// What one prediction is corrected by.
    struct Correction {
        /// Added to the prediction, `[step, output]`, physical units.
        var change: [Double]
        /// Added to its variance, `[step, output]`, physical units squared.
        var variance: [Double]
        var summary: AdaptationSummary
    }

    /// Reads a table back into physical units; `nil` for a model that does not adapt.
    init?(_ model: TrainedModel, _ table: SignalTable) {
        guard let adapter = model.adapter else { return nil }
        self.adapter = adapter
        let scaling = model.description.scaling
        (width, count) = (scaling.outputs.count, scaling.inputs.count)
        let (width, count) = (width, count)
        let mask = table.mask.floats()
        outputs = table.outputs.doubles().enumerated().map { index, value in
            mask[index] > 0.5
                ? value * scaling.outputScale[index % width] + scaling.outputMean[index % width] : .nan
        }
        inputs = table.inputs.doubles().enumerated().map { index, value in
            value * scaling.inputScale[index % count] + scaling.inputMean[index % count]
        }
        segments = table.segments
    }

    /// Adapts to what came before a row, and predicts under what was done from there on.
    ///
    /// - Parameters:
    ///   - row: The first predicted row.
    ///   - steps: Steps to predict.
    /// - Returns: What the prediction is corrected by.
    func correction(row: Int, steps: Int) -> Correction {
        let first = max(segments.last { $0.start < row }?.start ?? 0, row - adapter.historySteps)
        let adaptation = adapter.adapt(
            outputs: Array(outputs[(first * width)..<(row * width)]),
            inputs: Array(inputs[(first * count)..<(row * count)]))
        let ahead = Array(inputs[((row - 1) * count)..<((row - 1 + steps) * count)])
        return Correction(
            change: adaptation.change(inputs: ahead, steps: steps),
            variance: adaptation.variance(inputs: ahead, steps: steps), summary: adaptation.summary)
    }
}
