import Foundation

/// Whether the errors of one channel's predictions, so far ahead, are still those that were normal.
public struct DriftFinding: Sendable, Equatable {
    /// How errors can change.
    public enum Kind: String, Sendable, CaseIterable {
        /// They lie to one side: a sensor or a level has shifted.
        case bias
        /// They have grown: the plant answers otherwise, or a sensor has become noisy.
        case size
    }

    /// A place in the watched segments.
    public struct Place: Sendable, Equatable {
        /// Of the segment.
        public var segment: Int
        /// Of the row in it.
        public var row: Int
    }

    /// The output.
    public var channel: String
    /// Steps ahead.
    public var lead: Int
    /// What was tested.
    public var kind: Kind
    /// The chance of errors this far beyond the tolerance if the plant had not changed by more than that, corrected for the
    /// number of tests (Holm).
    public var probability: Double
    /// The mean error now and in normal operation, normalised units.
    public var bias: (now: Double, normal: Double)
    /// The root mean square error now, as a multiple of the normal one.
    public var growth: Double
    /// Where the change begins; `nil` when errors were so from the beginning, or nothing changed.
    public var since: Place?
    /// Stretches that were compared, each longer than errors remember.
    public var stretches: Int

    /// Whether both say the same.
    public static func == (left: DriftFinding, right: DriftFinding) -> Bool {
        left.channel == right.channel && left.lead == right.lead && left.kind == right.kind
            && left.probability == right.probability && left.bias == right.bias && left.growth == right.growth
            && left.since == right.since && left.stretches == right.stretches
    }
}

/// Tests whether a plant has changed since its model was made, by the errors of predictions one and several steps ahead.
///
/// Errors that follow each other are alike, so that rows are no samples. Their means over stretches that are longer than
/// errors remember nearly are: batch means (Schmeiser, Operations Research 1982). Of each channel and lead time they are
/// compared with what is normal in two ways by Student's test: the mean (bias), and the logarithm of the mean square (size),
/// which Jensen's inequality makes conservative. Their variance comes from differences of neighbouring stretches (von
/// Neumann, Annals of Mathematical Statistics 1941), which have `2(n − 1)²/(3n − 4)` degrees of freedom. What is normal is not known exactly either, and counts as so many stretches as its rows hold. Asked is not whether anything is
/// different at all, but whether it is by more than a tolerance; the p-values of all channels, lead times and kinds are
/// corrected together (Holm, Scandinavian Journal of Statistics 1979).
public struct DriftTest: Sendable {
    /// What may change without counting.
    public struct Tolerance: Sendable, Equatable {
        /// The mean error, in normal standard deviations.
        public var bias = 0.25
        /// The factor by which errors grow.
        public var growth = 1.25

        /// Creates a tolerance.
        public init(bias: Double = 0.25, growth: Double = 1.25) {
            precondition(bias >= 0 && growth >= 1, "bias \(bias), growth \(growth)")
            self.bias = bias
            self.growth = growth
        }
    }

    /// Stretches of which fewer tell nothing.
    static let leastStretches = 4
    /// Stretches of which more only shorten them.
    private static let mostStretches = 40

    private let reference: SurpriseReference
    private let tolerance: Tolerance

    /// Creates a test.
    public init(_ reference: SurpriseReference, tolerance: Tolerance = Tolerance()) {
        self.reference = reference
        self.tolerance = tolerance
    }

    /// Compares a record with what is normal.
    ///
    /// - Parameter segments: Contiguous rows with residuals at the reference's horizons.
    /// - Returns: One finding for each output, lead time and kind that can be judged, the most certain first.
    public func findings(_ segments: [WatchedSegment]) -> [DriftFinding] {
        var found: [DriftFinding] = []
        for (place, lead) in reference.horizons.enumerated() {
            let normal = reference.residualMoments(place)
            for (output, name) in reference.outputs.enumerated() {
                let (mean, deviation) = normal[output]
                guard deviation > 1e-5 else { continue }
                let errors = segments.map { segment in
                    (0..<segment.count).map {
                        (segment.residuals[place][$0 * segment.outputs + output] - mean) / deviation
                    }
                }
                found += findings(errors, name, lead, mean, deviation)
            }
        }
        return Self.corrected(found)
    }

