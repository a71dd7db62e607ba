/// What is left in the errors of a model: autocorrelation and a test of whiteness.
public struct ResidualDiagnostics: Sendable, Equatable {
    /// Autocorrelation at lags 0…L; missing samples are left out pairwise.
    public var autocorrelation: [Double]
    /// The number of residuals that are not missing.
    public var count: Int
    /// Half-width of the 95 % band that white residuals stay in at each lag, `1.96 / √N`.
    public var bound: Double
    /// The Ljung–Box statistic `N (N + 2) Σ_k ρ_k² / (N − k)` over the lags 1…L.
    ///
    /// Ljung and Box, "On a measure of lack of fit in time series models", Biometrika 1978,
    /// https://doi.org/10.1093/biomet/65.2.297.
    public var ljungBox: Double

    /// The share of lags 1…L outside the 95 % band: about 0.05 for white residuals.
    public var shareOutside: Double {
        let lags = autocorrelation.dropFirst()
        return lags.isEmpty ? 0 : Double(lags.count { $0.magnitude > bound }) / Double(lags.count)
    }

    /// Computes the figures of a series of residuals.
    ///
    /// - Parameters:
    ///   - residuals: Errors at successive samples, missing ones `NaN`.
    ///   - maximumLag: The greatest lag; clipped below the length of the series.
    public init(_ residuals: [Double], maximumLag: Int) {
        let known = residuals.filter(\.isFinite)
        count = known.count
        let mean = known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
        let centred = residuals.map { $0 - mean }
        let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, known.count))
        let lags = min(maximumLag, max(0, residuals.count - 1))
        var values: [Double] = []
        for lag in 0...lags {
            var (sum, pairs) = (0.0, 0)
            for time in lag..<max(lag, centred.count) {
                let product = centred[time] * centred[time - lag]
                guard product.isFinite else { continue }
                sum += product
                pairs += 1
            }
            // The usual divisor N keeps the estimate bounded; with missing pairs it is scaled to what was seen.
            let expected = Double(centred.count - lag) / Double(max(1, centred.count))
            values.append(pairs > 0 && variance > 0 ? sum / Double(pairs) * expected / variance : (lag == 0 ? 1 : 0))
        }
        autocorrelation = values
        let size = Double(count)
        bound = count > 0 ? 1.96 / size.squareRoot() : .nan
        ljungBox = (1...max(1, lags)).reduce(0) { sum, lag in
            guard lag < values.count, size > Double(lag) else { return sum }
            return sum + size * (size + 2) * values[lag] * values[lag] / (size - Double(lag))
        }
    }
}
