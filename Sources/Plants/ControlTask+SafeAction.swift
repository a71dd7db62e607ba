import Episodes

extension ControlTask {
    /// An action that is safe to hold: the one whose resting state keeps furthest from the nearest limit.
    ///
    /// Of a grid over the actions' ranges with the plant's own rest action among them; without limits, the rest action.
    /// Distances are shares of the width of the output's range. A plant that an action does not bring to rest within a
    /// hundred of its slowest time constants does not count as resting there. Where the task declares one, that.
    ///
    /// - Parameter levels: Levels of each action on the grid.
    /// - Returns: The action `[action]`.
    public func safeAction(levels: Int = 9) -> [Double] {
        if let declaredSafeAction { return declaredSafeAction }
        guard !limits.isEmpty else { return plant.restAction }
        var candidates = [plant.restAction]
        var grid: [[Double]] = [[]]
        for index in plant.actionChannels.indices {
            let range = plant.actionRange(index)
            // What an actuator cannot take is not safe to hold.
            let own = plant.actionChannels[index].values
            let values =
                own
                ?? (0..<levels).map {
                    range.lowerBound + Double($0) / Double(max(1, levels - 1)) * (range.upperBound - range.lowerBound)
                }
            grid = grid.flatMap { prefix in values.map { prefix + [$0] } }
        }
        candidates += grid
        let steps = max(10, Int(100 * plant.slowestTimeConstant / plant.samplingTime))
        let margins = candidates.map { margin(atRestUnder: $0, steps: steps) }
        guard let best = margins.indices.max(by: { margins[$0] < margins[$1] }) else { return plant.restAction }
        return candidates[best]
    }

    /// The least share of its output's range that any limit leaves at rest; -∞ where the plant does not rest.
    private func margin(atRestUnder action: [Double], steps: Int) -> Double {
        let disturbance = plant.nominalDisturbance
        let state = plant.settled(
            from: plant.initialState, action: action, disturbance: disturbance, tolerance: 1e-9, steps: steps)
        let next = plant.step(state, action: action, disturbance: disturbance)
        guard zip(next, state).allSatisfy({ abs($0 - $1) <= 1e-4 * max(1, abs($1)) }) else { return -.infinity }
        let outputs = plant.outputs(of: state)
        return limits.map { limit in
            let channel = plant.outputChannels[limit.output]
            let range = (channel.upperLimit ?? 1) - (channel.lowerLimit ?? 0)
            let value = outputs[limit.output]
            return min((limit.upper ?? .infinity) - value, value - (limit.lower ?? -.infinity)) / range
        }.min() ?? .infinity
    }
}
