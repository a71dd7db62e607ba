import Foundation

/// Recursive least squares of one equation's deviation from a model, from a prior (Ljung, "System Identification", 2nd
/// ed., section 11.2; without forgetting it is Bayes' rule for a normal prior and normal noise).
///
///     s = φᵀPφ + σ²,   k = Pφ / s,   δ ← δ + k (r − φᵀδ),   P ← P − k (Pφ)ᵀ
///
/// The innovations add up to the evidence: `ln N(r; 0, ΦPΦᵀ + σ²I) = Σ_t −½ (ln 2π s_t + (r_t − φ_tᵀδ)² / s_t)`.
struct RecursiveDeviation {
    /// δ, one number a coefficient.
    private(set) var deviation: [Double]
    /// P, `[coefficient, coefficient]`.
    private(set) var covariance: RealMatrix
    /// The logarithm of the evidence but for `n/2 ln 2π`.
    private(set) var logEvidence = 0.0
    private let noise: Double
    private var spread: [Double]

    /// Starts from a prior covariance and the variance of the noise.
    init(prior: RealMatrix, noise: Double) {
        deviation = [Double](repeating: 0, count: prior.rows)
        spread = deviation
        covariance = prior
        self.noise = noise
    }

    /// Takes in one row: its regressor, and what the model's one-step prediction leaves.
    mutating func update(_ phi: [Double], residual: Double) {
        let size = phi.count
        var (innovation, variance) = (residual, noise)
        covariance.elements.withUnsafeMutableBufferPointer { p in
            phi.withUnsafeBufferPointer { phi in
                for row in 0..<size {
                    var sum = 0.0
                    let start = row * size
                    for column in 0..<size { sum += p[start + column] * phi[column] }
                    spread[row] = sum
                    variance += sum * phi[row]
                    innovation -= deviation[row] * phi[row]
                }
            }
            let scale = 1 / variance
            for row in 0..<size {
                let gain = spread[row] * scale
                deviation[row] += gain * innovation
                let start = row * size
                // Row and column get the same product, so that the covariance stays symmetric to the bit.
                for column in 0..<size { p[start + column] -= spread[row] * spread[column] * scale }
            }
        }
        logEvidence -= 0.5 * (log(variance) + innovation * innovation / variance)
    }
}
