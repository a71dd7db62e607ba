import Basics
import Plants

extension PixelManifest {
    /// Draws pairs from recorded episodes.
    ///
    /// - Parameters:
    ///   - task: The world and what counts.
    ///   - episodes: The states of each episode, row by row.
    ///   - variations: Values of factors in each episode, where episodes are of different worlds.
    ///   - rule: How success is judged, which also says what is solved before the first step.
    ///   - count: How many pairs.
    ///   - factors: Values of factors that differ from the standard ones.
    ///   - seed: What pairs are drawn from, and what policies draw from.
    /// - Throws: `ForesightError.data` when too few episodes hold a pair; `ForesightError.usage` for a factor that does not
    ///   exist or a value beyond its range.
    public init(
        _ task: some PixelTask, episodes: [[[Double]]], variations: [[String: Double]]? = nil, rule: PixelRule,
        count: Int, factors: [String: Double] = [:], seed: UInt64
    ) throws {
        precondition(variations.map { $0.count == episodes.count } ?? true, "variations of other episodes")
        var generator = SeededGenerator(seed: seed, stream: 0x9A12)
        var pairs: [PixelPair] = []
        for index in episodes.indices.shuffled(using: &generator) where pairs.count < count {
            let states = episodes[index]
            let task = try variations.map { try task.varied($0[index]) } ?? task
            let rows = states.indices.filter { row in
                let last = row + task.offset
                guard last < states.count else { return false }
                let window = states[row...last]
                return task.isEligible(window, rule: rule)
                    && task.isOpen(states[row], goal: task.goal(of: window), rule: rule)
            }
            guard let row = rows.randomElement(using: &generator) else { continue }
            let goal = task.goal(of: states[row...row + task.offset])
            pairs.append(
                PixelPair(
                    episode: index, row: row, start: states[row], goal: goal, factors: variations?[index]))
        }
        guard pairs.count == count else {
            throw ForesightError.data(
                "\(pairs.count) of \(episodes.count) episodes of \(task.world.name) hold a pair of the \(rule.rawValue) "
                    + "rule, \(count) are wanted",
                remedy: "record more or longer episodes, or ask for fewer pairs")
        }
        self.init(
            version: Self.version, world: task.world.name, factors: factors, rule: rule, offset: task.offset,
            budget: task.budget, seed: seed, pairs: pairs)
    }
}
