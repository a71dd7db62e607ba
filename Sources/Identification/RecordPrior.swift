public import Episodes

/// How far records of one system are thought to differ from each other: another day, another unit of the same device.
///
/// These are assumptions, not measurements: one record cannot tell them. They were chosen on simulated records (heaters
/// whose room temperature, heater gains and losses vary) and on no recorded one.
public struct RecordDifferences: Sendable, Equatable {
    /// Deviation κ of the offset of an equation, in units of what the inputs move it by in the training record.
    public var offset = 0.2
    /// Relative deviation g of the gain of each action, counted from the action at zero.
    public var gain = 0.15
    /// Relative deviation ρ of what each output loses from step to step.
    public var loss = 0.1

    /// The defaults.
    public init() {}
}

/// What a training record says about the linear model of **another** record of the same system: the model itself, how
/// uncertain it is, and the directions in which records differ.
///
/// `y_{t,i} = φ_tᵀ θ_i + e`, `e ~ N(0, σ_i²)`, with `φ_t = [1, y_{t−1}, u_{t−1}, …, y_{t−p}, u_{t−p}]` of standardised
/// signals. The other record has `θ_i + δ_i`, and before its first sample `δ_i ~ N(0, P_i)` with
///
///     P_i = σ_i² (ΦᵀΦ + λ n I)⁻¹ + κ² c_i² e₁e₁ᵀ + g² Σ_j b_ij b_ijᵀ + ρ² m_i m_iᵀ
///
/// in which the first term is what the training record left uncertain and the others are ``RecordDifferences``: `c_i` is
/// the standard deviation of `Σ_l B_l u_{t−l}` over the training record, `b_ij` holds the coefficients of action j and, as
/// intercept, minus what they contribute at an action of zero, `m_i` is `−(I − Σ_l A_l)_i` on the outputs of lag 1.
public struct RecordPrior: Sendable, Equatable, Codable {
    /// The model of the training record.
    public let model: ARXModel
    /// The variance σ² of one step of each output, standardised.
    public let noise: [Double]
    /// `(ΦᵀΦ + λ n I)⁻¹`, `[coefficient, coefficient]`.
    public let covariance: RealMatrix
    /// The deviation c of what the inputs contribute to each output in a step, standardised.
    public let excitation: [Double]

    /// Puts known parts together, as tests do.
    init(model: ARXModel, noise: [Double], covariance: RealMatrix, excitation: [Double]) {
        self.model = model
        self.noise = noise
        self.covariance = covariance
        self.excitation = excitation
    }

    /// Fits the model of a record and how uncertain it is.
    ///
    /// - Parameters:
    ///   - episodes: The record at the step of the model; rows with a missing sample are left out.
    ///   - layout: Outputs and inputs.
    ///   - order: The order of the model.
    ///   - ridge: Its penalty.
    /// - Throws: `ForesightError.data` when there are too few complete rows for this order or a channel is missing.
    public init(fitting episodes: [Episode], layout: SignalLayout, order: Int, ridge: Double) throws {
        let model = try ARXModel.fit(episodes, layout: layout, order: order, ridge: ridge)
        let (outputs, inputs) = (layout.outputs.count, layout.inputs.count)
        let width = model.parameters.rows
        var sums = NormalEquations(regressors: width, targets: outputs)
        var squares = [Double](repeating: 0, count: outputs)
        var driven = [(sum: Double, squares: Double)](repeating: (0, 0), count: outputs)
        for episode in episodes {
            let record = try layout.record(episode)
            let y = model.outputScaling.standardised(record.outputs)
            let u = model.inputScaling.standardised(record.inputs)
            for time in model.history..<max(model.history, record.count) {
                let phi = model.regressor(y, u, time)
                let target = Array(y[time * outputs..<(time + 1) * outputs])
                guard phi.allSatisfy(\.isFinite), target.allSatisfy(\.isFinite) else { continue }
                phi.withUnsafeBufferPointer { phi in
                    target.withUnsafeBufferPointer { target in sums.add(phi, target) }
                }
                for output in 0..<outputs {
                    let residual = target[output] - model.step(phi, output)
                    squares[output] += residual * residual
                    let push = Self.contribution(of: phi, model, output, outputs, inputs)
                    driven[output].sum += push
                    driven[output].squares += push * push
                }
            }
        }
        let rows = Double(sums.rows)
        var information = sums.means.gram
        let penalty = max(ridge, Self.leastPenalty)
        for row in 0..<width { information[row, row] += penalty }
        for index in information.elements.indices { information.elements[index] *= rows }
        guard let covariance = solvePositiveDefinite(information, .identity(width)) else {
            throw Self.singular(rows: sums.rows, order: order)
        }
        self.model = model
        noise = squares.map { max($0 / max(rows - Double(width), Self.leastFreedom), Self.leastNoise) }
        self.covariance = covariance
        excitation = driven.map { sum in
            (max(0, sum.squares - sum.sum * sum.sum / rows) / max(1, rows - 1)).squareRoot()
        }
    }

