public import Plants

/// How one episode went.
public struct EpisodeResult: Sendable, Codable, Equatable {
    /// The seed of the episode.
    public var seed: UInt64
    /// Cost, violations and success on the true outputs.
    public var score: ControlScore
    /// Plans that were certified.
    public var certified: Int
    /// Decisions in which the fallback was applied.
    public var fallbacks: Int
    /// Decisions in which planning was refused.
    public var refusals: Int
    /// Of decisions without a certified plan, those that the controller took which holds the plant.
    public var handedOver = 0
    /// Seconds that each decision took.
    public var decisionSeconds: [Double]
    /// Seconds from the observation that left no certified plan to the safe action, for each such decision.
    public var safetySeconds: [Double] = []
    /// Surprises that were noticed.
    public var alarms: [LoopAlarm] = []
    /// The decisions in which no plan was certified, in order.
    public var uncertified: [Int] = []
    /// How often bands held what came, one entry a lead time; empty where nothing was compared.
    public var coverages: [LeadCoverage] = []
    /// By how much predictions were corrected, one entry a channel and lead time; empty where nothing is.
    public var corrections: [LeadCorrection] = []

    /// Creates a result.
    public init(seed: UInt64, score: ControlScore, statuses: [PlanStatus], decisionSeconds: [Double]) {
        self.seed = seed
        self.score = score
        certified = statuses.count { $0 == .certified }
        fallbacks = statuses.count { $0 == .fallback }
        refusals = statuses.count { $0 == .refused }
        self.decisionSeconds = decisionSeconds
    }
}

/// How an agent did over all episodes.
public struct ClosedLoopReport: Sendable, Codable, Equatable {
    /// What the agent is called.
    public var name: String
    /// The episodes in the order of their seeds.
    public var episodes: [EpisodeResult]
    /// The share of episodes in which every target band was held and no limit was crossed.
    public var success: Double
    /// The mean cost of an episode.
    public var cost: Double
    /// The steps over all episodes in which a limit was crossed by the true outputs.
    public var violations: Int
    /// The greatest distance beyond a limit, in the unit of the output.
    public var violationDepth: Double
    /// The time beyond a limit over all episodes, s.
    public var violationSeconds: Double
    /// How long decisions took.
    public var decisions: DurationSummary
    /// Plans that were certified, over all episodes.
    public var certified: Int
    /// Decisions in which the fallback was applied, over all episodes.
    public var fallbacks: Int
    /// Decisions in which planning was refused, over all episodes.
    public var refusals: Int
    /// Of decisions without a certified plan, those that the controller took which holds the plant, over all episodes.
    public var handedOver: Int
    /// From the observation that left no certified plan to the safe action.
    public var toSafety: DurationSummary
    /// Surprises that were noticed, over all episodes.
    public var alarms: Int
    /// How often bands held what came over all episodes, one entry a lead time; empty where nothing was compared.
    public var coverages: [LeadCoverage]
    /// By how much predictions were corrected over all episodes, one entry a channel and lead time; empty where nothing is.
    public var corrections: [LeadCorrection]

    /// Summarises episodes; there must be at least one.
    public init(name: String, episodes: [EpisodeResult]) {
        precondition(!episodes.isEmpty, "a report of no episodes")
        self.name = name
        self.episodes = episodes
        let count = Double(episodes.count)
        success = Double(episodes.count { $0.score.success }) / count
        cost = episodes.reduce(0) { $0 + $1.score.cost } / count
        violations = episodes.reduce(0) { $0 + $1.score.violations }
        violationDepth = episodes.map(\.score.violationDepth).max() ?? 0
        violationSeconds = episodes.reduce(0) { $0 + $1.score.violationSeconds }
        decisions = DurationSummary(episodes.flatMap(\.decisionSeconds))
        certified = episodes.reduce(0) { $0 + $1.certified }
        fallbacks = episodes.reduce(0) { $0 + $1.fallbacks }
        refusals = episodes.reduce(0) { $0 + $1.refusals }
        handedOver = episodes.reduce(0) { $0 + $1.handedOver }
        toSafety = DurationSummary(episodes.flatMap(\.safetySeconds))
        alarms = episodes.reduce(0) { $0 + $1.alarms.count }
        let leads = Set(episodes.flatMap(\.coverages).map(\.lead)).sorted()
        coverages = leads.map { lead in
            LeadCoverage.pooled(episodes.flatMap(\.coverages).filter { $0.lead == lead })
        }
        corrections = LeadCorrection.pooled(episodes.flatMap(\.corrections))
    }

    /// This report's mean cost divided by another's on the same episodes; `nil` when the other's is zero.
    public func costRatio(to other: ClosedLoopReport) -> Double? { other.cost > 0 ? cost / other.cost : nil }
}

/// Percentiles of durations, by nearest rank.
public struct DurationSummary: Sendable, Codable, Equatable {
    /// The number of durations.
    public var count: Int
    /// The median, s.
    public var p50: Double
    /// 95 % lie at or below, s.
    public var p95: Double
    /// 99 % lie at or below, s.
    public var p99: Double
    /// The longest, s.
    public var max: Double

    /// Summarises durations; all zero when there are none.
    public init(_ seconds: [Double]) {
        let sorted = seconds.sorted()
        func percentile(_ share: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            let rank = Int((share * Double(sorted.count)).rounded(.up))
            return sorted[min(sorted.count, Swift.max(1, rank)) - 1]
        }
        count = sorted.count
        p50 = percentile(0.5)
        p95 = percentile(0.95)
        p99 = percentile(0.99)
        max = sorted.last ?? 0
    }
}
