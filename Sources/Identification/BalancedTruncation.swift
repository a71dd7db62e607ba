/// Balanced truncation: the states of a model that inputs and innovations move most and outputs show most.
extension ObserverForm {
    /// What an innovation counts for, compared with an input of one standard deviation: free runs are driven by inputs, but
    /// what no input explains has to be followed along a history, too.
    private static let innovation = 0.1

    /// The model with fewer states that does most of what this one does from inputs and innovations to outputs.
    ///
    /// With the Gramians `W_c = A W_c Aᵀ + F Fᵀ` (F: all columns by which inputs and innovations enter) and
    /// `W_o = Aᵀ W_o A + Cᵀ C`, `W_c = R Rᵀ`, `W_o = L Lᵀ` and `Lᵀ R = U Σ Vᵀ`, the reduced coordinates are
    /// `z = Σ₁^{-½} U₁ᵀ Lᵀ x` (Moore 1981, https://doi.org/10.1109/TAC.1981.1102568; the square-root form is Laub, Heath,
    /// Paige and Ward 1987, https://doi.org/10.1109/TAC.1987.1104549). What is left of a stable model is stable (Pernebo
    /// and Silverman 1982, https://doi.org/10.1109/TAC.1982.1102945).
    ///
    /// - Parameter states: How many states each model keeps, rising, at most as many as this one has.
    /// - Returns: A model for each; those missing whose last state neither moves nor shows. Empty when the Gramians are
    ///   singular, and for a model that is not stable.
    public func reduced(to states: [Int]) -> [ObserverForm] {
        guard let balance = Balance(self, innovation: Self.innovation) else { return [] }
        return states.filter { $0 <= transition.rows }.compactMap { balance.leading($0, of: self) }
    }

    /// The Hankel singular values Σ from inputs and innovations to outputs, falling; empty when there are none.
    public var hankelSingularValues: [Double] { Balance(self, innovation: Self.innovation)?.values ?? [] }

    /// The same model in other coordinates, or part of it: `z = forward x`, `x = backward z`.
    func mapped(_ forward: RealMatrix, _ backward: RealMatrix, isReduced: Bool) -> ObserverForm {
        ObserverForm(
            transition: forward * transition * backward, input: forward * input, lead: forward * lead,
            offset: forward * offset, readout: readout * backward, gain: forward * gain, isReduced: isReduced)
    }
}

/// The balancing coordinates of a stable model.
private struct Balance {
    /// Hankel singular values, falling.
    let values: [Double]
    /// `Uᵀ Lᵀ`, `[state, state]`.
    private let forward: RealMatrix
    /// `R V`, `[state, state]`.
    private let backward: RealMatrix

    /// Hankel singular values below this share of the first are rounding.
    private static let rounding = 1e-8

    init?(_ form: ObserverForm, innovation: Double) {
        // An input acts on the state at once by the lead, and a step later by A times that and its own matrix.
        let late = (form.transition * form.lead).plus(form.input)
        let driven = gramian(
            form.transition, factor: late.beside(form.lead, times: 1).beside(form.gain, times: innovation))
        let seen = gramian(form.transition.transposed, factor: form.readout.transposed)
        guard let right = semidefiniteFactor(driven), let left = semidefiniteFactor(seen) else { return nil }
        let parts = singularValueDecomposition(left.transposed * right)
        guard let first = parts.values.first, first > 0, first.isFinite else { return nil }
        values = parts.values
        forward = parts.left.transposed * left.transposed
        backward = right * parts.right
    }

    /// The first balanced states of a model.
    func leading(_ states: Int, of form: ObserverForm) -> ObserverForm? {
        guard states >= 1, states <= values.count, values[states - 1] > Self.rounding * values[0] else { return nil }
        var (down, up) = (
            forward.leading(rows: states, columns: forward.columns),
            backward.leading(rows: backward.rows, columns: states)
        )
        for state in 0..<states {
            let scale = 1 / values[state].squareRoot()
            for index in 0..<down.columns { down[state, index] *= scale }
            for index in 0..<up.rows { up[index, state] *= scale }
        }
        let result = form.mapped(down, up, isReduced: true)
        // Only equal singular values on both sides of the cut leave a pole on the circle.
        return spectralRadius(of: result.transition) < 1 ? result : nil
    }
}

/// `W = A W Aᵀ + F Fᵀ`, summed by doubling (Smith 1968, https://doi.org/10.1137/0116017).
private func gramian(_ transition: RealMatrix, factor: RealMatrix) -> RealMatrix {
    var sum = factor * factor.transposed
    var power = transition
    for _ in 0..<40 {
        let step = power * sum * power.transposed
        for index in sum.elements.indices { sum.elements[index] += step.elements[index] }
        power = power * power
        if (power.elements.map(abs).max() ?? 0) < 1e-14 { break }
    }
    return sum
}

/// A Cholesky factor of a matrix that may be singular but for rounding.
private func semidefiniteFactor(_ matrix: RealMatrix) -> RealMatrix? {
    let trace = (0..<matrix.rows).reduce(0) { $0 + matrix[$1, $1] }
    var lifted = matrix
    for index in 0..<matrix.rows { lifted[index, index] += 1e-13 * trace }
    return choleskyFactor(lifted)
}

extension RealMatrix {
    fileprivate func plus(_ other: RealMatrix) -> RealMatrix {
        RealMatrix(rows: rows, columns: columns, elements: zip(elements, other.elements).map { $0 + $1 })
    }

    /// The columns of both, those of the other scaled.
    fileprivate func beside(_ other: RealMatrix, times factor: Double) -> RealMatrix {
        var result = RealMatrix(rows: rows, columns: columns + other.columns)
        for row in 0..<rows {
            for column in 0..<columns { result[row, column] = self[row, column] }
            for column in 0..<other.columns { result[row, columns + column] = factor * other[row, column] }
        }
        return result
    }
}