    /// Both kinds for one channel and lead time, of errors in normal standard deviations.
    private func findings(
        _ errors: [[Double]], _ channel: String, _ lead: Int, _ mean: Double, _ deviation: Double
    ) -> [DriftFinding] {
        let all = errors.flatMap { $0 }.filter(\.isFinite)
        // Errors so far ahead share what they predict with as many neighbours.
        let length = max(3 * lead, 10, all.count / Self.mostStretches)
        let stretches = errors.flatMap { run -> [[Double]] in
            let known = run.filter(\.isFinite)
            return (0..<known.count / length).map { Array(known[$0 * length..<($0 + 1) * length]) }
        }
        guard stretches.count >= Self.leastStretches else { return [] }
        let centre = all.reduce(0, +) / Double(all.count)
        let square: Double = all.reduce(0.0) { $0 + $1 * $1 } / Double(all.count)
        // Its rows are of all phases of a step of several samples, these of one.
        let normal = Double(reference.rows) * reference.rowTime / reference.stepTime
        let share = Double(length) / max(Double(length), normal)
        func test(_ values: [Double], beyond limit: Double, isTwoSided: Bool) -> Double {
            let count = Double(values.count)
            let middle = values.reduce(0, +) / count
            // By differences of neighbours, which a change of level in between leaves small: a change that comes late would
            // else hide in the variance that it makes.
            let squares: Double = zip(values, values.dropFirst()).reduce(0.0) {
                $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
            }
            let variance = squares / (2 * (count - 1))
            let degrees = 2 * (count - 1) * (count - 1) / (3 * count - 4)
            let error = max(1e-12, (variance * (1 / count + share)).squareRoot())
            let distance = isTwoSided ? abs(middle) : middle
            return StudentDistribution.tail(above: (distance - limit) / error, degrees: degrees)
                * (isTwoSided ? 2 : 1)
        }
        let means = stretches.map { $0.reduce(0, +) / Double(length) }
        let sizes = stretches.map { stretch -> Double in
            let squares: Double = stretch.reduce(0.0) { $0 + $1 * $1 }
            return log(max(1e-12, squares / Double(length)))
        }
        return DriftFinding.Kind.allCases.map { kind in
            let p =
                kind == .bias
                ? test(means, beyond: tolerance.bias, isTwoSided: true)
                : test(sizes, beyond: 2 * log(tolerance.growth), isTwoSided: false)
            return DriftFinding(
                channel: channel, lead: lead, kind: kind, probability: min(1, p),
                bias: (mean + centre * deviation, mean), growth: square.squareRoot(),
                since: Self.change(errors, kind, length), stretches: stretches.count)
        }
    }

    /// Where the mean, or the mean square, changes: at the greatest distance of its cumulative sum from a straight line;
    /// `nil` where it was different from the beginning on.
    private static func change(_ errors: [[Double]], _ kind: DriftFinding.Kind, _ length: Int) -> DriftFinding.Place? {
        var places: [DriftFinding.Place] = []
        var values: [Double] = []
        for (segment, run) in errors.enumerated() {
            for (row, value) in run.enumerated() where value.isFinite {
                places.append(DriftFinding.Place(segment: segment, row: row))
                // One wild row is no change.
                values.append(kind == .bias ? max(-10, min(10, value)) : min(100, value * value))
            }
        }
        let (count, total) = (Double(values.count), values.reduce(0, +))
        var (sum, greatest, cut) = (0.0, 0.0, 0)
        for (index, value) in values.enumerated() {
            sum += value
            let distance = abs(sum - total * Double(index + 1) / count)
            if distance > greatest { (greatest, cut) = (distance, index + 1) }
        }
        guard cut >= length, values.count - cut >= length else { return nil }
        let normal = kind == .bias ? 0.0 : 1
        let before = values[..<cut].reduce(0, +) / Double(cut) - normal
        let after = values[cut...].reduce(0, +) / Double(values.count - cut) - normal
        return abs(before) <= 0.5 * abs(after) ? places[cut] : nil
    }

    /// The findings with p-values for all of them together, the least first.
    private static func corrected(_ findings: [DriftFinding]) -> [DriftFinding] {
        var sorted = findings.sorted { $0.probability < $1.probability }
        var least = 0.0
        for index in sorted.indices {
            least = max(least, min(1, sorted[index].probability * Double(sorted.count - index)))
            sorted[index].probability = least
        }
        return sorted
    }
}

extension SurpriseReference {
    /// Mean and standard deviation of the residuals of each output at one of the horizons, normalised units.
    func residualMoments(_ horizon: Int) -> [(mean: Double, deviation: Double)] {
        let metric = metrics[horizon]
        let deviations = metric.deviations
        return outputs.indices.map { (metric.mean[$0], deviations[$0]) }
    }

    /// Mean and standard deviation of the residuals of an output one step ahead, normalised units.
    public func moments(ofNextStep output: Int) -> (mean: Double, deviation: Double) { residualMoments(0)[output] }
}
