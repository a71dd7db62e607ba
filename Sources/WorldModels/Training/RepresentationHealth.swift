public import Tensors

/// What shows whether representations have collapsed: logged on every epoch.
public struct RepresentationHealth: Sendable, Equatable, Codable {
    /// The exponential of the entropy of the normalised singular values: how many directions are in use. Roy and
    /// Vetterli, "The effective rank", EUSIPCO 2007.
    public var effectiveRank: Double
    /// The smallest standard deviation of a component, in units of its size at the start.
    public var leastSpread: Double
    /// The mean absolute correlation between two components.
    public var meanCorrelation: Double
    /// The singular values of the centred representations over √N, largest first.
    public var spectrum: [Double]

    /// Measures representations of one member, `[N, D]`.
    public init(_ samples: Tensor) {
        let (count, width) = (samples.size(0), samples.size(1))
        guard samples.isfinite().all().item() != 0 else {
            // No decomposition exists; the log shows that something is wrong.
            (effectiveRank, leastSpread, meanCorrelation) = (.nan, .nan, .nan)
            spectrum = [Double](repeating: .nan, count: width)
            return
        }
        let centred = samples - samples.mean(dim: 0, keepDim: true)
        let values = centred.svdvals().doubles().map { $0 / Double(max(1, count)).squareRoot() }
        let total = values.reduce(0, +)
        let entropy = values.reduce(0.0) { sum, value in
            let share = value / max(total, 1e-300)
            return share > 1e-12 ? sum - share * logarithm(share) : sum
        }
        effectiveRank = total > 0 ? exponential(entropy) : 0
        spectrum = values
        let spread = centred.square().mean(dim: 0).sqrt()
        leastSpread = spread.amin().item()
        let unit = centred / (spread + 1e-9)
        let correlation = (unit.transposed(0, 1).matmul(unit) * (1 / Double(max(1, count)))).abs()
        let offDiagonal = correlation.sum().item() - correlation.diagonal().sum().item()
        meanCorrelation = width > 1 ? offDiagonal / Double(width * (width - 1)) : 0
    }
}
