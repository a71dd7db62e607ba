import Basics
import Testing

@testable import Identification

@Suite("Small dense linear algebra")
struct LinearAlgebraTests {
    private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> RealMatrix {
        var generator = SeededGenerator(seed: seed)
        return RealMatrix(
            rows: rows, columns: columns, elements: (0..<(rows * columns)).map { _ in generator.normal() })
    }

    private func difference(_ a: RealMatrix, _ b: RealMatrix) -> Double {
        zip(a.elements, b.elements).map { ($0 - $1).magnitude }.max() ?? 0
    }

    @Test("Solving a positive definite system leaves no residual", arguments: [1, 2, 7, 30])
    func solves(size: Int) throws {
        let base = random(size, size + 3, seed: UInt64(size))
        let matrix = base * base.transposed
        let right = random(size, 2, seed: 9)
        let solution = try #require(solvePositiveDefinite(matrix, right))
        #expect(difference(matrix * solution, right) < 1e-8)
    }

    @Test("An indefinite matrix has no Cholesky factor")
    func indefinite() {
        #expect(choleskyFactor(RealMatrix(rows: 2, columns: 2, elements: [1, 2, 2, 1])) == nil)
    }

    @Test("Eigenvalues of a companion matrix are the roots of its polynomial")
    func companionRoots() throws {
        // (x − 0.9)(x² + 0.25)(x + 2) = x⁴ + 1.1 x³ − 1.55 x² + 0.275 x − 0.45
        let matrix = RealMatrix(
            rows: 4, columns: 4, elements: [-1.1, 1.55, -0.275, 0.45, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0])
        let found = try #require(eigenvalues(of: matrix))
        #expect((found[0].real + 2).magnitude < 1e-10 && found[0].imaginary.magnitude < 1e-10)
        #expect((found[1].real - 0.9).magnitude < 1e-10)
        #expect((found[2].imaginary - 0.5).magnitude < 1e-10 && (found[3].imaginary + 0.5).magnitude < 1e-10)
        #expect((spectralRadius(of: matrix) - 2).magnitude < 1e-10)
    }

    @Test("Eigenvalues sum to the trace and their squares to the trace of the square", arguments: [2, 3, 5, 12, 40])
    func traces(size: Int) throws {
        let matrix = random(size, size, seed: 100 + UInt64(size))
        let found = try #require(eigenvalues(of: matrix))
        #expect(found.count == size)
        let square = matrix * matrix
        let trace = (0..<size).reduce(0) { $0 + matrix[$1, $1] }
        let traceOfSquare = (0..<size).reduce(0) { $0 + square[$1, $1] }
        #expect((found.reduce(0) { $0 + $1.real } - trace).magnitude < 1e-9 * Double(size))
        let squares = found.reduce(0) { $0 + $1.real * $1.real - $1.imaginary * $1.imaginary }
        #expect((squares - traceOfSquare).magnitude < 1e-8 * Double(size))
        #expect(found.reduce(0) { $0 + $1.imaginary }.magnitude < 1e-9)
    }

    @Test("A rotation and a permutation, on which unshifted QR stands still, have eigenvalues of magnitude 1")
    func rotation() throws {
        let permutation = RealMatrix(rows: 3, columns: 3, elements: [0, 0, 1, 1, 0, 0, 0, 1, 0])
        let found = try #require(eigenvalues(of: permutation))
        #expect(found.allSatisfy { ($0.magnitude - 1).magnitude < 1e-12 })
        #expect(eigenvalues(of: RealMatrix(rows: 1, columns: 1, elements: [.nan])) == nil)
        #expect(spectralRadius(of: RealMatrix(rows: 1, columns: 1, elements: [.nan])) == .infinity)
    }

    @Test(
        "A singular value decomposition rebuilds the matrix", arguments: [[5, 3], [3, 5], [8, 8], [1, 4], [12, 2]])
    func decomposition(shape: [Int]) {
        let matrix = random(shape[0], shape[1], seed: 3)
        let parts = singularValueDecomposition(matrix)
        var scaled = parts.left
        for row in 0..<scaled.rows {
            for column in 0..<scaled.columns { scaled[row, column] *= parts.values[column] }
        }
        #expect(difference(scaled * parts.right.transposed, matrix) < 1e-10)
        #expect(difference(parts.right.transposed * parts.right, .identity(parts.values.count)) < 1e-10)
        #expect(parts.values == parts.values.sorted(by: >))
    }

    @Test("Singular values of a rank-one matrix are its norm and zeros")
    func rankOne() {
        let column = RealMatrix(rows: 3, columns: 1, elements: [1, 2, 2])
        let row = RealMatrix(rows: 1, columns: 2, elements: [3, 4])
        let values = singularValueDecomposition(column * row).values
        #expect((values[0] - 15).magnitude < 1e-12)
        #expect(values[1] < 1e-12)
    }
}
