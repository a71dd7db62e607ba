import Basics
import Episodes
import Tensors

/// Free-run errors on the data set aside for calibration, which neither trained the model nor decided when to stop.
public struct HeldOutErrors: Sendable, Equatable {
    /// Names of the outputs.
    public var outputs: [String]
    /// Seconds ahead of each step.
    public var seconds: [Double]
    /// Root mean square error of the ensemble's mean, `[output][step]`, physical units.
    public var model: [[Double]]
    /// The same when the last measurement is held, `[output][step]`, physical units.
    public var persistence: [[Double]]
    /// Windows that were used; they overlap.
    public var windows: Int
}

extension TrainingPreparation {
    /// Judges the model as it is now on the data set aside for calibration.
    public func heldOutErrors() -> HeldOutErrors {
        let history = settings.window.resolved ?? 1
        let validation = FreeRunValidation(
            data.calibration, visible: data.visible, history: history, steps: settings.horizon.resolved ?? 1,
            maximumStarts: 300)
        let (steps, width) = (validation.steps, outputs.count)
        let residuals = validation.residuals(of: model)
        let held = validation.persistenceErrors()
        let step = samplingTime * Double(settings.stride.resolved ?? 1)
        func perOutput(_ value: (Int) -> Double) -> [[Double]] {
            (0..<width).map { output in
                (0..<steps).map { value($0 * width + output) * data.scaling.outputScale[output] }
            }
        }
        return HeldOutErrors(
            outputs: outputs.map(\.name), seconds: (1...steps).map { Double($0) * step },
            model: perOutput { index in
                let squares = residuals[index].map { $0.error * $0.error }
                return (squares.reduce(0, +) / Double(max(1, squares.count))).squareRoot()
            }, persistence: perOutput { held[$0] }, windows: validation.starts.count)
    }
}

extension FreeRunValidation {
    /// Root mean square errors of holding the last row of history, normalised, `[step · outputs + output]`.
    func persistenceErrors() -> [Double] {
        let width = table.outputs.size(1)
        guard !starts.isEmpty else { return [Double](repeating: .nan, count: steps * width) }
        return withoutGradients {
            let batch = WindowBatch(table, visible: nil, starts: [starts], history: history, steps: steps)
            let last = batch.outputs.narrow(dim: 2, start: history - 1, length: 1)
            let known = batch.measured.narrow(dim: 2, start: history - 1, length: 1)
            let weight = batch.measured.narrow(dim: 2, start: history, length: steps) * known
            let squares = (batch.outputs.narrow(dim: 2, start: history, length: steps) - last).square() * weight
            let sums = squares.sum(dims: [0, 1]) / weight.sum(dims: [0, 1]).clamp(min: 1)  // [step, output]
            return sums.sqrt().doubles()
        }
    }
}
