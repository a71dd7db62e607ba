public import Basics
public import WorldModels

/// What came of one world.
public struct SurpriseResult: Sendable {
    /// One trained model.
    public struct Training: Sendable, Codable {
        /// The seed.
        public var seed: Int
        /// Seconds that training took; `nil` where it went on from a checkpoint.
        public var seconds: Double?
        /// How good it is on held-out episodes.
        public var health: ImageHealth?
        /// The square error of filters on held-out steps, as a share of the predictor's; empty without a filter.
        public var filterErrors: [SurprisePredictor: Double]

        /// Creates a training.
        public init(seed: Int, seconds: Double?, health: ImageHealth?, filterErrors: [SurprisePredictor: Double]) {
            (self.seed, self.seconds, self.health, self.filterErrors) = (seed, seconds, health, filterErrors)
        }
    }

    /// The set.
    public var set: SurpriseSet
    /// How models were trained.
    public var settings: ImageSettings
    /// Rows that were recorded to learn from.
    public var rows: Int
    /// Whether models were taken from an earlier run, so that seconds are not those of training.
    public var isReused = false
    /// The models.
    public var trainings: [Training] = []
    /// What came of each violation with each model.
    public var judgements: [SurpriseJudgement] = []

    /// Creates a result without any model yet.
    public init(_ set: SurpriseSet, settings: ImageSettings, rows: Int) {
        (self.set, self.settings, self.rows) = (set, settings, rows)
    }

    /// A violation's judgements, one a model.
    public func judgements(of violation: Violation) -> [SurpriseJudgement] {
        judgements.filter { $0.violation.name == violation.name }
    }

    /// The areas of a violation under a measure, one a model.
    public func areas(of violation: Violation, _ measure: SurpriseMeasure) -> [Double] {
        judgements(of: violation).compactMap { $0.scores[measure]?.area }
    }

    /// The mean area of a violation over the models, under the measure that figures of tables are of, with its 95 % interval over other
    /// models and other pairs; `nil` for a single model.
    public func mean(of violation: Violation) -> (area: Double, interval: ClosedRange<Double>)? {
        let models = judgements(of: violation)
        guard let measure = models.first?.headline else { return nil }
        var generator = SeededGenerator(seed: 0xB007)
        let scores = models.compactMap { $0.scores[measure] }
        return RankTests.mean(ofModels: scores.map { ($0.impossible, $0.possible) }, using: &generator)
    }

    /// Pairs of each violation, where they are so few that intervals of the bootstrap are too narrow.
    public var fewPairs: Int? {
        judgements.flatMap { $0.scores.values.map(\.possible.count) }.min()
            .flatMap { $0 < ControlStatistics.fewest ? $0 : nil }
    }

    /// All of it as JSON.
    public var json: JSONValue {
        var violations: [String: JSONValue] = [:]
        for violation in set.violations {
            let models = judgements(of: violation)
            guard !models.isEmpty else { continue }
            violations[violation.name] = [
                "over_models": overModels(violation), "principle": .string(violation.principle),
                "about": .string(violation.about),
                "needs_memory": .bool(violation.needsMemory),
                "models": .array(models.map(Self.json)),
            ]
        }
        return [
            "violations": .object(violations), "rows": .integer(rows), "reused_models": .bool(isReused),
            "recipe": .string(settings.recipe),
            "window": .integer(set.window), "alarm_level": .number(SurpriseScore.alarmLevel),
            "training": .array(
                trainings.map { training in
                    [
                        "seed": .integer(training.seed), "seconds": training.seconds.map { .number($0) } ?? .null,
                        "prediction_error": .array((training.health?.predictionError ?? []).map { .number($0) }),
                        "effective_rank": .number(training.health?.representations.effectiveRank ?? .nan),
                        "filter_errors": .object(
                            Dictionary(
                                uniqueKeysWithValues: training.filterErrors.map { ($0.key.rawValue, .number($0.value)) }
                            )),
                        "probe": .object(
                            Dictionary(
                                uniqueKeysWithValues: (training.health?.probe?.readings ?? []).map {
                                    ($0.name, .number($0.linearCorrelation))
                                })),
                    ]
                }),
        ]
    }

    private func overModels(_ violation: Violation) -> JSONValue {
        guard let mean = mean(of: violation), let first = judgements(of: violation).first else { return .null }
        return [
            "measure": .string(first.headline.name), "auroc": .number(mean.area),
            "auroc_95": .array([.number(mean.interval.lowerBound), .number(mean.interval.upperBound)]),
        ]
    }

    private static func json(_ judgement: SurpriseJudgement) -> JSONValue {
        var measures: [String: JSONValue] = [:]
        for (measure, score) in judgement.scores {
            let interval = score.interval
            measures[measure.name] = [
                "auroc": .number(score.area),
                "auroc_95": .array([.number(interval.lowerBound), .number(interval.upperBound)]),
                "p": .number(score.p), "accuracy": .number(score.accuracy), "alarms": .integer(score.alarms),
                "false_alarms": .integer(score.falseAlarms), "pairs": .integer(score.possible.count),
                "possible": .array(score.possible.map { .number($0) }),
                "impossible": .array(score.impossible.map { .number($0) }),
            ]
        }
        return ["seed": .integer(judgement.seed), "measures": .object(measures)]
    }
}