    /// The least ridge penalty of the information.
    private static let leastPenalty = 1e-8
    /// The least degrees of freedom of the noise.
    private static let leastFreedom = 10.0
    /// The least variance of the noise: simulated records without any have to stay solvable.
    private static let leastNoise = 1e-10
    /// What is added to every prior variance so that it has a factor.
    private static let jitter = 1e-10

    /// `Σ_l B_l u_{t−l}` of one output.
    private static func contribution(
        of phi: [Double], _ model: ARXModel, _ output: Int, _ outputs: Int, _ inputs: Int
    ) -> Double {
        var sum = 0.0
        for lag in 0..<model.order {
            let first = 1 + lag * (outputs + inputs) + outputs
            for row in first..<(first + inputs) { sum += phi[row] * model.parameters[row, output] }
        }
        return sum
    }

    /// The prior covariance of the deviation of one output's equation, `[coefficient, coefficient]`.
    ///
    /// - Parameters:
    ///   - output: Which output.
    ///   - differences: How records differ; `nil` for none, which leaves what the training record left uncertain.
    ///   - actions: How many of the inputs, the first ones, are actions.
    /// - Returns: The covariance, standardised.
    func covariance(of output: Int, differences: RecordDifferences?, actions: Int) -> RealMatrix {
        var result = covariance
        for index in result.elements.indices { result.elements[index] *= noise[output] }
        for row in 0..<result.rows { result[row, row] += Self.jitter }
        guard let differences else { return result }
        let deviation = differences.offset * excitation[output]
        result[0, 0] += deviation * deviation
        for action in 0..<actions { result.addSquare(of: gainDirection(action, output), times: differences.gain) }
        result.addSquare(of: lossDirection(output), times: differences.loss)
        return result
    }

    /// `b_ij`: the coefficients of an action in an output's equation, pivoting at an action of zero.
    func gainDirection(_ action: Int, _ output: Int) -> [Double] {
        let (outputs, inputs) = (model.layout.outputs.count, model.layout.inputs.count)
        var direction = [Double](repeating: 0, count: model.parameters.rows)
        let zero = -model.inputScaling.mean[action] / model.inputScaling.scale[action]
        for lag in 0..<model.order {
            let row = 1 + lag * (outputs + inputs) + outputs + action
            direction[row] = model.parameters[row, output]
            direction[0] -= direction[row] * zero
        }
        return direction
    }

    /// `m_i`: `−(I − ΣA)_i` on the outputs of lag 1.
    func lossDirection(_ output: Int) -> [Double] {
        let (outputs, inputs) = (model.layout.outputs.count, model.layout.inputs.count)
        var direction = [Double](repeating: 0, count: model.parameters.rows)
        for other in 0..<outputs {
            var sum = 0.0
            for lag in 0..<model.order { sum += model.parameters[1 + lag * (outputs + inputs) + other, output] }
            direction[1 + other] = sum - (other == output ? 1 : 0)
        }
        return direction
    }
}

extension RealMatrix {
    /// Adds `scale² v vᵀ`.
    fileprivate mutating func addSquare(of vector: [Double], times scale: Double) {
        for row in 0..<rows where vector[row] != 0 {
            let factor = scale * scale * vector[row]
            for column in 0..<columns { self[row, column] += factor * vector[column] }
        }
    }
}
