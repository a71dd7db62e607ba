import Basics
import Episodes
import Tensors

/// Free-run errors of each member on the part of the log that it left out of its training.
public struct HeldOutErrors: Sendable, Equatable {
    /// Names of the outputs.
    public var outputs: [String]
    /// Seconds ahead of each step.
    public var seconds: [Double]
    /// Root mean square error, `[output][step]`, physical units.
    public var model: [[Double]]
    /// The same when the last measurement is held, `[output][step]`, physical units.
    public var persistence: [[Double]]
    /// Windows that were used; they overlap.
    public var windows: Int
    /// Whether members judged themselves on what they had not learned from; a single member leaves nothing out.
    public var isLeftOut: Bool
}

extension HeldOutErrors {
    /// Judges a model on what its members left out.
    ///
    /// - Parameters:
    ///   - model: The model as it is now.
    ///   - validation: Where predictions start.
    ///   - scaling: The units.
    ///   - stepTime: Seconds of a step.
    init(_ model: SensorWorldModel, _ validation: FreeRunValidation, scaling: SignalScaling, stepTime: Double) {
        let (steps, width) = (validation.steps, scaling.outputs.count)
        let residuals = validation.residuals(of: model)
        let held = validation.persistenceErrors()
        func perOutput(_ value: (Int) -> Double) -> [[Double]] {
            (0..<width).map { output in
                (0..<steps).map { value($0 * width + output) * scaling.outputScale[output] }
            }
        }
        self.init(
            outputs: scaling.outputs, seconds: (1...steps).map { Double($0) * stepTime },
            model: perOutput { index in
                let squares = residuals[index].map { $0.error * $0.error }
                return (squares.reduce(0, +) / Double(max(1, squares.count))).squareRoot()
            }, persistence: perOutput { held[$0] }, windows: validation.starts.count,
            isLeftOut: validation.visible != nil)
    }
}

extension TrainingPreparation {
    /// Judges the model as it is now on what its members left out.
    public func heldOutErrors() -> HeldOutErrors {
        let validation = FreeRunValidation(
            data, history: settings.window.resolved ?? 1, steps: settings.horizon.resolved ?? 1, maximumStarts: 300)
        return HeldOutErrors(
            model, validation, scaling: data.scaling,
            stepTime: samplingTime * Double(settings.stride.resolved ?? 1))
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
