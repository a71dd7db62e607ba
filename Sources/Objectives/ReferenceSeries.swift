/// A value that is known ahead as a function of time: a reference to track, or a limit that moves.
public struct ReferenceSeries: Sendable, Equatable, Hashable, Codable {
    /// How values between two given times are made.
    public enum Interpolation: String, Sendable, Codable {
        /// The last given value holds until the next.
        case steps
        /// Straight lines between the given values.
        case ramp
    }

    /// Times in seconds from the start of the task, rising.
    public let times: [Double]
    /// The value at each time.
    public let values: [Double]
    /// What lies between.
    public let interpolation: Interpolation

    /// Creates a series from rising times in seconds and as many values; before the first and after the last time the
    /// nearest value holds.
    public init(times: [Double], values: [Double], interpolation: Interpolation = .steps) {
        precondition(!times.isEmpty && times.count == values.count, "a reference needs as many values as times")
        precondition(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "the times of a reference must rise")
        self.times = times
        self.values = values
        self.interpolation = interpolation
    }

    /// The value at a time in seconds.
    public func value(at time: Double) -> Double {
        // Step times and sampling times are often not exact in binary: a step at 0.3 s counts at 3 · 0.1 s.
        let tolerance = 1e-9 * Swift.max(1, abs(time))
        guard let next = times.firstIndex(where: { $0 > time + tolerance }) else { return values[values.count - 1] }
        guard next > 0 else { return values[0] }
        guard interpolation == .ramp else { return values[next - 1] }
        let fraction = (time - times[next - 1]) / (times[next] - times[next - 1])
        return values[next - 1] + Swift.max(0, fraction) * (values[next] - values[next - 1])
    }

    /// The series with every value multiplied.
    func scaled(by factor: Double) -> ReferenceSeries {
        factor == 1
            ? self : ReferenceSeries(times: times, values: values.map { $0 * factor }, interpolation: interpolation)
    }
}
