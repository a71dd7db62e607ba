public import Identification

/// How wrong a world model is on logs, how far ahead, beside what is simple: free run from every allowed start, in
/// physical units.
public struct Evaluation: Sendable {
    /// What was compared from where.
    public struct Scope: Sendable, Equatable {
        /// Seconds ahead of each step, ascending.
        public var seconds: [Double]
        /// Predictions that were made.
        public var starts: Int
        /// Starts there were before thinning; they overlap.
        public var allowedStarts: Int
        /// Stretches of one horizon that do not overlap: about how many independent samples there are.
        public var independentWindows: Int
        /// Episodes too short for a prediction.
        public var shortEpisodes: Int
        /// Episodes that predictions start in.
        public var usedEpisodes: Int
        /// What was asked for and is longer than any stretch of the logs, seconds; `nil` when the logs suffice.
        public var shortenedFrom: Double?
    }

    /// One step ahead of one output.
    public struct Row: Sendable, Equatable, Codable {
        /// How far ahead.
        public var seconds: Double
        /// Root mean square error of the model, physical units.
        public var rmse: Double
        /// That of the last measured value held.
        public var persistence: Double
        /// That of the linear model; `nil` without one.
        public var linear: Double?
        /// The share of truths inside the bands.
        public var coverage: Double
        /// Half the width of the band, mean over the starts, physical units.
        public var halfWidth: Double
        /// What `promised` of all absolute errors do not exceed, physical units.
        public var errorQuantile: Double
        /// Predictions compared.
        public var count: Int
    }

    /// Everything about one output.
    public struct Output: Sendable {
        /// The name.
        public var name: String
        /// The unit, if known.
        public var unit: String?
        /// Each step ahead.
        public var rows: [Row]
        /// Root mean square errors over all steps, physical units: model, persistence, linear.
        public var overall: (model: Double, persistence: Double, linear: Double?)
        /// The share of all truths inside the bands.
        public var coverage: Double
        /// Where that share would lie in 95 % of such logs, counting non-overlapping windows only.
        public var coverageInterval: ClosedRange<Double>
        /// One-step residuals at the model's step.
        public var residuals: ResidualSummary
        /// How far the model is the best that there is.
        public var trust: TrustHorizon
    }

    /// Logs, starts, steps.
    public var scope: Scope
    /// The outputs, in the model's order.
    public var outputs: [Output]
    /// The promised coverage of the bands.
    public var promised: Double
    /// The share of predicted steps with an out-of-distribution score above 1.
    public var outOfDistribution: Double
    /// Time per prediction.
    public var cost: PredictionCost
    /// The representations on these logs.
    public var health: RepresentationHealth
    /// The linear models, one line for each output; empty without.
    public var linearSummaries: [String]
    /// Eigenvalues of the linear part of the first member's transition, per step of the model.
    public var modelPoles: [ComplexValue]
    /// Eigenvalues of the linear models, per step of the world model; empty without.
    public var linearPoles: [ComplexValue]
    /// Channels that leave the range of the training data.
    public var excursions: [Excursion]
    /// A few predictions in full, the worst last.
    public var samples: [PredictionSample]
    /// By how much predictions were adapted to their records, in the mean; `nil` for a model that does not adapt.
    public var adaptation: AdaptationSummary?
}

/// The time that predictions take, microseconds.
public struct PredictionCost: Sendable, Equatable, Codable {
    /// One prediction over the whole horizon.
    public var single: Double
    /// One step of one candidate, when so many candidates are predicted at once.
    public var perStep: Double
    /// How many that is.
    public var candidates: Int
    /// Reading a history into a representation.
    public var encoding: Double
    /// One prediction of the linear models over the whole horizon; `nil` without.
    public var linear: Double?
}

/// One prediction in full.
public struct PredictionSample: Sendable {
    /// Which episode it is from.
    public var episode: String
    /// Seconds from the start of the episode to the last sample seen.
    public var origin: Double
    /// What makes it worth showing.
    public var reason: String
    /// Seconds of the measured samples; 0 is the last sample seen.
    public var time: [Double]
    /// Measured outputs, `[output][sample]`, missing ones `NaN`.
    public var truth: [[Double]]
    /// Given inputs, `[input][sample]`.
    public var inputs: [[Double]]
    /// Seconds of the predictions.
    public var seconds: [Double]
    /// `[output][step]`.
    public var predicted: [[Double]]
    /// Half of the band, `[output][step]`.
    public var halfWidth: [[Double]]
    /// The linear model, `[output][step]`; empty without.
    public var linear: [[Double]]
}
