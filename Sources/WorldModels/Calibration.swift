import Basics
import Foundation

/// Bands per output and step of the horizon, scaled by how far the ensemble disagrees.
///
/// For each window that a member left out of its training, output and step: score `s = |y − ŷ| / σ` with
/// `σ = √((f · spread)² + floor²)`. The half-width of a prediction is `q · σ`, where q is the `⌈(n+1)·coverage⌉`-th
/// smallest score (Vovk, Gammerman and Shafer, 2005; locally weighted as in Lei et al., JASA 2018,
/// https://doi.org/10.1080/01621459.2017.1307116). Scores of neighbouring steps are pooled, as many on either side.
///
/// Windows of one record overlap: what counts is how many fit without overlap. A conformal quantile of coverage c needs
/// `n + 1 ≥ 1 / (1 − c)` independent scores, ten for 90 %. Below that, q is the quantile of a normal distribution and σ is
/// its deviation, because left-out stretches of a short record lie between what was learned.
public struct Calibration: Sendable, Equatable, Codable {
    /// The promised coverage of a single output at a single step.
    public var coverage: Double
    /// Steps of the horizon.
    public var steps: Int
    /// Names of the outputs.
    public var outputs: [String]
    /// q, row-major `[step, output]`.
    public var quantile: [Double]
    /// The coverage of the bands that guardrails keep clear of: limits are kept at every step of every plan, so a band
    /// that one value in ten leaves is too narrow for them.
    public var guardCoverage: Double
    /// q for guardrails, row-major `[step, output]`.
    public var guardQuantile: [Double]
    /// The floor of σ, row-major `[step, output]`, physical units.
    public var floor: [Double]
    /// The ensemble's typical disagreement, row-major `[step, output]`, physical units.
    public var typicalSpread: [Double]
    /// f, what the members' disagreement is multiplied by to be the ensemble's own.
    public var spreadFactor: Double
    /// Windows that were used.
    public var windows: Int
    /// How errors are distributed inside and outside the bands, for guardrails on a share of the time; `nil` in models from before
    /// there were any.
    public var errors: ErrorScores?

    /// Quantiles of signed scores: the truth less the prediction, in σ.
    public struct ErrorScores: Sendable, Equatable, Codable {
        /// The probabilities of the quantiles, rising.
        public var levels: [Double]
        /// Rising quantiles, row-major `[step, output, level]`, in σ.
        public var quantiles: [Double]

        /// Whether there are so many rows, each of them rising.
        func isSound(count: Int) -> Bool {
            let rises = { (values: ArraySlice<Double>) in
                values.allSatisfy(\.isFinite) && zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }
            }
            guard levels.count >= 2, quantiles.count == count * levels.count, levels.allSatisfy({ $0 > 0 && $0 < 1 }),
                Set(levels).count == levels.count, rises(levels[...])
            else { return false }
            return (0..<count).allSatisfy { rises(quantiles[$0 * levels.count..<($0 + 1) * levels.count]) }
        }
    }

    /// What bands are for.
    public enum Use: Sendable {
        /// To show how far a prediction can be trusted: `coverage`.
        case prediction
        /// For guardrails to keep clear of: `guardCoverage`.
        case guardrail
    }

    /// The half-width for a prediction with the given disagreement, physical units; `variance` is what else is uncertain,
    /// that of adapting to a record, physical units squared.
    public func halfWidth(
        step: Int, output: Int, spread: Double, variance: Double = 0, for use: Use = .prediction
    ) -> Double {
        let index = min(step, steps - 1) * outputs.count + output
        let (scaled, least) = (spreadFactor * spread, floor[index])
        let q = use == .guardrail ? guardQuantile[index] : quantile[index]
        return q * (scaled * scaled + least * least + variance).squareRoot()
    }

    /// Half-widths `[step, output]` for the first `horizon` steps at given or typical disagreement, physical units.
    public func halfWidths(horizon: Int, spread: [Float]? = nil, for use: Use = .prediction) -> [Float] {
        (0..<horizon).flatMap { step in
            outputs.indices.map { output in
                let index = min(step, steps - 1) * outputs.count + output
                let used = spread.map { Double($0[step * outputs.count + output]) } ?? typicalSpread[index]
                return Float(halfWidth(step: step, output: output, spread: used, for: use))
            }
        }
    }
}

extension Calibration {
    /// How many steps to either side lend their scores at most.
    private static let pooledSteps = 2

    /// The steps that lend a step their scores: as many on either side. Errors grow with the step, so that those of one side
    /// alone would be too small for the last step, and too great for the first.
    static func pooled(_ step: Int, of steps: Int) -> ClosedRange<Int> {
        let reach = min(pooledSteps, step, steps - 1 - step)
        return step - reach...step + reach
    }

    /// Calibrates a model on what its members left out.
    init(_ model: SensorWorldModel, data: TrainingData, settings: TrainingSettings) {
        let history = settings.window.resolved ?? 1
        let left = data.leftOut(of: model, history: history, steps: settings.horizon.resolved ?? 1, maximumStarts: 300)
        let names = data.scaling.outputs
        let (steps, width, residuals) = (left.steps, names.count, left.residuals)
        coverage = settings.coverage
        self.steps = steps
        outputs = names
        windows = left.windows
        guardCoverage = max(settings.coverage, settings.guardCoverage)
        let scale = SpreadScale(folds: data.folds)
        spreadFactor = scale.factor
        (quantile, guardQuantile, floor, typicalSpread) = ([], [], [], [])
        var scores = ErrorScores(levels: SpreadScale.errorLevels, quantiles: [])
        for step in 0..<steps {
            for output in 0..<width {
                let unit = data.scaling.outputScale[output]
                let pooled = Self.pooled(step, of: steps).flatMap { residuals[$0 * width + output] }
                let band = scale.band(
                    pooled.map { (abs($0.error) * unit, $0.spread * unit) }, coverages: [coverage, guardCoverage])
                quantile.append(band?.quantiles[0] ?? 3)
                guardQuantile.append(band?.quantiles[1] ?? 3)
                floor.append(band?.floor ?? unit)
                typicalSpread.append(band?.typicalSpread ?? 0)
                scores.quantiles += scale.errorQuantiles(
                    pooled.map { ($0.error * unit, $0.spread * unit) }, floor: band?.floor ?? unit)
            }
        }
        errors = scores
    }
}
