import Foundation
import Identification

/// The T² and Q statistics of principal component analysis, static or dynamic: what published studies of fault detection
/// compare with.
///
/// Rows are standardised by the training data; a dynamic monitor stacks each row with those before it (Ku, Storer and
/// Georgakis, Chemometrics and Intelligent Laboratory Systems 1995). With the first a principal directions P and their
/// variances Λ, `T² = xᵀ P Λ⁻¹ Pᵀ x` and `Q = ‖(I − P Pᵀ) x‖²` (Jackson and Mudholkar, Technometrics 1979).
public struct PrincipalMonitor: Sendable {
    /// Rows before each that are stacked with it.
    public let lags: Int
    /// The number a of principal components.
    public let components: Int
    private let mean: [Double]
    private let scale: [Double]
    private let directions: RealMatrix
    private let variances: [Double]

    /// Fits a monitor.
    ///
    /// - Parameters:
    ///   - rows: Training rows `[row, width]`, without gaps.
    ///   - width: Channels.
    ///   - lags: Rows before each that are stacked with it; 0 for a static monitor.
    ///   - components: How many components; `nil` for as many as parallel analysis finds (Horn, Psychometrika 1965): those
    ///     whose variance is greater than that of the same component of white noise of the same size.
    ///   - noise: White noise for parallel analysis.
    public init(
        _ rows: [Double], width: Int, lags: Int = 0, components: Int? = nil,
        noise: () -> Double
    ) {
        self.lags = lags
        let stacked = Self.stacked(rows, width: width, lags: lags)
        let size = width * (lags + 1)
        let count = stacked.count / size
        var (mean, scale) = ([Double](repeating: 0, count: size), [Double](repeating: 1, count: size))
        for column in 0..<size {
            let values = stride(from: column, to: stacked.count, by: size).map { stacked[$0] }
            mean[column] = values.reduce(0, +) / Double(count)
            let squares = values.reduce(0) { $0 + ($1 - mean[column]) * ($1 - mean[column]) }
            let deviation = (squares / Double(count - 1)).squareRoot()
            scale[column] = deviation > 1e-12 * max(1, abs(mean[column])) ? deviation : 1
        }
        var scaled = RealMatrix(rows: count, columns: size)
        for index in stacked.indices {
            scaled.elements[index] = (stacked[index] - mean[index % size]) / scale[index % size]
        }
        let parts = singularValueDecomposition(scaled)
        let variances = parts.values.map { $0 * $0 / Double(count - 1) }
        if let components {
            self.components = components
        } else {
            let white = RealMatrix(rows: count, columns: size, elements: (0..<count * size).map { _ in noise() })
            let reference = singularValueDecomposition(white).values.map { $0 * $0 / Double(count - 1) }
            self.components = zip(variances, reference).prefix { $0 > $1 }.count
        }
        (self.mean, self.scale, self.variances) = (mean, scale, variances)
        directions = parts.right
    }

    private static func stacked(_ rows: [Double], width: Int, lags: Int) -> [Double] {
        guard lags > 0 else { return rows }
        let count = rows.count / width
        var result: [Double] = []
        result.reserveCapacity(count * width * (lags + 1))
        for row in lags..<max(lags, count) {
            for lag in 0...lags {
                let start = (row - lag) * width
                result += rows[start..<start + width]
            }
        }
        return result
    }

    /// T² and Q of every row; the first `lags` rows are `NaN`.
    public func statistics(_ rows: [Double]) -> (distance: [Double], residual: [Double]) {
        let size = mean.count
        let stacked = Self.stacked(rows, width: size / (lags + 1), lags: lags)
        var distance = [Double](repeating: .nan, count: lags)
        var residual = distance
        for start in stride(from: 0, to: stacked.count, by: size) {
            let x = (0..<size).map { (stacked[start + $0] - mean[$0]) / scale[$0] }
            var (square, explained) = (0.0, 0.0)
            for component in 0..<components {
                var score = 0.0
                for channel in 0..<size { score += directions[channel, component] * x[channel] }
                square += score * score / variances[component]
                explained += score * score
            }
            distance.append(square)
            residual.append(max(0, x.reduce(0) { $0 + $1 * $1 } - explained))
        }
        return (distance, residual)
    }
}
