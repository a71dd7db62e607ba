import Foundation

/// How the linear model of one record deviates from that of the training record, from the rows of it that are known, and
/// what that changes in predictions.
///
/// Whether the record differs at all is decided by its evidence: `w = 1 / (1 + e^−ℓ)`, where ℓ is the logarithm of how much
/// more probable the residuals are when records may differ than when they may not, both with sixteen times the noise.
/// The rule was chosen on simulated records; Documentation/training.md has it with its reasons.
public struct RecordEstimate: Sendable {
    /// The share w of the change that is applied, 0 to 1.
    public let weight: Double
    /// Why nothing is applied though the rows asked for it; `nil` otherwise.
    public let reason: String?
    /// Equations (rows with all their lags) that it was estimated from.
    public let rows: Int
    /// δ, `[coefficient, output]`, standardised.
    public let deviation: RealMatrix

    let model: ARXModel
    let adapted: ARXModel
    /// A factor of the covariance that bands are drawn from, one an output, `[coefficient, coefficient]`.
    private let factors: [RealMatrix]
    /// The last rows without gaps, standardised: outputs `[order, output]`, inputs `[order − 1, input]`.
    private let startOutputs: [Double]
    private let startInputs: [Double]

    /// The noise of the gate in units of σ²: residuals of a short record are more alike than chance would have them.
    static let gateNoise = 16.0
    /// The noise of the covariance that bands are drawn from, in units of σ².
    static let bandNoise = 64.0
    /// How many free runs bands are drawn from.
    public static let samples = 24
    /// Free runs of samples are cut off at so many standard deviations of the outputs, and a change of the prediction beyond
    /// it is refused.
    static let limit = 8.0
    /// By how much an adapted model may grow within a horizon.
    static let growth = 2.0
    /// What one deviation's median magnitude is multiplied by to be a standard deviation.
    private static let normalDeviation = 1.4826

    /// Estimates the deviation from the known rows of a record.
    ///
    /// - Parameters:
    ///   - prior: What the training record says.
    ///   - outputs: Measurements, row-major `[row, output]`, physical units, `NaN` where missing.
    ///   - inputs: Inputs without gaps, row-major `[row, input]`, physical units; that of the last row is held ahead when
    ///     the change is held against its limit.
    ///   - actions: How many of the inputs, the first ones, are actions.
    ///   - differences: How far records differ.
    ///   - horizon: Steps of the predictions that it will be used for.
    public init(
        _ prior: RecordPrior, outputs: [Double], inputs: [Double], actions: Int,
        differences: RecordDifferences, horizon: Int
    ) {
        let model = prior.model
        let (outputCount, inputCount) = (model.layout.outputs.count, model.layout.inputs.count)
        precondition(!outputs.isEmpty, "an estimate from no row")
        var y = model.outputScaling.standardised(outputs)
        var u = model.inputScaling.standardised(inputs)
        // A history shorter than the order has no equation; a free run then starts from its first row held backwards.
        let missing = max(0, model.order - y.count / outputCount)
        for _ in 0..<missing {
            y = Array(y[..<outputCount]) + y
            u = Array(u[..<inputCount]) + u
        }
        let count = y.count / outputCount
        let walk = Self.walk(prior, y, u, from: missing + model.order, count, actions, differences)
        rows = walk.rows
        deviation = walk.deviation
        factors = walk.factors ?? []
        self.model = model
        var adapted = model
        for index in adapted.parameters.elements.indices {
            adapted.parameters.elements[index] += deviation.elements[index]
        }
        self.adapted = adapted
        startOutputs = Array(withoutGaps(y, columns: outputCount).suffix(model.order * outputCount))
        startInputs = Array(u[((count - model.order) * inputCount)..<((count - 1) * inputCount)])
        let held = (0..<horizon).flatMap { _ in inputs.suffix(inputCount) }
        let change = Self.difference(
            model, adapted, outputs: startOutputs, inputs: startInputs + model.inputScaling.standardised(held), horizon)
        reason = Self.refusal(adapted, change, walk, horizon: horizon)
        weight = reason == nil ? 1 / (1 + exp(-min(max(walk.logOdds, -50), 50))) : 0
    }

    private typealias Walk = (deviation: RealMatrix, factors: [RealMatrix]?, logOdds: Double, rows: Int)

    /// Recursive least squares along the rows, with the evidence for and against a difference.
    private static func walk(
        _ prior: RecordPrior, _ y: [Double], _ u: [Double], from first: Int, _ count: Int, _ actions: Int,
        _ differences: RecordDifferences
    ) -> Walk {
        let (model, outputs) = (prior.model, prior.model.layout.outputs.count)
        var equations: [(phi: [Double], time: Int)] = []
        for time in first..<max(first, count) {
            let phi = model.regressor(y, u, time)
            if phi.allSatisfy(\.isFinite) { equations.append((phi, time)) }
        }
        var deviation = RealMatrix(rows: model.parameters.rows, columns: outputs)
        var (factors, logOdds): ([RealMatrix], Double) = ([], 0)
        for output in 0..<outputs {
            let noise = prior.noise[output]
            let differing = prior.covariance(of: output, differences: differences, actions: actions)
            let same = prior.covariance(of: output, differences: nil, actions: actions)
            var estimate = RecursiveDeviation(prior: differing, noise: noise)
            var gated = RecursiveDeviation(prior: differing, noise: gateNoise * noise)
            var unchanged = RecursiveDeviation(prior: same, noise: gateNoise * noise)
            var band = RecursiveDeviation(prior: differing, noise: bandNoise * noise)
            for (phi, time) in equations {
                let measured = y[time * outputs + output]
                guard measured.isFinite else { continue }
                let residual = measured - model.step(phi, output)
                estimate.update(phi, residual: residual)
                gated.update(phi, residual: residual)
                unchanged.update(phi, residual: residual)
                band.update(phi, residual: residual)
            }
            for row in estimate.deviation.indices { deviation[row, output] = estimate.deviation[row] }
            logOdds += gated.logEvidence - unchanged.logEvidence
            if let factor = band.covariance.factor { factors.append(factor) }
        }
        return (deviation, factors.count == outputs ? factors : nil, logOdds, equations.count)
    }

