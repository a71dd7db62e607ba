/// A value or a band that is asked of a channel at some times.
public struct TimedTarget: Sendable, Equatable {
    /// Seconds of the first and of the last moment that counts; the last may be infinite.
    public var times: ClosedRange<Double>
    /// The band or, with equal ends, the value.
    public var range: ClosedRange<Double>

    /// Creates a target.
    public init(times: ClosedRange<Double>, range: ClosedRange<Double>) {
        self.times = times
        self.range = range
    }

    /// What is drawn of it where time ends at `end`, in seconds; `nil` where it begins later.
    func layer(_ unit: TimeUnit, until end: Double) -> ChartLayer? {
        let (first, last) = (times.lowerBound, min(times.upperBound, end))
        guard first <= last else { return nil }
        let (x, low, high) = (unit([first, last]), range.lowerBound, range.upperBound)
        if first == last {
            return low == high
                ? .points("target at one time", x: [x[0]], y: [low], ink: .green, width: 8)
                : .line("target band at one time", x: x, y: [low, high], ink: .green, width: 3)
        }
        return low == high
            ? .line("target", x: x, y: [low, low], ink: .green, dash: .dashed)
            : .band("target band", x: x, lower: [low, low], upper: [high, high], ink: .green)
    }
}
