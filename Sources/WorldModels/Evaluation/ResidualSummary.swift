import Foundation
import Identification

/// What is left in the one-step errors of a model: white where it has learned all that the past tells.
public struct ResidualSummary: Sendable, Equatable {
    /// Autocorrelation at lags 0, 1, …
    public var autocorrelation: [Double]
    /// Half-width of the 95 % band of white residuals.
    public var bound: Double
    /// Residuals that were compared.
    public var count: Int
    /// The share of lags outside the band; 0.05 for white ones.
    public var shareOutside: Double
    /// The Ljung–Box statistic over all lags.
    public var ljungBox: Double
    /// The probability of a statistic as large when residuals are white.
    public var probability: Double
    /// Root mean square of the residuals, physical units.
    public var rmse: Double

    /// Computes the figures of residuals at successive steps, missing ones `NaN`, physical units.
    public init(_ residuals: [Double], maximumLag: Int) {
        let diagnostics = ResidualDiagnostics(residuals, maximumLag: maximumLag)
        autocorrelation = diagnostics.autocorrelation
        bound = diagnostics.bound
        count = diagnostics.count
        shareOutside = diagnostics.shareOutside
        ljungBox = diagnostics.ljungBox
        let lags = Double(max(1, autocorrelation.count - 1))
        // The cube root of a chi-squared variable over its degrees of freedom is about normal (Wilson and Hilferty,
        // PNAS 1931, https://doi.org/10.1073/pnas.17.12.684).
        let spread = (2 / (9 * lags)).squareRoot()
        let deviate = (cbrt(ljungBox / lags) - (1 - 2 / (9 * lags))) / spread
        probability = 0.5 * erfc(deviate / 2.0.squareRoot())
        let known = residuals.filter(\.isFinite)
        rmse = known.isEmpty ? .nan : (known.reduce(0) { $0 + $1 * $1 } / Double(known.count)).squareRoot()
    }
}
