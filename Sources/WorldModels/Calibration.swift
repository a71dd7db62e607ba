import Basics
import Foundation
public import Tensors

/// Conformal bands per output and step of the horizon, scaled by how far the ensemble disagrees.
///
/// For each window that a member left out of its training, output and step: score `s = |y − ŷ| / σ` with `σ = √((f · spread)² + floor²)`. The half-width of
/// a prediction is `q · σ`, where q is the `⌈(n+1)·coverage⌉`-th smallest score (Vovk, Gammerman and Shafer, 2005;
/// locally weighted as in Lei et al., JASA 2018, https://doi.org/10.1080/01621459.2017.1307116). Scores of neighbouring
/// steps are pooled. For logs too short to judge by, q is at least the quantile of a normal distribution. Windows of one record overlap, so they are fewer independent samples than they count; coverage is
/// therefore always measured on test data too.
public struct Calibration: Sendable, Equatable, Codable {
    /// The promised coverage of a single output at a single step.
    public var coverage: Double
    /// Steps of the horizon.
    public var steps: Int
    /// Names of the outputs.
    public var outputs: [String]
    /// q, row-major `[step, output]`.
    public var quantile: [Double]
    /// The floor of σ, row-major `[step, output]`, physical units.
    public var floor: [Double]
    /// The ensemble's typical disagreement, row-major `[step, output]`, physical units.
    public var typicalSpread: [Double]
    /// What the disagreement of M members is multiplied by: `(M − 1)/√M`, because members that each left out a fold share
    /// most of their data (the delete-a-group jackknife: Efron, 1982).
    public var spreadFactor: Double
    /// Windows that were used.
    public var windows: Int

    /// The half-width for a prediction with the given disagreement, physical units.
    public func halfWidth(step: Int, output: Int, spread: Double) -> Double {
        let index = min(step, steps - 1) * outputs.count + output
        let scaled = spreadFactor * spread
        return quantile[index] * (scaled * scaled + floor[index] * floor[index]).squareRoot()
    }

    /// Half-widths `[step, output]` for the first `horizon` steps at given or typical disagreement, physical units.
    public func halfWidths(horizon: Int, spread: [Float]? = nil) -> [Float] {
        (0..<horizon).flatMap { step in
            outputs.indices.map { output in
                let index = min(step, steps - 1) * outputs.count + output
                let used = spread.map { Double($0[step * outputs.count + output]) } ?? typicalSpread[index]
                return Float(halfWidth(step: step, output: output, spread: used))
            }
        }
    }
}

extension Calibration {
    /// How many steps to either side lend their scores.
    private static let pooledSteps = 2

    /// Calibrates a model on what its members left out.
    init(_ model: SensorWorldModel, data: TrainingData, settings: TrainingSettings) {
        let history = settings.window.resolved ?? 1
        let validation = FreeRunValidation(
            data.table, visible: data.visible, history: history, steps: settings.horizon.resolved ?? 1,
            maximumStarts: 300)
        let names = data.scaling.outputs
        let (steps, width) = (validation.steps, names.count)
        coverage = settings.coverage
        self.steps = steps
        outputs = names
        windows = validation.starts.count
        let residuals = validation.residuals(of: model)
        let members = Double(model.architecture.members)
        let factor = members > 1 ? (members - 1) / members.squareRoot() : 1
        spreadFactor = factor
        // Left-out stretches of a short record lie between what was learned: their errors tell little of another record.
        // There the members' disagreement, read as a normal deviation, is the least that a band may be.
        let normal = NormalDistribution.quantile((1 + settings.coverage) / 2)
        (quantile, floor, typicalSpread) = ([], [], [])
        for step in 0..<steps {
            for output in 0..<width {
                let scale = data.scaling.outputScale[output]
                let near = max(0, step - Self.pooledSteps)...min(steps - 1, step + Self.pooledSteps)
                let pooled = near.flatMap { residuals[$0 * width + output] }
                let errors = pooled.map { $0.error * scale }.sorted()
                let spreads = pooled.map { $0.spread * scale }.sorted()
                let least = max(1e-9, (errors.isEmpty ? scale : errors[errors.count / 2]))
                floor.append(least)
                typicalSpread.append(spreads.isEmpty ? 0 : spreads[spreads.count / 2])
                let scores = pooled.map { residual in
                    let spread = factor * residual.spread * scale
                    return residual.error * scale / (spread * spread + least * least).squareRoot()
                }.sorted()
                let rank = Int((Double(scores.count + 1) * settings.coverage).rounded(.up))
                let conformal = scores.isEmpty ? 3 : scores[min(max(rank, 1), scores.count) - 1]
                quantile.append(data.folds.isShort ? max(conformal, normal) : conformal)
            }
        }
    }
}

extension FreeRunValidation {
    /// Absolute errors with the ensemble's disagreement, normalised, in `[step · outputs + output]` lists of windows.
    func residuals(of model: SensorWorldModel) -> [[(error: Double, spread: Double)]] {
        let (members, width) = (model.architecture.members, model.architecture.outputs)
        var result = [[(error: Double, spread: Double)]](repeating: [], count: steps * width)
        guard !starts.isEmpty else { return result }
        withoutGradients {
            let batch = WindowBatch(
                table, visible: visible, starts: [[Int]](repeating: starts, count: members), history: history,
                steps: steps)
            let predicted = freeRun(model, batch, history: history)  // [members, window, step, output]
            let targets = batch.outputs.narrow(dim: 2, start: history, length: steps)
            let measured = batch.measured.narrow(dim: 2, start: history, length: steps)
            let spread =
                (members > 1 ? predicted.std(dim: 0, unbiased: true) : Tensor.zeros(like: predicted[0])).floats()
            func collect(_ error: [Float], _ allowed: [Float]) {
                for index in error.indices where allowed[index] > 0.5 {
                    result[index % (steps * width)].append((Double(error[index]), Double(spread[index])))
                }
            }
            guard visible != nil else {
                collect((predicted.mean(dim: 0) - targets[0]).abs().floats(), measured[0].floats())
                return
            }
            let hidden = measured - batch.mask.narrow(dim: 2, start: history, length: steps)
            for member in 0..<members {
                collect((predicted[member] - targets[member]).abs().floats(), hidden[member].floats())
            }
        }
        return result
    }
}
