public import Basics
import Planning
public import WorldModels

/// What came of one world.
public struct PixelResult: Sendable {
    /// One model on one manifest.
    public struct Judgement: Sendable, Codable {
        /// The seed of the model.
        public var seed: Int
        /// What was asked.
        public var manifest: PixelManifest
        /// What came.
        public var score: PixelScore
        /// What random actions came to.
        public var random: PixelScore

        /// Creates a judgement.
        public init(seed: Int, manifest: PixelManifest, score: PixelScore, random: PixelScore) {
            (self.seed, self.manifest) = (seed, manifest)
            (self.score, self.random) = (score, random)
        }
    }

    /// Linear dynamics that were identified for a regulator.
    public struct Identified: Sendable, Codable {
        /// Steps that they look back on.
        public var lags: Int
        /// The ridge that they were fitted with.
        public var ridge: Double
        /// Mean square errors of free runs on held-out episodes, one for each step ahead.
        public var heldOutErrors: [Double]
        /// The magnitude of the fastest mode, a step: what grows is above 1.
        public var greatestMode: Double

        var json: JSONValue {
            [
                "lags": .integer(lags), "ridge": .number(ridge), "greatest_mode": .number(greatestMode),
                "held_out_errors": .array(heldOutErrors.map { .number($0) }),
            ]
        }
    }

    /// One trained model.
    public struct Training: Sendable, Codable {
        /// The seed.
        public var seed: Int
        /// Seconds that training took, all that stands on representations included; `nil` for a model of an earlier run.
        public var seconds: Double?
        /// How good it is on held-out episodes.
        public var health: ImageHealth?
        /// What a regulator of identified dynamics goes by; `nil` where something else acted.
        public var identified: Identified?

        /// Creates a training.
        public init(seed: Int, seconds: Double?, health: ImageHealth?) {
            (self.seed, self.seconds, self.health) = (seed, seconds, health)
        }
    }

    /// One model on pairs that differ in a factor of variation.
    public struct Varied: Sendable, Codable {
        /// The factor, or `standard` for none and `all` for all at once.
        public var name: String
        /// What came, of a model that a seed names.
        public var judgement: Judgement

        /// Creates a judgement of a factor.
        public init(_ name: String, _ judgement: Judgement) { (self.name, self.judgement) = (name, judgement) }
    }

    /// The set.
    public var set: PixelSet
    /// How models were trained.
    public var settings: ImageSettings
    /// What acted.
    public var planner: PixelPlanner
    /// Rows that were recorded to learn from.
    public var rows: Int
    /// The models.
    public var trainings: [Training] = []
    /// The judgements.
    public var judgements: [Judgement] = []
    /// The judgements of factors of variation, where they were asked for.
    public var varied: [Varied] = []

    /// Creates a result without any model yet.
    public init(_ set: PixelSet, settings: ImageSettings, planner: PixelPlanner? = nil, rows: Int) {
        (self.set, self.settings, self.planner, self.rows) = (set, settings, planner ?? set.planner, rows)
    }

    /// Success of each model under a rule, %: the mean over the manifests.
    public func success(_ rule: PixelRule) -> [Double] {
        trainings.compactMap { training in
            let scores = judgements.filter { $0.seed == training.seed && $0.manifest.rule == rule }.map(\.score.success)
            return scores.isEmpty ? nil : 100 * scores.reduce(0, +) / Double(scores.count)
        }
    }

    /// Success of random actions under a rule, %: the mean over the manifests.
    public func random(_ rule: PixelRule) -> Double {
        let scores = judgements.filter { $0.manifest.rule == rule }.map(\.random.success)
        return scores.isEmpty ? .nan : 100 * scores.reduce(0, +) / Double(scores.count)
    }

    /// The median over models of success under a rule, %; `nil` before any was judged.
    public func median(_ rule: PixelRule) -> Double? {
        let values = success(rule).sorted()
        guard !values.isEmpty else { return nil }
        let half = values.count / 2
        return values.count % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2
    }

    /// The 95 % interval of Clopper and Pearson for the success under a rule of the one model, %: over the pairs of all its manifests.
    /// `nil` for several models, whose range is told, and before any pair was judged.
    public func interval(_ rule: PixelRule) -> ClosedRange<Double>? {
        interval(judgements.filter { $0.manifest.rule == rule })
    }

    /// The same for a factor of variation.
    public func interval(factor name: String) -> ClosedRange<Double>? {
        interval(varied.filter { $0.name == name }.map(\.judgement))
    }

