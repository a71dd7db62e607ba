/// A convex quadratic program whose limits may give way at a price, solved without allocating:
///
///     minimise ½·dᵀ·H·d + gᵀ·d + Σ p_i·t_i   subject to   lower ≤ d ≤ upper,   A·d + t ≥ b,   t ≥ 0
///
/// A row without a price, `.infinity`, does not give way. The method is the primal–dual predictor–corrector method of Mehrotra
/// (SIAM Journal on Optimization 1992, https://doi.org/10.1137/0802028) with one Cholesky factorisation of
/// `H + Aᵀ·D·A` an iteration; the elastic rows add to D and not to the size (Nocedal and Wright, "Numerical optimization", 2006,
/// sections 16.6 and 18.5).
struct ElasticProgram {
    let variables: Int
    /// Row-major `[variable, variable]`, symmetric; the lower triangle is read.
    var hessian: [Double]
    var gradient: [Double]
    var lower: [Double]
    var upper: [Double]
    var rows = 0
    /// Row-major `[row, variable]`.
    var matrix: [Double] = []
    var bounds: [Double] = []
    var prices: [Double] = []
    /// Behind this many variables a row is zero.
    var reaches: [Int] = []

    /// The minimiser.
    var step: [Double]
    /// The multipliers of the rows, in units of the objective.
    var multipliers: [Double] = []

    var normal: [Double]
    var right: [Double]
    var change: [Double]
    var stationarity: [Double]
    // The bounds' multipliers and their changes, then complementarity.
    var (lowDual, highDual): ([Double], [Double])
    var (lowGoal, highGoal): ([Double], [Double])
    var (lowChange, highChange): ([Double], [Double])
    // The rows' slacks, what they give way by, and so on.
    var (slack, give): ([Double], [Double]) = ([], [])
    var (slackChange, giveChange, dualChange): ([Double], [Double], [Double]) = ([], [], [])
    var (slackGoal, giveGoal): ([Double], [Double]) = ([], [])
    var (residual, inner, spread): ([Double], [Double], [Double]) = ([], [], [])

    init(variables: Int) {
        self.variables = variables
        let zeros = [Double](repeating: 0, count: variables)
        hessian = [Double](repeating: 0, count: variables * variables)
        normal = hessian
        (gradient, lower, upper, step) = (zeros, zeros, zeros, zeros)
        (right, change, stationarity) = (zeros, zeros, zeros)
        (lowDual, highDual, lowGoal, highGoal, lowChange, highChange) = (zeros, zeros, zeros, zeros, zeros, zeros)
    }

    /// Forgets the rows, keeping memory.
    mutating func removeRows() {
        rows = 0
        matrix.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        prices.removeAll(keepingCapacity: true)
        reaches.removeAll(keepingCapacity: true)
    }

    /// Adds `row · d + t ≥ bound`.
    mutating func add(row: some Collection<Double>, atLeast bound: Double, price: Double) {
        precondition(row.count == variables, "one entry a variable")
        var reach = 0
        for (index, value) in row.enumerated() where value != 0 { reach = index + 1 }
        matrix.append(contentsOf: row)
        bounds.append(bound)
        prices.append(price)
        reaches.append(reach)
        rows += 1
    }

    /// Forgets the rows that may give way; the others have to come last.
    mutating func removeElasticRows() {
        let elastic = prices.prefix { $0.isFinite }.count
        matrix.removeFirst(elastic * variables)
        bounds.removeFirst(elastic)
        prices.removeFirst(elastic)
        reaches.removeFirst(elastic)
        rows -= elastic
    }

