import Objectives

/// Batches for every chunk size that a search has met, so that its steady state allocates none.
struct RolloutBatches {
    private var batches: [TrajectoryBatch] = []
    private let context: TrajectoryContext
    private let hasNovelty: Bool

    init(_ problem: SearchProblem) {
        context = problem.context
        hasNovelty = problem.noveltyLimit != nil
    }

    /// Hands out the batch for a number of candidates.
    mutating func withBatch<R>(candidates: Int, _ body: (inout TrajectoryBatch) throws -> R) rethrows -> R {
        if let index = batches.firstIndex(where: { $0.candidates == candidates }) { return try body(&batches[index]) }
        batches.append(
            TrajectoryBatch(
                candidates: candidates, horizon: context.horizon, actionCount: context.actions.count,
                outputCount: context.outputs.count, hasNovelty: hasNovelty))
        return try body(&batches[batches.count - 1])
    }
}

/// How fast candidates are rolled out, to stop before a deadline and not after it.
struct DeadlinePace {
    private var secondsPerCandidate = 0.0
    /// What judging the plan, the fallback and two alternatives will take: four rollouts about as long as the first
    /// chunk, which is the smallest.
    private var reserve = 0.0
    private var isFirst = true
    /// The longest time between two chunks: there, candidates are drawn and distributions refitted.
    private var pause = 0.0
    private var ended: Double?
    /// The most candidates to roll out next: twice as many as the last time, for few say little about many.
    private(set) var largestChunk = 4

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
        if isFirst { reserve = 4 * seconds }
        isFirst = false
        secondsPerCandidate = seconds / Double(candidates)
        largestChunk = 2 * max(candidates, largestChunk / 2)
    }
}
