public import Networks
public import Tensors

/// A learned vector for each place of a grid of patches, and for tokens before them: Dosovitskiy et al.,
/// arXiv:2010.11929, section 3.1.
///
/// For a grid of another size, the vectors of the places are interpolated bicubically to it (section 3.2), as the
/// models in Hugging Face's `transformers` do it: by the sizes of the two grids, outer edges on outer edges. DINOv2 with
/// registers smooths them besides when the grid shrinks; the others do not.
public final class LearnedPositions: Module {
    /// The vectors, those of leading tokens first, then the grid row by row: `[1, leading + rows · columns, width]`.
    public let weight: Parameter
    /// The grid that they were learned for, `[rows, columns]`.
    public let grid: [Int]
    /// Whether the vectors are smoothed for smaller grids.
    public let antialias: Bool

    /// Creates vectors with a standard deviation of 0.02.
    public init(grid: [Int], leading: Int, width: Int, antialias: Bool, seed: Seed) {
        precondition(grid.count == 2 && grid.allSatisfy { $0 > 0 }, "a grid is [rows, columns], not \(grid)")
        let count = leading + grid[0] * grid[1]
        weight = Parameter(
            Tensor.normal([1, count, width], using: seed["weight"].generator()) * 0.02, decays: false)
        self.grid = grid
        self.antialias = antialias
    }

    /// Tokens before those of the grid that have a vector.
    public var leading: Int { weight.shape[1] - grid[0] * grid[1] }

    /// The vectors of the leading tokens, `[1, leading, width]`.
    public var ofLeadingTokens: Tensor { weight.value.narrow(dim: 1, start: 0, length: leading) }

    /// The vectors of a grid of any size, row by row, `[1, rows · columns, width]`.
    public func ofPatches(rows: Int, columns: Int) -> Tensor {
        let learned = weight.value.narrow(dim: 1, start: leading, length: grid[0] * grid[1])
        if [rows, columns] == grid { return learned }
        let width = weight.shape[2]
        let plane = learned.transposed(1, 2).reshaped([1, width, grid[0], grid[1]])
        // In single precision whatever the model's is: half precision shifts the vectors.
        let other = plane.to(dtype: .float32).interpolated2d(
            to: (height: rows, width: columns), .bicubic, antialias: antialias)
        return other.reshaped([1, width, rows * columns]).transposed(1, 2).to(dtype: learned.dtype)
    }
}
