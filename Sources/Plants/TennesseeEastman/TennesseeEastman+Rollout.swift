/// A plant whose rollouts are its steps one after another, for those whose steps cost far more than what they allocate.
protocol SteppedPlant: Plant {}

extension TennesseeEastman: SteppedPlant {}

extension SteppedPlant {
    /// Simulates every candidate from the same state; shapes as in `Plant`.
    public func rollout(
        from state: [Double], actions: [Float], disturbances: [Double], horizon: Int, outputs: inout [Float]
    ) {
        let shape = RolloutShape(of: self, actions: actions, disturbances: disturbances, horizon: horizon)
        let width = outputChannels.count
        precondition(outputs.count == shape.candidates * horizon * width, "outputs of another shape")
        for candidate in 0..<shape.candidates {
            var x = state
            for step in 0..<horizon {
                let row = candidate * horizon + step
                x = self.step(x, action: action(actions, row), disturbance: disturbance(disturbances, step))
                for (index, value) in self.outputs(of: x).enumerated() { outputs[row * width + index] = Float(value) }
            }
        }
    }

    /// Gradients with respect to the outputs of a rollout, carried back to the actions; shapes as in `Plant`.
    public func rolloutPullback(
        from state: [Double], actions: [Float], disturbances: [Double], horizon: Int, cotangent: [Float]
    ) -> [Float] {
        let shape = RolloutShape(of: self, actions: actions, disturbances: disturbances, horizon: horizon)
        let width = outputChannels.count
        precondition(cotangent.count == shape.candidates * horizon * width, "cotangent of another shape")
        var gradient = [Float](repeating: 0, count: actions.count)
        for candidate in 0..<shape.candidates {
            var states = [state]
            for step in 0..<horizon {
                let row = candidate * horizon + step
                states.append(
                    self.step(
                        states[step], action: action(actions, row), disturbance: disturbance(disturbances, step)))
            }
            var lambda = [Double](repeating: 0, count: state.count)
            for step in (0..<horizon).reversed() {
                let row = candidate * horizon + step
                let onOutputs = cotangent[(row * width)..<((row + 1) * width)].map(Double.init)
                for (index, value) in outputPullback(states[step + 1], cotangent: onOutputs).enumerated() {
                    lambda[index] += value
                }
                let back = stepPullback(
                    states[step], action: action(actions, row), disturbance: disturbance(disturbances, step),
                    cotangent: lambda)
                for (index, value) in back.action.enumerated() {
                    gradient[row * shape.actions + index] = Float(value)
                }
                lambda = back.state
            }
        }
        return gradient
    }

    private func action(_ actions: [Float], _ row: Int) -> [Double] {
        let width = actionChannels.count
        return actions[(row * width)..<((row + 1) * width)].map(Double.init)
    }

    private func disturbance(_ values: [Double], _ step: Int) -> [Double] {
        let width = disturbanceChannels.count
        return values.isEmpty ? [] : Array(values[(step * width)..<((step + 1) * width)])
    }
}
