import Foundation

/// How well one predictor did in one test.
public struct TestScore: Sendable, Equatable {
    /// Root mean square error of each output, physical units: over all scored rows of a record, or at the last step of
    /// predictions from many starts.
    public var error: [Double]
    /// Standard deviation of each output over the test's records behind their first window, physical units.
    public var deviation: [Double]
    /// The share of what came that lay inside the bands, over all outputs; `nil` for a predictor without bands.
    public var coverage: Double?
    /// Error by samples ahead, `[output][sample]`, where predictions are made from many starts.
    public var byHorizon: [[Double]] = []
    /// The greatest distance of a prediction from the middle of what was recorded, in widths of the recorded range.
    public var greatestExcursion = 0.0

    /// Whether no prediction left the recorded range by more than ten times its width: a free run that grows does.
    public var isStable: Bool { greatestExcursion <= 10 }
}

/// Sums from which errors, coverage and excursions are computed.
struct ScoreSums {
    private let width: Int
    private var squares: [Double]
    private var counts: [Int]
    private var inside = 0
    private var judged = 0
    private var isBanded = false
    private(set) var excursion = 0.0

    init(width: Int) {
        self.width = width
        squares = [Double](repeating: 0, count: width)
        counts = [Int](repeating: 0, count: width)
    }

    /// Adds one value; a missing measurement counts nothing, a prediction that is no number counts as infinitely wrong.
    mutating func add(
        _ output: Int, measured: Double, predicted: Double, halfWidth: Double?, range: ClosedRange<Double>
    ) {
        let size = max(range.upperBound - range.lowerBound, 1e-12)
        let distance = abs(predicted - (range.lowerBound + range.upperBound) / 2) / size
        excursion = max(excursion, distance.isNaN ? .infinity : distance)
        guard measured.isFinite else { return }
        let error = predicted - measured
        squares[output] += error.isNaN ? .infinity : error * error
        counts[output] += 1
        guard let halfWidth else { return }
        isBanded = true
        judged += 1
        if abs(error) <= halfWidth { inside += 1 }
    }

    /// Root mean square error of each output; `NaN` where nothing was measured.
    var errors: [Double] {
        (0..<width).map { counts[$0] > 0 ? (squares[$0] / Double(counts[$0])).squareRoot() : .nan }
    }

    /// The share inside the bands.
    var coverage: Double? { isBanded && judged > 0 ? Double(inside) / Double(judged) : nil }
}

/// The population standard deviation of what is not missing; `NaN` of nothing.
func deviation(_ values: [Double]) -> Double {
    let present = values.filter(\.isFinite)
    guard !present.isEmpty else { return .nan }
    let mean = present.reduce(0, +) / Double(present.count)
    return (present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(present.count)).squareRoot()
}
