/// A small dense matrix of doubles, row-major.
///
/// Identification works on matrices of at most a few hundred rows, for which plain loops are quick enough and no
/// linear-algebra library has to be installed.
public struct RealMatrix: Sendable, Equatable, Codable {
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// The elements, row-major `[row, column]`.
    public var elements: [Double]

    /// Creates a matrix from row-major elements; zeros when none are given.
    public init(rows: Int, columns: Int, elements: [Double]? = nil) {
        precondition(rows >= 0 && columns >= 0, "a matrix of \(rows) × \(columns)")
        let filled = elements ?? [Double](repeating: 0, count: rows * columns)
        precondition(filled.count == rows * columns, "\(filled.count) elements for \(rows) × \(columns)")
        self.rows = rows
        self.columns = columns
        self.elements = filled
    }

    /// The identity.
    public static func identity(_ size: Int) -> RealMatrix {
        var result = RealMatrix(rows: size, columns: size)
        for index in 0..<size { result[index, index] = 1 }
        return result
    }

    /// One element.
    public subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// The transpose.
    public var transposed: RealMatrix {
        var result = RealMatrix(rows: columns, columns: rows)
        for row in 0..<rows {
            for column in 0..<columns { result[column, row] = self[row, column] }
        }
        return result
    }

    /// The upper left part.
    public func leading(rows count: Int, columns width: Int) -> RealMatrix {
        precondition(count <= rows && width <= columns, "leading \(count) × \(width) of \(rows) × \(columns)")
        var result = RealMatrix(rows: count, columns: width)
        for row in 0..<count {
            for column in 0..<width { result[row, column] = self[row, column] }
        }
        return result
    }

    /// The sub-matrix of the named rows and columns.
    func selecting(rows chosenRows: [Int], columns chosenColumns: [Int]) -> RealMatrix {
        var result = RealMatrix(rows: chosenRows.count, columns: chosenColumns.count)
        for (row, from) in chosenRows.enumerated() {
            for (column, source) in chosenColumns.enumerated() { result[row, column] = self[from, source] }
        }
        return result
    }

    /// The sum of two matrices of one shape.
    public static func + (left: RealMatrix, right: RealMatrix) -> RealMatrix { left.combined(with: right, +) }

    /// The difference of two matrices of one shape.
    public static func - (left: RealMatrix, right: RealMatrix) -> RealMatrix { left.combined(with: right, -) }

    private func combined(with other: RealMatrix, _ operation: (Double, Double) -> Double) -> RealMatrix {
        precondition(
            rows == other.rows && columns == other.columns,
            "\(rows) × \(columns) and \(other.rows) × \(other.columns)")
        return RealMatrix(rows: rows, columns: columns, elements: zip(elements, other.elements).map(operation))
    }

    /// The matrix product.
    public static func * (left: RealMatrix, right: RealMatrix) -> RealMatrix {
        precondition(
            left.columns == right.rows, "\(left.rows) × \(left.columns) times \(right.rows) × \(right.columns)")
        var result = RealMatrix(rows: left.rows, columns: right.columns)
        let width = right.columns
        left.elements.withUnsafeBufferPointer { a in
            right.elements.withUnsafeBufferPointer { b in
                result.elements.withUnsafeMutableBufferPointer { c in
                    for row in 0..<left.rows {
                        for inner in 0..<left.columns {
                            let factor = a[row * left.columns + inner]
                            guard factor != 0 else { continue }
                            for column in 0..<width { c[row * width + column] += factor * b[inner * width + column] }
                        }
                    }
                }
            }
        }
        return result
    }
}
