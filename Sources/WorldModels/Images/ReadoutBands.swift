import Tensors

/// How wrong readouts of predictions are, step by step: split-conformal half-widths from episodes that nothing learned from.
///
/// Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005; the half-width is the
/// `⌈(n + 1) · coverage⌉`-th smallest of n errors. Errors of one episode are not independent, so the promise is that of a
/// single prediction from a start like the recorded ones.
public struct ReadoutBands: Sendable, Hashable, Codable {
    /// Promised coverage of the bands that predictions are shown with.
    public static let coverage = 0.9
    /// Promised coverage of the bands that guardrails keep clear of.
    public static let guardCoverage = 0.99

    /// Steps of the model that they reach.
    public let steps: Int
    /// Numbers that are read.
    public let count: Int
    /// Half-widths for showing, `[step, output]`, units of the outputs.
    public let halfWidth: [Double]
    /// Half-widths for guardrails, `[step, output]`, units of the outputs.
    public let guardHalfWidth: [Double]
    /// Predictions that they were measured on, for each step; the fewest, where numbers were missing.
    public let predictions: Int

    /// Creates bands.
    public init(steps: Int, count: Int, halfWidth: [Double], guardHalfWidth: [Double], predictions: Int) {
        self.steps = steps
        self.count = count
        self.halfWidth = halfWidth
        self.guardHalfWidth = guardHalfWidth
        self.predictions = predictions
    }

    /// What the bands for guardrails promise: ``guardCoverage``, or less below 99 predictions, since the greatest of n errors holds
    /// a new one with a chance of n / (n + 1).
    public var promisedGuardCoverage: Double { min(Self.guardCoverage, Double(predictions) / Double(predictions + 1)) }

    /// Whether the numbers go together and make sense.
    var isConsistent: Bool {
        steps >= 1 && count >= 1 && predictions >= 1
            && [halfWidth, guardHalfWidth].allSatisfy { widths in
                widths.count == steps * count && widths.allSatisfy { $0.isFinite && $0 >= 0 }
            }
    }

    /// Measures free runs from every row of episodes that are long enough; `nil` where none is. A prediction of a row in
    /// which a number is missing (NaN) is left out; `nil` too where a step has no other.
    ///
    /// - Parameters:
    ///   - runs: The free runs.
    ///   - readout: What reads their representations.
    ///   - values: What was recorded, `[rows, outputs]`.
    init?(_ runs: ImageFreeRuns, readout: StateReadout, values: Tensor) {
        guard !runs.starts.isEmpty else { return nil }
        // Of each step [predictions, outputs].
        let errors = withInferenceMode { () -> [Tensor] in
            runs.predicted.enumerated().map { step, z in
                let truth = runs.rows(of: values, after: step + 1)
                return (readout(z) - truth).abs().taking(rows: truth.completeRows).sort(dim: 0).values
            }
        }
        guard let fewest = errors.map({ $0.size(0) }).min(), fewest > 0 else { return nil }
        func quantile(_ coverage: Double) -> [Double] {
            errors.flatMap { misses -> [Double] in
                let count = misses.size(0)
                let rank = Int((Double(count + 1) * coverage).rounded(.up))
                return misses.select(dim: 0, index: min(count, max(1, rank)) - 1).doubles()
            }
        }
        self.init(
            steps: runs.predicted.count, count: readout.count, halfWidth: quantile(Self.coverage),
            guardHalfWidth: quantile(Self.guardCoverage), predictions: fewest)
    }
}