    private func interval(_ judgements: [Judgement]) -> ClosedRange<Double>? {
        let outcomes = judgements.flatMap(\.score.outcomes)
        guard trainings.count == 1, !outcomes.isEmpty else { return nil }
        let interval = BinomialRate.clopperPearson(outcomes.count { $0.isSolved }, of: outcomes.count)
        return 100 * interval.lowerBound...100 * interval.upperBound
    }

    private static func json(_ interval: ClosedRange<Double>?) -> JSONValue {
        interval.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null
    }

    /// Milliseconds of a plan that half of all plans, and all but one in twenty and one in a hundred, stay within, by the rule of
    /// `DurationSummary`; `nil` without a plan.
    public var planTimes: (p50: Double, p95: Double, p99: Double)? {
        let times = DurationSummary(judgements.flatMap(\.score.seconds))
        return times.count > 0 ? (1e3 * times.p50, 1e3 * times.p95, 1e3 * times.p99) : nil
    }

    /// The factors in the order in which they were judged, each with the median over models of success, %, and its share of the
    /// success without variation.
    public var factorTable: [(name: String, success: Double, share: Double)] {
        var names: [String] = []
        for entry in varied where !names.contains(entry.name) { names.append(entry.name) }
        func success(_ name: String) -> Double {
            let values = varied.filter { $0.name == name }.map { 100 * $0.judgement.score.success }.sorted()
            return (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
        }
        let standard = names.contains(Self.unvaried) ? success(Self.unvaried) : .nan
        return names.map { ($0, success($0), success($0) / standard) }
    }

    /// The name of the world as it is, among factors.
    public static let unvaried = "standard"

    /// All of it as JSON.
    public var json: JSONValue {
        var rules: [String: JSONValue] = [:]
        for rule in PixelRule.allCases where !success(rule).isEmpty {
            let published = (set.published[rule] ?? []).map { peer -> JSONValue in
                ["system": .string(peer.system), "success": .number(peer.value)]
            }
            rules[rule.rawValue] = [
                "success": .number(median(rule) ?? .nan), "success_95": Self.json(interval(rule)),
                "models": .array(success(rule).map { .number($0) }),
                "random": .number(random(rule)), "published": .array(published),
                "reach": set.reach[rule].map { .number($0) } ?? .null,
                "manifests": .array(
                    judgements.filter { $0.manifest.rule == rule }.map { judgement in
                        [
                            "model": .integer(judgement.seed), "seed": .unsigned(judgement.manifest.seed),
                            "pairs": .integer(judgement.manifest.pairs.count),
                            "sha256": .string((try? judgement.manifest.digest()) ?? ""),
                            "success": .number(100 * judgement.score.success),
                            "random": .number(100 * judgement.random.success),
                        ]
                    }),
            ]
        }
        let times = planTimes
        return [
            "rules": .object(rules), "rows": .integer(rows), "recipe": .string(settings.recipe),
            "planner": .string(planner.rawValue),
            "factors": .array(
                factorTable.map { row in
                    [
                        "factor": .string(row.name), "success": .number(row.success),
                        "success_95": Self.json(interval(factor: row.name)), "share": .number(row.share),
                        "models": .array(
                            varied.filter { $0.name == row.name }.map {
                                .number(100 * $0.judgement.score.success)
                            }),
                    ]
                }),
            "training": .array(
                trainings.map { training in
                    [
                        "seed": .integer(training.seed), "seconds": training.seconds.map { .number($0) } ?? .null,
                        "identified": training.identified?.json ?? .null,
                        "effective_rank": .number(training.health?.representations.effectiveRank ?? .nan),
                        "prediction_error": .array((training.health?.predictionError ?? []).map { .number($0) }),
                        "probe": .object(
                            Dictionary(
                                uniqueKeysWithValues: (training.health?.probe?.readings ?? []).map {
                                    ($0.name, .number($0.linearCorrelation))
                                })),
                        "perceptron_probe": .object(
                            Dictionary(
                                uniqueKeysWithValues: (training.health?.probe?.readings ?? []).map {
                                    ($0.name, .number($0.perceptronCorrelation))
                                })),
                    ]
                }),
            "plan_ms": times.map { ["p50": .number($0.p50), "p95": .number($0.p95), "p99": .number($0.p99)] } ?? .null,
        ]
    }
}

extension PixelResult.Identified {
    /// Describes dynamics.
    public init(_ dynamics: LatentAutoregression) {
        self.init(
            lags: dynamics.lags, ridge: dynamics.ridge, heldOutErrors: dynamics.heldOutErrors,
            greatestMode: dynamics.modes.first ?? .nan)
    }
}