    /// Finds the minimiser.
    ///
    /// - Parameters:
    ///   - tolerance: The greatest residual of the optimality conditions, in units of the greatest slope.
    ///   - iterations: The most iterations.
    /// - Returns: Whether the conditions hold to the tolerance, or to 1e-6 where rounding lets no more be reached; else `step` holds
    ///   what was reached.
    mutating func solve(tolerance: Double = 1e-9, iterations: Int = 60) -> Bool {
        prepareMemory()
        var scale = 1e-300
        for value in gradient { scale = max(scale, abs(value)) }
        for index in 0..<variables { scale = max(scale, hessian[index * variables + index]) }
        let unit = 1 / scale
        begin(unit)
        let complements = Double(
            2 * variables + rows + prices.prefix(rows).reduce(0) { $0 + ($1.isFinite ? 1 : 0) })
        var reached = Double.infinity
        for _ in 0..<iterations {
            let worst = measure(unit)
            var gap = 0.0
            for index in 0..<variables {
                gap += lowDual[index] * (step[index] - lower[index]) + highDual[index] * (upper[index] - step[index])
            }
            for row in 0..<rows {
                gap += multipliers[row] * slack[row]
                if prices[row].isFinite { gap += (prices[row] * unit - multipliers[row]) * give[row] }
            }
            let mean = gap / complements
            reached = max(worst, mean)
            if reached <= tolerance { return finish(scale, true) }
            // Near the end rounding may be all that is left.
            guard factorise(unit) else { return finish(scale, reached <= 1e-6) }
            setGoals(0, isCorrected: false, unit)
            findChanges(unit)
            let reach = longest(unit)
            let predicted = gapAfter(reach, unit) / complements
            let ratio = predicted / mean
            setGoals(ratio * ratio * ratio * mean, isCorrected: true, unit)
            findChanges(unit)
            take(0.995 * longest(unit))
        }
        return finish(scale, reached <= 1e-6)
    }

    private mutating func prepareMemory() {
        multipliers.resize(to: rows)
        slack.resize(to: rows)
        give.resize(to: rows)
        slackChange.resize(to: rows)
        giveChange.resize(to: rows)
        dualChange.resize(to: rows)
        slackGoal.resize(to: rows)
        giveGoal.resize(to: rows)
        residual.resize(to: rows)
        inner.resize(to: rows)
        spread.resize(to: rows)
    }

    /// A start strictly inside of what has to be positive.
    private mutating func begin(_ unit: Double) {
        for index in 0..<variables {
            let margin = 0.05 * (upper[index] - lower[index])
            step[index] = min(max(0, lower[index] + margin), upper[index] - margin)
            (lowDual[index], highDual[index]) = (0.1, 0.1)
        }
        spreadStep()
        for row in 0..<rows {
            let excess = spread[row] - bounds[row]
            slack[row] = max(excess, 0.1)
            give[row] = prices[row].isFinite ? max(-excess, 0) + 0.1 : 0
            multipliers[row] = min(0.1, 0.5 * prices[row] * unit)
        }
    }

    /// The residuals of stationarity and of the rows; returns the greatest.
    private mutating func measure(_ unit: Double) -> Double {
        let count = variables
        for row in 0..<count {
            var sum = gradient[row]
            for column in 0...row { sum += hessian[row * count + column] * step[column] }
            for column in row + 1..<max(count, row + 1) { sum += hessian[column * count + row] * step[column] }
            stationarity[row] = sum * unit - lowDual[row] + highDual[row]
        }
        spreadStep()
        var worst = 0.0
        for row in 0..<rows {
            residual[row] = spread[row] + give[row] - slack[row] - bounds[row]
            worst = max(worst, abs(residual[row]))
            let multiplier = multipliers[row]
            for column in 0..<reaches[row] { stationarity[column] -= multiplier * matrix[row * count + column] }
        }
        for value in stationarity { worst = max(worst, abs(value)) }
        return worst
    }

