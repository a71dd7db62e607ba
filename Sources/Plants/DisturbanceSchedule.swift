import Basics

/// Disturbances that are known as functions of time, such as faults that begin at an hour.
public struct DisturbanceSchedule: Sendable {
    /// The disturbances in force from a time on, in seconds since the start, for one sampling period `[disturbance]`.
    public let values: @Sendable (Double) -> [Double]

    /// Creates a schedule.
    public init(_ values: @escaping @Sendable (Double) -> [Double]) { self.values = values }
}

extension DisturbanceSchedule {
    /// What wanders by a model, added to what a schedule says.
    ///
    /// - Parameters:
    ///   - model: How the disturbances wander; its daily course is left out.
    ///   - steps: The sampling periods that are prepared; beyond them, the last values stay.
    ///   - samplingTime: Seconds of a sampling period.
    ///   - seed: Decides how they wander.
    /// - Returns: The schedule with both.
    public func adding(_ model: DisturbanceModel, steps: Int, samplingTime: Double, seed: UInt64) -> DisturbanceSchedule
    {
        precondition(steps > 0 && samplingTime > 0, "\(steps) sampling periods of \(samplingTime) s")
        var generator = SeededGenerator(seed: seed, stream: 2)
        var rows = [model.start(channels: values(0).count, using: &generator)]
        while rows.count < steps {
            rows.append(model.next(rows[rows.count - 1], samplingTime: samplingTime, using: &generator))
        }
        let (known, prepared) = (values, rows)
        return DisturbanceSchedule { time in
            let row = prepared[min(max(0, Int(time / samplingTime + 1e-6)), prepared.count - 1)]
            return zip(known(time), row).map { $0 + $1 }
        }
    }
}
