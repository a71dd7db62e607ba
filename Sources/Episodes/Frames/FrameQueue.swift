import Foundation

/// Hands batches from the threads that read them to the one that takes them, in order and never too many.
final class FrameQueue: @unchecked Sendable {
    // All variables are touched with the condition locked only.
    private let condition = NSCondition()
    private let ahead: Int
    private var nextToClaim: Int
    private var nextToTake: Int
    private var ready: [Int: Result<FrameBatch, any Error>] = [:]
    private var isStopped = false
    private var began: ContinuousClock.Instant?
    private var waited = Duration.zero

    init(startIndex: Int, ahead: Int) {
        self.ahead = ahead
        nextToClaim = startIndex
        nextToTake = startIndex
    }

    /// The next batch that is to be read, as soon as there is room for it; `nil` at the end.
    func claim() -> Int? {
        condition.withLock {
            while !isStopped && nextToClaim >= nextToTake + ahead { condition.wait() }
            guard !isStopped else { return nil }
            defer { nextToClaim += 1 }
            return nextToClaim
        }
    }

    func deliver(_ batch: Result<FrameBatch, any Error>, at index: Int) {
        condition.withLock {
            ready[index] = batch
            condition.broadcast()
        }
    }

    /// Waits for the next batch.
    func next() -> Result<FrameBatch, any Error> {
        condition.withLock {
            let asked = ContinuousClock.now
            if began == nil { began = asked }
            while true {
                if let batch = ready.removeValue(forKey: nextToTake) {
                    waited += asked.duration(to: .now)
                    nextToTake += 1
                    condition.broadcast()
                    return batch
                }
                condition.wait()
            }
        }
    }

    var nextIndex: Int { condition.withLock { nextToTake } }

    var busyShare: Double {
        condition.withLock {
            guard let began else { return 1 }
            return 1 - waited / began.duration(to: .now)
        }
    }

    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }
}
