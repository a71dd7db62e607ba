/// A plant given by ordinary differential equations with at most four states and four inputs, integrated by the
/// classical Runge–Kutta method of fourth order with a fixed number of sub-steps per sampling period.
///
/// State and inputs travel in vector registers, so that the inner loop of a rollout allocates nothing. The inputs are
/// the actions followed by the disturbances. Unused lanes are zero and must stay so.
public protocol SmoothPlant: Plant {
    /// The sub-steps of one sampling period; enough that halving them does not change a result that matters.
    var subSteps: Int { get }
    /// The states that are measured, in the order of the output channels.
    var outputStates: [Int] { get }

    /// The rate of change of the state, per second.
    func derivative(_ state: SIMD4<Double>, input: SIMD4<Double>) -> SIMD4<Double>

    /// Vector–Jacobian products of `derivative` with respect to state and input.
    func derivativePullback(
        _ state: SIMD4<Double>, input: SIMD4<Double>, cotangent: SIMD4<Double>
    ) -> (state: SIMD4<Double>, input: SIMD4<Double>)

    /// The nearest state that is physically possible, applied after each sampling period.
    func physical(_ state: SIMD4<Double>) -> SIMD4<Double>
}

extension SmoothPlant {
    /// Leaves the state as it is.
    public func physical(_ state: SIMD4<Double>) -> SIMD4<Double> { state }

    /// One sampling period by Runge–Kutta.
    @inline(__always)
    func integrated(_ start: SIMD4<Double>, input: SIMD4<Double>) -> SIMD4<Double> {
        var state = start
        let h = samplingTime / Double(subSteps)
        for _ in 0..<subSteps { state = rungeKutta(state, input: input, h: h) }
        return physical(state)
    }

    /// One sub-step of `h` seconds.
    @inline(__always)
    func rungeKutta(_ x: SIMD4<Double>, input: SIMD4<Double>, h: Double) -> SIMD4<Double> {
        let k1 = derivative(x, input: input)
        let k2 = derivative(x + k1 * (h / 2), input: input)
        let k3 = derivative(x + k2 * (h / 2), input: input)
        let k4 = derivative(x + k3 * h, input: input)
        let inner = k2 + k3
        return x + (k1 + inner + inner + k4) * (h / 6)
    }

    /// The exact adjoint of `integrated`, sub-step by sub-step.
    @inline(__always)
    func integratedPullback(
        _ start: SIMD4<Double>, input: SIMD4<Double>, cotangent: SIMD4<Double>
    ) -> (state: SIMD4<Double>, input: SIMD4<Double>) {
        let h = samplingTime / Double(subSteps)
        var states = [start]
        for _ in 1..<max(subSteps, 1) { states.append(rungeKutta(states[states.count - 1], input: input, h: h)) }
        var lambda = cotangent
        let end = rungeKutta(states[states.count - 1], input: input, h: h)
        lambda.replace(with: 0, where: physical(end) .!= end)
        var inputGradient = SIMD4<Double>.zero
        for x1 in states.reversed() {
            let k1 = derivative(x1, input: input)
            let x2 = x1 + k1 * (h / 2)
            let k2 = derivative(x2, input: input)
            let x3 = x1 + k2 * (h / 2)
            let x4 = x1 + derivative(x3, input: input) * h
            let b4 = derivativePullback(x4, input: input, cotangent: lambda * (h / 6))
            let b3 = derivativePullback(x3, input: input, cotangent: lambda * (h / 3) + b4.state * h)
            let b2 = derivativePullback(x2, input: input, cotangent: lambda * (h / 3) + b3.state * (h / 2))
            let b1 = derivativePullback(x1, input: input, cotangent: lambda * (h / 6) + b2.state * (h / 2))
            lambda += b1.state + b2.state + b3.state + b4.state
            inputGradient += b1.input + b2.input + b3.input + b4.input
        }
        return (lambda, inputGradient)
    }

    func pack(_ values: [Double]) -> SIMD4<Double> {
        precondition(values.count <= 4, "more than four values in \(name)")
        var packed = SIMD4<Double>.zero
        for (lane, value) in values.enumerated() { packed[lane] = value }
        return packed
    }

    func pack(action: [Double], disturbance: [Double]) -> SIMD4<Double> {
        precondition(action.count == actionChannels.count, "\(name) takes \(actionChannels.count) actions")
        return pack(action + (disturbance.isEmpty ? nominalDisturbance : disturbance))
    }

    func unpack(_ vector: SIMD4<Double>, _ count: Int) -> [Double] { (0..<count).map { vector[$0] } }
}

extension SmoothPlant {
    /// The state one sampling period later.
    public func step(_ state: [Double], action: [Double], disturbance: [Double]) -> [Double] {
        unpack(integrated(pack(state), input: pack(action: action, disturbance: disturbance)), stateCount)
    }

    /// The true outputs, without noise.
    public func outputs(of state: [Double]) -> [Double] { outputStates.map { state[$0] } }

    /// Vector–Jacobian products of `step` with respect to state and action.
    public func stepPullback(
        _ state: [Double], action: [Double], disturbance: [Double], cotangent: [Double]
    ) -> (state: [Double], action: [Double]) {
        let input = pack(action: action, disturbance: disturbance)
        let back = integratedPullback(pack(state), input: input, cotangent: pack(cotangent))
        return (unpack(back.state, stateCount), unpack(back.input, action.count))
    }

    /// The gradient with respect to the outputs, carried back to the state.
    public func outputPullback(_ state: [Double], cotangent: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: stateCount)
        for (output, lane) in outputStates.enumerated() { result[lane] += cotangent[output] }
        return result
    }
}
