/// An action sequence and its score.
public struct Candidate: Sendable, Equatable {
    /// The actions in physical units, row-major `[step, action]`.
    public var actions: [Float]
    /// How good it is.
    public var score: Score

    /// Creates a candidate.
    public init(actions: [Float], score: Score) {
        self.actions = actions
        self.score = score
    }
}

/// Remembers the few best candidates that differ from each other, so that a plan can name what was turned down.
///
/// Kept apart: the best feasible ones, the cheapest ones that violate a guardrail, and the ones that violate least.
struct CandidateArchive {
    private var feasibleShelf = Shelf()
    private var cheapestShelf = Shelf()
    private var leastViolatingShelf = Shelf()
    /// Two sequences are distinct when they differ by at least this share of the box, root mean square.
    let distinctness: Float = 0.05

    /// The best ones that keep every guardrail.
    var feasible: [Candidate] { feasibleShelf.candidates }
    /// The cheapest ones that do not.
    var cheapest: [Candidate] { cheapestShelf.candidates }
    /// Those that violate least.
    var leastViolating: [Candidate] { leastViolatingShelf.candidates }

    /// Looks at the first candidates of a population, in their order.
    mutating func consider(_ population: Population, first count: Int, in space: ActionSpace) {
        for candidate in 0..<count {
            let score = population.scores[candidate]
            guard score.cost.isFinite else { continue }
            if score.isFeasible {
                feasibleShelf.insert(candidate, of: population, space, distinctness) { $0 < $1 }
            } else {
                cheapestShelf.insert(candidate, of: population, space, distinctness) { $0.cost < $1.cost }
                leastViolatingShelf.insert(candidate, of: population, space, distinctness) { $0 < $1 }
            }
        }
    }
}

/// A few candidates in order, the best first, in memory that is taken once.
private struct Shelf {
    private var scores: [Score] = []
    /// Row-major `[place, value]`.
    private var actions: [Float] = []
    private let capacity = 4

    var candidates: [Candidate] {
        let length = actions.count / max(1, scores.count)
        return scores.indices.map {
            Candidate(actions: Array(actions[$0 * length..<($0 + 1) * length]), score: scores[$0])
        }
    }

    /// Inserts in order, takes the place of worse ones that are much the same, and gives way to a better one.
    mutating func insert(
        _ candidate: Int, of population: Population, _ space: ActionSpace, _ distinctness: Float,
        isBetter: (Score, Score) -> Bool
    ) {
        let score = population.scores[candidate]
        // Nearly all end here.
        if scores.count == capacity, !isBetter(score, scores[capacity - 1]) { return }
        let sequence = population.sequence(candidate)
        let length = sequence.count
        if actions.capacity == 0 {
            // One more than it holds, for a moment.
            actions.reserveCapacity((capacity + 1) * length)
            scores.reserveCapacity(capacity + 1)
        }
        var position = 0
        while position < scores.count, !isBetter(score, scores[position]) {
            if isAlike(sequence, position, space, distinctness) { return }
            position += 1
        }
        var index = position
        while index < scores.count {
            if isAlike(sequence, index, space, distinctness) { remove(index, length) } else { index += 1 }
        }
        if scores.count == capacity { remove(capacity - 1, length) }
        scores.insert(score, at: position)
        actions.insert(contentsOf: sequence, at: position * length)
    }

    private mutating func remove(_ place: Int, _ length: Int) {
        scores.remove(at: place)
        actions.removeSubrange(place * length..<(place + 1) * length)
    }

    private func isAlike(_ sequence: ArraySlice<Float>, _ place: Int, _ space: ActionSpace, _ least: Float) -> Bool {
        let length = sequence.count
        return space.distance(sequence, actions[place * length..<(place + 1) * length]) < least
    }
}
