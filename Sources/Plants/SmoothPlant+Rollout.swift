extension SmoothPlant {
    /// Simulates every candidate from the same state; shapes as in `Plant`.
    public func rollout(
        from state: [Double], actions: [Float], disturbances: [Double], horizon: Int, outputs: inout [Float]
    ) {
        let shape = RolloutShape(of: self, actions: actions, disturbances: disturbances, horizon: horizon)
        precondition(outputs.count == shape.candidates * horizon * outputStates.count, "outputs of another shape")
        let start = pack(state)
        let inputs = shape.disturbanceInputs(disturbances, nominal: nominalDisturbance, horizon: horizon)
        let lanes = outputStates
        actions.withUnsafeBufferPointer { actions in
            outputs.withUnsafeMutableBufferPointer { outputs in
                for candidate in 0..<shape.candidates {
                    var x = start
                    for step in 0..<horizon {
                        let row = candidate * horizon + step
                        var input = inputs[step]
                        for lane in 0..<shape.actions { input[lane] = Double(actions[row * shape.actions + lane]) }
                        x = integrated(x, input: input)
                        for output in 0..<lanes.count { outputs[row * lanes.count + output] = Float(x[lanes[output]]) }
                    }
                }
            }
        }
    }

    /// Gradients with respect to the outputs of a rollout, carried back to the actions; shapes as in `Plant`.
    public func rolloutPullback(
        from state: [Double], actions: [Float], disturbances: [Double], horizon: Int, cotangent: [Float]
    ) -> [Float] {
        let shape = RolloutShape(of: self, actions: actions, disturbances: disturbances, horizon: horizon)
        let lanes = outputStates
        precondition(cotangent.count == shape.candidates * horizon * lanes.count, "cotangent of another shape")
        let inputs = shape.disturbanceInputs(disturbances, nominal: nominalDisturbance, horizon: horizon)
        var gradient = [Float](repeating: 0, count: actions.count)
        var states = [SIMD4<Double>](repeating: .zero, count: horizon)
        var applied = inputs
        for candidate in 0..<shape.candidates {
            var x = pack(state)
            for step in 0..<horizon {
                let row = candidate * horizon + step
                for lane in 0..<shape.actions { applied[step][lane] = Double(actions[row * shape.actions + lane]) }
                states[step] = x
                x = integrated(x, input: applied[step])
            }
            var lambda = SIMD4<Double>.zero
            for step in (0..<horizon).reversed() {
                let row = candidate * horizon + step
                for (output, lane) in lanes.enumerated() {
                    lambda[lane] += Double(cotangent[row * lanes.count + output])
                }
                let back = integratedPullback(states[step], input: applied[step], cotangent: lambda)
                for lane in 0..<shape.actions { gradient[row * shape.actions + lane] = Float(back.input[lane]) }
                lambda = back.state
            }
        }
        return gradient
    }
}

/// The checked sizes of a rollout.
struct RolloutShape {
    let actions: Int
    let candidates: Int

    init(of plant: some Plant, actions values: [Float], disturbances: [Double], horizon: Int) {
        actions = plant.actionChannels.count
        precondition(horizon > 0 && values.count % (horizon * actions) == 0, "actions of another shape")
        precondition(
            disturbances.isEmpty || disturbances.count == horizon * plant.disturbanceChannels.count,
            "disturbances of another shape")
        candidates = values.count / (horizon * actions)
    }

    /// Input vectors per step that hold the disturbances, with the lanes of the actions free.
    func disturbanceInputs(_ values: [Double], nominal: [Double], horizon: Int) -> [SIMD4<Double>] {
        (0..<horizon).map { step in
            var input = SIMD4<Double>.zero
            for index in nominal.indices {
                input[actions + index] = values.isEmpty ? nominal[index] : values[step * nominal.count + index]
            }
            return input
        }
    }
}
