import Foundation
import Synchronization

/// Work on several threads at once.
enum Workers {
    /// Another job has failed. No error of its own, so that nothing takes it for one of what a job does.
    struct Stopped: Error {}

    /// The jobs that the thread belongs to.
    private static let current = TaskLocal<JobQueue?>(wrappedValue: nil)

    /// Runs jobs in their order, so many at once, and waits for all; after an error no further job is begun, and those that hear
    /// ``check()`` end.
    ///
    /// - Parameters:
    ///   - jobs: The work.
    ///   - count: The greatest number of threads.
    ///   - prepare: Called first on each thread.
    /// - Throws: The first error of a job.
    static func run(
        _ jobs: [@Sendable () throws -> Void], atOnce count: Int, prepare: @escaping @Sendable () -> Void
    ) throws {
        let queue = JobQueue(jobs)
        let group = DispatchGroup()
        for _ in 0..<max(1, min(count, jobs.count)) {
            group.enter()
            let thread = Thread {
                prepare()
                Workers.current.withValue(queue) {
                    while let job = queue.next() {
                        do { try job() } catch { queue.fail(error) }
                    }
                }
                group.leave()
            }
            thread.stackSize = 16 << 20
            thread.start()
        }
        group.wait()
        if let error = queue.error { throw error }
    }

    /// Ends the job that it is called in where another has failed: work of hours asks now and then.
    ///
    /// - Throws: ``Stopped``, which the first error stands for.
    static func check() throws {
        if current.get()?.error != nil { throw Stopped() }
    }

    /// What watches jobs, and ends them where another has failed.
    ///
    /// - Parameter watch: What is called with each phase.
    /// - Returns: The same behind ``check()``.
    static func checking<Phase>(
        _ watch: @escaping @Sendable (Phase) throws -> Void
    ) -> @Sendable (Phase) throws -> Void {
        { phase in
            try Workers.check()
            try watch(phase)
        }
    }
}

/// The jobs that are left, and the first error.
private final class JobQueue: Sendable {
    private let state: Mutex<(jobs: ArraySlice<@Sendable () throws -> Void>, error: (any Error)?)>

    init(_ jobs: [@Sendable () throws -> Void]) { state = Mutex((jobs[...], nil)) }

    func next() -> (@Sendable () throws -> Void)? {
        state.withLock { $0.error == nil ? $0.jobs.popFirst() : nil }
    }
    func fail(_ error: any Error) { state.withLock { $0.error = $0.error ?? error } }
    var error: (any Error)? { state.withLock { $0.error } }
}
