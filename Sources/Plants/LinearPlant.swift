public import Episodes

/// A linear plant in discrete time, `x⁺ = A·x + B·u`, `y = C·x`: its optimal plans are known exactly, so that every
/// planner can be held against them.
public struct LinearPlant: Plant, Hashable {
    /// The name by which commands know the plant.
    public var name: String
    /// Seconds between samples.
    public let samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise
    /// The names of the states, in the order of the state vector.
    public let stateNames: [String]
    /// The measured channels, with the limits of safe operation.
    public let outputChannels: [Channel]
    /// The action channels, with the limits of the actuators.
    public let actionChannels: [Channel]
    /// What acts on the plant without being decided.
    public let disturbanceChannels: [Channel] = []
    /// Where a simulation starts unless told otherwise.
    public var initialState: [Double]
    /// The action that leaves the plant at rest.
    public var restAction: [Double]
    /// The disturbances on an ordinary day.
    public let nominalDisturbance: [Double] = []
    /// The state matrix A `[state, state]` of one sampling period.
    public let stateMatrix: DenseMatrix
    /// The input matrix B `[state, action]` of one sampling period.
    public let inputMatrix: DenseMatrix
    /// The output matrix C `[output, state]`.
    public let outputMatrix: DenseMatrix

    /// Creates a linear plant; the outputs are all states where no output matrix is given.
    public init(
        name: String, samplingTime: Double, stateMatrix: DenseMatrix, inputMatrix: DenseMatrix,
        outputMatrix: DenseMatrix? = nil, outputChannels: [Channel], actionChannels: [Channel],
        initialState: [Double], noise: SensorNoise = .none
    ) {
        let states = stateMatrix.rows
        let output = outputMatrix ?? DenseMatrix(diagonal: [Double](repeating: 1, count: states))
        precondition(
            stateMatrix.columns == states && inputMatrix.rows == states && output.columns == states
                && initialState.count == states,
            "A, B, C and the initial state of \(name) do not fit")
        precondition(
            outputChannels.count == output.rows && actionChannels.count == inputMatrix.columns,
            "the channels of \(name) do not fit its matrices")
        self.name = name
        self.samplingTime = samplingTime
        self.stateMatrix = stateMatrix
        self.inputMatrix = inputMatrix
        self.outputMatrix = output
        self.outputChannels = outputChannels
        self.actionChannels = actionChannels
        self.initialState = initialState
        self.noise = noise
        stateNames = (0..<states).map { "x\($0 + 1)" }
        restAction = [Double](repeating: 0, count: inputMatrix.columns)
    }

    /// A plant in discrete time is only known at its own sampling time: `nil`.
    public func resampled(every seconds: Double) -> LinearPlant? { nil }

    /// The state one sampling period later.
    public func step(_ state: [Double], action: [Double], disturbance: [Double]) -> [Double] {
        zip(stateMatrix * state, inputMatrix * action).map { $0 + $1 }
    }

    /// The true outputs, without noise.
    public func outputs(of state: [Double]) -> [Double] { outputMatrix * state }

    /// Vector–Jacobian products of `step` with respect to state and action.
    public func stepPullback(
        _ state: [Double], action: [Double], disturbance: [Double], cotangent: [Double]
    ) -> (state: [Double], action: [Double]) {
        (stateMatrix.transposed * cotangent, inputMatrix.transposed * cotangent)
    }

    /// The gradient with respect to the outputs, carried back to the state.
    public func outputPullback(_ state: [Double], cotangent: [Double]) -> [Double] {
        outputMatrix.transposed * cotangent
    }

    /// Simulates every candidate from the same state; shapes as in `Plant`.
    public func rollout(
        from state: [Double], actions: [Float], disturbances: [Double], horizon: Int, outputs: inout [Float]
    ) {
        let inputs = actionChannels.count
        let rows = outputChannels.count
        let candidates = actions.count / (horizon * inputs)
        precondition(outputs.count == candidates * horizon * rows, "outputs of another shape")
        var x = state
        var next = state
        for candidate in 0..<candidates {
            for index in state.indices { x[index] = state[index] }
            for step in 0..<horizon {
                let row = candidate * horizon + step
                for index in 0..<state.count {
                    var sum = 0.0
                    for column in 0..<state.count { sum += stateMatrix[index, column] * x[column] }
                    for column in 0..<inputs {
                        sum += inputMatrix[index, column] * Double(actions[row * inputs + column])
                    }
                    next[index] = sum
                }
                swap(&x, &next)
                for output in 0..<rows {
                    var sum = 0.0
                    for column in 0..<state.count { sum += outputMatrix[output, column] * x[column] }
                    outputs[row * rows + output] = Float(sum)
                }
            }
        }
    }

