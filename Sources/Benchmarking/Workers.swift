import Foundation
import Synchronization

/// Work on several threads at once.
enum Workers {
    /// Runs jobs in their order, so many at once, and waits for all; after an error no further job is begun.
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
                while let job = queue.next() {
                    do { try job() } catch { queue.fail(error) }
                }
                group.leave()
            }
            thread.stackSize = 16 << 20
            thread.start()
        }
        group.wait()
        if let error = queue.error { throw error }
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
