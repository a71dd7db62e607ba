/// The thin singular value decomposition `A = U diag(s) Vᵀ`.
public struct SingularValueDecomposition: Sendable {
    /// Left singular vectors as columns, `[rows, min(rows, columns)]`.
    public let left: RealMatrix
    /// Singular values, falling.
    public let values: [Double]
    /// Right singular vectors as columns, `[columns, min(rows, columns)]`.
    public let right: RealMatrix
}

/// The singular value decomposition by one-sided Jacobi rotations.
///
/// Hestenes, "Inversion of matrices by biorthogonalization and related results", 1958: columns are rotated in pairs
/// until all are orthogonal. Slow for large matrices, accurate and short for the small ones met here.
public func singularValueDecomposition(_ matrix: RealMatrix) -> SingularValueDecomposition {
    if matrix.rows < matrix.columns {
        let other = singularValueDecomposition(matrix.transposed)
        return SingularValueDecomposition(left: other.right, values: other.values, right: other.left)
    }
    let height = matrix.rows
    let width = matrix.columns
    // Columns are kept as rows of the working copies, so that a rotation walks through adjacent memory.
    var work = matrix.transposed.elements
    var basis = RealMatrix.identity(width).elements
    for _ in 0..<60 where rotateAllPairs(&work, &basis, height: height, width: width) < 1e-14 { break }

    let norms = (0..<width).map { column in
        work[(column * height)..<((column + 1) * height)].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let order = (0..<width).sorted { norms[$0] > norms[$1] }
    var left = RealMatrix(rows: height, columns: width)
    var right = RealMatrix(rows: width, columns: width)
    for (position, column) in order.enumerated() {
        let scale = norms[column] > 0 ? 1 / norms[column] : 0
        for row in 0..<height { left[row, position] = work[column * height + row] * scale }
        for row in 0..<width { right[row, position] = basis[column * width + row] }
    }
    return SingularValueDecomposition(left: left, values: order.map { norms[$0] }, right: right)
}

/// One sweep over all pairs of columns; the greatest cosine between two of them before its rotation.
private func rotateAllPairs(_ work: inout [Double], _ basis: inout [Double], height: Int, width: Int) -> Double {
    var worst = 0.0
    work.withUnsafeMutableBufferPointer { a in
        basis.withUnsafeMutableBufferPointer { v in
            for p in 0..<max(0, width - 1) {
                for q in (p + 1)..<width {
                    var (alpha, beta, gamma) = (0.0, 0.0, 0.0)
                    for row in 0..<height {
                        let x = a[p * height + row]
                        let y = a[q * height + row]
                        alpha += x * x
                        beta += y * y
                        gamma += x * y
                    }
                    let scale = (alpha * beta).squareRoot()
                    guard scale > 0, gamma != 0 else { continue }
                    let cosine = gamma.magnitude / scale
                    worst = max(worst, cosine)
                    guard cosine > 1e-16 else { continue }
                    let zeta = (beta - alpha) / (2 * gamma)
                    let sign: Double = zeta < 0 ? -1 : 1
                    let tangent = sign / (zeta.magnitude + (1 + zeta * zeta).squareRoot())
                    let c = 1 / (1 + tangent * tangent).squareRoot()
                    let s = c * tangent
                    rotate(a, p * height, q * height, height, c, s)
                    rotate(v, p * width, q * width, width, c, s)
                }
            }
        }
    }
    return worst
}

private func rotate(
    _ a: UnsafeMutableBufferPointer<Double>, _ p: Int, _ q: Int, _ count: Int, _ c: Double, _ s: Double
) {
    for index in 0..<count {
        let x = a[p + index]
        let y = a[q + index]
        a[p + index] = c * x - s * y
        a[q + index] = s * x + c * y
    }
}
