import Foundation
import Synchronization
import Testing

@testable import Benchmarking

@Suite("Work on several threads")
struct WorkersTests {
    private struct Full: Error {}

    @Test("Behind a failure the others end where they are watched, no further one begins, and it is thrown")
    func stops() throws {
        let steps = Mutex(0)
        let watch = Workers.checking { (step: Int) in steps.withLock { $0 = step } }
        let jobs: [@Sendable () throws -> Void] = [
            {
                for step in 1...5000 {
                    try watch(step)
                    Thread.sleep(forTimeInterval: 0.001)
                }
            },
            {
                while steps.withLock({ $0 }) == 0 { Thread.sleep(forTimeInterval: 0.001) }
                throw Full()
            },
            { Issue.record("a job began behind a failure") },
        ]
        #expect(throws: Full.self) { try Workers.run(jobs, atOnce: 2) {} }
        let done = steps.withLock { $0 }
        #expect((1..<5000).contains(done), "\(done)")
        // Elsewhere, and in other work, nothing has failed.
        try Workers.check()
        try Workers.run([{ try Workers.check() }], atOnce: 1) {}
    }
}
