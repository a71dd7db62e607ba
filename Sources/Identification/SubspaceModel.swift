/// A linear state-space model found by predictor-based subspace identification.
///
/// `x_{t+1} = A x_t + B u_t + a`, `y_t = C x_t + c`, with the initial state read off a window of past outputs and
/// inputs. Chiuso, "The role of vector autoregressive modeling in predictor-based subspace identification", Automatica
/// 43 (2007), https://doi.org/10.1016/j.automatica.2006.12.009 (PBSID).
public struct SubspaceModel: ReferenceModel, Equatable, Codable {
    /// The channels it predicts and is driven by.
    public let layout: SignalLayout
    /// The number of states.
    public let order: Int
    /// Samples of the initial window from which the state is estimated.
    public let history: Int

    let outputScaling: Standardisation
    let inputScaling: Standardisation
    /// State from the stacked past `[y_{t−1}, u_{t−1}, y_{t−2}, …]`, standardised, `[order, history · signals]`.
    let stateMap: RealMatrix
    /// Next state from `[1, x, u]`, `[1 + order + inputs, order]`.
    let transition: RealMatrix
    /// Outputs from `[1, x]`, `[1 + order, outputs]`.
    let readout: RealMatrix

    /// What the model is.
    public var summary: String { "state space of order \(order) by subspace identification (PBSID)" }

    /// The number of fitted coefficients of `A`, `B`, `C` and the offsets.
    public var parameterCount: Int { transition.elements.count + readout.elements.count }

    /// The matrix `A`, `[order, order]`.
    public var stateMatrix: RealMatrix {
        transition.selecting(rows: Array(1...order), columns: Array(0..<order)).transposed
    }

    /// The eigenvalues of `A`; `nil` when the iteration did not converge.
    public var poles: [ComplexValue]? { eigenvalues(of: stateMatrix) }

    /// The greatest magnitude of the poles.
    public var spectralRadius: Double { Identification.spectralRadius(of: stateMatrix) }

    /// The free-run prediction; a window shorter than `history` is extended backwards by its first row.
    public func simulate(outputs: [Double], inputs: [Double], horizon: Int) -> [Double] {
        let (outputCount, inputCount) = (layout.outputs.count, layout.inputs.count)
        let y = withoutGaps(outputScaling.standardised(outputs), columns: outputCount)
        let u = withoutGaps(inputScaling.standardised(inputs), columns: inputCount)
        let window = y.count / outputCount
        precondition(window > 0, "free-run prediction without an initial window")
        precondition(u.count == (window + horizon) * inputCount, "inputs must cover window and horizon")
        var past: [Double] = []
        for lag in 1...history {
            let row = max(0, window - lag)
            past += y[(row * outputCount)..<((row + 1) * outputCount)]
            past += u[(row * inputCount)..<((row + 1) * inputCount)]
        }
        var state = (stateMap * RealMatrix(rows: past.count, columns: 1, elements: past)).elements
        var result: [Double] = []
        result.reserveCapacity(horizon * outputCount)
        for step in 0..<horizon {
            result += readout.affine(state)
            let row = window + step
            state = transition.affine(state + u[(row * inputCount)..<((row + 1) * inputCount)])
            for index in state.indices { state[index] = min(max(state[index], -1e9), 1e9) }
        }
        return outputScaling.physical(result)
    }
}

extension RealMatrix {
    /// `[1, x] M` for a matrix whose first row is the intercept.
    fileprivate func affine(_ x: [Double]) -> [Double] {
        precondition(x.count + 1 == rows, "\(x.count) values for \(rows - 1) regressors")
        var result = Array(elements[..<columns])
        for (row, value) in x.enumerated() {
            for column in 0..<columns { result[column] += value * self[row + 1, column] }
        }
        return result
    }
}
