import Basics
import Foundation
import Networks
import Tensors

/// How far a representation and an input lie from those of the training data: 1 is the edge of what they cover.
///
/// The score is the larger of two, each relative to a threshold that recorded data almost never pass:
/// the Mahalanobis distance of `(ẑ ⊘ s, u)` of the first member with a shrunk covariance (Lee et al., arXiv:1807.03888;
/// Ledoit and Wolf, 2004), and the ensemble's disagreement about each output at that step of the horizon.
public struct NoveltyScore: Sendable, Equatable, Codable {
    /// The mean of `(z ⊘ s, u)`, `[D + inputs]`.
    public var mean: [Float]
    /// The whitening matrix, `[D + inputs, D + inputs]`, row-major: distance `‖(x − mean) W‖`.
    public var whitening: [Float]
    /// The distance that counts as 1.
    public var distanceThreshold: Double
    /// The disagreement that counts as 1, `[step, output]`, normalised.
    public var spreadThreshold: [Float]

    /// Room beyond the distance that recorded data almost never pass, as a factor.
    static let allowance = 1.25
    /// The same beyond the greatest distance within the first windows of episodes.
    static let startAllowance = 1.1

    /// Fits the score on the log and sets its thresholds.
    init(_ model: SensorWorldModel, data: TrainingData, settings: TrainingSettings) {
        let history = settings.window.resolved ?? 1
        let fitted = Self.features(model, data.table, history: history, maximum: 4000)
        let width = fitted.size(1)
        let centre = fitted.mean(dim: 0)
        let centred = fitted - centre
        let covariance = centred.transposed(0, 1).matmul(centred) * (1 / Double(max(1, fitted.size(0))))
        let shrinkage = 0.05
        let average = covariance.diagonal().mean().item()
        let shrunk = covariance * (1 - shrinkage) + Tensor.eye(width) * (shrinkage * max(average, 1e-6))
        let (values, vectors) = shrunk.eigh()
        let whitener = vectors * values.clamp(min: 1e-9).rsqrt()
        mean = centre.floats()
        whitening = whitener.contiguous().floats()
        func distances(_ features: Tensor) -> Tensor {
            (features - centre).matmul(whitener).square().sum(dim: 1).sqrt()
        }
        let usual = distances(fitted).quantile(0.995).item() * Self.allowance
        // Where episodes start is seldom in a log, and where every plan of the next one starts: it is not novel. Capped,
        // so that one wild reading there does not open everything.
        let starts = Self.starts(data.table, history: history)
        let known = distances(
            Self.features(model, data.table, starts: starts, history: history, rows: 0..<history)
        ).amax(dim: 0).item()
        distanceThreshold = max(usual, min(known * Self.startAllowance, 2 * usual))
        let left = data.leftOut(of: model, history: history, steps: settings.horizon.resolved ?? 1, maximumStarts: 300)
        let atStarts = Self.startSpreads(model, data.table, steps: left.steps)
        var thresholds: [Float] = []
        for (index, list) in left.residuals.enumerated() {
            let spreads = list.map(\.spread).sorted()
            let high = max(2 * (spreads.isEmpty ? 1 : spreads[Int(Double(spreads.count - 1) * 0.99)]), 0.02)
            thresholds.append(Float(max(high, min(atStarts[index] * Self.allowance, 3 * high))))
        }
        // Later steps are never judged more strictly than earlier ones.
        let outputs = model.architecture.outputs
        for index in thresholds.indices where index >= outputs {
            thresholds[index] = max(thresholds[index], thresholds[index - outputs])
        }
        spreadThreshold = thresholds
    }

    /// `(z ⊘ s, u)` of rows of a table, `[N, D + inputs]`, seen by the first member.
    private static func features(
        _ model: SensorWorldModel, _ table: SignalTable, history: Int, maximum: Int
    ) -> Tensor {
        withoutGradients {
            let starts = table.starts(history: history, steps: 1)
            // States with little history behind them are recorded too, and plans start from such: every row of an
            // episode's first window, and of a few others.
            let first = Self.starts(table, history: history)
            let others = max(1, maximum / (8 * history))
            let early = first + (0..<others).map { starts[$0 * starts.count / others] }
            let count = min(maximum, starts.count)
            let late = (0..<count).map { starts[$0 * starts.count / max(1, count)] }
            return Tensor.concatenate(
                [
                    features(model, table, starts: early, history: history, rows: 0..<history),
                    features(model, table, starts: late, history: history, rows: history - 1..<history),
                ], dim: 0)
        }
    }

    /// The greatest disagreement of members that saw nothing but the first row of an episode, `[step, output]`: that is
    /// all that a plan has at its start.
    private static func startSpreads(_ model: SensorWorldModel, _ table: SignalTable, steps: Int) -> [Double] {
        let (members, outputs) = (model.architecture.members, model.architecture.outputs)
        let starts = table.segments.filter { $0.count > steps }.prefix(200).map { $0.start + 1 }
        guard members > 1, !starts.isEmpty else { return [Double](repeating: 0, count: steps * outputs) }
        return withoutGradients {
            let batch = WindowBatch(
                table, visible: nil, starts: [[Int]](repeating: starts, count: members), history: 1, steps: steps)
            return freeRun(model, batch, history: 1).std(dim: 0, unbiased: true).amax(dim: 0).doubles()
        }
    }

    /// The first rows behind the first window of each episode, of 200 at most.
    private static func starts(_ table: SignalTable, history: Int) -> [Int] {
        table.segments.filter { $0.count > history }.prefix(200).map { $0.start + history }
    }

    /// The same of chosen rows of the windows before starts.
    private static func features(
        _ model: SensorWorldModel, _ table: SignalTable, starts: [Int], history: Int, rows: Range<Int>
    ) -> Tensor {
        let members = model.architecture.members
        let batch = WindowBatch(
            table, visible: nil, starts: [[Int]](repeating: starts, count: members), history: history, steps: 0)
        let states = model.encode(outputs: batch.outputs, mask: batch.measured, inputs: batch.inputs)
        return Tensor.concatenate(
            rows.map { row in
                let scaled = (states[row] / model.predictor.scale.value)[0]
                return Tensor.concatenate([scaled, batch.inputs[0].select(dim: 1, index: row)], dim: 1)
            }, dim: 0)
    }
}
