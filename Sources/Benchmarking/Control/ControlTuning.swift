/// How soft guardrails weigh, as a practitioner would choose it: by trying on episodes that no figure is reported for.
public struct ControlTuning: Sendable, Codable, Equatable {
    /// One thing that can be chosen.
    public struct Choice: Sendable, Codable, Equatable {
        /// What an excess costs.
        public enum Shape: String, Sendable, Codable {
            /// Its square.
            case squared
            /// Itself: an exact penalty where the weight is large enough.
            case plain
            /// Itself, by multipliers that follow; the weight is the rate of their ascent.
            case multipliers
        }
        /// What an excess costs.
        public var shape: Shape
        /// The weight, in units of the mean cost of a step without guardrails.
        public var weight: Double

        /// Creates a choice.
        public init(_ shape: Shape, _ weight: Double) { (self.shape, self.weight) = (shape, weight) }
    }

    /// What a choice came to on the tuning episodes.
    public struct Trial: Sendable, Codable, Equatable {
        /// The choice; `nil` for no guardrails at all.
        public var choice: Choice?
        /// Steps beyond a limit.
        public var violations: Int
        /// The greatest distance beyond.
        public var depth: Double
        /// The mean cost of an episode.
        public var cost: Double
    }

    /// The mean cost of a step of a plan without guardrails: what weights are measured by.
    public var unit: Double
    /// What was tried; the first without guardrails.
    public var trials: [Trial]

    /// The penalties that are tried: squares from a weight at which an excess by a tenth of the channel's width costs as much as
    /// all else, to one at which an excess by a thousandth does; the same for the excess itself.
    public static let penalties: [Choice] =
        [1e2, 1e4, 1e6].map { Choice(.squared, $0) } + [1e1, 1e2, 1e3].map { Choice(.plain, $0) }
    /// The rates of ascent that are tried.
    public static let rates: [Choice] = [1e1, 1e2, 1e3].map { Choice(.multipliers, $0) }

    /// Whether plans without guardrails crossed a limit on the tuning episodes, so that the guardrails have something to say.
    public var binds: Bool { (trials.first { $0.choice == nil }?.violations ?? 0) > 0 }

    /// The best penalty: the fewest steps beyond a limit, among those the least cost.
    public var penalty: Choice { best(Self.penalties) }
    /// The best rate of ascent, by the same rule.
    public var rate: Choice { best(Self.rates) }

    private func best(_ choices: [Choice]) -> Choice {
        let tried = trials.filter { trial in trial.choice.map { choices.contains($0) } ?? false }
        let found = tried.min { ($0.violations, $0.cost) < ($1.violations, $1.cost) }
        return found?.choice ?? choices[choices.count / 2]
    }
}
