public import Networks
public import Tensors

/// The greatest principal components of representations of thousands of numbers: what heads see of them, which a table of all
/// rows then fits into memory for.
///
/// Mean and directions come from some rows of what is learned from, by the eigenvectors of their Gram matrix, and are scaled
/// together so that the mean variance of a component is 1.
public final class PrincipalComponents: Module {
    /// The mean, `[D]`.
    public let centre: Buffer
    /// The directions, the greatest first, `[D, components]`.
    public let directions: Buffer

    /// Rows that are looked at, at most: the Gram matrix has as many on a side.
    private static let most = 2000

    /// Creates components that are 0 until they are fitted.
    public init(width: Int, count: Int) {
        centre = Buffer(Tensor.zeros([width]))
        directions = Buffer(Tensor.zeros([width, count]))
    }

    /// How many there are.
    public var count: Int { directions.shape[1] }

    /// The components of representations `[…, D]`, `[…, components]`.
    public func callAsFunction(_ z: Tensor) -> Tensor { (z - centre.value).matmul(directions.value) }

    /// Takes mean and directions from representations `[N, D]` of any precision. Where they span fewer directions than there
    /// are components, the others stay 0.
    func fit(_ table: Tensor) {
        withoutGradients {
            let x = table.sampled(most: Self.most)
            let mean = x.mean(dim: 0)
            let centred = x - mean
            let taken = min(count, x.size(0) - 1)
            guard taken > 0 else { return centre.assign(mean) }
            let (values, vectors) = centred.matmul(centred.T).eigh()
            let first = values.size(0) - taken
            let squares = values.narrow(dim: 0, start: first, length: taken).flip(dims: [0]).clamp(min: 0)
            let along = vectors.narrow(dim: 1, start: first, length: taken).flip(dims: [1])
            // What rounding leaves of directions that nothing varies in is none.
            let isThere = squares.greater(1e-6 * max(squares[0].item(), 1e-12)).to(dtype: .float32)
            let scale = (squares.sum().item() / Double(count * x.size(0))).squareRoot()
            let unit = centred.T.matmul(along) * (isThere / squares.clamp(min: 1e-20).sqrt())
            let rest = Tensor.zeros([x.size(1), count - taken])
            centre.assign(mean)
            directions.assign(Tensor.concatenate([unit * (1 / max(scale, 1e-12)), rest], dim: 1))
        }
    }
}

extension Tensor {
    /// So many rows of a table at most, evenly over all of them, float32.
    func sampled(most: Int) -> Tensor {
        strided(dim: 0, by: max(1, (size(0) + most - 1) / most)).to(dtype: .float32)
    }
}
