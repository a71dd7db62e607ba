/// What one integration needs, made once and used for all steps of all candidates.
struct EquationWorkspace<S: EquationScalar> {
    /// The states of the equations `[state]`.
    var state: [S]
    /// The actions, then the disturbances `[input]`.
    var input: [S]
    fileprivate var stage: [S]
    fileprivate var rates: [S]
    fileprivate var sum: [S]

    init(state: [S], input: [S]) {
        self.state = state
        self.input = input
        stage = state
        rates = state
        sum = state
    }

    init(states: Int, inputs: Int) {
        self.init(
            state: [S](repeating: S(0), count: states), input: [S](repeating: S(0), count: inputs))
    }
}

/// The derivatives of a vector of results with respect to states and actions.
struct EquationSlopes {
    let states: Int
    let actions: Int
    let results: Int
    /// The results themselves `[result]`.
    var values: [Double]
    /// Row-major `[result, state, then action]`.
    var matrix: [Double]

    init(states: Int, actions: Int, results: Int) {
        self.states = states
        self.actions = actions
        self.results = results
        values = [Double](repeating: 0, count: results)
        matrix = [Double](repeating: 0, count: results * (states + actions))
    }

    /// Adds the product of a cotangent `[result]` with the derivatives to `state` `[state]` and `action` `[action]`,
    /// which begin at `start`.
    @inline(__always)
    func addPullback(_ cotangent: [Double], state: inout [Double], action: inout [Double], start: Int = 0) {
        let width = states + actions
        for row in 0..<results where cotangent[row] != 0 {
            let weight = cotangent[row]
            for column in 0..<states { state[column] += weight * matrix[row * width + column] }
            for column in 0..<actions { action[start + column] += weight * matrix[row * width + states + column] }
        }
    }

    func pullback(_ cotangent: [Double]) -> (state: [Double], action: [Double]) {
        var state = [Double](repeating: 0, count: states)
        var action = [Double](repeating: 0, count: actions)
        addPullback(cotangent, state: &state, action: &action)
        return (state, action)
    }
}

extension EquationPlant {
    /// One sampling period by Runge–Kutta, from and to `work.state`, without `physical`.
    @inline(__always)
    func integrate<S: EquationScalar>(_ work: inout EquationWorkspace<S>) {
        let h = samplingTime / Double(subSteps)
        for subStep in 0..<subSteps {
            prepare(&work.state, input: work.input, subStep: subStep)
            var left = h
            repeat {
                // What is no number has no step of its own.
                let longest = longestStep(work.state, input: work.input)
                let step = longest < left ? max(longest, h / 4096) : left
                rungeKutta(&work, h: min(step, left))
                left -= min(step, left)
            } while left > 0
        }
    }

    /// One step, the inputs held.
    @inline(__always)
    private func rungeKutta<S: EquationScalar>(_ work: inout EquationWorkspace<S>, h: Double) {
        let count = work.state.count
        derivative(work.state, input: work.input, into: &work.rates)
        for index in 0..<count {
            work.sum[index] = work.rates[index]
            work.stage[index] = work.state[index] + work.rates[index] * (h / 2)
        }
        derivative(work.stage, input: work.input, into: &work.rates)
        for index in 0..<count {
            work.sum[index] += work.rates[index] + work.rates[index]
            work.stage[index] = work.state[index] + work.rates[index] * (h / 2)
        }
        derivative(work.stage, input: work.input, into: &work.rates)
        for index in 0..<count {
            work.sum[index] += work.rates[index] + work.rates[index]
            work.stage[index] = work.state[index] + work.rates[index] * h
        }
        derivative(work.stage, input: work.input, into: &work.rates)
        for index in 0..<count { work.state[index] += (work.sum[index] + work.rates[index]) * (h / 6) }
    }

    /// The next state, `physical` applied, and its derivatives.
    @inline(__always)
    func differentiateStep(
        _ state: [Double], input: [Double], using work: inout EquationWorkspace<DualNumber>,
        into slopes: inout EquationSlopes
    ) {
        let width = slopes.states + slopes.actions
        for first in stride(from: 0, to: width, by: DualNumber.directions) {
            seed(state, input: input, first: first, states: slopes.states, actions: slopes.actions, into: &work)
            integrate(&work)
            for row in 0..<slopes.results {
                slopes.values[row] = work.state[row].value
                for lane in 0..<min(DualNumber.directions, width - first) {
                    slopes.matrix[row * width + first + lane] = work.state[row].slopes[lane]
                }
            }
        }
        let moved = slopes.values
        physical(&slopes.values)
        for row in 0..<slopes.results where moved[row] != slopes.values[row] {
            for column in 0..<width { slopes.matrix[row * width + column] = 0 }
        }
    }

    /// The outputs and their derivatives.
    @inline(__always)
    func differentiateOutputs(
        _ state: [Double], input: [Double], using work: inout EquationWorkspace<DualNumber>,
        scratch: inout [DualNumber], into slopes: inout EquationSlopes
    ) {
        let width = slopes.states + slopes.actions
        for first in stride(from: 0, to: width, by: DualNumber.directions) {
            seed(state, input: input, first: first, states: slopes.states, actions: slopes.actions, into: &work)
            outputs(work.state, input: work.input, into: &scratch)
            for row in 0..<slopes.results {
                slopes.values[row] = scratch[row].value
                for lane in 0..<min(DualNumber.directions, width - first) {
                    slopes.matrix[row * width + first + lane] = scratch[row].slopes[lane]
                }
            }
        }
    }

    /// Sets states and inputs with unit derivatives in the eight directions from `first` on: states, then actions.
    @inline(__always)
    private func seed(
        _ state: [Double], input: [Double], first: Int, states: Int, actions: Int,
        into work: inout EquationWorkspace<DualNumber>
    ) {
        for index in 0..<states { work.state[index] = DualNumber(state[index]) }
        for index in input.indices { work.input[index] = DualNumber(input[index]) }
        for lane in 0..<DualNumber.directions {
            let column = first + lane
            if column < states {
                work.state[column].slopes[lane] = 1
            } else if column < states + actions {
                work.input[column - states].slopes[lane] = 1
            }
        }
    }
}