    /// Factorises `H + Aᵀ·D⁻¹·A` and the bounds' share into a lower triangle.
    private mutating func factorise(_ unit: Double) -> Bool {
        let count = variables
        for row in 0..<count {
            for column in 0...row { normal[row * count + column] = hessian[row * count + column] * unit }
            normal[row * count + row] +=
                lowDual[row] / (step[row] - lower[row]) + highDual[row] / (upper[row] - step[row]) + 1e-14
        }
        for row in 0..<rows {
            inner[row] = slack[row] / multipliers[row]
            if prices[row].isFinite { inner[row] += give[row] / (prices[row] * unit - multipliers[row]) }
        }
        return normal.withUnsafeMutableBufferPointer { normal in
            matrix.withUnsafeBufferPointer { matrix in
                for row in 0..<rows {
                    let (weight, start) = (1 / inner[row], row * count)
                    for i in 0..<reaches[row] {
                        let factor = weight * matrix[start + i]
                        guard factor != 0 else { continue }
                        for j in 0...i { normal[i * count + j] += factor * matrix[start + j] }
                    }
                }
            }
            for row in 0..<count {
                let own = row * count
                for column in 0..<row {
                    let other = column * count
                    var sum = normal[own + column]
                    for k in 0..<column { sum -= normal[own + k] * normal[other + k] }
                    normal[own + column] = sum / normal[other + column]
                }
                var pivot = normal[own + row]
                for k in 0..<row { pivot -= normal[own + k] * normal[own + k] }
                guard pivot > 0, pivot.isFinite else { return false }
                normal[own + row] = pivot.squareRoot()
            }
            return true
        }
    }

    /// What the products of complementary pairs shall change by.
    private mutating func setGoals(_ centre: Double, isCorrected: Bool, _ unit: Double) {
        for index in 0..<variables {
            let (below, above) = (step[index] - lower[index], upper[index] - step[index])
            let second = isCorrected ? change[index] : 0
            lowGoal[index] = centre - lowDual[index] * below - second * lowChange[index]
            highGoal[index] = centre - highDual[index] * above + second * highChange[index]
        }
        for row in 0..<rows {
            let second = isCorrected ? dualChange[row] : 0
            slackGoal[row] = centre - multipliers[row] * slack[row] - second * slackChange[row]
            guard prices[row].isFinite else { continue }
            giveGoal[row] = centre - (prices[row] * unit - multipliers[row]) * give[row] + second * giveChange[row]
        }
    }

    /// Solves for the changes that reach the goals.
    private mutating func findChanges(_ unit: Double) {
        let count = variables
        for index in 0..<count {
            right[index] =
                -stationarity[index] + lowGoal[index] / (step[index] - lower[index])
                - highGoal[index] / (upper[index] - step[index])
        }
        for row in 0..<rows {
            var sum = -residual[row] + slackGoal[row] / multipliers[row]
            if prices[row].isFinite { sum -= giveGoal[row] / (prices[row] * unit - multipliers[row]) }
            spread[row] = sum / inner[row]
            for column in 0..<reaches[row] { right[column] += spread[row] * matrix[row * count + column] }
        }
        normal.withUnsafeBufferPointer { normal in
            for row in 0..<count {
                var sum = right[row]
                for k in 0..<row { sum -= normal[row * count + k] * change[k] }
                change[row] = sum / normal[row * count + row]
            }
            for row in (0..<count).reversed() {
                let value = change[row] / normal[row * count + row]
                change[row] = value
                for k in 0..<row { change[k] -= normal[row * count + k] * value }
            }
        }
        for index in 0..<count {
            lowChange[index] = (lowGoal[index] - lowDual[index] * change[index]) / (step[index] - lower[index])
            highChange[index] = (highGoal[index] + highDual[index] * change[index]) / (upper[index] - step[index])
        }
        // `spread` holds the multipliers' change as far as it does not come from the step.
        for row in 0..<rows {
            var product = 0.0
            for column in 0..<reaches[row] { product += matrix[row * count + column] * change[column] }
            dualChange[row] = spread[row] - product / inner[row]
            slackChange[row] = (slackGoal[row] - slack[row] * dualChange[row]) / multipliers[row]
            guard prices[row].isFinite else { continue }
            let left = prices[row] * unit - multipliers[row]
            giveChange[row] = (giveGoal[row] + give[row] * dualChange[row]) / left
        }
    }

    /// `A · step`, into `spread`.
    mutating func spreadStep() {
        for row in 0..<rows {
            var sum = 0.0
            for column in 0..<reaches[row] { sum += matrix[row * variables + column] * step[column] }
            spread[row] = sum
        }
    }
}
