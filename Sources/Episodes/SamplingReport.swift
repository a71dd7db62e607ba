/// How evenly a log was sampled.
public struct SamplingReport: Sendable, Equatable, Codable {
    /// A pause between two samples.
    public struct Gap: Sendable, Equatable, Codable {
        /// The row after the pause.
        public var row: Int
        /// The length of the pause in seconds.
        public var seconds: Double
    }

    /// Seconds between samples: the median step, or the mean one where the clock is too coarse for a median.
    public var samplingTime: Double
    /// The share of a step by which 95 % of the steps deviate at most.
    public var jitter: Double
    /// Steps above 1.5 sampling times.
    public var gaps: [Gap]
    /// Rows that have the time of the row before.
    public var duplicates: [Int]
    /// Rows whose time lies before that of the row above.
    public var reversals: [Int]
    /// The clock's step, where it is so coarse that even sampling looks uneven.
    public var clockResolution: Double?
    /// Whether more than one step in twenty deviates by more than a fifth.
    public var isIrregular: Bool
    /// The last row less the first row.
    public var span: Double

    /// Looks at the times of a log, in seconds, in the order of the file.
    ///
    /// Whole-second clocks make samples taken every 1.06 s look like steps of one second with a step of two seconds
    /// now and then, at even distances. Such steps are no gaps: they are told from lost samples, which come at random,
    /// by the evenness of their distances (a coefficient of variation below 0.7; that of random losses is 1).
    public init(times: [Double]) {
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }
        reversals = steps.indices.filter { steps[$0] < 0 }.map { $0 + 1 }
        let growing = steps.filter { $0 > 0 }.sorted()
        span = (times.last ?? 0) - (times.first ?? 0)
        guard !growing.isEmpty else {
            (samplingTime, jitter, gaps, duplicates, isIrregular) = (0, 0, [], steps.indices.map { $0 + 1 }, true)
            return
        }
        let median = growing[growing.count / 2]
        let repeats = steps.indices.filter { steps[$0] == 0 }.map { $0 + 1 }
        if repeats.count * 2 > steps.count {
            // Several samples to one tick of the clock: the rows are evenly spread between the ticks.
            let pauses = steps.indices.filter { steps[$0] > 2.5 * median }
            let paused = pauses.reduce(0) { $0 + steps[$1] }
            let total = growing.reduce(0, +) - paused
            samplingTime = SamplingReport.rounded(total / Double(max(1, steps.count - pauses.count - reversals.count)))
            gaps = pauses.map { Gap(row: $0 + 1, seconds: steps[$0]) }
            (duplicates, jitter, clockResolution, isIrregular) = ([], 0, median, false)
            return
        }
        duplicates = repeats
        let tick = growing[0]
        let isTicking = growing.allSatisfy { abs($0 / tick - ($0 / tick).rounded()) < 1e-3 }
        let long = steps.indices.filter { steps[$0] > 1.5 * median }
        let suspects = long.filter { steps[$0] < median + 1.5 * tick }
        let isCoarse = isTicking && median < 2.5 * tick && SamplingReport.areEvenlySpread(suspects)
        let pauses = isCoarse ? long.filter { steps[$0] >= median + 1.5 * tick } : long
        gaps = pauses.map { Gap(row: $0 + 1, seconds: steps[$0]) }
        let isPause = Set(pauses)
        let plain = steps.indices.filter { steps[$0] > 0 && !isPause.contains($0) }.map { steps[$0] }
        let mean = plain.reduce(0, +) / Double(max(1, plain.count))
        clockResolution = isCoarse ? tick : nil
        // An exact clock is taken at its word, a jittering one at a round number within its jitter.
        let spread = plain.map { abs($0 - median) / median }.sorted()
        let tolerance = max(1e-4, spread.isEmpty ? 0 : min(2e-3, spread[spread.count * 95 / 100]))
        samplingTime = isCoarse ? mean : SamplingReport.rounded(median, tolerance: tolerance)
        let (time, slack) = (samplingTime, isCoarse ? tick : 0)
        let deviations = plain.map { max(0, abs($0 - time) - slack) / time }.sorted()
        jitter = deviations.isEmpty ? 0 : deviations[min(deviations.count - 1, deviations.count * 95 / 100)]
        let uneven = deviations.count { $0 > 0.2 }
        isIrregular = uneven * 20 > plain.count || gaps.count * 5 > steps.count
    }

    /// A report of even sampling without times.
    init(samplingTime: Double, count: Int) {
        self.samplingTime = samplingTime
        (jitter, gaps, duplicates, reversals, isIrregular) = (0, [], [], [], false)
        span = Double(max(0, count - 1)) * samplingTime
    }

    private static func areEvenlySpread(_ rows: [Int]) -> Bool {
        guard rows.count >= 5 else { return false }
        let distances = zip(rows.dropFirst(), rows).map { Double($0 - $1) }
        let mean = distances.reduce(0, +) / Double(distances.count)
        let variance = distances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(distances.count)
        return variance.squareRoot() < 0.7 * mean
    }

    /// A number without the noise of a clock: to three digits, where that changes it by less than a tolerance.
    static func rounded(_ value: Double, tolerance: Double = 1e-3) -> Double {
        guard value > 1e-100, value < 1e100, let short = Double(significant(value, 3)) else { return value }
        return abs(short - value) <= tolerance * value ? short : value
    }

    /// The rows of the stretches without gaps longer than the bridge (`nil`: without any), less duplicates.
    func stretches(rowCount: Int, bridge: Double?) -> [[Int]] {
        let dropped = Set(duplicates)
        var cuts = Set(reversals)
        for gap in gaps where gap.seconds > bridge ?? 0 { cuts.insert(gap.row) }
        var result: [[Int]] = []
        var current: [Int] = []
        for row in 0..<rowCount {
            if cuts.contains(row), !current.isEmpty {
                result.append(current)
                current = []
            }
            if !dropped.contains(row) { current.append(row) }
        }
        if !current.isEmpty { result.append(current) }
        return result
    }
}
