/// The steering of Stanley, which won the DARPA Grand Challenge, with a proportional–integral throttle: a baseline for
/// `Vehicle`.
///
///     δ = κ·(lf + lr) − μ − atan(k·e/(1 + v)),     e = n + lf·sin μ
///
/// G. Hoffmann, C. Tomlin, M. Montemerlo and S. Thrun, "Autonomous automobile trajectory tracking for off-road driving",
/// American Control Conference 2007, https://doi.org/10.1109/ACC.2007.4282788: the wheels turn to where the road goes and
/// against the distance of the front axle from it. The wheelbase times the curvature that is seen stands for the paper's
/// terms of steady cornering; the gain k and the settings of the throttle are ours. By itself throttle is kept to half, which
/// leaves the tyres a part of their friction to steer with, and a part of the time that a new speed takes.
public struct StanleyDriver: Controller, Hashable {
    /// k, 1/s.
    public var gain: Double
    private let push: Double
    private let settings: PIDSettings
    private let samplingTime: Double
    private var throttle: PIDLoop

    /// Creates a driver of a car.
    ///
    /// - Parameters:
    ///   - vehicle: The car.
    ///   - gain: k, 1/s.
    ///   - push: How far throttle and brakes are pushed at most, 0 to 1.
    ///   - throttleGain: Throttle for each m/s that the speed is off.
    public init(for vehicle: Vehicle = Vehicle(), gain: Double = 5, push: Double = 0.5, throttleGain: Double = 0.15) {
        precondition((0...1).contains(push), "throttle is pushed by 0 to 1, not \(push)")
        (self.gain, self.push) = (gain, push)
        settings = PIDSettings(gain: throttleGain, integralTime: 10)
        samplingTime = vehicle.samplingTime
        throttle = PIDLoop(
            settings: settings, limits: -push...push, samplingTime: samplingTime, start: vehicle.restAction[0])
    }

    /// Drivers that are as good as each other where nobody has tried them: the usual one, and those that push harder.
    static func drivers(of vehicle: Vehicle) -> [NamedController] {
        let harder = [0.6, 0.7, 0.8, 0.9].flatMap { push in
            [0.15, 0.3].map { gain in
                NamedController(
                    "Stanley, throttle to \(push), \(gain) for each m/s",
                    StanleyDriver(for: vehicle, push: push, throttleGain: gain))
            }
        }
        return [NamedController("Stanley", StanleyDriver(for: vehicle))] + harder
    }

    /// Starts anew from the actions in force.
    public mutating func reset(action: [Double]) {
        throttle = PIDLoop(settings: settings, limits: -push...push, samplingTime: samplingTime, start: action[0])
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
