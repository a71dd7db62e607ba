/// Errors of a sensor that wander: a first-order autoregression, made skew by Johnson's transformation to an unbounded
/// range, between whose draws a cubic spline runs.
///
///     e(k) = φ·(e(k−1) + w(k)),   ε(k) = ξ + λ·sinh((e(k) − γ)/δ)
///
/// after M. Breton and B. Kovatchev, "Analysis, modeling, and simulation of the accuracy of continuous glucose
/// sensors", Journal of Diabetes Science and Technology 2008, https://doi.org/10.1177/193229680800200517.
public struct SensorDrift: Sendable, Hashable, Codable {
    /// The partial autocorrelation φ between two draws.
    public var correlation: Double
    /// γ of the transformation.
    public var gamma: Double
    /// δ of the transformation.
    public var delta: Double
    /// λ of the transformation, in the unit of the output.
    public var lambda: Double
    /// ξ of the transformation, in the unit of the output.
    public var xi: Double
    /// Seconds between two draws.
    public var interval: Double

    /// Creates a drift.
    public init(correlation: Double, gamma: Double, delta: Double, lambda: Double, xi: Double, interval: Double) {
        precondition(
            abs(correlation) < 1 && delta > 0 && lambda >= 0 && interval > 0,
            "φ \(correlation), δ \(delta), λ \(lambda), interval \(interval) s")
        self.correlation = correlation
        self.gamma = gamma
        self.delta = delta
        self.lambda = lambda
        self.xi = xi
        self.interval = interval
    }

    /// The standard deviation of the draws in the long run.
    public var standardDeviation: Double {
        let squared = correlation * correlation
        let spread = exponential(squared / (1 - squared) / (delta * delta))
        let centre = gamma / delta
        let hyperbolic = (exponential(centre) - exponential(-centre)) / 2
        let second = (spread * spread * (1 + 2 * hyperbolic * hyperbolic) - 1) / 2
        return lambda * (second - spread * hyperbolic * hyperbolic).squareRoot()
    }

    /// The error that an autoregressive value stands for.
    func error(_ value: Double) -> Double {
        let argument = (value - gamma) / delta
        return xi + lambda * (exponential(argument) - exponential(-argument)) / 2
    }
}

/// One run of a drift, sample by sample.
///
/// As in simglucose, a spline reaches over ten intervals and is not smooth where the next begins.
struct DriftRun: Sendable {
    private static let intervals = 10
    private let drift: SensorDrift
    private let samplingTime: Double
    private let samples: Int
    private var value: Double
    private var knots: [Double]
    private var slopes: [Double] = []
    private var sample = 0

    /// Starts a run; `normal` draws standard normal numbers.
    init(_ drift: SensorDrift, samplingTime: Double, drawing normal: () -> Double) {
        self.drift = drift
        self.samplingTime = samplingTime
        samples = max(1, Int((Double(Self.intervals) * drift.interval / samplingTime + 1e-9).rounded(.down)))
        value = normal()
        knots = [drift.error(value)]
    }

    /// The error at the next sample.
    mutating func next(drawing normal: () -> Double) -> Double {
        if sample % samples == 0 { extend(drawing: normal) }
        sample += 1
        let place = Double((sample - 1) % samples + 1) * samplingTime / drift.interval
        let left = min(Int(place), Self.intervals - 1)
        let t = place - Double(left)
        let (a, b) = (slopes[left], slopes[left + 1])
        let linear = (1 - t) * knots[left] + t * knots[left + 1]
        return linear + (((1 - t) * (1 - t) - 1) * (1 - t) * a + (t * t - 1) * t * b) / 6
    }

    /// Draws the knots of the next spline, and finds its second differences under the not-a-knot condition.
    private mutating func extend(drawing normal: () -> Double) {
        var next = [knots[knots.count - 1]]
        for _ in 0..<Self.intervals {
            value = drift.correlation * (value + normal())
            next.append(drift.error(value))
        }
        knots = next
        slopes = notAKnot(next)
    }
}

/// The second derivatives of a cubic spline through values at unit distance, whose third derivative does not jump at the
/// second and the last but one: there they are the second differences.
func notAKnot(_ values: [Double]) -> [Double] {
    let last = values.count - 1
    precondition(last >= 3, "a cubic spline through \(values.count) values")
    func difference(_ index: Int) -> Double { values[index - 1] - 2 * values[index] + values[index + 1] }
    var result = [Double](repeating: 0, count: values.count)
    result[1] = difference(1)
    result[last - 1] = difference(last - 1)
    // m(i−1) + 4·m(i) + m(i+1) = 6·d(i) between them, by elimination.
    var pivots = [Double](repeating: 0, count: values.count)
    for index in 2..<max(2, last - 1) {
        let above = index > 2 ? pivots[index - 1] : 0
        let pivot = 4 - above
        pivots[index] = 1 / pivot
        result[index] = (6 * difference(index) - result[index - 1]) / pivot
    }
    for index in (2..<max(2, last - 1)).reversed() {
        result[index] -= pivots[index] * result[index + 1]
    }
    result[0] = 2 * result[1] - result[2]
    result[last] = 2 * result[last - 1] - result[last - 2]
    return result
}
