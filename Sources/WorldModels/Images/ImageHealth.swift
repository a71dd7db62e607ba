import Tensors

/// How good a world model from pictures is on episodes that nothing learned from: what every run shows.
public struct ImageHealth: Sendable, Codable, Equatable {
    /// Rank, spread and correlation of the representations.
    public let representations: RepresentationHealth
    /// For each step ahead the mean square error of prediction, as a share of that of the last representation held.
    public let predictionError: [Double]
    /// What a true state can be read by, where it was recorded.
    public let probe: StateProbe?
    /// Representations in the plane of their two greatest principal components, `[point, 2]`, for a plot.
    public let plane: [[Double]]

    private static let points = 2000

    /// Measures.
    ///
    /// - Parameters:
    ///   - z: Representations of all rows of the held-out episodes as heads see them, `[rows, summary width]`.
    ///   - runs: Free runs over them.
    ///   - probe: What the state could be read by.
    init(_ z: Tensor, runs: ImageFreeRuns, probe: StateProbe?) {
        self.probe = probe
        representations = withoutGradients { RepresentationHealth(z) }
        predictionError = runs.errors
        plane = withoutGradients {
            guard z.size(0) > 2, z.size(1) > 1, z.isfinite().all().item() != 0 else { return [] }
            let centred = z - z.mean(dim: 0, keepDim: true)
            // The eigenvectors of the covariance, the greatest last.
            let vectors = centred.T.matmul(centred).eigh().vectors
            let two = vectors.narrow(dim: 1, start: z.size(1) - 2, length: 2).flip(dims: [1])
            let stride = max(1, z.size(0) / Self.points)
            let picked = centred.strided(dim: 0, by: stride).matmul(two)
            let numbers = picked.doubles()
            return (0..<picked.size(0)).map { [numbers[2 * $0], numbers[2 * $0 + 1]] }
        }
    }
}
