/// A small dense matrix for linear plants and their reference solutions, row-major.
public struct DenseMatrix: Sendable, Hashable {
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// The entries, row-major `[row, column]`.
    public var values: [Double]

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        values = [Double](repeating: 0, count: rows * columns)
    }

    /// A matrix from its rows, which must have the same length.
    public init(_ rows: [[Double]]) {
        self.rows = rows.count
        columns = rows.first?.count ?? 0
        precondition(rows.allSatisfy { [columns] in $0.count == columns }, "ragged matrix")
        values = rows.flatMap { $0 }
    }

    /// A square matrix with the given diagonal.
    public init(diagonal: [Double]) {
        self.init(rows: diagonal.count, columns: diagonal.count)
        for (index, value) in diagonal.enumerated() { self[index, index] = value }
    }

    /// One entry.
    public subscript(row: Int, column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// The transpose.
    public var transposed: DenseMatrix {
        var result = DenseMatrix(rows: columns, columns: rows)
        for row in 0..<rows {
            for column in 0..<columns { result[column, row] = self[row, column] }
        }
        return result
    }

    /// The matrix product.
    public static func * (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
        precondition(left.columns == right.rows, "[\(left.rows), \(left.columns)] * [\(right.rows), \(right.columns)]")
        var result = DenseMatrix(rows: left.rows, columns: right.columns)
        for row in 0..<left.rows {
            for inner in 0..<left.columns {
                let factor = left[row, inner]
                if factor == 0 { continue }
                for column in 0..<right.columns { result[row, column] += factor * right[inner, column] }
            }
        }
        return result
    }

    /// The matrix times a vector.
    public static func * (left: DenseMatrix, right: [Double]) -> [Double] {
        precondition(left.columns == right.count, "[\(left.rows), \(left.columns)] * [\(right.count)]")
        return (0..<left.rows).map { row in
            var sum = 0.0
            for column in 0..<left.columns { sum += left[row, column] * right[column] }
            return sum
        }
    }

    /// The sum.
    public static func + (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
        combine(left, right, +)
    }

    /// The difference.
    public static func - (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
        combine(left, right, -)
    }

    private static func combine(
        _ left: DenseMatrix, _ right: DenseMatrix, _ operation: (Double, Double) -> Double
    ) -> DenseMatrix {
        precondition(
            left.rows == right.rows && left.columns == right.columns,
            "[\(left.rows), \(left.columns)] against [\(right.rows), \(right.columns)]")
        var result = left
        for index in result.values.indices { result.values[index] = operation(left.values[index], right.values[index]) }
        return result
    }

    /// The solution `X` of `self · X = right` for a symmetric positive definite matrix, by Cholesky factorisation;
    /// `nil` when the matrix is not positive definite.
    public func choleskySolve(_ right: DenseMatrix) -> DenseMatrix? {
        precondition(rows == columns && right.rows == rows, "no square system")
        var lower = DenseMatrix(rows: rows, columns: rows)
        for row in 0..<rows {
            for column in 0...row {
                var sum = self[row, column]
                for inner in 0..<column { sum -= lower[row, inner] * lower[column, inner] }
                if row == column {
                    guard sum > 0 else { return nil }
                    lower[row, row] = sum.squareRoot()
                } else {
                    lower[row, column] = sum / lower[column, column]
                }
            }
        }
        var solution = right
        for column in 0..<right.columns {
            for row in 0..<rows {
                var sum = solution[row, column]
                for inner in 0..<row { sum -= lower[row, inner] * solution[inner, column] }
                solution[row, column] = sum / lower[row, row]
            }
            for row in (0..<rows).reversed() {
                var sum = solution[row, column]
                for inner in (row + 1)..<max(rows, row + 1) { sum -= lower[inner, row] * solution[inner, column] }
                solution[row, column] = sum / lower[row, row]
            }
        }
        return solution
    }

    /// The solution of `self · x = right` for a symmetric positive definite matrix; `nil` when it is not.
    public func choleskySolve(_ right: [Double]) -> [Double]? {
        var column = DenseMatrix(rows: right.count, columns: 1)
        column.values = right
        return choleskySolve(column)?.values
    }
}
