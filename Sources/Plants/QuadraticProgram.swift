/// A small convex quadratic program, minimise `½·zᵀ·H·z + gᵀ·z` subject to `G·z ≤ h`, solved to high accuracy as a
/// reference for planners.
///
/// The method is the primal–dual predictor–corrector method of Mehrotra (SIAM Journal on Optimization 1992,
/// https://doi.org/10.1137/0802028). It is written to be obviously right, not fast: dense matrices, a Cholesky
/// factorisation per iteration.
public struct QuadraticProgram: Sendable {
    /// H `[variable, variable]`, symmetric positive definite.
    public var hessian: DenseMatrix
    /// g `[variable]`.
    public var gradient: [Double]
    /// G `[constraint, variable]`.
    public var constraints: DenseMatrix
    /// h `[constraint]`.
    public var bounds: [Double]

    /// Creates a program.
    public init(hessian: DenseMatrix, gradient: [Double], constraints: DenseMatrix, bounds: [Double]) {
        precondition(
            hessian.rows == gradient.count && hessian.columns == gradient.count
                && constraints.columns == gradient.count && constraints.rows == bounds.count,
            "the parts of the quadratic program do not fit")
        self.hessian = hessian
        self.gradient = gradient
        self.constraints = constraints
        self.bounds = bounds
    }

    /// A solution and the multipliers that prove it.
    public struct Solution: Sendable {
        /// The minimiser z `[variable]`.
        public var variables: [Double]
        /// The multipliers of the constraints `[constraint]`, not negative.
        public var multipliers: [Double]
        /// The iterations used.
        public var iterations: Int
    }

    /// Finds the minimiser.
    ///
    /// - Parameters:
    ///   - tolerance: The greatest residual of the optimality conditions, relative to the size of the data.
    ///   - iterations: The most iterations.
    /// - Returns: The solution, or `nil` when the iteration does not converge, as when no point satisfies the
    ///   constraints.
    public func solve(tolerance: Double = 1e-10, iterations: Int = 100) -> Solution? {
        let count = bounds.count
        let transposed = constraints.transposed
        guard var point = hessian.choleskySolve(gradient.map { -$0 }) else { return nil }
        if count == 0 { return Solution(variables: point, multipliers: [], iterations: 0) }
        var slack = zip(bounds, constraints * point).map { max($0 - $1, 1) }
        var dual = [Double](repeating: 1, count: count)
        let scale = 1 + (gradient + bounds).map(abs).reduce(0, max)
        for iteration in 1...iterations {
            let stationarity = zip(zip(hessian * point, gradient), transposed * dual).map { $0.0 + $0.1 + $1 }
            let feasibility = zip(zip(constraints * point, slack), bounds).map { $0.0 + $0.1 - $1 }
            let gap = zip(slack, dual).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
            let residual = (stationarity + feasibility).map(abs).reduce(gap, max)
            if residual <= tolerance * scale {
                return Solution(variables: point, multipliers: dual, iterations: iteration - 1)
            }
            // Normal equations: (H + Gᵀ·D·G)·Δz = −r_d − Gᵀ·(D·r_p − r_c/s), with D = λ/s.
            var normal = hessian
            for row in 0..<count {
                let weight = dual[row] / slack[row]
                for i in 0..<normal.rows where constraints[row, i] != 0 {
                    let factor = weight * constraints[row, i]
                    for j in 0..<normal.columns { normal[i, j] += factor * constraints[row, j] }
                }
            }
            func direction(_ complementarity: [Double]) -> (z: [Double], slack: [Double], dual: [Double])? {
                let inner = (0..<count).map { (dual[$0] * feasibility[$0] - complementarity[$0]) / slack[$0] }
                let right = zip(stationarity, transposed * inner).map { -$0 - $1 }
                guard let dz = normal.choleskySolve(right) else { return nil }
                let ds = zip(feasibility, constraints * dz).map { -$0 - $1 }
                let dl = (0..<count).map { (-complementarity[$0] - dual[$0] * ds[$0]) / slack[$0] }
                return (dz, ds, dl)
            }
            func longest(_ values: [Double], _ change: [Double]) -> Double {
                zip(values, change).reduce(1) { $1.1 < 0 ? min($0, -$1.0 / $1.1) : $0 }
            }
            let products = zip(slack, dual).map { $0 * $1 }
            guard let predictor = direction(products) else { return nil }
            let reachSlack = longest(slack, predictor.slack)
            let reachDual = longest(dual, predictor.dual)
            var predicted = 0.0
            for i in 0..<count {
                let nextSlack = slack[i] + reachSlack * predictor.slack[i]
                predicted += nextSlack * (dual[i] + reachDual * predictor.dual[i]) / Double(count)
            }
            let ratio = predicted / gap
            let centring = ratio * ratio * ratio * gap
            let corrected = (0..<count).map { products[$0] + predictor.slack[$0] * predictor.dual[$0] - centring }
            guard let step = direction(corrected) else { return nil }
            let length = 0.995 * min(longest(slack, step.slack), longest(dual, step.dual))
            for i in point.indices { point[i] += length * step.z[i] }
            for i in 0..<count {
                slack[i] += length * step.slack[i]
                dual[i] += length * step.dual[i]
            }
        }
        return nil
    }
}
