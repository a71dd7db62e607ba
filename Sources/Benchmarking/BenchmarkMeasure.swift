/// A published figure that stands beside ours, with where it was read.
public struct PublishedMark: Sendable, Equatable {
    /// The system or method.
    public var system: String
    /// Its figure, in the unit of the measure.
    public var value: Double
    /// Where it is from.
    public var source: String

    /// Creates a mark.
    public init(_ system: String, _ value: Double, source: String) {
        self.system = system
        self.value = value
        self.source = source
    }
}

/// One figure that a set is judged by: one row of the table, one entry of `results.json`.
public struct BenchmarkMeasure: Sendable {
    /// The name in tables and files, such as `silverbox_arrow`.
    public var name: String
    /// What is measured, in words.
    public var metric: String
    /// The unit; empty for a ratio or a count.
    public var unit: String
    /// How it is computed from the scores of the set's tests.
    public var rule: MeasureRule
    /// What others reached; the first is the one to beat.
    public var published: [PublishedMark]
    /// What is to be reached; `nil` where there is no such figure.
    public var reach: Double?
    /// Whether more is better, as with a count of outputs won.
    public var isHigherBetter = false

    /// Creates a measure.
    public init(
        _ name: String, metric: String, unit: String, rule: MeasureRule, published: [PublishedMark] = [],
        reach: Double? = nil, isHigherBetter: Bool = false
    ) {
        self.name = name
        self.metric = metric
        self.unit = unit
        self.rule = rule
        self.published = published
        self.reach = reach
        self.isHigherBetter = isHigherBetter
    }

    /// Whether a value reaches what is to be reached; `nil` where nothing is.
    public func isReached(_ value: Double) -> Bool? {
        reach.map { isHigherBetter ? value >= $0 : value <= $0 }
    }
}

/// How a measure is computed from the scores of a set's tests.
public enum MeasureRule: Sendable, Equatable {
    /// The root mean square error of one output of a test.
    case error(test: String, output: Int)
    /// The mean over the outputs of error divided by the standard deviation of what is scored.
    case normalised(test: String)
    /// The error of one output on a test, divided by that on another.
    case ratio(test: String, to: String, output: Int)
    /// How many outputs are predicted better than by the linear model and by the last value held.
    case won(test: String)

    /// The test that the measure is mostly about.
    public var test: String {
        switch self {
        case .error(let test, _), .normalised(let test), .ratio(let test, _, _), .won(let test): test
        }
    }

    /// The value for one predictor.
    ///
    /// - Parameters:
    ///   - scores: What the predictor did in each test.
    ///   - rivals: What others did in each test, for counts of outputs won.
    /// - Returns: `NaN` where a test is missing, or a count has a rival of which nothing is known.
    public func value(_ scores: [String: TestScore], rivals: [[String: TestScore]] = []) -> Double {
        guard let score = scores[test] else { return .nan }
        switch self {
        case .error(_, let output): return score.error[output]
        case .normalised:
            let ratios = zip(score.error, score.deviation).map { $0 / $1 }
            return ratios.reduce(0, +) / Double(max(1, ratios.count))
        case .ratio(_, let other, let output):
            guard let reference = scores[other] else { return .nan }
            return score.error[output] / reference.error[output]
        case .won:
            let others = rivals.compactMap { $0[test] }
            // To be better than somebody who is not there says nothing.
            guard others.count == rivals.count else { return .nan }
            return Double(
                score.error.indices.count { place in others.allSatisfy { score.error[place] < $0.error[place] } })
        }
    }
}
