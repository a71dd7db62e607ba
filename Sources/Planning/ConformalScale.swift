#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How much wider than calibrated a band has to be, learned online from what came.
///
/// The logarithm of the scale follows the gradient of the quantile loss: every miss of a band of coverage 1 − α raises it by
/// η(1 − α), every hit lowers it by ηα,
///
///     ℓ(t+1) = max(ℓ_least, ℓ(t) + η·(miss(t) − α)),   miss(t) = 1 where |y − ŷ| > exp(ℓ(t))·w(t),
///
/// the quantile tracker of Angelopoulos, Candès and Tibshirani, "Conformal PID control for time series prediction", NeurIPS
/// 2023, arXiv:2307.16895, after adaptive conformal inference (Gibbs and Candès, "Adaptive conformal inference under
/// distribution shift", NeurIPS 2021, arXiv:2106.00170), on a logarithmic scale, because what matters is by which factor
/// errors have grown. Whatever comes, stationary or not: while no error is more than b times the calibrated half-width, the
/// share of misses among T is at most `α + (log b / η + 1) / T` (`greatestMissShare`).
public struct ConformalScale: Sendable, Equatable, Codable {
    /// α, the share of misses that the bands allow.
    public let miscoverage: Double
    /// η, the step of the logarithm.
    public let rate: Double
    /// The least factor that the scale may have.
    public let least: Double
    /// The observations that were compared.
    public private(set) var count = 0
    /// Those that the scaled band missed.
    public private(set) var misses = 0
    private var logarithm = 0.0

    /// Creates a scale of 1.
    ///
    /// - Parameters:
    ///   - miscoverage: α, in (0, 1).
    ///   - rate: η, positive.
    ///   - least: The least factor, in (0, 1]; 1 never narrows a calibrated band.
    public init(miscoverage: Double, rate: Double = 0.25, least: Double = 1) {
        precondition(miscoverage > 0 && miscoverage < 1, "a miscoverage of \(miscoverage)")
        precondition(rate > 0 && least > 0 && least <= 1, "rate \(rate), least factor \(least)")
        self.miscoverage = miscoverage
        self.rate = rate
        self.least = least
    }

    /// What calibrated half-widths are multiplied by.
    public var factor: Double { exp(logarithm) }

    /// Goes on from what an earlier scale came to.
    public mutating func resume(at factor: Double) {
        guard factor.isFinite, factor > 0 else { return }
        logarithm = max(log(least), log(factor))
    }

    /// Takes in an error, as a multiple of the calibrated half-width; one that is not a number counts as a miss.
    ///
    /// - Returns: Whether the band, as wide as it was, missed it.
    @discardableResult
    public mutating func update(_ ratio: Double) -> Bool {
        let isMissed = !(ratio <= factor)
        count += 1
        if isMissed { misses += 1 }
        logarithm = max(log(least), logarithm + rate * ((isMissed ? 1 : 0) - miscoverage))
        return isMissed
    }

    /// Widens at once, where it is known that errors have grown; never narrows.
    public mutating func widen(to factor: Double) {
        guard factor.isFinite else { return }
        logarithm = max(logarithm, log(max(factor, least)))
    }

    /// The greatest share of misses among so many observations of which none is off by more than `greatest` times the
    /// calibrated half-width, whatever their order.
    public func greatestMissShare(count: Int, greatest: Double) -> Double {
        miscoverage + (max(0, log(greatest)) / rate + 1 - miscoverage) / Double(count)
    }
}
