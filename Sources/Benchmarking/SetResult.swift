import Basics
public import WorldModels

/// What one seed gave on a set.
public struct SeedResult: Sendable {
    /// The seed.
    public var seed: Int
    /// The model: sizes, timing, settings, how training went.
    public var model: ModelDescription
    /// What its bands promise.
    public var coverage: Double
    /// Scores by test.
    public var scores: [String: TestScore] = [:]
    /// Predictions by test.
    public var forecasts: [String: [TestForecast]] = [:]
    /// Seconds of training.
    public var trainingSeconds = 0.0
    /// Seconds of all predictions of the tests.
    public var testSeconds = 0.0
}

/// What came out on a set.
public struct SetResult: Sendable {
    /// The set.
    public var set: BenchmarkSet
    /// Its tests, with their records.
    public var tests: [BenchmarkTest]
    /// What the training part and each test hold, by content: whether two runs saw the same rows.
    public var fingerprints: [String: DataFingerprint] = [:]
    /// One result for each seed.
    public var seeds: [SeedResult] = []
    /// The linear models' scores by test; empty where none was found.
    public var linear: [String: TestScore] = [:]
    /// What the linear model of each output is.
    public var linearSummaries: [String] = []
    /// Scores of the last value held, by test.
    public var held: [String: TestScore] = [:]
    /// Seconds of everything.
    public var seconds = 0.0
    /// Seconds of the search for linear models.
    public var linearSeconds = 0.0
    /// What went wrong without ending the run.
    public var notes: [String] = []

    /// Creates a result without seeds.
    public init(set: BenchmarkSet, tests: [BenchmarkTest]) {
        self.set = set
        self.tests = tests
    }

    /// The figures of the set's measures.
    public var figures: [MeasureFigure] { self.set.measures.map { figure($0) } }

    private func figure(_ measure: BenchmarkMeasure) -> MeasureFigure {
        let values = values(measure)
        let middle = middleSeed(measure)
        let isCount = if case .won = measure.rule { true } else { false }
        return MeasureFigure(
            measure: measure, values: values,
            value: isCount && values.allSatisfy(\.isNaN) ? .nan : median(values),
            linear: linear.isEmpty || isCount ? nil : measure.rule.value(linear),
            held: isCount ? nil : measure.rule.value(held),
            coverage: middle.flatMap { seeds[$0].scores[measure.rule.test]?.coverage },
            isStable: seeds.allSatisfy { $0.scores[measure.rule.test]?.isStable ?? true })
    }

    /// The values of the seeds, in their order.
    private func values(_ measure: BenchmarkMeasure) -> [Double] {
        seeds.map { measure.rule.value($0.scores, rivals: [linear, held]) }
    }

    /// The index of the seed whose value is in the middle: its predictions are shown.
    public func middleSeed(_ measure: BenchmarkMeasure) -> Int? {
        let values = values(measure)
        let order = values.indices.sorted { values[$0] < values[$1] || (values[$0] == values[$1] && $0 < $1) }
        return order.isEmpty ? nil : order[(order.count - 1) / 2]
    }
}

/// One row of the table.
public struct MeasureFigure: Sendable {
    /// The measure.
    public var measure: BenchmarkMeasure
    /// Each seed's value.
    public var values: [Double]
    /// Their median.
    public var value: Double
    /// The best linear model's value; `nil` where there is none or it has none.
    public var linear: Double?
    /// The value of the last measurement held; `nil` where it has none.
    public var held: Double?
    /// The share of what came inside the bands, of the middle seed.
    public var coverage: Double?
    /// Whether no seed's prediction ran away.
    public var isStable: Bool

    /// Whether the median reaches what is to be reached; `nil` where nothing is.
    public var isReached: Bool? { measure.isReached(value).map { $0 && isStable } }
}
