/// Forward sensitivities of a rollout: what states and outputs owe to each action before them, step by step.
///
/// `∂x_{k+1}/∂u_j = A_k · ∂x_k/∂u_j` for `j < k`, `∂x_{k+1}/∂u_k = B_k` and `∂y_k/∂u_j = C_k · ∂x_{k+1}/∂u_j`, the variational
/// equations in discrete time.
struct SensitivityChain {
    private let states: Int
    private let actions: Int
    private let outputs: Int
    private let width: Int
    /// Row-major `[state, step · action]`.
    private var current: [Double]
    private var next: [Double]
    /// `∂output/∂action`, row-major `[step · output, step · action]`.
    private(set) var sensitivities: [Double]

    init(states: Int, actions: Int, outputs: Int, horizon: Int) {
        self.states = states
        self.actions = actions
        self.outputs = outputs
        width = horizon * actions
        current = [Double](repeating: 0, count: states * width)
        next = current
        sensitivities = [Double](repeating: 0, count: horizon * outputs * width)
    }

    /// Goes one step on with `∂next/∂state` and `∂next/∂action`, which are row-major with `pitch` entries a row; that of the
    /// action begins at `offset`. Where no pitch is given, the matrices stand by themselves.
    mutating func advance(_ step: Int, state a: [Double], action b: [Double], pitch: Int? = nil, offset: Int = 0) {
        let known = step * actions
        let (pitchA, pitchB) = (pitch ?? states, pitch ?? actions)
        current.withUnsafeBufferPointer { current in
            next.withUnsafeMutableBufferPointer { next in
                for row in 0..<states {
                    let target = row * width
                    for column in 0..<known { next[target + column] = 0 }
                    for inner in 0..<states {
                        let factor = a[row * pitchA + inner]
                        guard factor != 0 else { continue }
                        let source = inner * width
                        for column in 0..<known { next[target + column] += factor * current[source + column] }
                    }
                    for action in 0..<actions { next[target + known + action] = b[row * pitchB + offset + action] }
                }
            }
        }
        swap(&current, &next)
    }

    /// Writes what the outputs of a step owe to the actions, by `∂output/∂state`, row-major with `pitch` entries a row.
    /// Where outputs answer to the action in force at once, `isDirect` says that `∂output/∂action` follows in each row.
    mutating func show(_ step: Int, state c: [Double], pitch: Int? = nil, isDirect: Bool = false) {
        let known = (step + 1) * actions
        let pitch = pitch ?? states
        current.withUnsafeBufferPointer { current in
            sensitivities.withUnsafeMutableBufferPointer { result in
                for output in 0..<outputs {
                    let target = (step * outputs + output) * width
                    for inner in 0..<states {
                        let factor = c[output * pitch + inner]
                        guard factor != 0 else { continue }
                        let source = inner * width
                        for column in 0..<known { result[target + column] += factor * current[source + column] }
                    }
                    guard isDirect else { continue }
                    for action in 0..<actions {
                        result[target + step * actions + action] += c[output * pitch + states + action]
                    }
                }
            }
        }
    }
}

extension Plant {
    /// Forward sensitivities by the vector–Jacobian products of each step; shapes as in `Plant`.
    public func rolloutSensitivities(
        from state: [Double], actions: [Double], disturbances: [Double], horizon: Int
    ) -> [Double] {
        let (width, rows, count) = (actionChannels.count, outputChannels.count, disturbanceChannels.count)
        var chain = SensitivityChain(states: stateCount, actions: width, outputs: rows, horizon: horizon)
        var state = Array(state.prefix(stateCount))
        var view = [Double](repeating: 0, count: rows * stateCount)
        for step in 0..<horizon {
            let action = Array(actions[step * width..<(step + 1) * width])
            let disturbance = disturbances.isEmpty ? [] : Array(disturbances[step * count..<(step + 1) * count])
            let move = linearised(
                at: state, action: action, disturbance: disturbance.isEmpty ? nominalDisturbance : disturbance)
            state = self.step(
                state, action: action, disturbance: disturbance.isEmpty ? nominalDisturbance : disturbance)
            chain.advance(step, state: move.state.values, action: move.action.values)
            for output in 0..<rows {
                var unit = [Double](repeating: 0, count: rows)
                unit[output] = 1
                let slopes = outputPullback(state, cotangent: unit)
                for column in 0..<stateCount { view[output * stateCount + column] = slopes[column] }
            }
            chain.show(step, state: view)
        }
        return chain.sensitivities
    }
}