    /// Gradients with respect to the outputs of a rollout, carried back to the actions; shapes as in `Plant`.
    public func rolloutPullback(
        from state: [Double], actions: [Float], disturbances: [Double], horizon: Int, cotangent: [Float]
    ) -> [Float] {
        let inputs = actionChannels.count
        let rows = outputChannels.count
        let candidates = actions.count / (horizon * inputs)
        precondition(cotangent.count == candidates * horizon * rows, "cotangent of another shape")
        var gradient = [Float](repeating: 0, count: actions.count)
        for candidate in 0..<candidates {
            var lambda = [Double](repeating: 0, count: state.count)
            for step in (0..<horizon).reversed() {
                let row = candidate * horizon + step
                let seen = outputPullback(state, cotangent: (0..<rows).map { Double(cotangent[row * rows + $0]) })
                for index in lambda.indices { lambda[index] += seen[index] }
                let back = stepPullback(state, action: [], disturbance: [], cotangent: lambda)
                for input in 0..<inputs { gradient[row * inputs + input] = Float(back.action[input]) }
                lambda = back.state
            }
        }
        return gradient
    }

    /// Forward sensitivities, the same from every state; shapes as in `Plant`.
    public func rolloutSensitivities(
        from state: [Double], actions: [Double], disturbances: [Double], horizon: Int
    ) -> [Double] {
        var chain = SensitivityChain(
            states: stateNames.count, actions: actionChannels.count, outputs: outputChannels.count, horizon: horizon)
        for step in 0..<horizon {
            chain.advance(step, state: stateMatrix.values, action: inputMatrix.values)
            chain.show(step, state: outputMatrix.values)
        }
        return chain.sensitivities
    }
}

extension LinearPlant {
    /// A mass on rails pushed by a force: position (m) and velocity (m/s), exact zero-order-hold discretisation.
    ///
    /// The force is in N at 1 kg, without limit where it is `nil`; the start is position and velocity.
    public static func doubleIntegrator(
        samplingTime: Double = 0.5, force: Double? = nil, start: [Double] = [1, 0]
    ) -> LinearPlant {
        let t = samplingTime
        return LinearPlant(
            name: "double-integrator", samplingTime: t, stateMatrix: DenseMatrix([[1, t], [0, 1]]),
            inputMatrix: DenseMatrix([[t * t / 2], [t]]),
            outputChannels: [
                Channel(name: "position", unit: "m", role: .observation),
                Channel(name: "velocity", unit: "m/s", role: .observation),
            ],
            actionChannels: [
                Channel(name: "force", unit: "N", role: .action, lowerLimit: force.map { -$0 }, upperLimit: force)
            ],
            initialState: start)
    }

    /// Two lags in series behind one input, with time constants of 2 s and 1 s and gain 1; stable, exactly
    /// discretised.
    public static func twoLags(samplingTime: Double = 0.25, limit: Double? = nil, start: [Double] = [1, -0.5])
        -> LinearPlant
    {
        let p1 = exponential(-samplingTime / 2)
        let p2 = exponential(-samplingTime)
        // x1' = (u − x1)/2, x2' = x1 − x2: the response of the second lag to x1 and to u, by partial fractions.
        let coupling = 2 * (p1 - p2)
        return LinearPlant(
            name: "two-lags", samplingTime: samplingTime,
            stateMatrix: DenseMatrix([[p1, 0], [coupling, p2]]),
            inputMatrix: DenseMatrix([[1 - p1], [1 - 2 * p1 + p2]]),
            outputChannels: [
                Channel(name: "inner", role: .observation), Channel(name: "outer", role: .observation),
            ],
            actionChannels: [
                Channel(name: "input", role: .action, lowerLimit: limit.map { -$0 }, upperLimit: limit)
            ],
            initialState: start)
    }
}
