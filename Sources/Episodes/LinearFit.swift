/// Least squares and instrumental variables on a stream of rows, without keeping the rows.
///
/// Solves `Zᵀ X θ = Zᵀ y`. With instruments Z = X that is least squares; with instruments that the measurement noise
/// of the regressors does not touch, the estimate is consistent where least squares is biased (Söderström and Stoica,
/// "Instrumental variable methods for system identification", 1983).
struct LinearFit {
    let size: Int
    private var matrix: [Double]
    private var right: [Double]
    private(set) var count = 0
    private var sum = 0.0
    private var squares = 0.0

    init(size: Int) {
        self.size = size
        matrix = [Double](repeating: 0, count: size * size)
        right = [Double](repeating: 0, count: size)
    }

    /// Adds a row; one with a missing number is passed over.
    mutating func add(_ regressors: [Double], instruments: [Double]? = nil, target: Double) {
        let instruments = instruments ?? regressors
        guard target.isFinite, regressors.allSatisfy(\.isFinite), instruments.allSatisfy(\.isFinite) else { return }
        for i in 0..<size {
            for j in 0..<size { matrix[i * size + j] += instruments[i] * regressors[j] }
            right[i] += instruments[i] * target
        }
        count += 1
        sum += target
        squares += target * target
    }

    /// The parameters, or `nil` when the rows do not determine them. A part in 10⁹ of the diagonal is added, so that
    /// regressors that repeat each other share their effect.
    func solve() -> [Double]? {
        guard count > size else { return nil }
        var a = matrix
        var b = right
        let largest = (0..<size).map { abs(a[$0 * size + $0]) }.max() ?? 0
        guard largest > 0 else { return nil }
        for i in 0..<size { a[i * size + i] += 1e-9 * largest }
        for pivot in 0..<size {
            let row = (pivot..<size).max { abs(a[$0 * size + pivot]) < abs(a[$1 * size + pivot]) } ?? pivot
            guard abs(a[row * size + pivot]) > 1e-14 * largest else { return nil }
            if row != pivot {
                for j in 0..<size { a.swapAt(row * size + j, pivot * size + j) }
                b.swapAt(row, pivot)
            }
            for i in 0..<size where i > pivot {
                let factor = a[i * size + pivot] / a[pivot * size + pivot]
                if factor == 0 { continue }
                for j in pivot..<size { a[i * size + j] -= factor * a[pivot * size + j] }
                b[i] -= factor * b[pivot]
            }
        }
        var solution = [Double](repeating: 0, count: size)
        for i in (0..<size).reversed() {
            let known = (i + 1..<size).reduce(0.0) { $0 + a[i * size + $1] * solution[$1] }
            solution[i] = (b[i] - known) / a[i * size + i]
        }
        return solution.allSatisfy(\.isFinite) ? solution : nil
    }

    /// The share of the target's variance that least squares explains, adjusted for the number of parameters.
    func explainedShare() -> Double? {
        guard let solution = solve(), count > size + 1 else { return nil }
        let total = squares - sum * sum / Double(count)
        guard total > 1e-12 * squares, total > 0 else { return nil }
        // At the optimum the squared residuals are yᵀy - θᵀXᵀy.
        let residual = max(0, squares - zip(solution, right).reduce(0) { $0 + $1.0 * $1.1 })
        let freedom = Double(count - 1) / Double(count - size)
        return 1 - residual / total * freedom
    }
}
