import Foundation
public import Identification

/// A squared distance `T² = (x − μ)ᵀ Σ⁻¹ (x − μ)` (Hotelling 1931) whose covariance is shrunk towards its diagonal.
///
/// Columns are standardised first, so that the target of the shrinkage is the identity; its weight is that of Ledoit and
/// Wolf (Journal of Multivariate Analysis 2004, https://doi.org/10.1016/S0047-259X(03)00096-4), with the number of samples
/// divided by how much rows that follow each other tell the same: `(1 + ρ²) / (1 − ρ²)` with the mean autocorrelation ρ of
/// neighbouring rows.
public struct ShrunkMetric: Sendable, Equatable, Codable {
    /// μ.
    public let mean: [Double]
    /// Σ⁻¹, `[width, width]`.
    public let precision: RealMatrix
    /// The weight of the diagonal, 0 to 1.
    public let shrinkage: Double

    /// The number of channels.
    public var width: Int { mean.count }

    /// The standard deviation of each channel, from the covariance: shrinking it leaves them as they are.
    var deviations: [Double] {
        guard let covariance = solvePositiveDefinite(precision, .identity(width)) else { return mean.map { _ in 0 } }
        return mean.indices.map { max(0, covariance[$0, $0]).squareRoot() }
    }

    /// Fits the distance; `nil` for fewer than three rows.
    ///
    /// - Parameters:
    ///   - rows: Samples `[row, width]` in the order of time, `NaN` where missing.
    ///   - width: Channels.
    public init?(_ rows: [Double], width: Int) {
        let count = width > 0 ? rows.count / width : 0
        guard count >= 3 else { return nil }
        var mean = [Double](repeating: 0, count: width)
        var deviation = mean
        var weights = mean
        for channel in 0..<width {
            let present = stride(from: channel, to: rows.count, by: width).map { rows[$0] }.filter(\.isFinite)
            let centre = present.reduce(0, +) / Double(max(1, present.count))
            let squares = present.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
            mean[channel] = centre
            weights[channel] = (Double(count) / Double(max(1, present.count))).squareRoot()
            deviation[channel] = max((squares / Double(max(1, present.count - 1))).squareRoot(), Self.leastDeviation)
        }
        // A missing value tells nothing: it stands at the mean, and those that are there count for it, so that each channel
        // keeps its own spread.
        let scaled = rows.indices.map { index -> Double in
            let channel = index % width
            return rows[index].isFinite ? weights[channel] * (rows[index] - mean[channel]) / deviation[channel] : 0
        }
        var correlation = Self.products(scaled, width: width)
        for index in correlation.elements.indices { correlation.elements[index] /= Double(count) }
        let weight = Self.weight(scaled, correlation, count: count)
        for row in 0..<width {
            for column in 0..<width {
                correlation[row, column] *= 1 - weight
                if row == column { correlation[row, column] += weight + 1e-9 }
            }
        }
        guard var inverse = solvePositiveDefinite(correlation, .identity(width)) else { return nil }
        for row in 0..<width {
            for column in 0..<width { inverse[row, column] /= deviation[row] * deviation[column] }
        }
        (self.mean, precision, shrinkage) = (mean, inverse, weight)
    }

    /// Below this, in the normalised units that go in, nothing moves.
    private static let leastDeviation = 1e-6

    private static func products(_ rows: [Double], width: Int) -> RealMatrix {
        var result = RealMatrix(rows: width, columns: width)
        rows.withUnsafeBufferPointer { x in
            result.elements.withUnsafeMutableBufferPointer { sum in
                for start in stride(from: 0, to: x.count, by: width) {
                    for row in 0..<width {
                        let factor = x[start + row]
                        for column in 0..<width { sum[row * width + column] += factor * x[start + column] }
                    }
                }
            }
        }
        return result
    }

    private static func weight(_ rows: [Double], _ correlation: RealMatrix, count: Int) -> Double {
        let width = correlation.rows
        var (fourth, product, square) = (0.0, 0.0, 0.0)
        for row in 0..<count {
            var sum = 0.0
            for channel in 0..<width {
                let value = rows[row * width + channel]
                sum += value * value
                if row > 0 { product += value * rows[(row - 1) * width + channel] }
            }
            fourth += sum * sum
            square += sum
        }
        let rho = min(0.98, max(0, product / max(square, 1e-12)))
        let effective = Double(count) * (1 - rho * rho) / (1 + rho * rho)
        let size = correlation.elements.reduce(0) { $0 + $1 * $1 }
        var distance = 0.0
        for row in 0..<width {
            for column in 0..<width {
                let difference = correlation[row, column] - (row == column ? 1 : 0)
                distance += difference * difference
            }
        }
        let scatter = max(0, fourth / Double(count) - size) / max(1, effective)
        return distance > 0 ? min(1, max(0.001, scatter / distance)) : 1
    }

    /// `x − μ`, with the conditional mean given the rest where a value is missing; `nil` when all are.
    public func centred(_ x: some Collection<Double>) -> [Double]? {
        var result = zip(x, mean).map { $0 - $1 }
        let missing = result.indices.filter { !result[$0].isFinite }
        guard !missing.isEmpty else { return result }
        guard missing.count < width else { return nil }
        for index in missing { result[index] = 0 }
        let pulls = missing.map { row in -result.indices.reduce(0) { $0 + precision[row, $1] * result[$1] } }
        var block = RealMatrix(rows: missing.count, columns: missing.count)
        for (row, from) in missing.enumerated() {
            for (column, to) in missing.enumerated() { block[row, column] = precision[from, to] }
        }
        let right = RealMatrix(rows: missing.count, columns: 1, elements: pulls)
        guard let filled = solvePositiveDefinite(block, right) else { return result }
        for (place, index) in missing.enumerated() { result[index] = filled[place, 0] }
        return result
    }

    /// T² of a centred vector.
    public func distance(_ centred: [Double]) -> Double {
        max(0, zip(centred, pulled(centred)).reduce(0) { $0 + $1.0 * $1.1 })
    }

    /// What each channel adds: how much T² falls when the channel is taken for missing, `(Σ⁻¹x)ᵢ² / (Σ⁻¹)ᵢᵢ`. This is the
    /// reconstruction-based contribution of Alcala and Qin (Automatica 2009,
    /// https://doi.org/10.1016/j.automatica.2009.02.027).
    public func contributions(_ centred: [Double]) -> [Double] {
        pulled(centred).enumerated().map { $1 * $1 / max(precision[$0, $0], 1e-300) }
    }

    private func pulled(_ centred: [Double]) -> [Double] {
        let size = width
        var result = [Double](repeating: 0, count: size)
        precision.elements.withUnsafeBufferPointer { p in
            for row in 0..<size {
                var sum = 0.0
                for column in 0..<size { sum += p[row * size + column] * centred[column] }
                result[row] = sum
            }
        }
        return result
    }

    /// Whether a distance that was read is usable.
    public var isConsistent: Bool {
        precision.rows == width && precision.columns == width && (mean + precision.elements).allSatisfy(\.isFinite)
            && mean.indices.allSatisfy { precision[$0, $0] > 0 }
    }
}
