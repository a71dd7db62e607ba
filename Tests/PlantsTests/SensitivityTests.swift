import Episodes
import Plants
import Testing

@Test(
    "Forward sensitivities of a rollout are its adjoint, one output at a time",
    arguments: ["heater-lab", "four-tank", "cstr", "boiler-turbine", "vehicle", "two-lags", "patient-adult-1"])
func sensitivities(name: String) throws {
    try check(try PlantCatalog.plant(name))
}

private func check(_ plant: some Plant) throws {
    let (horizon, width, rows) = (4, plant.actionChannels.count, plant.outputChannels.count)
    // Actions off their limits, different at every step.
    let actions = (0..<horizon * width).map { index -> Float in
        let channel = plant.actionChannels[index % width]
        let (low, high) = (channel.lowerLimit ?? -1, channel.upperLimit ?? 1)
        return Float(low + (0.3 + 0.07 * Double(index % 5)) * (high - low))
    }
    let found = plant.rolloutSensitivities(
        from: plant.initialState, actions: actions.map(Double.init), disturbances: [], horizon: horizon)
    #expect(found.count == horizon * rows * horizon * width)
    let size = found.map(abs).max() ?? 0
    #expect(size > 0)
    for output in 0..<horizon * rows {
        var cotangent = [Float](repeating: 0, count: horizon * rows)
        cotangent[output] = 1
        let adjoint = plant.rolloutPullback(
            from: plant.initialState, actions: actions, disturbances: [], horizon: horizon, cotangent: cotangent)
        for (index, wanted) in adjoint.enumerated() {
            #expect(abs(found[output * horizon * width + index] - Double(wanted)) <= 1e-6 * size)
        }
    }
}
