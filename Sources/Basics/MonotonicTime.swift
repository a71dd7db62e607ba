/// The clock of the machine that never goes back, whatever is done to the time of day, and runs while it sleeps.
public enum MonotonicTime {
    private static let origin = ContinuousClock.now

    /// Seconds since the process first asked.
    public static func seconds() -> Double { (ContinuousClock.now - origin) / .seconds(1) }
}
