import CKernels

/// A stretch of normalised rows without a gap in time; missing outputs are `NaN`.
struct SignalStretch: Sendable {
    /// `[row, output]`.
    var outputs: [Double]
    /// `[row, input]`, without gaps.
    var inputs: [Double]
    /// The number of rows.
    var count: Int
}

/// One history and the free run behind it.
struct FreeRunWindow: Sendable, Equatable {
    /// Which stretch.
    var stretch: Int
    /// The first row of the history.
    var start: Int
    /// Rows of history.
    var history: Int
    /// Rows predicted.
    var steps: Int
}

/// The normal equations of one Gauss–Newton step: means of `JᵀJ` and `Jᵀr` over all predicted values.
struct FreeRunEquations: Sendable {
    /// `[parameter, parameter]`, both triangles.
    var hessian: [Double]
    /// `[parameter]`.
    var gradient: [Double]
    /// The mean square error; infinite when a free run left every range.
    var cost: Double
}

/// Errors of whole free runs and their derivatives with respect to all parameters, by forward sensitivities (Ljung,
/// "System Identification", 2nd ed., section 10.3), in the compiled kernel `native/kernels/free_run.cpp`.
///
/// A row costs `2 D² P` operations for the sensitivities of D states to P parameters and `P²` for each output's share of
/// the normal equations.
enum FreeRunKernel {
    /// The mean square error of a member's free runs; infinite when one leaves every range.
    static func cost(
        _ member: StateSpaceMember, _ windows: [FreeRunWindow], _ stretches: [SignalStretch]
    ) -> Double {
        var (sum, count) = (0.0, 0)
        for window in windows {
            let terms = run(member, window, stretches[window.stretch], gram: nil, gradient: nil, cost: &sum)
            guard terms >= 0 else { return .infinity }
            count += terms
        }
        return count > 0 ? sum / Double(count) : .infinity
    }

    /// The normal equations of a member's free runs.
    static func normalEquations(
        _ member: StateSpaceMember, _ windows: [FreeRunWindow], _ stretches: [SignalStretch]
    ) -> FreeRunEquations {
        let width = member.shape.count
        let stride = (width + 7) / 8 * 8
        var gram = [Double](repeating: 0, count: stride * stride)
        var gradient = [Double](repeating: 0, count: stride)
        var (sum, count) = (0.0, 0)
        let isFinite = gram.withUnsafeMutableBufferPointer { gram in
            gradient.withUnsafeMutableBufferPointer { gradient in
                windows.allSatisfy { window in
                    let terms = run(
                        member, window, stretches[window.stretch], gram: gram.baseAddress,
                        gradient: gradient.baseAddress, cost: &sum)
                    count += max(0, terms)
                    return terms >= 0
                }
            }
        }
        guard isFinite, count > 0 else { return FreeRunEquations(hessian: [], gradient: [], cost: .infinity) }
        let scale = 1 / Double(count)
        var hessian = [Double](repeating: 0, count: width * width)
        for row in 0..<width {
            for column in 0...row {
                let value = gram[row * stride + column] * scale
                hessian[row * width + column] = value
                hessian[column * width + row] = value
            }
        }
        return FreeRunEquations(
            hessian: hessian, gradient: (0..<width).map { gradient[$0] * scale }, cost: sum * scale)
    }

    /// The errors `y − ŷ` of one free run, `[step, output]`, `NaN` where nothing was measured; empty when it left every
    /// range.
    static func errors(_ member: StateSpaceMember, _ window: FreeRunWindow, _ stretch: SignalStretch) -> [Double] {
        var errors = [Double](repeating: .nan, count: window.steps * member.shape.outputs)
        var cost = 0.0
        let terms = errors.withUnsafeMutableBufferPointer {
            run(member, window, stretch, gram: nil, gradient: nil, cost: &cost, errors: $0.baseAddress)
        }
        return terms >= 0 ? errors : []
    }

    private static func run(
        _ member: StateSpaceMember, _ window: FreeRunWindow, _ stretch: SignalStretch,
        gram: UnsafeMutablePointer<Double>?, gradient: UnsafeMutablePointer<Double>?, cost: inout Double,
        errors: UnsafeMutablePointer<Double>? = nil
    ) -> Int {
        let shape = member.shape
        precondition(
            window.start >= 0 && window.start + window.history + window.steps <= stretch.count,
            "a window of \(window.history + window.steps) rows from row \(window.start) of \(stretch.count)")
        let sizes = [
            shape.states, shape.inputs, shape.outputs, shape.hidden, shape.hasLead ? 1 : 0,
            shape.activation == .cubic ? 1 : 0,
        ].map(Int32.init)
        return member.values.withUnsafeBufferPointer { values in
            stretch.outputs.withUnsafeBufferPointer { outputs in
                stretch.inputs.withUnsafeBufferPointer { inputs in
                    // Without inputs, any address will do: nothing is read from it.
                    guard let values = values.baseAddress, let outputs = outputs.baseAddress else { return -1 }
                    let driven = inputs.baseAddress.map { $0 + window.start * shape.inputs } ?? outputs
                    return Int(
                        ct_free_run(
                            sizes, values, outputs + window.start * shape.outputs, driven, Int32(window.history),
                            Int32(window.steps), gram, gradient, &cost, errors))
                }
            }
        }
    }
}
