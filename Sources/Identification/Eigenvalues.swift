/// A complex number: an eigenvalue of a real matrix.
public struct ComplexValue: Sendable, Hashable, Codable {
    /// The real part.
    public var real: Double
    /// The imaginary part.
    public var imaginary: Double

    /// Creates a complex number.
    public init(_ real: Double, _ imaginary: Double = 0) {
        self.real = real
        self.imaginary = imaginary
    }

    /// The absolute value.
    public var magnitude: Double { (real * real + imaginary * imaginary).squareRoot() }

    static func + (a: Self, b: Self) -> Self { .init(a.real + b.real, a.imaginary + b.imaginary) }
    static func - (a: Self, b: Self) -> Self { .init(a.real - b.real, a.imaginary - b.imaginary) }
    static func * (a: Self, b: Self) -> Self {
        .init(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }
    static func / (a: Self, b: Self) -> Self {
        let scale = b.real * b.real + b.imaginary * b.imaginary
        let product = a * b.conjugate
        return .init(product.real / scale, product.imaginary / scale)
    }
    var conjugate: Self { .init(real, -imaginary) }

    /// The principal square root.
    var squareRoot: Self {
        let size = magnitude
        let root = (max(0, (size + real) / 2)).squareRoot()
        let other = (max(0, (size - real) / 2)).squareRoot()
        return .init(root, imaginary < 0 ? -other : other)
    }
}

/// The eigenvalues of a square real matrix, sorted by falling magnitude; `nil` when the iteration does not converge or
/// an element is not finite.
///
/// Householder reduction to Hessenberg form and the single-shift QR algorithm with Wilkinson's shift (Golub and Van
/// Loan, "Matrix Computations", 4th ed., chapter 7), written here because no linear-algebra library may be assumed.
public func eigenvalues(of matrix: RealMatrix) -> [ComplexValue]? {
    precondition(matrix.rows == matrix.columns, "eigenvalues of \(matrix.rows) × \(matrix.columns)")
    guard matrix.elements.allSatisfy(\.isFinite) else { return nil }
    var hessenberg = HessenbergQR(matrix)
    return hessenberg.eigenvalues()?.sorted {
        ($0.magnitude, $0.real, $0.imaginary) > ($1.magnitude, $1.real, $1.imaginary)
    }
}

/// The greatest magnitude of the eigenvalues; infinite when they cannot be found, so that nothing is called stable by
/// mistake.
public func spectralRadius(of matrix: RealMatrix) -> Double {
    if matrix.rows == 0 { return 0 }
    return eigenvalues(of: matrix)?.first?.magnitude ?? .infinity
}

/// The QR iteration on a complex copy of the Hessenberg form.
private struct HessenbergQR {
    let size: Int
    var h: [ComplexValue]

    init(_ matrix: RealMatrix) {
        size = matrix.rows
        h = hessenbergForm(matrix).elements.map { ComplexValue($0) }
    }

    mutating func eigenvalues() -> [ComplexValue]? {
        var found: [ComplexValue] = []
        var last = size - 1
        var iterations = 0
        while last >= 0 {
            let first = startOfActiveBlock(endingAt: last)
            if first == last {
                found.append(h[last * size + last])
                last -= 1
                iterations = 0
                continue
            }
            iterations += 1
            guard iterations <= 100 else { return nil }
            step(first, last, shift: iterations % 10 == 0 ? exceptionalShift(last) : wilkinsonShift(last))
        }
        return found
    }

    /// The first row of the unreduced block, with the negligible element above it set to zero.
    mutating func startOfActiveBlock(endingAt last: Int) -> Int {
        var row = last
        while row > 0 {
            let neighbours = h[row * size + row].magnitude + h[(row - 1) * size + row - 1].magnitude
            if h[row * size + row - 1].magnitude <= 1e-15 * max(neighbours, .leastNormalMagnitude) {
                h[row * size + row - 1] = ComplexValue(0)
                return row
            }
            row -= 1
        }
        return 0
    }

    /// The eigenvalue of the last 2 × 2 block that is nearer to its last element.
    func wilkinsonShift(_ last: Int) -> ComplexValue {
        let a = h[(last - 1) * size + last - 1]
        let b = h[(last - 1) * size + last]
        let c = h[last * size + last - 1]
        let d = h[last * size + last]
        let half = (a - d) * ComplexValue(0.5)
        let root = (half * half + b * c).squareRoot
        let plus = d + half + root
        let minus = d + half - root
        return (plus - d).magnitude < (minus - d).magnitude ? plus : minus
    }

    /// A shift outside the pattern, for the rare block on which Wilkinson's shift cycles.
    func exceptionalShift(_ last: Int) -> ComplexValue {
        h[last * size + last] + ComplexValue(h[last * size + last - 1].magnitude)
    }

    /// One QR step on rows and columns `first...last`, by Givens rotations.
    mutating func step(_ first: Int, _ last: Int, shift: ComplexValue) {
        for k in first...last { h[k * size + k] = h[k * size + k] - shift }
        var rotations: [(c: ComplexValue, s: ComplexValue)] = []
        for k in first..<last {
            let x = h[k * size + k]
            let y = h[(k + 1) * size + k]
            let norm = (x.magnitude * x.magnitude + y.magnitude * y.magnitude).squareRoot()
            let c = norm == 0 ? ComplexValue(1) : ComplexValue(x.real / norm, x.imaginary / norm)
            let s = norm == 0 ? ComplexValue(0) : ComplexValue(y.real / norm, y.imaginary / norm)
            rotations.append((c, s))
            for column in k...last {
                let upper = h[k * size + column]
                let lower = h[(k + 1) * size + column]
                h[k * size + column] = c.conjugate * upper + s.conjugate * lower
                h[(k + 1) * size + column] = c * lower - s * upper
            }
        }
        for (offset, rotation) in rotations.enumerated() {
            let k = first + offset
            for row in first...min(k + 2, last) {
                let left = h[row * size + k]
                let right = h[row * size + k + 1]
                h[row * size + k] = left * rotation.c + right * rotation.s
                h[row * size + k + 1] = right * rotation.c.conjugate - left * rotation.s.conjugate
            }
        }
        for k in first...last { h[k * size + k] = h[k * size + k] + shift }
    }
}

/// An orthogonally similar matrix with zeros below the first subdiagonal, by Householder reflections.
private func hessenbergForm(_ matrix: RealMatrix) -> RealMatrix {
    var a = matrix
    let size = a.rows
    guard size > 2 else { return a }
    for k in 0..<(size - 2) {
        var vector = (0..<size).map { $0 > k ? a[$0, k] : 0 }
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard norm > 0 else { continue }
        vector[k + 1] += vector[k + 1] < 0 ? -norm : norm
        let scale = 2 / vector.reduce(0) { $0 + $1 * $1 }
        for column in 0..<size {
            var dot = 0.0
            for row in (k + 1)..<size { dot += vector[row] * a[row, column] }
            for row in (k + 1)..<size { a[row, column] -= scale * dot * vector[row] }
        }
        for row in 0..<size {
            var dot = 0.0
            for column in (k + 1)..<size { dot += a[row, column] * vector[column] }
            for column in (k + 1)..<size { a[row, column] -= scale * dot * vector[column] }
        }
        for row in (k + 2)..<size { a[row, k] = 0 }
    }
    return a
}
