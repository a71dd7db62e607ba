import Basics
public import Plants

extension PixelManifest {
    /// Draws pairs from recorded episodes.
    ///
    /// - Parameters:
    ///   - task: The world and what counts.
    ///   - episodes: The states of each episode, row by row.
    ///   - rule: How success is judged, which also says what is solved before the first step.
    ///   - count: How many pairs.
    ///   - factors: Values of factors that differ from the standard ones.
    ///   - seed: What pairs are drawn from, and what policies draw from.
    /// - Throws: `ForesightError.data` when too few episodes hold a pair.
    public init(
        _ task: some PixelTask, episodes: [[[Double]]], rule: PixelRule, count: Int, factors: [String: Double] = [:],
        seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed, stream: 0x9A12)
        var pairs: [PixelPair] = []
        for index in episodes.indices.shuffled(using: &generator) where pairs.count < count {
            let states = episodes[index]
            let rows = states.indices.filter { row in
                let last = row + task.offset
                guard last < states.count else { return false }
                return task.isEligible(states[row...last], rule: rule)
                    && !task.isThere(states[row], goal: states[last], rule: rule)
            }
            guard let row = rows.randomElement(using: &generator) else { continue }
            pairs.append(
                PixelPair(episode: index, row: row, start: states[row], goal: states[row + task.offset]))
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
