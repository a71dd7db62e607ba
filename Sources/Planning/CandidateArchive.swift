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
    private(set) var feasible: [Candidate] = []
    private(set) var cheapest: [Candidate] = []
    private(set) var leastViolating: [Candidate] = []
    private let capacity = 4
    /// Two sequences are distinct when they differ by at least this share of the box, root mean square.
    let distinctness: Float = 0.05

    mutating func consider(_ actions: ArraySlice<Float>, _ score: Score, in space: ActionSpace) {
        guard score.cost.isFinite else { return }
        if score.isFeasible {
            insert(actions, score, into: &feasible, space) { $0 < $1 }
        } else {
            insert(actions, score, into: &cheapest, space) { $0.cost < $1.cost }
            insert(actions, score, into: &leastViolating, space) { $0 < $1 }
        }
    }

    /// Inserts in order, takes the place of worse ones that are much the same, and gives way to a better one.
    private func insert(
        _ actions: ArraySlice<Float>, _ score: Score, into list: inout [Candidate], _ space: ActionSpace,
        isBetter: (Score, Score) -> Bool
    ) {
        if list.count == capacity, let last = list.last, !isBetter(score, last.score) { return }
        var position = 0
        while position < list.count, !isBetter(score, list[position].score) {
            if space.distance(actions, list[position].actions) < distinctness { return }
            position += 1
        }
        // The memory of a candidate that goes is that of the one that comes.
        var memory: [Float] = []
        var index = position
        while index < list.count {
            if space.distance(actions, list[index].actions) < distinctness {
                memory = list.remove(at: index).actions
            } else {
                index += 1
            }
        }
        if list.count == capacity { memory = list.removeLast().actions }
        memory.replace(by: actions)
        list.insert(Candidate(actions: memory, score: score), at: position)
    }
}
