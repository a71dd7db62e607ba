import Basics
public import Planning
public import Plants

/// One row of the scoreboard, over the episodes of all models.
public struct ControlSummary: Sendable {
    /// A figure with the interval that holds it with 95 %.
    public struct Estimate: Sendable, Equatable {
        /// The figure.
        public var value: Double
        /// The interval; `nil` where there are too few episodes for one.
        public var interval: ClosedRange<Double>?
    }

    /// The row.
    public var row: ControlRow
    /// Episodes.
    public var episodes: Int
    /// Models.
    public var models: Int
    /// The share of episodes that are a success; by Clopper and Pearson, of several models by the bootstrap over seeds. `nil` where costs
    /// decide and no optimum is known.
    public var success: Estimate?
    /// The episodes that this share is of: where costs decide, those with an optimum, else all.
    public var successEpisodes: Int
    /// The mean cost of an episode; infinite where the plant was lost in one.
    public var cost: Double
    /// Episodes in which the plant was lost.
    public var lost: Int
    /// The cost of each episode relative to the least that was possible, less 1; of episodes with an optimum.
    public var gaps: [Double]
    /// The same over all of them, as a ratio of sums; by the bootstrap. `nil` without an optimum.
    public var gap: Estimate?
    /// The share of episodes in which a limit was crossed; as that of success.
    public var violating: Estimate
    /// The number of those episodes.
    public var violatingEpisodes: Int
    /// The share of steps beyond a limit; by the bootstrap over episodes, whose steps hang together, and without an interval where there
    /// was none.
    public var beyond: Estimate
    /// The fewest episodes, each with all models, that an interval of the bootstrap is over: below ``ControlStatistics/fewest`` it is too
    /// narrow. `nil` where there is no such interval.
    public var fewestDrawn: Int?
    /// Steps beyond a limit.
    public var violations: Int
    /// The greatest distance beyond, in the unit of the output.
    public var depth: Double
    /// Seconds beyond, over all episodes.
    public var seconds: Double
    /// Plans that were certified, fell back, or were refused.
    public var statuses: (certified: Int, fallbacks: Int, refusals: Int)
    /// How long decisions took.
    public var decisions: DurationSummary

    /// Sums up the episodes of a row.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - groups: The episodes of each model; at least one episode in all.
    ///   - optimum: The least cost of each episode, by seed.
    ///   - plan: The protocol.
    ///   - task: The task.
    public init(
        _ row: ControlRow, _ groups: [[ControlEpisode]], optimum: [UInt64: Double], plan: ControlProtocol,
        task: ControlTask
    ) {
        let (all, steps) = (groups.flatMap { $0 }, task.steps)
        precondition(!all.isEmpty, "a summary of no episodes")
        self.row = row
        (episodes, models) = (all.count, groups.count { !$0.isEmpty })
        // Episodes of one seed have the same start and noise whatever the model: they are drawn together.
        let bySeed = Dictionary(grouping: all, by: \.seed).sorted { $0.key < $1.key }.map(\.value)
        var drawn: [Int] = []
        func bootstrap(_ pairs: [(Double, Double)]) -> ClosedRange<Double>? {
            let interval = ControlStatistics.bootstrap(pairs)
            if interval != nil { drawn.append(pairs.count) }
            return interval
        }
        func rate(_ bySeed: [[ControlEpisode]], _ holds: (ControlEpisode) -> Bool) -> (Estimate, Int) {
            let all = bySeed.flatMap { $0 }
            let count = all.count(where: holds)
            let interval: ClosedRange<Double>?
            if bySeed.count == all.count {
                interval = BinomialRate.clopperPearson(count, of: all.count)
            } else if count == 0 || count == all.count {
                interval = BinomialRate.clopperPearson(count == 0 ? 0 : bySeed.count, of: bySeed.count)
            } else {
                interval = bootstrap(bySeed.map { (Double($0.count(where: holds)), Double($0.count)) })
            }
            return (Estimate(value: Double(count) / Double(all.count), interval: interval), count)
        }
        // Two measures in one rate would say nothing of either.
        let decided = bySeed.map { $0.filter { !plan.criterion.needsOptimum || optimum[$0.seed] != nil } }
            .filter { !$0.isEmpty }
        successEpisodes = decided.reduce(0) { $0 + $1.count }
        success =
            decided.isEmpty
            ? nil
            : rate(decided) {
                Self.isSuccess($0, plan.criterion, optimum[$0.seed], allowed: task.allowedViolations)
            }.0
        (violating, violatingEpisodes) = rate(bySeed) { $0.score.violations > 0 }
        lost = all.count(where: \.isLost)
        cost = lost > 0 ? .infinity : all.reduce(0) { $0 + $1.score.cost } / Double(all.count)
        let compared = bySeed.map { group in
            group.filter { !$0.isLost }
                .compactMap { episode in optimum[episode.seed].map { (episode.score.cost, $0) } }.filter { $0.1 > 0 }
        }.filter { !$0.isEmpty }
        gaps = compared.flatMap { $0 }.map { $0.0 / $0.1 - 1 }
        let pairs = compared.map { group in (group.reduce(0) { $0 + $1.0 }, group.reduce(0) { $0 + $1.1 }) }
        if !pairs.isEmpty && lost == 0 {
            let ratio = pairs.reduce(0) { $0 + $1.0 } / pairs.reduce(0) { $0 + $1.1 }
            let interval = bootstrap(pairs)
            gap = Estimate(value: ratio - 1, interval: interval.map { $0.lowerBound - 1...$0.upperBound - 1 })
        }
        violations = all.reduce(0) { $0 + $1.score.violations }
        beyond = Estimate(
            value: Double(violations) / Double(all.count * steps),
            // Of none, draws of what there is tell nothing.
            interval: violations == 0
                ? nil
                : bootstrap(
                    bySeed.map { group in
                        (Double(group.reduce(0) { $0 + $1.score.violations }), Double(group.count * steps))
                    }))
        fewestDrawn = drawn.min()
        depth = all.map(\.score.violationDepth).max() ?? 0
        seconds = all.reduce(0) { $0 + $1.score.violationSeconds }
        statuses = (
            all.reduce(0) { $0 + $1.certified }, all.reduce(0) { $0 + $1.fallbacks },
            all.reduce(0) { $0 + $1.refusals }
        )
        decisions = DurationSummary(all.flatMap(\.seconds))
    }

    /// Whether an episode is a success; by its cost none is without an optimum.
    static func isSuccess(
        _ episode: ControlEpisode, _ criterion: ControlProtocol.Criterion, _ optimum: Double?, allowed: Int = 0
    ) -> Bool {
        guard episode.score.violations <= allowed else { return false }
        switch criterion {
        case .limits: return true
        case .bands: return episode.score.success
        case .cost(let share):
            return optimum.map { episode.score.cost <= (1 + share) * $0 } ?? false
        }
    }
}
