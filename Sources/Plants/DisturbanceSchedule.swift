/// Disturbances that are known as functions of time, such as faults that begin at an hour.
public struct DisturbanceSchedule: Sendable {
    /// The disturbances in force from a time on, in seconds since the start, for one sampling period `[disturbance]`.
    public let values: @Sendable (Double) -> [Double]

    /// Creates a schedule.
    public init(_ values: @escaping @Sendable (Double) -> [Double]) { self.values = values }
}
