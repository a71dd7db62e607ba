import Networks
import Tensors

/// How wrong the model is at the start of training: the units in which the terms of the loss are measured, so that their
/// weights mean the same for a plant that is predicted to a hundredth of its range and for one predicted to a half.
struct StartingErrors {
    /// Root mean square free-run error of each output on what members may learn from, `[output]`, normalised.
    var outputs: Tensor
    /// The prediction loss in representation space.
    var prediction: Double

    /// An error below this share of a channel's spread is as good as none.
    private static let least = 2e-3

    init(outputs: Tensor, prediction: Double) {
        self.outputs = outputs
        self.prediction = prediction
    }

    /// Measures a model that has not been trained.
    init(_ model: SensorWorldModel, data: TrainingData, history: Int, steps: Int) {
        let all = data.table.starts(history: history, steps: steps)
        let count = min(128, all.count)
        guard count > 0 else {
            self.init(outputs: Tensor.ones([model.architecture.outputs]), prediction: 1)
            return
        }
        let starts = (0..<count).map { all[$0 * all.count / count] }
        let measured: (Tensor, Double) = withoutGradients {
            let batch = WindowBatch(
                data.table, visible: data.visible,
                starts: [[Int]](repeating: starts, count: model.architecture.members), history: history, steps: steps)
            let encoded = model.encode(outputs: batch.outputs, mask: batch.mask, inputs: batch.inputs)
            let predicted = model.rollout(
                from: encoded[history - 1], inputs: batch.inputs.narrow(dim: 2, start: history - 1, length: steps),
                after: batch.inputs.narrow(dim: 2, start: history + steps - 1, length: 1))
            let mask = batch.mask.narrow(dim: 2, start: history, length: steps)
            let targets = batch.outputs.narrow(dim: 2, start: history, length: steps)
            let squares = (model.readAll(predicted) - targets).square() * mask
            let mean = squares.sum(dims: [0, 1, 2]) / mask.sum(dims: [0, 1, 2]).clamp(min: 1)
            let loss = PredictionLoss.value(
                predicted: predicted, targets: Array(encoded.suffix(steps)), scale: model.predictor.scale.value)
            return (mean.sqrt().clamp(min: Self.least), max(loss.item(), Self.least * Self.least))
        }
        self.init(outputs: measured.0, prediction: measured.1)
    }
}
