public import Tensors

/// Variance and covariance regularisation: each component keeps a spread of at least 1, and no two go together.
///
/// Bardes, Ponce and LeCun, "VICReg", arXiv:2105.04906, equations 1 to 4. For samples `[N, D]` with covariance C:
/// ```
/// v = mean_d max(0, 1 − √(C_dd + ε)),    c = Σ_{i≠j} C_ij² / D
/// ```
/// Both vanish on whitened samples. PLDM and EB-JEPA take the mean over pairs in c, Σ / (D (D − 1)).
public enum VICReg {
    /// The two terms of samples `[members, N, D]`, each averaged over members.
    public static func terms(_ samples: Tensor, epsilon: Double = 1e-4) -> (variance: Tensor, covariance: Tensor) {
        let (count, width) = (samples.size(1), samples.size(2))
        let centred = samples - samples.mean(dim: 1, keepDim: true)
        let covariance = centred.transposed(1, 2).bmm(centred) * (1 / Double(max(1, count - 1)))
        let diagonal = covariance.diagonal()  // [members, D]
        let variance = (1 - (diagonal + epsilon).sqrt()).relu().mean()
        let offDiagonal = covariance.square().sum(dims: [1, 2]) - diagonal.square().sum(dim: 1)
        return (variance, (offDiagonal * (1 / Double(width))).mean())
    }
}
