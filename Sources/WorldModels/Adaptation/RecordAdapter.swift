import Basics
import Episodes
public import Identification

/// Adapts predictions to the record that they start in: another day, another unit of the same device.
///
/// A linear model of the training log says, with how uncertain it is and how records are assumed to differ, what the rows
/// before a prediction mean for it (`RecordPrior`, `RecordEstimate`). The world model stays as it is; what is added to its
/// predictions is the difference of two linear free runs, weighted by how probable it is that the record differs at all.
public struct RecordAdapter: Sendable, Equatable {
    /// The linear model of the training log.
    public let prior: RecordPrior
    /// How records are assumed to differ.
    public let differences: RecordDifferences
    /// How many inputs, the first ones, are actions.
    public let actions: Int
    /// The longest prediction, steps.
    public let horizon: Int
    /// Seconds of a step.
    public let stepTime: Double
    /// What bands are drawn with: the same for every prediction, so that the same rows give the same bands.
    private let normals: [Double]

    /// The most equations that an estimate takes, of small models: the last ones.
    public static let maximumRows = 120
    /// The least that it takes of models with many channels: beyond some thirty, more change little.
    static let leastRows = 32
    /// Rows times outputs times squared coefficients of an equation that stay within a few milliseconds.
    private static let effort = 2_400_000
    private static let bandSeed: UInt64 = 0xADA7

    /// The most equations that an estimate takes: fewer of models with many channels, so that each decision stays quick.
    public var equations: Int {
        let size = prior.covariance.rows * prior.covariance.rows * prior.noise.count
        return min(Self.maximumRows, max(Self.leastRows, Self.effort / max(1, size)))
    }

    /// Rows of history, at the model's step, that an estimate takes at most.
    public var historySteps: Int { prior.model.order + equations }

    /// Puts a prior and its use together.
    public init(_ prior: RecordPrior, differences: RecordDifferences, actions: Int, horizon: Int, stepTime: Double) {
        self.prior = prior
        self.differences = differences
        self.actions = actions
        self.horizon = horizon
        self.stepTime = stepTime
        var generator = SeededGenerator(seed: Self.bandSeed)
        let size = prior.covariance.rows * prior.noise.count
        normals = (0..<RecordEstimate.samples * size).map { _ in generator.normal() }
    }

    /// The adapter of a model with this description.
    init(_ prior: RecordPrior, _ description: ModelDescription) {
        self.init(
            prior, differences: description.settings.adaptation.differences, actions: description.actions.count,
            horizon: description.horizon, stepTime: description.stepTime)
    }

    /// Adapts to a record.
    ///
    /// - Parameters:
    ///   - outputs: Measurements at the model's step, row-major `[row, output]`, physical units, `NaN` where missing; at
    ///     least one row. Rows beyond `historySteps` are left aside.
    ///   - inputs: Inputs without gaps, row-major `[row, input]`, physical units; row r is held from row r to row r + 1.
    /// - Returns: What that changes in predictions from the last row.
    public func adapt(outputs: [Double], inputs: [Double]) -> RecordAdaptation {
        let (width, count) = (prior.model.layout.outputs.count, prior.model.layout.inputs.count)
        let estimate = RecordEstimate(
            prior, outputs: outputs.suffix(historySteps * width), inputs: inputs.suffix(historySteps * count),
            actions: actions, differences: differences, horizon: horizon)
        return RecordAdaptation(
            estimate: estimate, normals: normals, actions: actions, meanInputs: prior.meanInputs, horizon: horizon,
            stepTime: stepTime, lastInputs: Array(inputs.suffix(count)))
    }

    /// Two adapters of the same prior and the same use are the same.
    public static func == (left: RecordAdapter, right: RecordAdapter) -> Bool {
        left.prior == right.prior && left.differences == right.differences && left.actions == right.actions
            && left.horizon == right.horizon && left.stepTime == right.stepTime
    }
}

/// What adapting to a record changes in predictions from its last row.
public struct RecordAdaptation: Sendable {
    /// What was found out about the record.
    let estimate: RecordEstimate
    let normals: [Double]
    let actions: Int
    let meanInputs: [Double]
    let horizon: Int
    let stepTime: Double
    /// The inputs of the last row, physical units.
    public let lastInputs: [Double]

    /// The share of the change that is applied, 0 to 1.
    public var weight: Double { estimate.weight }

    /// What is added to the ensemble's mean, row-major `[step, output]`, physical units, under inputs `[step, input]` of which
    /// the first row leads to the first prediction; `steps` says how many they are where there are no inputs to tell.
    public func change(inputs: [Double], steps: Int? = nil) -> [Double] {
        estimate.change(inputs: inputs, steps: steps)
    }

    /// What one unit of each input held for one step adds to that change later, row-major `[step, output, input]`,
    /// physical units: the change is affine in the inputs.
    public func impulses(horizon: Int) -> [Double] { estimate.impulses(horizon: horizon) }

    /// What is added to the variance of predictions, row-major `[step, output]`, physical units squared; `steps` as in
    /// ``change(inputs:steps:)``.
    public func variance(inputs: [Double], steps: Int? = nil) -> [Double] {
        estimate.variance(inputs: inputs, steps: steps, normals: normals)
    }

    /// Widens bands by what is uncertain about the record.
    ///
    /// - Parameters:
    ///   - halfWidths: Half-widths of the model, row-major `[step, output]`, physical units.
    ///   - coverage: What they promise.
    ///   - inputs: Row-major `[step, input]`, physical units.
    /// - Returns: Half-widths, row-major `[step, output]`, physical units.
    public func widened(_ halfWidths: [Float], coverage: Double, inputs: [Double]) -> [Float] {
        let quantile = NormalDistribution.quantile((1 + coverage) / 2)
        return zip(halfWidths, variance(inputs: inputs)).map { own, added in
            Float((Double(own) * Double(own) + quantile * quantile * added).squareRoot())
        }
    }

    /// By how much the model was adapted.
    public var summary: AdaptationSummary {
        // Actions far from what the training log shows would tell more of the line than of the system.
        let usual = meanInputs.prefix(actions) + lastInputs.dropFirst(actions)
        let width = estimate.deviation.columns
        let change = estimate.change(inputs: (0..<horizon).flatMap { _ in usual }, steps: horizon)
        let (gains, reach) = (estimate.gains(horizon: horizon), estimate.reach(horizon: horizon))
        return AdaptationSummary(
            weight: estimate.weight, rows: estimate.rows, reason: estimate.reason,
            seconds: Double(horizon) * stepTime, offsets: Array(change.suffix(width)),
            gains: (0..<actions).map { action in
                // The output that an action moves most tells its gain best.
                let output = (0..<width).max { abs(reach[$0][action]) < abs(reach[$1][action]) } ?? 0
                return AdaptationSummary.Gain(output: output, change: gains[output][action] - 1)
            })
    }
}
