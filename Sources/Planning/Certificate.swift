public import Objectives

/// What a plan promises, and how that was found.
public struct Certificate: Sendable, Codable, Equatable {
    /// A predicted channel with its band.
    public struct Channel: Sendable, Codable, Equatable {
        /// The name of the channel.
        public var name: String
        /// The physical unit; `nil` when the log does not say.
        public var unit: String?
        /// The value now.
        public var start: Double
        /// The prediction at the end of each step.
        public var values: [Double]
        /// The lower edge of the band at the end of each step; empty without bands.
        public var lower: [Double]
        /// The upper edge of the band at the end of each step; empty without bands.
        public var upper: [Double]

        /// Half of the width of the band at the end of a step; `nil` where nothing is known of how wrong it may be.
        public func halfWidth(_ step: Int) -> Double? {
            guard !upper.isEmpty else { return nil }
            let width = upper[step] - lower[step]
            return width > 0 ? width / 2 : nil
        }
        /// How far the members of an ensemble disagree at each step, one standard deviation; empty without an ensemble.
        public var spread: [Double]
    }

    /// What is left of one guardrail.
    public struct Margin: Sendable, Codable, Equatable {
        /// The guardrail as written.
        public var guardrail: String
        /// What it means that it holds.
        public var promise: GuardrailPromise
        /// The unit of the margins.
        public var unit: String?
        /// The least margin of the prediction; `nil` when nothing of the guardrail lies inside the horizon.
        public var margin: Double?
        /// The least margin over all trajectories inside the bands, or the expected share of the time less what is asked for, taking
        /// what has no band for certain; `nil` where nothing that the guardrail speaks of has one.
        public var guaranteedMargin: Double?
        /// When the margin is least, in seconds from now.
        public var time: Double?
        /// The comparison that binds then.
        public var condition: String?
        /// Whether it holds, over all of the bands where there are bands.
        public var holds: Bool
        /// The margin at the end of each step, at the edge of the bands where there are bands; `nil` where the
        /// guardrail does not look.
        public var timeline: [Double?]
    }

    /// How the plan was searched.
    public struct Search: Sendable, Codable, Equatable {
        /// The name of the solver.
        public var solver: String
        /// The seed that the search used.
        public var seed: UInt64
        /// Iterations that were completed.
        public var iterations: Int
        /// Candidates that were rolled out.
        public var candidates: Int
        /// Whether the deadline stopped the search.
        public var isCutShort: Bool
        /// The deadline in seconds; `nil` when there was none.
        public var deadline: Double?
        /// Seconds from the question to the answer.
        public var seconds: Double
        /// What computed the predictions, and why that; `nil` where there is no choice.
        public var engine: DynamicsEngine?
        /// Whether the plan went before ordinary programs (``DeadlinePriority``); `nil` without a deadline.
        public var isRealTime: Bool?
    }

    /// The way out that a plan leaves: the declared safe action or policy after its first steps.
    public struct Backup: Sendable, Codable, Equatable {
        /// How it is called.
        public var name: String
        /// Seconds from now until it takes over, the time of the next plan.
        public var after: Double
        /// Whether it keeps what is asked of it to the end of the horizon, and stays inside the training data.
        public var holds: Bool
        /// What it leaves of the guardrails that it has to keep.
        public var guardrails: [Margin]
        /// Guardrails that are asked of the plan and not of its backup, as written.
        public var uncovered: [String]
        /// The greatest out-of-distribution score after it took over.
        public var novelty: Double?
    }

    /// The predicted channels.
    public var channels: [Channel]
    /// The guardrails in the order in which they were given.
    public var guardrails: [Margin]
    /// The cost of the goal.
    public var cost: Double
    /// The cost of each term of the goal.
    public var terms: [Term]
    /// The coverage that the bands promise; `nil` without bands.
    public var coverage: Double?
    /// The greatest out-of-distribution score of any step: at most 1 inside what the training data cover.
    public var novelty: Double?
    /// The limit that novelty was held to; `nil` when it was left unguarded.
    public var noveltyLimit: Double?
    /// When novelty is greatest, in seconds from now.
    public var noveltyTime: Double?
    /// Steps that the plan looks ahead.
    public var horizon: Int
    /// The longest horizon that the predictions were trained for; `nil` when there is no such limit.
    public var trainedHorizon: Int?
    /// How the plan was found.
    public var search: Search
    /// The way out that the plan leaves; `nil` where none is declared or asked for, for a plan that is none, and where all of its
    /// steps are taken before the next one, which its warnings say.
    public var backup: Backup?

    /// One term of the goal.
    public struct Term: Sendable, Codable, Equatable {
        /// The term as written.
        public var text: String
        /// What it costs, its weight included.
        public var cost: Double
    }

    /// What it means that all guardrails hold, each kind of promise once.
    public var promises: Set<GuardrailPromise> { Set(guardrails.map(\.promise)) }

    /// Whether every guardrail holds, no step is out of distribution, and the backup holds where one is asked for.
    public var holds: Bool { guardrails.allSatisfy(\.holds) && isInDistribution && backup?.holds ?? true }

    /// Whether no step is further from the training data than the limit; true when novelty is unguarded, and not where it is no
    /// number.
    public var isInDistribution: Bool {
        guard let limit = noveltyLimit else { return true }
        return novelty.map { $0 <= limit } ?? false
    }
}
