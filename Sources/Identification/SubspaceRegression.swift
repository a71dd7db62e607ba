/// The parts of a subspace identification that all state orders share.
///
/// Works with input delay 1 on the normal equations of a long ARX model, so that several episodes and missing samples
/// need no further care.
struct SubspaceRegression {
    let regression: ARXRegression
    let maximumOrder: Int
    /// Singular values of the weighted predictor matrix: a gap after the `n`-th speaks for order `n`.
    let singularValues: [Double]
    /// State of the greatest order from the stacked past.
    private let stateMap: RealMatrix
    /// Mean products of `[1, x_t, u_t, y_t]` with itself, with `x_{t+1}` and with `y_t`.
    private let products: (gram: RealMatrix, next: RealMatrix)

    /// Prepares the fits; `nil` when the long ARX model cannot be solved or the data have too few complete rows.
    init?(_ regression: ARXRegression, maximumOrder wanted: Int) {
        guard regression.inputDelay == 1, regression.maximumOrder >= 2 else { return nil }
        self.regression = regression
        let (outputs, inputs) = (regression.layout.outputs.count, regression.layout.inputs.count)
        let past = regression.maximumOrder
        let future = max(1, past / 2 + past % 2)
        let block = outputs + inputs
        guard let long = regression.fit(order: past, ridge: 1e-6) else { return nil }

        // Block row i holds the Markov parameters M_{i+1}, M_{i+2}, …: what the past says of y_{t+i}.
        var predictor = RealMatrix(rows: future * outputs, columns: past * block)
        for ahead in 0..<future {
            for lag in 1...past where ahead + lag <= past {
                for output in 0..<outputs {
                    for signal in 0..<block {
                        let value = long.parameters[1 + (ahead + lag - 1) * block + signal, output]
                        predictor[ahead * outputs + output, (lag - 1) * block + signal] = value
                    }
                }
            }
        }
        let regressors = Array(1..<(1 + past * block))
        var covariance = regression.gram.selecting(rows: regressors, columns: regressors)
        for row in 0..<covariance.rows { covariance[row, row] += 1e-9 }
        guard let factor = choleskyFactor(covariance) else { return nil }
        let decomposition = singularValueDecomposition(predictor * factor)
        singularValues = decomposition.values
        let usable = decomposition.values.prefix { $0 > 1e-8 * (decomposition.values.first ?? 0) }.count
        let order = min(wanted, usable)
        guard order >= 1 else { return nil }
        maximumOrder = order

        // x = S^{-1/2} Uᵀ Γ K z: components of one order are the first ones of every greater order.
        var projection = RealMatrix(rows: order, columns: predictor.rows)
        for state in 0..<order {
            let scale = 1 / decomposition.values[state].squareRoot()
            for row in 0..<predictor.rows { projection[state, row] = decomposition.left[row, state] * scale }
        }
        stateMap = projection * predictor
        products = Self.accumulate(regression, stateMap)
    }

    /// Fits a state order; `nil` when the equations are singular.
    func fit(order: Int, ridge: Double = 1e-8) -> SubspaceModel? {
        precondition((1...maximumOrder).contains(order), "order \(order) of at most \(maximumOrder)")
        let (outputs, inputs) = (regression.layout.outputs.count, regression.layout.inputs.count)
        let states = Array(1...order)
        let driven = Array((1 + maximumOrder)..<(1 + maximumOrder + inputs))
        let measured = Array((1 + maximumOrder + inputs)..<(1 + maximumOrder + inputs + outputs))
        func solve(_ regressors: [Int], _ right: RealMatrix) -> RealMatrix? {
            var left = products.gram.selecting(rows: regressors, columns: regressors)
            for row in 0..<left.rows { left[row, row] += row == 0 ? 1e-12 : ridge }
            return solvePositiveDefinite(left, right)
        }
        let base = [0] + states
        guard let readout = solve(base, products.gram.selecting(rows: base, columns: measured)) else { return nil }
        // Regressing on y_t beside x_t spans the innovation e_t = y_t − C x_t − c: A = Ā + K C, a = ā + K c.
        let all = base + driven + measured
        let targets = products.next.selecting(rows: all, columns: Array(0..<order))
        guard let closed = solve(all, targets) else { return nil }
        var transition = closed.leading(rows: 1 + order + inputs, columns: order)
        for output in 0..<outputs {
            for state in 0..<order {
                let gain = closed[1 + order + inputs + output, state]
                for row in 0...order { transition[row, state] += readout[row, output] * gain }
            }
        }
        return SubspaceModel(
            layout: regression.layout, order: order, history: regression.maximumOrder,
            outputScaling: regression.outputScaling, inputScaling: regression.inputScaling,
            stateMap: stateMap.leading(rows: order, columns: stateMap.columns), transition: transition,
            readout: readout)
    }

    private static func accumulate(
        _ regression: ARXRegression, _ stateMap: RealMatrix
    ) -> (gram: RealMatrix, next: RealMatrix) {
        let (outputs, inputs) = (regression.layout.outputs.count, regression.layout.inputs.count)
        let order = stateMap.rows
        let past = regression.maximumOrder
        let width = 1 + order + inputs + outputs
        var sums = NormalEquations(regressors: width, targets: order)
        for record in regression.records where record.count > past + 1 {
            let complete = completeWindows(record, outputs, inputs, length: past)
            var state: [Double]?
            for time in past...record.count {
                let next = complete[time] ? stateAt(time, record, stateMap, outputs, inputs) : nil
                if time > past, let state, let next {
                    let row =
                        [1] + state + record.inputs[((time - 1) * inputs)..<(time * inputs)]
                        + record.outputs[((time - 1) * outputs)..<(time * outputs)]
                    row.withUnsafeBufferPointer { row in next.withUnsafeBufferPointer { sums.add(row, $0) } }
                }
                state = next
            }
        }
        let (gram, next) = sums.means
        return (gram, next)
    }

    /// Whether the `length` rows before each time have no missing sample, `[count + 1]`.
    private static func completeWindows(
        _ record: SignalRecord, _ outputs: Int, _ inputs: Int, length: Int
    ) -> [Bool] {
        var run = 0
        return [false]
            + (0..<record.count).map { time in
                let y = record.outputs[(time * outputs)..<((time + 1) * outputs)]
                let u = record.inputs[(time * inputs)..<((time + 1) * inputs)]
                run = y.allSatisfy(\.isFinite) && u.allSatisfy(\.isFinite) ? run + 1 : 0
                return run >= length
            }
    }

    private static func stateAt(
        _ time: Int, _ record: SignalRecord, _ map: RealMatrix, _ outputs: Int, _ inputs: Int
    ) -> [Double] {
        let past = map.columns / (outputs + inputs)
        var state = [Double](repeating: 0, count: map.rows)
        var column = 0
        for lag in 1...past {
            let row = time - lag
            for index in 0..<outputs {
                let value = record.outputs[row * outputs + index]
                for component in 0..<map.rows { state[component] += map[component, column] * value }
                column += 1
            }
            for index in 0..<inputs {
                let value = record.inputs[row * inputs + index]
                for component in 0..<map.rows { state[component] += map[component, column] * value }
                column += 1
            }
        }
        return state
    }
}
