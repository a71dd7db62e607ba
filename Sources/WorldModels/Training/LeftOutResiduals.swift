import Networks
import Tensors

/// How far off members are where they left data out, step by step.
struct LeftOutResiduals {
    /// Steps ahead that there are windows of.
    var steps: Int
    /// Windows that were predicted; they overlap.
    var windows: Int
    /// Errors, truth less prediction, with the ensemble's disagreement, normalised, in `[step · outputs + output]` lists.
    var residuals: [[(error: Double, spread: Double)]]
}

extension TrainingData {
    /// How far off members are on what they left out, evenly over the data, of old and new ones alike.
    ///
    /// Where old or new data hold no window of all steps, the others tell the later steps by themselves.
    ///
    /// - Parameters:
    ///   - model: The members.
    ///   - history: Rows before each start.
    ///   - steps: The longest free run.
    ///   - maximumStarts: The most windows.
    /// - Returns: What was found, up to as many steps as any data hold.
    func leftOut(of model: SensorWorldModel, history: Int, steps: Int, maximumStarts: Int) -> LeftOutResiduals {
        let parts = FreeRunValidation.parts(self, history: history, steps: steps, maximumStarts: maximumStarts)
        let longest = parts.map(\.steps).max() ?? steps
        guard parts.contains(where: { $0.steps < longest }) else {
            let all = FreeRunValidation(self, history: history, steps: steps, maximumStarts: maximumStarts)
            return LeftOutResiduals(steps: all.steps, windows: all.starts.count, residuals: all.residuals(of: model))
        }
        var residuals = [[(error: Double, spread: Double)]](
            repeating: [], count: longest * model.architecture.outputs)
        for part in parts {
            for (index, list) in part.residuals(of: model).enumerated() { residuals[index] += list }
        }
        return LeftOutResiduals(
            steps: longest, windows: parts.reduce(0) { $0 + $1.starts.count }, residuals: residuals)
    }
}

extension FreeRunValidation {
    /// Errors, truth less prediction, with the ensemble's disagreement, normalised, in `[step · outputs + output]` lists of windows.
    func residuals(of model: SensorWorldModel) -> [[(error: Double, spread: Double)]] {
        let (members, width) = (model.architecture.members, model.architecture.outputs)
        var result = [[(error: Double, spread: Double)]](repeating: [], count: steps * width)
        guard !starts.isEmpty else { return result }
        withoutGradients {
            let runs = runs(of: model)
            let (predicted, targets) = (runs.predicted, runs.targets)
            let spread =
                (members > 1 ? predicted.std(dim: 0, unbiased: true) : Tensor.zeros(like: predicted[0])).floats()
            func collect(_ error: [Float], _ allowed: [Float]) {
                for index in error.indices where allowed[index] > 0.5 {
                    result[index % (steps * width)].append((Double(error[index]), Double(spread[index])))
                }
            }
            guard let hidden = runs.hidden else {
                collect((targets[0] - predicted.mean(dim: 0)).floats(), runs.measured[0].floats())
                return
            }
            for member in 0..<members {
                collect((targets[member] - predicted[member]).floats(), hidden[member].floats())
            }
        }
        return result
    }
}
