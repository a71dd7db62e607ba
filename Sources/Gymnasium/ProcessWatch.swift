import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Notices when a process ends, and ends what is left of the group that it leads.
///
/// The kernel is asked, not Foundation: that hears of the end by a stream, which whatever the process has started holds open
/// longer, and now and then so does a process that another thread starts at the same moment.
final class ProcessWatch: @unchecked Sendable {
    private let number: Int32
    private let condition = NSCondition()
    private var isOver = false
    private var told: String?

    /// Watches a process that this one has started, until it ends.
    init(_ number: Int32) {
        self.number = number
        Thread { [self] in watch() }.start()
    }

    /// Whether it has ended.
    var hasEnded: Bool { condition.withLock { isOver } }

    /// How it ended, in words; `nil` before, and where Foundation was asked first.
    var status: String? { condition.withLock { told } }

    /// Waits for the end, but not longer than some seconds; returns whether it has ended.
    func waits(seconds: Double) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while !isOver, condition.wait(until: deadline) {}
            return isOver
        }
    }

    /// Ends the process and its group, and waits for that, but not longer than some seconds.
    func end(seconds: Double) {
        condition.withLock {
            // Later its number may be that of somebody else.
            guard !isOver, number > 1 else { return }
            _ = kill(-number, SIGKILL)
            _ = kill(number, SIGKILL)
        }
        _ = waits(seconds: seconds)
    }

    private func watch() {
        var ending: String?
        while true {
            // WNOWAIT: the process keeps its number until Foundation asks, too.
            var info = siginfo_t()
            if waitid(P_PID, id_t(number), &info, WEXITED | WNOWAIT) == 0 {
                guard info.si_signo == SIGCHLD else {
                    usleep(10_000)
                    continue
                }
                ending = "\(info.si_code == Int32(CLD_EXITED) ? "status" : "signal") \(info.childStatus)"
                break
            }
            // Foundation was first, and the process is no more, unless a signal interrupts the call.
            if errno != EINTR { break }
        }
        condition.withLock {
            // While any of the group is there, the number is that of no other. When none is, and Foundation has asked, it
            // could be given anew; this comes too soon for that.
            if number > 1 { _ = kill(-number, SIGKILL) }
            (isOver, told) = (true, ending)
            condition.broadcast()
        }
    }
}

extension siginfo_t {
    /// The status of a child that has exited, the signal of one that was ended.
    fileprivate var childStatus: Int32 {
        #if canImport(Glibc)
            return _sifields._sigchld.si_status
        #elseif canImport(Musl)
            return __si_fields.__si_common.__second.__sigchld.si_status
        #else
            return si_status
        #endif
    }
}
