/// Where planning reads the time, so that deadlines can be tested without waiting.
public protocol PlanningClock: Sendable {
    /// Seconds since an arbitrary origin; never runs backwards.
    func now() -> Double
}

/// The clock of the machine, which also runs while it sleeps.
public struct MonotonicClock: PlanningClock {
    private let origin = ContinuousClock.now

    /// Creates a clock whose origin is this moment.
    public init() {}

    /// Seconds since the clock was created.
    public func now() -> Double {
        let elapsed = (ContinuousClock.now - origin).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    }
}
