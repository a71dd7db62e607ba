/// An ARX model as a state-space model in observer form, in units chosen by the caller.
///
/// `x = (x¹ … xⁿ)`, `y_t = x¹_t`, `xⁱ_{t+1} = A_i x¹_t + x^{i+1}_t + B_i u_t` (plus `c` in the first block). Replacing
/// `x¹_t` by the measurement reproduces the ARX prediction exactly, so the matching observer gain is `(I, 0, …, 0)`.
/// Kailath, "Linear Systems", 1980, section 2.1.
public struct ObserverForm: Sendable {
    /// The state matrix F, `[state, state]`.
    public private(set) var transition: RealMatrix
    /// The input matrix, `[state, input]`.
    public private(set) var input: RealMatrix
    /// The matrix of the input at the end of a step, `[state, input]`: zero unless the model has input delay 0.
    public private(set) var lead: RealMatrix
    /// The offset, `[state, 1]`.
    public private(set) var offset: RealMatrix
    /// The readout C, `[output, state]`.
    public private(set) var readout: RealMatrix
    /// The observer gain K of the measurement update, `[state, output]`.
    public private(set) var gain: RealMatrix
    /// Whether states were left out, so that no block of them is the output.
    public let isReduced: Bool

    /// The largest pole a starting model keeps: slower modes than this cannot be told from integration in a record.
    public static let greatestPole = 0.9999

    /// Takes over an ARX model for signals normalised as `(value − mean) / scale`; poles outside the circle are drawn
    /// in first, by shrinking `A_i` to `A_i γⁱ`, which scales every pole by γ.
    ///
    /// - Parameters:
    ///   - model: An ARX model with input delay 1 or 0.
    ///   - outputMean: Means of the outputs, `[output]`, physical units.
    ///   - outputScale: Scales of the outputs, `[output]`.
    ///   - inputMean: Means of the inputs, `[input]`.
    ///   - inputScale: Scales of the inputs, `[input]`.
    public init(
        _ model: ARXModel, outputMean: [Double], outputScale: [Double], inputMean: [Double], inputScale: [Double]
    ) {
        precondition(model.inputDelay <= 1, "an observer form of a model with input delay \(model.inputDelay)")
        let (outputs, inputs, order) = (outputMean.count, inputMean.count, model.order)
        let size = order * outputs
        transition = RealMatrix(rows: size, columns: size)
        input = RealMatrix(rows: size, columns: inputs)
        lead = RealMatrix(rows: size, columns: inputs)
        offset = RealMatrix(rows: size, columns: 1)
        readout = RealMatrix(rows: outputs, columns: size)
        gain = RealMatrix(rows: size, columns: outputs)
        isReduced = false
        var constant = model.intercept
        for lag in 1...order {
            let (a, b) = (model.outputCoefficients(lag: lag), model.inputCoefficients(lag: lag))
            let row = (lag - 1) * outputs
            for output in 0..<outputs {
                for other in 0..<outputs {
                    transition[row + output, other] = a[output, other] * outputScale[other] / outputScale[output]
                    constant[output] += a[output, other] * outputMean[other]
                }
                for other in 0..<inputs {
                    let scaled = b[output, other] * inputScale[other] / outputScale[output]
                    // With delay 0, lag 1 is the input of the row itself, and lag i + 1 belongs to the i-th block.
                    if model.inputDelay == 1 {
                        input[row + output, other] = scaled
                    } else if lag == 1 {
                        lead[output, other] = scaled
                    } else {
                        input[row - outputs + output, other] = scaled
                    }
                    constant[output] += b[output, other] * inputMean[other]
                }
                if lag < order { transition[row + output, row + outputs + output] += 1 }
            }
        }
        for output in 0..<outputs {
            offset[output, 0] = (constant[output] - outputMean[output]) / outputScale[output]
            readout[output, output] = 1
            gain[output, output] = 1
        }
        drawPolesIn(outputs: outputs, order: order)
    }

    /// A model of these matrices.
    init(
        transition: RealMatrix, input: RealMatrix, lead: RealMatrix, offset: RealMatrix, readout: RealMatrix,
        gain: RealMatrix, isReduced: Bool
    ) {
        (self.transition, self.input, self.lead, self.offset) = (transition, input, lead, offset)
        (self.readout, self.gain, self.isReduced) = (readout, gain, isReduced)
    }

    private mutating func drawPolesIn(outputs: Int, order: Int) {
        for _ in 0..<50 {
            let radius = spectralRadius(of: transition)
            guard radius > Self.greatestPole else { return }
            let factor = radius.isFinite ? min(Self.greatestPole / radius, 0.99999) : 0.9
            var power = 1.0
            for lag in 0..<order {
                power *= factor
                for row in (lag * outputs)..<((lag + 1) * outputs) {
                    for column in 0..<outputs { transition[row, column] *= power }
                }
            }
        }
    }

    /// The same model in coordinates `z = T x` in which the state matrix has a spectral norm below 1.
    ///
    /// `T = Lᵀ` with `P = L Lᵀ` and `P = FᵀPF + Q`: then `‖T F x‖² = xᵀFᵀPFx < xᵀPx = ‖T x‖²`. P is summed by
    /// doubling (Smith 1968, https://doi.org/10.1137/0116017). For a reduced model it is `P = FᵀPF / γ² + Q` with γ half
    /// way between the spectral radius and 1, so that the norm stays below γ: with `Q ≈ CᵀC` and γ = 1 all but a few
    /// singular values would be 1, and no step of an optimiser could move them without meeting the bound.
    public func contractive() -> ObserverForm {
        let size = transition.rows
        let outputs = readout.rows
        var p = RealMatrix(rows: size, columns: size)
        for index in 0..<size { p[index, index] = index < outputs ? 1 : 1e-2 }
        var power = transition
        if isReduced {
            p = readout.transposed * readout
            let least = 1e-2 * (0..<size).reduce(0) { $0 + p[$1, $1] } / Double(size)
            for index in 0..<size { p[index, index] += least }
            let rate = (1 + spectralRadius(of: transition)) / 2
            for index in power.elements.indices { power.elements[index] /= rate }
        }
        for _ in 0..<24 {
            let step = power.transposed * p * power
            for index in p.elements.indices { p.elements[index] += step.elements[index] }
            power = power * power
            if (power.elements.map(abs).max() ?? 0) < 1e-12 { break }
        }
        let trace = (0..<size).reduce(0) { $0 + p[$1, $1] }
        for index in p.elements.indices { p.elements[index] *= Double(size) / trace }
        guard let factor = choleskyFactor(p) else { return self }
        let forward = factor.transposed
        return mapped(forward, inverseOfUpperTriangular(forward), isReduced: isReduced)
    }
}

/// The inverse of an upper triangular matrix, by back substitution.
private func inverseOfUpperTriangular(_ u: RealMatrix) -> RealMatrix {
    let size = u.rows
    var inverse = RealMatrix(rows: size, columns: size)
    for column in 0..<size {
        for row in (0...column).reversed() {
            var sum = row == column ? 1.0 : 0
            for k in (row + 1)..<max(row + 1, column + 1) { sum -= u[row, k] * inverse[k, column] }
            inverse[row, column] = sum / u[row, row]
        }
    }
    return inverse
}
