import Objectives

extension CandidateSearch {
    /// Pulls candidates that are cheap but violate a guardrail back along the line to the first candidate, which solvers
    /// keep for their mean, to where the guardrails should hold again, scores them there and keeps what is better.
    ///
    /// Under tight guardrails nearly every sample around the mean violates one, and ranking feasible first alone makes a
    /// search shrink before it has reached the limit. For a linear system with convex guardrails the margin is concave
    /// along the line, so that the point where its linear interpolation is zero is feasible for sure; elsewhere it is a
    /// good guess, and ranked by what it turns out to be. Does nothing when the first candidate is not feasible.
    ///
    /// - Returns: Whether the deadline left time for it.
    /// - Throws: What the dynamics throw.
    func retract(_ population: inout Population) throws -> Bool {
        guard population.guardrails > 0, let anchor = population.scores.first, anchor.isFeasible else { return true }
        retracted.removeAll(keepingCapacity: true)
        retracted.reserveCapacity(population.count)
        for candidate in 1..<population.count
        where !population.scores[candidate].isFeasible && population.scores[candidate].cost < anchor.cost {
            retracted.append(candidate)
        }
        guard !retracted.isEmpty else { return true }
        var pulled = takeSpare(count: population.count)
        defer { spare = pulled }
        pulled.shrink(to: retracted.count)
        for (index, candidate) in retracted.enumerated() {
            pulled.setPoint(
                index, between: 0, and: candidate, of: population, share: feasibleShare(population, candidate))
        }
        let isComplete = try evaluate(&pulled)
        for (index, candidate) in retracted.enumerated() where pulled.scores[index] < population.scores[candidate] {
            population.adopt(candidate, from: pulled, index)
        }
        return isComplete
    }

    /// A population of at least that size, in memory that was used before where there is any.
    private func takeSpare(count: Int) -> Population {
        guard let kept = spare, kept.scores.count >= count else { return Population(count: count, for: problem) }
        spare = nil
        return kept
    }

    /// How far from the first candidate to this one every guardrail holds if margins are linear in between.
    private func feasibleShare(_ population: Population, _ candidate: Int) -> Float {
        var share: Float = 1
        for guardrail in 0..<population.guardrails {
            let here = population.margins[guardrail]
            let there = population.margins[candidate * population.guardrails + guardrail]
            guard there < 0, here.isFinite else { continue }
            share = min(share, here / (here - there))
        }
        // A little short of the limit, for rounding.
        return 0.999 * share
    }
}
