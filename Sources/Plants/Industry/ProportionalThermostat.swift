/// A thermostat that runs the compressor for a part of the sampling period, by how far the zone is above its set point; a baseline
/// for `Building`.
///
///     stage = min(2, max(0, bias + gain·(T − set point)))
///
/// As planners do, it may choose a stage between the two speeds, which the thermostat of the record cannot: where the cost is of
/// the squared mean power, half of the time at low speed costs half of what low speed in every second period does.
public struct ProportionalThermostat: Controller, Hashable {
    /// Stages for each K above the set point.
    public var gain: Double
    /// The stage at the set point.
    public var bias: Double

    /// Creates a thermostat; by default with what was cheapest of a grid on twenty days that nothing is reported for.
    public init(gain: Double = 1, bias: Double = 0.6) {
        self.gain = gain
        self.bias = bias
    }

    /// It remembers nothing.
    public mutating func reset(action: [Double]) {}

    /// The stage.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        let above = observations[0] - (reference[0] ?? observations[0])
        return [min(2, max(0, bias + gain * above))]
    }
}
