/// Candidates of one iteration: where they lie in the search space, what actions they mean, how good they are.
public struct Population: Sendable {
    /// The number of candidates in use.
    public private(set) var count: Int
    /// The number of variables of a point.
    public let variables: Int
    /// The number of values of an action sequence.
    public let sequenceLength: Int
    /// Points of the search space, row-major `[candidate, variable]`.
    public var points: [Float]
    /// Action sequences in physical units, row-major `[candidate, step, action]`.
    public var actions: [Float]
    /// Scores `[candidate]`; `Score.worst` where a deadline came first.
    public var scores: [Score]
    /// The normalised margins of the guardrails, then novelty's where it is guarded, then the least one of the backup
    /// where one is asked for, row-major `[candidate, guardrail]`.
    public internal(set) var margins: [Float]
    /// The guardrails that `margins` has columns for.
    public let guardrails: Int
    /// The candidates from best to worst, equal ones in their order; written by ``rank(best:)``.
    public private(set) var ranking: [Int] = []

    /// Creates candidates that all lie at the centre of the space.
    public init(count: Int, for problem: SearchProblem) {
        let space = problem.space
        self.count = count
        guardrails = problem.marginCount
        margins = [Float](repeating: 0, count: count * guardrails)
        variables = space.variables
        sequenceLength = space.sequenceLength
        points = [Float](repeating: 0, count: count * variables)
        actions = [Float](repeating: 0, count: count * sequenceLength)
        scores = [Score](repeating: .worst, count: count)
        ranking.reserveCapacity(count)
    }

    /// Uses only the first candidates, without giving memory back.
    public mutating func shrink(to count: Int) {
        precondition(count * variables <= points.count, "a population can't outgrow its first size")
        self.count = count
    }

    /// Sorts the candidates by score; ties keep their order, so that the result does not depend on anything else.
    ///
    /// - Parameter most: How many of the best are wanted; the rest is left out of the ranking. `nil` ranks all.
    public mutating func rank(best most: Int? = nil) {
        let wanted = min(count, most ?? count)
        ranking.removeAll(keepingCapacity: true)
        ranking.reserveCapacity(wanted)
        for candidate in 0..<wanted { ranking.append(candidate) }
        scores.withUnsafeBufferPointer { scores in
            ranking.withUnsafeMutableBufferPointer { ranking in
                let isBefore = { (left: Int, right: Int) in
                    let (a, b) = (scores[left], scores[right])
                    if a.violation != b.violation { return a.violation < b.violation }
                    return a.cost != b.cost ? a.cost < b.cost : left < right
                }
                Self.heapSort(ranking, others: wanted..<count, by: isBefore)
            }
        }
    }

    /// The best candidates, for a refit of what they were drawn from.
    ///
    /// - Parameters:
    ///   - count: How many, where there are as many.
    ///   - distinct: Whether of candidates with the same actions only the first counts: values are drawn again and again, and a
    ///     refit to the same sequence many times would end the search.
    /// - Returns: Candidates, best first.
    func leaders(_ count: Int, distinct: Bool) -> ArraySlice<Int> {
        guard distinct else { return ranking.prefix(count) }
        var chosen: [Int] = []
        for candidate in ranking {
            guard chosen.count < count else { break }
            // Equal ones have equal scores, and so stand together.
            let twins = chosen.reversed().prefix { scores[$0] == scores[candidate] }
            if !twins.contains(where: { sequence($0) == sequence(candidate) }) { chosen.append(candidate) }
        }
        return chosen[...]
    }

    /// Sorts in place what comes first of a list and others, as many as the list holds: unlike the library's, which is stable,
    /// without memory of its own. The order is total, so that nothing is left to stability.
    @inline(__always)
    private static func heapSort(
        _ list: UnsafeMutableBufferPointer<Int>, others: Range<Int>, by isBefore: (Int, Int) -> Bool
    ) {
        func sink(_ start: Int, _ end: Int) {
            var parent = start
            while true {
                var child = 2 * parent + 1
                guard child < end else { return }
                if child + 1 < end, isBefore(list[child], list[child + 1]) { child += 1 }
                guard isBefore(list[parent], list[child]) else { return }
                list.swapAt(parent, child)
                parent = child
            }
        }
        for start in stride(from: list.count / 2 - 1, through: 0, by: -1) { sink(start, list.count) }
        // The last of those that are in stands on top, and makes room for what comes before it.
        for other in others where !list.isEmpty && isBefore(other, list[0]) {
            list[0] = other
            sink(0, list.count)
        }
        for end in stride(from: list.count - 1, to: 0, by: -1) {
            list.swapAt(0, end)
            sink(0, end)
        }
    }

    /// The variables of one candidate.
    public func point(_ candidate: Int) -> ArraySlice<Float> {
        points[candidate * variables..<(candidate + 1) * variables]
    }

    /// The action sequence of one candidate.
    public func sequence(_ candidate: Int) -> ArraySlice<Float> {
        actions[candidate * sequenceLength..<(candidate + 1) * sequenceLength]
    }

    /// Takes over one candidate of another population: its point, actions, margins and score.
    mutating func adopt(_ candidate: Int, from other: Population, _ source: Int) {
        for index in 0..<variables { points[candidate * variables + index] = other.points[source * variables + index] }
        for index in 0..<sequenceLength {
            actions[candidate * sequenceLength + index] = other.actions[source * sequenceLength + index]
        }
        for index in 0..<guardrails {
            margins[candidate * guardrails + index] = other.margins[source * guardrails + index]
        }
        scores[candidate] = other.scores[source]
    }

    /// Puts a candidate on the line between two of another population.
    mutating func setPoint(_ candidate: Int, between first: Int, and second: Int, of other: Population, share: Float) {
        for index in 0..<variables {
            let (start, end) = (other.points[first * variables + index], other.points[second * variables + index])
            points[candidate * variables + index] = start + share * (end - start)
        }
    }

    /// Overwrites the variables of one candidate.
    public mutating func setPoint(_ candidate: Int, to point: some Sequence<Float>) {
        var write = candidate * variables
        for value in point {
            points[write] = value
            write += 1
        }
    }
}