    /// Why an adapted model is not to be used; `nil` when it is.
    private static func refusal(_ adapted: ARXModel, _ change: [Double], _ walk: Walk, horizon: Int) -> String? {
        guard walk.factors != nil, walk.logOdds.isFinite, change.allSatisfy(\.isFinite) else {
            return "the estimate is not a number"
        }
        guard !adapted.grows(within: horizon) else { return "the adapted model would grow without bound" }
        guard change.allSatisfy({ abs($0) <= limit }) else {
            return "it would move a prediction by more than \(Int(limit)) standard deviations"
        }
        return nil
    }

    /// The difference of two free runs, standardised, `[step, output]`; `inputs` are those of the start and ahead.
    private static func difference(
        _ model: ARXModel, _ adapted: ARXModel, outputs: [Double], inputs: [Double], _ horizon: Int
    ) -> [Double] {
        zip(
            adapted.freeRun(outputs, inputs, horizon: horizon), model.freeRun(outputs, inputs, horizon: horizon)
        ).map { $0 - $1 }
    }

    /// What is added to a prediction, row-major `[step, output]`, physical units, under inputs `[step, input]` of which that of
    /// the last known row leads to step 0; `steps` says how many they are where there are no inputs to tell.
    public func change(inputs ahead: [Double], steps known: Int? = nil) -> [Double] {
        let width = model.layout.outputs.count
        let steps = known ?? ahead.count / max(1, model.layout.inputs.count)
        guard weight > 0 else { return [Double](repeating: 0, count: steps * width) }
        let plain = Self.difference(
            model, adapted, outputs: startOutputs, inputs: startInputs + model.inputScaling.standardised(ahead), steps)
        return plain.indices.map { weight * plain[$0] * model.outputScaling.scale[$0 % width] }
    }

    /// What is added to the variance of a prediction.
    ///
    /// `w V + w (1 − w) d²`, with V the variance of free runs of samples of the deviation and d the whole change.
    /// - Parameters:
    ///   - ahead: Inputs, row-major `[step, input]`, physical units.
    ///   - known: How many steps, where there are no inputs to tell.
    ///   - normals: Standard normal numbers, `[sample, output, coefficient]`.
    /// - Returns: Variances, row-major `[step, output]`, physical units squared.
    public func variance(inputs ahead: [Double], steps known: Int? = nil, normals: [Double]) -> [Double] {
        let (width, size) = (model.layout.outputs.count, model.parameters.rows)
        let steps = known ?? ahead.count / max(1, model.layout.inputs.count)
        guard weight > 0 else { return [Double](repeating: 0, count: steps * width) }
        let driven = startInputs + model.inputScaling.standardised(ahead)
        let centre = adapted.freeRun(startOutputs, driven, horizon: steps, limit: Self.limit)
        let base = model.freeRun(startOutputs, driven, horizon: steps)
        let samples = normals.count / (width * size)
        var away = [[Double]](repeating: [], count: steps * width)
        for sample in 0..<samples {
            var drawn = adapted
            for output in 0..<width {
                let first = (sample * width + output) * size
                let factor = factors[output]
                for row in 0..<size {
                    var sum = 0.0
                    for column in 0...row { sum += factor[row, column] * normals[first + column] }
                    drawn.parameters[row, output] += sum
                }
            }
            let run = drawn.freeRun(startOutputs, driven, horizon: steps, limit: Self.limit)
            for index in run.indices { away[index].append(abs(run[index] - centre[index])) }
        }
        return away.indices.map { index in
            let sorted = away[index].sorted()
            let middle = sorted.count / 2
            // Few of the samples may be unstable; the median does not mind.
            let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
            let deviation = median * Self.normalDeviation
            let change = centre[index] - base[index]
            let scale = model.outputScaling.scale[index % width]
            return (weight * deviation * deviation + weight * (1 - weight) * change * change) * scale * scale
        }
    }
}

extension ARXModel {
    /// Whether free runs grow beyond all use within a horizon: a model that integrates may, a little.
    public func grows(within horizon: Int) -> Bool {
        let radius = spectralRadius
        return !radius.isFinite || pow(max(radius, 1), Double(horizon)) > RecordEstimate.growth
    }
}

extension RealMatrix {
    /// A lower triangular factor of a covariance that rounding may have left slightly indefinite; `nil` for one that is no
    /// covariance.
    fileprivate var factor: RealMatrix? {
        guard elements.allSatisfy(\.isFinite) else { return nil }
        let size = (0..<rows).reduce(0) { $0 + max(0, self[$1, $1]) } / Double(max(1, rows))
        for share in [0, 1e-12, 1e-10, 1e-8] {
            var lifted = self
            for row in 0..<rows { lifted[row, row] += share * size + (share > 0 ? 1e-14 : 0) }
            if let found = choleskyFactor(lifted) { return found }
        }
        return nil
    }
}
