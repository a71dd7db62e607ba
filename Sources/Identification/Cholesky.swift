/// The lower triangular factor `L` of a symmetric positive definite matrix, `A = L Lᵀ`; `nil` when a pivot is not
/// positive.
///
/// Only the lower triangle of the argument is read.
public func choleskyFactor(_ matrix: RealMatrix) -> RealMatrix? {
    precondition(matrix.rows == matrix.columns, "Cholesky of \(matrix.rows) × \(matrix.columns)")
    let size = matrix.rows
    var factor = matrix
    let succeeded = factor.elements.withUnsafeMutableBufferPointer { l in
        for row in 0..<size {
            for column in 0...row {
                var sum = l[row * size + column]
                for inner in 0..<column { sum -= l[row * size + inner] * l[column * size + inner] }
                if row == column {
                    guard sum > 0, sum.isFinite else { return false }
                    l[row * size + row] = sum.squareRoot()
                } else {
                    l[row * size + column] = sum / l[column * size + column]
                }
            }
            for column in (row + 1)..<max(size, row + 1) { l[row * size + column] = 0 }
        }
        return true
    }
    return succeeded ? factor : nil
}

/// The solution `X` of `A X = B` for a symmetric positive definite `A`; `nil` when `A` is not positive definite.
public func solvePositiveDefinite(_ matrix: RealMatrix, _ right: RealMatrix) -> RealMatrix? {
    precondition(matrix.rows == right.rows, "\(matrix.rows) equations, right side of \(right.rows) rows")
    guard let factor = choleskyFactor(matrix) else { return nil }
    let size = matrix.rows
    let width = right.columns
    var solution = right
    factor.elements.withUnsafeBufferPointer { l in
        solution.elements.withUnsafeMutableBufferPointer { x in
            for column in 0..<width {
                for row in 0..<size {
                    var sum = x[row * width + column]
                    for inner in 0..<row { sum -= l[row * size + inner] * x[inner * width + column] }
                    x[row * width + column] = sum / l[row * size + row]
                }
                for row in stride(from: size - 1, through: 0, by: -1) {
                    var sum = x[row * width + column]
                    for inner in (row + 1)..<max(size, row + 1) {
                        sum -= l[inner * size + row] * x[inner * width + column]
                    }
                    x[row * width + column] = sum / l[row * size + row]
                }
            }
        }
    }
    return solution
}
