#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tells from the errors of one channel's predictions that they are not what calibration promised any more.
///
/// Each error, as a multiple r of the half-width that misses a share α, has a p-value: at most α^r beyond the band where the
/// errors' tails are log-concave, since the logarithm of their survival function is then concave and zero at zero; inside
/// the band it counts as 1. A p-value becomes evidence by the calibrators κ·p^(κ−1) (Vovk and Wang, "E-values: calibration,
/// combination and applications", Annals of Statistics 2021, https://doi.org/10.1214/20-AOS2020), and evidence adds up to
/// the e-detectors of Shin, Ramdas and Rinaldo ("E-detectors: a nonparametric framework for sequential change detection",
/// arXiv:2203.03532), sums of Shiryaev and Roberts over all times at which a change may have begun:
///
///     R(t) = (R(t−1) + 1) · e(t)
///
/// While predictions are as good as promised, R grows by at most 1 an observation on average, so that an alarm at R ≥ c
/// comes at most once in c observations. Predictions h steps ahead overlap: their evidence counts to the power of 1/h, the
/// geometric mean over the h sequences that do not.
public struct SurpriseDetector: Sendable {
    /// The exponents κ of the calibrators.
    private static let exponents = [0.1, 0.3, 0.5, 0.7, 0.9]
    /// The most evidence of one observation, so that a single wild one raises no alarm.
    private static let cap = 1000.0

    private let miscoverage: Double
    private let overlap: Double
    private var sums: [Double]

    /// Creates a detector.
    ///
    /// - Parameters:
    ///   - miscoverage: α, the share of errors beyond the band that is normal.
    ///   - overlap: h, how many predictions in a row share what they predict.
    public init(miscoverage: Double, overlap: Int = 1) {
        precondition(miscoverage > 0 && miscoverage < 1 && overlap >= 1, "α \(miscoverage), overlap \(overlap)")
        self.miscoverage = miscoverage
        self.overlap = Double(overlap)
        sums = Self.exponents.map { _ in 0 }
    }

    /// R, the mean over the calibrators.
    public var evidence: Double { sums.reduce(0, +) / Double(sums.count) }

    /// Takes in an error, as a multiple of the half-width.
    public mutating func update(_ ratio: Double) {
        let p = ratio <= 1 ? 1 : pow(miscoverage, min(ratio, 100))
        for (index, exponent) in Self.exponents.enumerated() {
            let evidence = ratio.isNaN ? Self.cap : min(Self.cap, exponent * pow(p, exponent - 1))
            // Finite whatever comes, so that it can fall again.
            sums[index] = min(1e100, (sums[index] + 1) * pow(evidence, 1 / overlap))
        }
    }

    /// Forgets what it has seen.
    public mutating func reset() { for index in sums.indices { sums[index] = 0 } }
}
