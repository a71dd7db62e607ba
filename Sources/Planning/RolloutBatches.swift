import Objectives

/// The batch of a search, in memory for its largest chunk, so that its steady state asks for none.
struct RolloutBatches {
    private var batch: TrajectoryBatch?
    private let context: TrajectoryContext
    private let hasNovelty: Bool
    private let most: Int

    /// Creates a batch that holds at most so many candidates without asking for memory again.
    init(_ problem: SearchProblem, most: Int) {
        context = problem.context
        hasNovelty = problem.noveltyLimit != nil
        self.most = most
    }

    /// Hands out the batch for a number of candidates.
    mutating func withBatch<R>(candidates: Int, _ body: (inout TrajectoryBatch) throws -> R) rethrows -> R {
        var lent = take(candidates)
        defer { batch = lent }
        return try body(&lent)
    }

    private mutating func take(_ candidates: Int) -> TrajectoryBatch {
        if var kept = batch {
            batch = nil  // So that the memory is this one's alone.
            if kept.candidates != candidates { kept.resize(candidates: candidates) }
            return kept
        }
        var first = TrajectoryBatch(
            candidates: candidates, horizon: context.horizon, actionCount: context.actions.count,
            outputCount: context.outputs.count, hasNovelty: hasNovelty)
        first.reserve(candidates: most)
        return first
    }
}

/// How fast candidates are rolled out, to stop before a deadline and not after it.
struct DeadlinePace {
    private var secondsPerCandidate = 0.0
    /// What judging the plan, the fallback and two alternatives will take: four rollouts about as long as the first
    /// chunk, which is the smallest. 0 where the deadline leaves time for that already.
    private var reserve = 0.0
    private let leavesReserve: Bool
    private var isFirst = true
    /// The longest time between two chunks: there, candidates are drawn and distributions refitted.
    private var pause = 0.0
    private var ended: Double?
    /// The most candidates to roll out next: twice as many as the last time, for few say little about many.
    private(set) var largestChunk = 4

    /// Creates a pace that knows nothing yet.
    init(leavesReserve: Bool = true) { self.leavesReserve = leavesReserve }

    /// Whether rolling out that many candidates now, with the final check after it, would miss the deadline.
    ///
    /// The first chunk is never too late: without it there is nothing to return.
    func isTooLate(for candidates: Int, at time: Double, until deadline: Double) -> Bool {
        !isFirst && time + secondsPerCandidate * Double(candidates) + pause + reserve > deadline
    }

    /// Takes notice that a chunk is about to begin.
    mutating func begin(at time: Double) {
        if let ended { pause = max(pause, time - ended) }
    }

    mutating func record(candidates: Int, seconds: Double, at time: Double) {
        ended = time
        if isFirst, leavesReserve { reserve = 4 * seconds }
        isFirst = false
        secondsPerCandidate = seconds / Double(candidates)
        largestChunk = 2 * max(candidates, largestChunk / 2)
    }
}
