/// The thermostat of the recorded heat pump: two stages by how far the zone is above its set point; a baseline for
/// `Building`.
///
/// Low speed begins 0.28 K (0.5 °F) above the set point and ends at it; high speed begins 0.56 K (1 °F) above it and goes
/// back to low speed 0.28 K above it: the local control sequence of the record (Z. Chen et al., arXiv:2301.13412). The set
/// point is the target of the zone.
public struct StagedThermostat: Controller, Hashable {
    /// The distances above the set point at which low and high speed begin, K.
    public var thresholds: (low: Double, high: Double) { (0.28, 0.56) }
    private var stage = 0.0

    /// Creates a thermostat with the compressor off.
    public init() {}

    /// Starts anew from the stage in force.
    public mutating func reset(action: [Double]) { stage = action[0].rounded() }

    /// The stage.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        let above = observations[0] - (reference[0] ?? observations[0])
        if above >= thresholds.high {
            stage = 2
        } else if above >= thresholds.low {
            stage = max(stage, 1)
        } else {
            // Between the set point and the first threshold what runs goes on at low speed.
            stage = above > 0 ? min(stage, 1) : 0
        }
        return [stage]
    }
}
