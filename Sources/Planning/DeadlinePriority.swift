/// Whether other programs may take the processor from a plan that is due.
///
/// A search knows how long its answer takes, and not when the system gives its core to somebody else: plans under a few
/// milliseconds are late for that reason and hardly for another. With real-time priority (`SCHED_FIFO` of POSIX, its lowest
/// level) the thread that plans goes before all ordinary programs from the question to the answer.
public enum DeadlinePriority: String, Sendable, Codable, CaseIterable {
    /// Real-time priority where the system allows it and the deadline is at most ``longest``; else as the thread is.
    case automatic
    /// Real-time priority under every deadline, or an error.
    case realtime
    /// As the thread is.
    case normal

    /// The longest deadline for which `automatic` asks, s: beyond it interruptions of milliseconds do no harm, and a core that is
    /// taken for longer would do some to others.
    public static let longest = 0.1
}
