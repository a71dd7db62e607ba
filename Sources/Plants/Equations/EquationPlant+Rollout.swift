extension EquationPlant {
    /// Simulates every candidate from the same state; shapes as in `Plant`.
    public func rollout(
        from state: [Double], actions: [Float], disturbances: [Double], horizon: Int, outputs: inout [Float]
    ) {
        let shape = RolloutShape(of: self, actions: actions, disturbances: disturbances, horizon: horizon)
        let rows = outputChannels.count
        precondition(outputs.count == shape.candidates * horizon * rows, "outputs of another shape")
        let inputs = EquationInputs(of: self, disturbances, horizon: horizon)
        let start = Array(state[..<equationStateCount])
        let rest = inputs.rest.map(RealNumber.init)
        let remembers = remembersInput
        var work = EquationWorkspace<RealNumber>(states: start.count, inputs: rest.count)
        var input = inputs.rest
        var next = start
        var seen = [RealNumber](repeating: RealNumber(0), count: rows)
        for candidate in 0..<shape.candidates {
            for index in start.indices { work.state[index] = RealNumber(start[index]) }
            for step in 0..<horizon {
                let row = candidate * horizon + step
                inputs.set(&input, actions, row: row, step: step)
                for index in input.indices { work.input[index] = RealNumber(input[index]) }
                integrate(&work)
                for index in next.indices { next[index] = work.state[index].value }
                physical(&next)
                for index in next.indices { work.state[index] = RealNumber(next[index]) }
                self.outputs(work.state, input: remembers ? work.input : rest, into: &seen)
                for output in 0..<rows { outputs[row * rows + output] = Float(seen[output].value) }
            }
        }
    }

    /// Gradients with respect to the outputs of a rollout, carried back to the actions; shapes as in `Plant`.
    public func rolloutPullback(
        from state: [Double], actions: [Float], disturbances: [Double], horizon: Int, cotangent: [Float]
    ) -> [Float] {
        let shape = RolloutShape(of: self, actions: actions, disturbances: disturbances, horizon: horizon)
        let (count, width, rows) = (equationStateCount, shape.actions, outputChannels.count)
        precondition(cotangent.count == shape.candidates * horizon * rows, "cotangent of another shape")
        let inputs = EquationInputs(of: self, disturbances, horizon: horizon)
        let remembers = remembersInput
        var work = EquationWorkspace<DualNumber>(states: count, inputs: inputs.rest.count)
        var scratch = [DualNumber](repeating: DualNumber(0), count: rows)
        // Forwards, the derivatives of each step and of what it shows are kept; backwards they are multiplied.
        var moves = [EquationSlopes](
            repeating: EquationSlopes(states: count, actions: width, results: count), count: horizon)
        var views = [EquationSlopes](
            repeating: EquationSlopes(states: count, actions: remembers ? width : 0, results: rows), count: horizon)
        var input = inputs.rest
        var current = [Double](repeating: 0, count: count)
        var lambda = current
        var earlier = current
        var weights = [Double](repeating: 0, count: rows)
        var own = [Double](repeating: 0, count: width)
        var gradient = [Float](repeating: 0, count: actions.count)
        for candidate in 0..<shape.candidates {
            for index in 0..<count {
                current[index] = state[index]
                lambda[index] = 0
            }
            for step in 0..<horizon {
                inputs.set(&input, actions, row: candidate * horizon + step, step: step)
                differentiateStep(current, input: input, using: &work, into: &moves[step])
                for index in 0..<count { current[index] = moves[step].values[index] }
                differentiateOutputs(
                    current, input: remembers ? input : inputs.rest, using: &work, scratch: &scratch,
                    into: &views[step])
            }
            for step in (0..<horizon).reversed() {
                let row = candidate * horizon + step
                for output in 0..<rows { weights[output] = Double(cotangent[row * rows + output]) }
                for lane in 0..<width { own[lane] = 0 }
                for index in 0..<count { earlier[index] = 0 }
                views[step].addPullback(weights, state: &lambda, action: &own)
                moves[step].addPullback(lambda, state: &earlier, action: &own)
                for lane in 0..<width { gradient[row * width + lane] = Float(own[lane]) }
                swap(&lambda, &earlier)
            }
        }
        return gradient
    }
}

/// The inputs of a rollout: actions that differ from candidate to candidate, disturbances that do not.
private struct EquationInputs {
    /// The rest action and the nominal disturbances `[input]`.
    let rest: [Double]
    /// Row-major `[step, disturbance]`.
    private let disturbances: [Double]
    private let actionCount: Int
    private let disturbanceCount: Int

    init(of plant: some EquationPlant, _ disturbances: [Double], horizon: Int) {
        rest = plant.input(action: plant.restAction, disturbance: plant.nominalDisturbance)
        actionCount = plant.actionChannels.count
        disturbanceCount = rest.count - actionCount
        self.disturbances =
            disturbances.isEmpty ? (0..<horizon).flatMap { _ in plant.nominalDisturbance } : disturbances
    }

    /// Sets the input of one step of a single candidate.
    @inline(__always)
    func set(_ input: inout [Double], _ actions: [Double], step: Int) {
        for lane in 0..<actionCount { input[lane] = actions[step * actionCount + lane] }
        for lane in 0..<disturbanceCount { input[actionCount + lane] = disturbances[step * disturbanceCount + lane] }
    }

    /// Sets the input of one step of one candidate.
    @inline(__always)
    func set(_ input: inout [Double], _ actions: [Float], row: Int, step: Int) {
        for lane in 0..<actionCount { input[lane] = Double(actions[row * actionCount + lane]) }
        for lane in 0..<disturbanceCount { input[actionCount + lane] = disturbances[step * disturbanceCount + lane] }
    }
}

extension EquationPlant {
    /// Forward sensitivities, all derivatives of a step in one integration; shapes as in `Plant`.
    public func rolloutSensitivities(
        from state: [Double], actions: [Double], disturbances: [Double], horizon: Int
    ) -> [Double] {
        let (count, width, rows) = (equationStateCount, actionChannels.count, outputChannels.count)
        let inputs = EquationInputs(of: self, disturbances, horizon: horizon)
        let remembers = remembersInput
        var work = EquationWorkspace<DualNumber>(states: count, inputs: inputs.rest.count)
        var scratch = [DualNumber](repeating: DualNumber(0), count: rows)
        var move = EquationSlopes(states: count, actions: width, results: count)
        var view = EquationSlopes(states: count, actions: remembers ? width : 0, results: rows)
        var chain = SensitivityChain(states: count, actions: width, outputs: rows, horizon: horizon)
        var input = inputs.rest
        var current = Array(state[..<count])
        for step in 0..<horizon {
            inputs.set(&input, actions, step: step)
            differentiateStep(current, input: input, using: &work, into: &move)
            for index in 0..<count { current[index] = move.values[index] }
            chain.advance(step, state: move.matrix, action: move.matrix, pitch: count + width, offset: count)
            differentiateOutputs(
                current, input: remembers ? input : inputs.rest, using: &work, scratch: &scratch, into: &view)
            chain.show(step, state: view.matrix, pitch: view.states + view.actions, isDirect: remembers)
        }
        return chain.sensitivities
    }
}
