/// A relay for each output: on below its target, off above it, and as it was in between; what is customary where a heater is
/// only on or off.
///
/// Two-point control with a hysteresis, as in K. J. Åström and R. M. Murray, "Feedback Systems", Princeton 2008, section 1.
public struct TwoPointThermostat: Controller, Hashable {
    /// Half the distance between the output at which a relay turns on and that at which it turns off.
    public var hysteresis: Double
    /// What the relays give when they are off `[action]`.
    public var off: [Double]
    /// What the relays give when they are on `[action]`.
    public var on: [Double]
    private var state: [Double] = []

    /// Creates relays, all of them off.
    public init(off: [Double], on: [Double], hysteresis: Double = 0.5) {
        precondition(off.count == on.count, "a value off and one on for each relay")
        self.off = off
        self.on = on
        self.hysteresis = hysteresis
    }

    /// Starts anew from the actions in force.
    public mutating func reset(action: [Double]) { state = action }

    /// The actions: each relay looks at the output of its own place.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        if state.isEmpty { state = off }
        for index in state.indices {
            let target = reference[index] ?? observations[index]
            if observations[index] < target - hysteresis { state[index] = on[index] }
            if observations[index] > target + hysteresis { state[index] = off[index] }
        }
        return state
    }
}
