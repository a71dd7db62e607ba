import Foundation
public import Monitoring
import Tensors

/// How surprising the next representation is: the error of its prediction beside the errors of ordinary steps.
///
/// Violation of expectation as in arXiv:2502.11831, with errors in representation space, made comparable in two ways:
/// ```
/// plain    = ‖z − ẑ‖ / √D
/// whitened = √((r − μ)ᵀ Σ⁻¹ (r − μ) / D),   r = z − ẑ
/// ```
/// μ and the shrunk Σ (``ShrunkMetric``) are those of half of the held-out episodes. The other half calibrates: the surprise of an
/// error is 1 − p with the conformal `p = (1 + #{ordinary errors ≥ this one}) / (n + 1)` (Vovk, Gammerman and Shafer, 2005),
/// so that 0.99 means greater than 99 % of ordinary steps. Steps of one episode are not independent: the promise is that of
/// a single step.
public struct PictureSurprise: Sendable, Equatable, Codable {
    /// One step.
    public struct Reading: Sendable, Equatable, Codable {
        /// Root mean square error of the prediction.
        public var plain: Double
        /// The same in units of what is ordinary in each direction.
        public var whitened: Double
        /// The part of ordinary steps whose whitened error is less, 0 to 1.
        public var surprise: Double
        /// The part of ordinary steps whose plain error is less, 0 to 1.
        public var plainSurprise: Double
    }

    /// What is ordinary in each direction.
    public let metric: ShrunkMetric
    /// Plain errors of ordinary steps, rising.
    public let plain: [Double]
    /// Whitened errors of the same steps, rising.
    public let whitened: [Double]

    /// Calibrating steps that are kept at most: a surprise of 0.9998 can then be told.
    private static let most = 5000
    /// With fewer calibrating steps there is no telling of one in twenty.
    private static let fewest = 20

    /// Learns what is ordinary from held-out episodes; `nil` for fewer than two, or for too few steps.
    public init?(_ residuals: StepResiduals) {
        let episodes = residuals.episodes.filter { !$0.isEmpty }
        guard episodes.count >= 2 else { return nil }
        let width = residuals.values.size(1)
        let numbers = withoutGradients { residuals.values.doubles() }
        func taken(_ first: Int) -> [Double] {
            stride(from: first, to: episodes.count, by: 2).flatMap { index in
                Array(numbers[episodes[index].lowerBound * width..<episodes[index].upperBound * width])
            }
        }
        let (fitted, judged) = (taken(0), taken(1))
        let count = judged.count / width
        guard count >= Self.fewest, numbers.allSatisfy(\.isFinite), let metric = ShrunkMetric(fitted, width: width)
        else { return nil }
        self.metric = metric
        // Evenly over all of them.
        let kept = min(count, Self.most)
        let errors = (0..<kept).map { place -> (plain: Double, whitened: Double) in
            let row = place * count / kept
            return Self.errors(judged[row * width..<(row + 1) * width], metric)
        }
        plain = errors.map(\.plain).sorted()
        whitened = errors.map(\.whitened).sorted()
    }

    /// Puts what is known together.
    init(metric: ShrunkMetric, plain: [Double], whitened: [Double]) {
        (self.metric, self.plain, self.whitened) = (metric, plain, whitened)
    }

    /// The median of ordinary plain errors.
    public var usualError: Double { plain[plain.count / 2] }

    /// The reading of one residual, encoded less predicted, `[D]`.
    public func reading(_ residual: some Collection<Double>) -> Reading {
        let errors = Self.errors(residual, metric)
        return Reading(
            plain: errors.plain, whitened: errors.whitened, surprise: Self.rank(errors.whitened, in: whitened),
            plainSurprise: Self.rank(errors.plain, in: plain))
    }

    /// The readings of all steps of some episodes, `[episode][step]`.
    public func readings(_ residuals: StepResiduals) -> [[Reading]] {
        let width = residuals.values.size(1)
        let numbers = withoutGradients { residuals.values.doubles() }
        return residuals.episodes.map { steps in
            steps.map { reading(numbers[$0 * width..<($0 + 1) * width]) }
        }
    }

    /// Whether what was read from a file goes together and makes sense.
    func isConsistent(width: Int) -> Bool {
        metric.width == width && metric.isConsistent && plain.count == whitened.count && plain.count >= Self.fewest
            && [plain, whitened].allSatisfy { errors in
                errors.allSatisfy { $0.isFinite && $0 >= 0 } && zip(errors, errors.dropFirst()).allSatisfy { $0 <= $1 }
            }
    }

    private static func errors(
        _ residual: some Collection<Double>, _ metric: ShrunkMetric
    ) -> (plain: Double, whitened: Double) {
        let size = Double(metric.width)
        let square = residual.reduce(0) { $0 + $1 * $1 }
        // A residual without a number is as far away as can be.
        guard square.isFinite, let centred = metric.centred(residual) else { return (.infinity, .infinity) }
        return ((square / size).squareRoot(), (metric.distance(centred) / size).squareRoot())
    }

    /// 1 − p: the conformal rank among ordinary values, which rise.
    private static func rank(_ value: Double, in ordinary: [Double]) -> Double {
        var (low, high) = (0, ordinary.count)
        while low < high {
            let middle = (low + high) / 2
            if ordinary[middle] < value { low = middle + 1 } else { high = middle }
        }
        return Double(low) / Double(ordinary.count + 1)
    }
}
