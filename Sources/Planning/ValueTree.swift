/// The values of switched actions as a tree: one level for each switched action of each block, in the order of time.
struct ValueTree {
    /// A prefix of values, the best score of any way to go on from it, and its place among its level.
    private struct Branch {
        var values: [UInt16]
        var score: Score
    }

    /// Where the variable of each level stands in a point, and the numbers that stand for its values.
    private let places: [Int]
    private let levels: [[Float]]
    private let channels: Int
    /// The point whose other variables all candidates have.
    private let base: [Float]
    /// What whole assignments came to: the values as they were carried out, and the score.
    private var known: [[UInt16]: (values: [UInt16], score: Score)] = [:]

    init<D>(_ search: CandidateSearch<D>, around actions: [Float]) {
        let space = search.space
        let switched = space.switched
        channels = switched.count
        places = space.blocks.indices.flatMap { block in switched.map { block * space.actionCount + $0 } }
        let all = switched.map { space.levels(of: $0) }
        levels = places.indices.map { all[$0 % all.count] }
        var point = [Float](repeating: 0, count: space.variables)
        space.encode(actions, candidates: 1, as: .last, into: &point)
        base = point
    }

    /// The number of sequences of values; `nil` above a million.
    var sequences: Int? {
        var count = 1
        for level in levels {
            count *= level.count
            guard count <= 1_000_000 else { return nil }
        }
        return count
    }

    /// Tries all sequences.
    ///
    /// - Returns: Whether the deadline left time for it.
    /// - Throws: What the dynamics throw.
    mutating func enumerate<D>(_ search: CandidateSearch<D>) throws -> Bool {
        var all: [[UInt16]] = [[]]
        for level in levels { all = all.flatMap { prefix in level.indices.map { prefix + [UInt16($0)] } } }
        let isComplete = try evaluate(all, search)
        search.finishIteration()
        return isComplete
    }

    /// Goes down level by level, and keeps the best branches.
    ///
    /// - Returns: Whether the deadline left time for it.
    /// - Throws: What the dynamics throw.
    mutating func descend<D>(_ search: CandidateSearch<D>, width: Int) throws -> Bool {
        var beam = [Branch(values: [], score: .worst)]
        for depth in levels.indices {
            let incumbent = try incumbent(search)
            var wanted: [[UInt16]] = []
            for branch in beam {
                for value in levels[depth].indices {
                    let prefix = branch.values + [UInt16(value)]
                    wanted.append(prefix + incumbent[(depth + 1)...])
                    wanted.append(holding(prefix, else: incumbent))
                }
            }
            guard try evaluate(wanted, search) else { return false }
            beam = best(width, of: wanted, depth: depth)
            search.finishIteration()
        }
        return true
    }

    /// The values of the best candidate so far.
    private func incumbent<D>(_ search: CandidateSearch<D>) throws -> [UInt16] {
        var point = base
        if let best = search.best { search.space.encode(best.actions, candidates: 1, as: .last, into: &point) }
        return values(of: point, at: 0)
    }

    /// A prefix whose last value of each action is held to the end; the first block takes what it lacks from another.
    private func holding(_ prefix: [UInt16], else other: [UInt16]) -> [UInt16] {
        var values = prefix
        while values.count < levels.count {
            values.append(values.count < channels ? other[values.count] : values[values.count - channels])
        }
        return values
    }

    /// The best prefixes among what was tried, each once, as projection made them.
    private func best(_ width: Int, of tried: [[UInt16]], depth: Int) -> [Branch] {
        var places: [[UInt16]: Int] = [:]
        var branches: [Branch] = []
        for values in tried {
            guard let found = known[values] else { continue }
            let prefix = Array(found.values[...depth])
            if let place = places[prefix] {
                branches[place].score = min(branches[place].score, found.score)
            } else {
                places[prefix] = branches.count
                branches.append(Branch(values: prefix, score: found.score))
            }
        }
        let order = branches.indices.sorted {
            branches[$0].score != branches[$1].score ? branches[$0].score < branches[$1].score : $0 < $1
        }
        return order.prefix(width).map { branches[$0] }
    }

    /// Rolls out assignments that were not yet.
    private mutating func evaluate<D>(_ assignments: [[UInt16]], _ search: CandidateSearch<D>) throws -> Bool {
        var seen: Set<[UInt16]> = []
        let new = assignments.filter { known[$0] == nil && seen.insert($0).inserted }
        guard !new.isEmpty else { return true }
        var population = Population(count: new.count, for: search.problem)
        for (candidate, assignment) in new.enumerated() {
            population.setPoint(candidate, to: base)
            for (level, value) in assignment.enumerated() {
                population.points[candidate * population.variables + places[level]] = levels[level][Int(value)]
            }
        }
        let isComplete = try search.evaluate(&population)
        for (candidate, assignment) in new.enumerated() {
            known[assignment] = (
                values(of: population.points, at: candidate * population.variables), population.scores[candidate]
            )
        }
        return isComplete
    }

    private func values(of points: [Float], at offset: Int) -> [UInt16] {
        zip(places, levels).map { place, levels in
            let number = points[offset + place]
            var best = 0
            for value in levels.indices where abs(levels[value] - number) < abs(levels[best] - number) { best = value }
            return UInt16(best)
        }
    }
}
