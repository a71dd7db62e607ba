import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How much of each second a loop of real-time plans takes, and when it lets others have theirs.
///
/// Linux leaves real-time programs 95 % of each second and stops those that want more for the rest of it.
struct ProcessorShare {
    /// The part of each second in which a loop is busy before its plans wait.
    private static let most = 0.85
    /// How much of a deadline they wait: of the rest of the second half is left to others, a fourteenth in all.
    private static let pause = 0.5
    /// When the second began that is looked at, and how much of the processor the loop had used by then, s.
    private var second = (began: -Double.infinity, used: 0.0)

    /// How long a plan with a deadline waits before it is searched, s, at a time and with so much of the processor used by then.
    mutating func wait(at now: Double, used: Double, deadline: Double) -> Double {
        if now - second.began >= 1 { second = (now, used) }
        return used - second.used > Self.most ? min(1, Self.pause * deadline) : 0
    }
}

/// Raises the priority of the thread that plans, and gives it back.
///
/// A thread that gives it back after each plan may lose the processor right then, before its caller has the answer: of plans under
/// 5 ms on a machine with three programs a core one in two hundred. So a loop keeps it between plans, while it waits, too. But
/// Linux leaves real-time programs 95 % of each second and stops those that want more for the rest of it, so that of a loop that
/// never waits one plan a second would be 50 ms late. Such a loop sleeps before some searches, which end in time and see less.
final class ThreadPriority {
    /// Whether the priority stays raised between plans.
    private let isKept: Bool
    /// What the thread was before; `nil` while nothing is changed.
    private var before: (policy: Int32, parameter: sched_param)?
    private var share = ProcessorShare()

    /// Creates a raiser for one thread.
    init(isKept: Bool = false) { self.isKept = isKept }

    /// Raises the calling thread's priority for a plan.
    ///
    /// - Returns: Whether it goes before ordinary programs.
    /// - Throws: `ForesightError.failure` when real-time priority was asked for and is not to be had.
    func begin(_ choice: DeadlinePriority, deadline: Double) throws -> Bool {
        guard choice == .realtime || (choice == .automatic && deadline <= DeadlinePriority.longest) else {
            return false
        }
        guard try isRaised(choice) else { return false }
        if isKept {
            let wait = share.wait(
                at: Self.seconds(CLOCK_MONOTONIC), used: Self.seconds(CLOCK_THREAD_CPUTIME_ID), deadline: deadline)
            if wait > 0 { usleep(UInt32(wait * 1e6)) }
        }
        return true
    }

    /// Raises the calling thread's priority unless it is raised already, and says whether it is.
    private func isRaised(_ choice: DeadlinePriority) throws -> Bool {
        guard before == nil else { return true }
        var (policy, parameter) = (Int32(0), sched_param())
        pthread_getschedparam(pthread_self(), &policy, &parameter)
        // Who runs before others already, by `chrt` or by his own program, knows better at which level.
        guard policy != SCHED_FIFO, policy != SCHED_RR else { return true }
        var lowest = sched_param()
        lowest.sched_priority = sched_get_priority_min(SCHED_FIFO)
        let problem = pthread_setschedparam(pthread_self(), SCHED_FIFO, &lowest)
        if problem == 0 {
            before = (policy, parameter)
            return true
        }
        guard choice == .realtime else { return false }
        throw ForesightError.failure(
            "real-time priority is not to be had: \(String(cString: strerror(problem)))",
            remedy:
                "run as root, or allow this user a real-time priority of \(lowest.sched_priority) (ulimit -r, or rtprio in "
                + "/etc/security/limits.conf); without it leave --priority out")
    }

    /// A plan is ready.
    func end() {
        if !isKept { lower() }
    }

    /// Gives the priority back; only the thread that raised it may.
    func lower() {
        guard var before else { return }
        pthread_setschedparam(pthread_self(), before.policy, &before.parameter)
        self.before = nil
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
