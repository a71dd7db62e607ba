/// The steering of Stanley, which won the DARPA Grand Challenge, with a proportional–integral throttle: a baseline for
/// `Vehicle`.
///
///     δ = κ·(lf + lr) − μ − atan(k·e/(1 + v)),     e = n + lf·sin μ
///
/// G. Hoffmann, C. Tomlin, M. Montemerlo and S. Thrun, "Autonomous automobile trajectory tracking for off-road driving",
/// American Control Conference 2007, https://doi.org/10.1109/ACC.2007.4282788: the wheels turn to where the road goes and
/// against the distance of the front axle from it. The wheelbase times the curvature that is seen stands for the paper's
/// terms of steady cornering; the gain k and the settings of the throttle are ours. Throttle is kept to half, which
/// leaves the tyres a part of their friction to steer with.
public struct StanleyDriver: Controller, Hashable {
    /// k, 1/s.
    public var gain: Double
    private let samplingTime: Double
    private var throttle: PIDLoop

    /// Creates a driver of a car.
    public init(for vehicle: Vehicle = Vehicle(), gain: Double = 5) {
        self.gain = gain
        samplingTime = vehicle.samplingTime
        throttle = Self.loop(vehicle.samplingTime, start: vehicle.restAction[0])
    }

    private static func loop(_ samplingTime: Double, start: Double) -> PIDLoop {
        PIDLoop(
            settings: PIDSettings(gain: 0.15, integralTime: 10), limits: -0.5...0.5, samplingTime: samplingTime,
            start: start)
    }

    /// Starts anew from the actions in force.
    public mutating func reset(action: [Double]) {
        throttle = Self.loop(samplingTime, start: min(max(action[0], -0.5), 0.5))
    }

    /// Throttle and steering.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        let (deviation, heading, speed, curvature) = (
            observations[0], observations[1], observations[2], observations[5]
        )
        let ahead = deviation - (reference[0] ?? 0) + 1.35 * sine(heading)
        let steering = 2.7 * curvature - heading - arctangent(gain * ahead / (1 + max(speed, 0)))
        let push = throttle.update(target: reference[2] ?? speed, measurement: speed)
        return [push, steering]
    }
}
