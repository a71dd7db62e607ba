/// A linear model with several outputs and inputs, autoregressive with exogenous inputs.
///
/// `y_t = c + Σ_{i=1…n} A_i y_{t−i} + Σ_{i=1…n} B_i u_{t−d−i+1}` with order `n` and input delay `d` (1: the input held
/// from `t − 1` to `t` acts on `y_t`; 0 also feeds the input of row `t` itself). Ljung, "System Identification", 2nd
/// ed., section 4.2. Parameters are held for standardised signals; the accessors give physical units.
public struct ARXModel: ReferenceModel, Equatable, Codable {
    /// The channels it predicts and is driven by.
    public let layout: SignalLayout
    /// The number of lags `n`.
    public let order: Int
    /// The first lag of the inputs, 0 or more.
    public let inputDelay: Int
    /// The ridge penalty per sample it was fitted with, for standardised signals.
    public let ridge: Double
    /// Whether the free-run error was minimised after the one-step fit.
    public internal(set) var isRefined = false

    let outputScaling: Standardisation
    let inputScaling: Standardisation
    /// `[1 + order · (outputs + inputs), output]`: intercept, then for each lag outputs and inputs.
    var parameters: RealMatrix

    /// Samples of the initial window it looks at.
    public var history: Int { order + max(0, inputDelay - 1) }

    /// What the model is.
    public var summary: String {
        let fit = isRefined ? ", refined on its free-run error" : ""
        let delay = inputDelay == 1 ? "" : ", input delay \(inputDelay)"
        return "ARX of order \(order)\(delay), ridge \(ridge)\(fit)"
    }

    /// The number of fitted coefficients.
    public var parameterCount: Int { parameters.elements.count }

    /// The matrix `A_i` in physical units, `[output, output]`, for a lag from 1 to `order`.
    public func outputCoefficients(lag: Int) -> RealMatrix {
        let scale = outputScaling.scale
        return coefficients(lag: lag, columns: 0..<layout.outputs.count) { scale[$0] }
    }

    /// The matrix `B_i` in physical units, `[output, input]`, that multiplies `u_{t − inputDelay − lag + 1}`.
    public func inputCoefficients(lag: Int) -> RealMatrix {
        let scale = inputScaling.scale
        let (outputs, inputs) = (layout.outputs.count, layout.inputs.count)
        return coefficients(lag: lag, columns: outputs..<(outputs + inputs)) { scale[$0] }
    }

    /// The intercept `c` in physical units, one per output.
    public var intercept: [Double] {
        layout.outputs.indices.map { output in
            var value = outputScaling.mean[output] + outputScaling.scale[output] * parameters[0, output]
            for lag in 1...order {
                let (a, b) = (outputCoefficients(lag: lag), inputCoefficients(lag: lag))
                for other in layout.outputs.indices { value -= a[output, other] * outputScaling.mean[other] }
                for input in layout.inputs.indices { value -= b[output, input] * inputScaling.mean[input] }
            }
            return value
        }
    }

    private func coefficients(lag: Int, columns: Range<Int>, scale: (Int) -> Double) -> RealMatrix {
        precondition((1...order).contains(lag), "lag \(lag) of an order-\(order) model")
        let first = 1 + (lag - 1) * (layout.outputs.count + layout.inputs.count)
        var result = RealMatrix(rows: layout.outputs.count, columns: columns.count)
        for output in layout.outputs.indices {
            for (position, column) in columns.enumerated() {
                let standardised = parameters[first + column, output]
                result[output, position] = standardised * outputScaling.scale[output] / scale(position)
            }
        }
        return result
    }

    /// The eigenvalues of the companion matrix, falling magnitude; `nil` when the iteration did not converge.
    public var poles: [ComplexValue]? { eigenvalues(of: companion) }

    /// The greatest magnitude of the poles: below 1 for a stable model, 1 for an integrating one.
    public var spectralRadius: Double { Identification.spectralRadius(of: companion) }

    /// The companion matrix of the autoregressive part, `[order · outputs, order · outputs]`, standardised signals.
    private var companion: RealMatrix {
        let outputs = layout.outputs.count
        let block = outputs + layout.inputs.count
        var result = RealMatrix(rows: order * outputs, columns: order * outputs)
        for lag in 0..<order {
            for output in 0..<outputs {
                for other in 0..<outputs {
                    result[output, lag * outputs + other] = parameters[1 + lag * block + other, output]
                }
                if lag > 0 { result[lag * outputs + output, (lag - 1) * outputs + output] = 1 }
            }
        }
        return result
    }

    /// The free-run prediction; a window shorter than `history` is extended backwards by its first row.
    public func simulate(outputs: [Double], inputs: [Double], horizon: Int) -> [Double] {
        let (outputCount, inputCount) = (layout.outputs.count, layout.inputs.count)
        let y = withoutGaps(outputScaling.standardised(outputs), columns: outputCount)
        let u = withoutGaps(inputScaling.standardised(inputs), columns: inputCount)
        let window = outputCount > 0 ? y.count / outputCount : 0
        precondition(window > 0, "free-run prediction without an initial window")
        precondition(u.count == (window + horizon) * inputCount, "inputs must cover window and horizon")
        let missing = max(0, history - window)
        let paddedY = (0..<missing).flatMap { _ in y[..<outputCount] } + y
        let paddedU = (0..<missing).flatMap { _ in u[..<inputCount] } + u
        return outputScaling.physical(freeRun(paddedY, paddedU, horizon: horizon))
    }

    /// Free run on standardised signals without gaps: `y` `[window, output]`, `u` `[window + horizon, input]`.
    ///
    /// A run that has left every physical range stays comparable instead of overflowing: it is cut off at `limit`.
    func freeRun(_ y: [Double], _ u: [Double], horizon: Int, limit: Double = 1e9) -> [Double] {
        let (outputs, inputs) = (layout.outputs.count, layout.inputs.count)
        let window = y.count / outputs
        let width = outputs
        var trajectory = y + [Double](repeating: 0, count: horizon * outputs)
        trajectory.withUnsafeMutableBufferPointer { y in
            u.withUnsafeBufferPointer { u in
                parameters.elements.withUnsafeBufferPointer { theta in
                    for time in window..<(window + horizon) {
                        for output in 0..<outputs {
                            var sum = theta[output]
                            var row = 1
                            for lag in 1...order {
                                let past = (time - lag) * outputs
                                for other in 0..<outputs {
                                    sum += theta[row * width + output] * y[past + other]
                                    row += 1
                                }
                                let driven = (time - inputDelay - lag + 1) * inputs
                                for input in 0..<inputs {
                                    sum += theta[row * width + output] * u[driven + input]
                                    row += 1
                                }
                            }
                            y[time * outputs + output] = min(max(sum, -limit), limit)
                        }
                    }
                }
            }
        }
        return Array(trajectory[(window * outputs)...])
    }
}
