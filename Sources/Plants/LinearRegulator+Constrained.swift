import Episodes

/// A limit on one output of a linear plant at every step of the horizon.
public struct OutputLimit: Sendable, Hashable {
    /// The index of the output.
    public var output: Int
    /// The least value; `nil` for none.
    public var lower: Double?
    /// The greatest value; `nil` for none.
    public var upper: Double?

    /// Creates a limit.
    public init(output: Int, lower: Double? = nil, upper: Double? = nil) {
        self.output = output
        self.lower = lower
        self.upper = upper
    }
}

extension Plant {
    /// The limits of safe operation of the output channels that have one.
    var outputLimits: [OutputLimit] {
        outputChannels.enumerated().compactMap { index, channel in
            channel.lowerLimit == nil && channel.upperLimit == nil
                ? nil : OutputLimit(output: index, lower: channel.lowerLimit, upper: channel.upperLimit)
        }
    }
}

extension LinearRegulatorTask {
    /// The task as a quadratic program in the stacked actions `[step · action]` (condensed form), with the limits of
    /// the action channels, their rate limits after `previous` where given, and the limits on outputs.
    ///
    /// The objective leaves out the part of the cost that no action changes.
    public func quadraticProgram(
        from state: [Double], outputLimits: [OutputLimit] = [], previous: [Double]? = nil
    ) -> QuadraticProgram {
        let width = plant.actionChannels.count
        let rows = plant.outputChannels.count
        let variables = horizon * width
        // Outputs are affine in the actions: Y = free + S·U.
        var free: [Double] = []
        var response = DenseMatrix(rows: horizon * rows, columns: variables)
        var current = state
        let idle = [Double](repeating: 0, count: width)
        for _ in 0..<horizon {
            current = plant.step(current, action: idle, disturbance: [])
            free += plant.outputs(of: current)
        }
        for input in 0..<width {
            var impulse = (0..<state.count).map { plant.inputMatrix[$0, input] }
            for step in 0..<horizon {
                let seen = plant.outputs(of: impulse)
                for start in 0..<(horizon - step) {
                    for output in 0..<rows {
                        response[(start + step) * rows + output, start * width + input] = seen[output]
                    }
                }
                impulse = plant.stateMatrix * impulse
            }
        }
        var weighted = DenseMatrix(rows: horizon * rows, columns: variables)
        var error = free
        for step in 0..<horizon {
            for output in 0..<rows {
                error[step * rows + output] -= target[output]
                for other in 0..<rows where outputWeight[output, other] != 0 {
                    for variable in 0..<variables {
                        weighted[step * rows + output, variable] +=
                            outputWeight[output, other] * response[step * rows + other, variable]
                    }
                }
            }
        }
        var hessian = response.transposed * weighted
        for step in 0..<horizon {
            for i in 0..<width {
                for j in 0..<width { hessian[step * width + i, step * width + j] += actionWeight[i, j] }
            }
        }
        hessian.values = hessian.values.map { 2 * $0 }
        let gradient = (weighted.transposed * error).map { 2 * $0 }

        var rowsOfG: [[Double]] = []
        var bounds: [Double] = []
        func add(_ entries: [(Int, Double)], atMost bound: Double) {
            var row = [Double](repeating: 0, count: variables)
            for (index, value) in entries { row[index] += value }
            rowsOfG.append(row)
            bounds.append(bound)
        }
        for step in 0..<horizon {
            for (input, channel) in plant.actionChannels.enumerated() {
                let index = step * width + input
                if let upper = channel.upperLimit { add([(index, 1)], atMost: upper) }
                if let lower = channel.lowerLimit { add([(index, -1)], atMost: -lower) }
                if let rate = channel.rateLimit {
                    let reach = rate * plant.samplingTime
                    if step > 0 {
                        add([(index, 1), (index - width, -1)], atMost: reach)
                        add([(index, -1), (index - width, 1)], atMost: reach)
                    } else if let previous {
                        add([(index, 1)], atMost: reach + previous[input])
                        add([(index, -1)], atMost: reach - previous[input])
                    }
                }
            }
            for limit in outputLimits {
                let row = step * rows + limit.output
                let entries = (0..<variables).map { ($0, response[row, $0]) }
                if let upper = limit.upper { add(entries, atMost: upper - free[row]) }
                if let lower = limit.lower { add(entries.map { ($0, -$1) }, atMost: free[row] - lower) }
            }
        }
        var constraints = DenseMatrix(rows: bounds.count, columns: variables)
        constraints.values = rowsOfG.flatMap { $0 }
        return QuadraticProgram(hessian: hessian, gradient: gradient, constraints: constraints, bounds: bounds)
    }

    /// The optimum under the limits of the action channels and of the outputs, or `nil` when no sequence satisfies
    /// them.
    public func quadraticProgramSolution(
        from state: [Double], outputLimits: [OutputLimit] = [], previous: [Double]? = nil
    ) -> OptimalActions? {
        let program = quadraticProgram(from: state, outputLimits: outputLimits, previous: previous)
        guard let solution = program.solve() else { return nil }
        return OptimalActions(actions: solution.variables, cost: cost(of: solution.variables, from: state))
    }
}
