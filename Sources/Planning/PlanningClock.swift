import Basics

/// Where planning reads the time, so that deadlines can be tested without waiting.
public protocol PlanningClock: Sendable {
    /// Seconds since an arbitrary origin; never runs backwards.
    func now() -> Double
}

/// The clock of the machine, which also runs while it sleeps.
public struct MonotonicClock: PlanningClock {
    private let origin = MonotonicTime.seconds()

    /// Creates a clock whose origin is this moment.
    public init() {}

    /// Seconds since the clock was created.
    public func now() -> Double { MonotonicTime.seconds() - origin }
}
