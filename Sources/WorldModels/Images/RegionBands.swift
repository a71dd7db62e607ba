import Basics
import Tensors

/// How far predicted scores of a region have to keep clear of 0 so that what truly leads through it is taken for outside as
/// seldom as promised: split-conformal, step by step, from free runs over episodes that nothing learned from.
///
/// Of the n predictions k steps ahead that truly led through the region, the `⌊(n + 1) α⌋`-th smallest score is the limit
/// (Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005, conditional on the label, section 4.5): a new
/// one lies at or below it with a chance of at most α. The same the other way round for what truly kept out. One half-width
/// serves both, so that `unsafe <= 0` and `safe >= 0` promise the same. Passages of one episode are not independent, so the
/// promise is that of a single prediction from a start like the recorded ones.
public struct RegionBands: Sendable, Hashable, Codable {
    /// The share α of passages that may be misjudged at the edge of the bands.
    public static let missRate = 0.01
    /// Passages on either side below which nothing is promised at all.
    public static let fewest = 19

    /// Steps of the model that they reach.
    public let steps: Int
    /// The half-width of each step, units of the score.
    public let guardHalfWidth: [Double]
    /// The promise that so many passages allow: 1 − α, or less where a step had fewer than 99 on either side.
    public let coverage: Double
    /// Held-out passages through the region, for each step.
    public let inside: [Int]
    /// Held-out passages outside, for each step.
    public let outside: [Int]
    /// The share of passages that the sign of the score alone misjudges, for each step.
    public let error: [Double]

    /// Creates bands.
    public init(
        steps: Int, guardHalfWidth: [Double], coverage: Double, inside: [Int], outside: [Int], error: [Double]
    ) {
        self.steps = steps
        self.guardHalfWidth = guardHalfWidth
        self.coverage = coverage
        self.inside = inside
        self.outside = outside
        self.error = error
    }

    /// Whether the numbers go together and make sense.
    var isConsistent: Bool {
        let counts = inside + outside
        return steps >= 1 && inside.count == steps && outside.count == steps && counts.allSatisfy { $0 >= 1 }
            && guardHalfWidth.count == steps && guardHalfWidth.allSatisfy { $0.isFinite && $0 >= 0 }
            && error.count == steps && error.allSatisfy { (0...1).contains($0) } && coverage > 0 && coverage < 1
    }

    /// Measures free runs.
    ///
    /// - Parameters:
    ///   - runs: The free runs.
    ///   - encoded: Representations of all rows of their episodes.
    ///   - classifier: What tells the region.
    ///   - labels: One for each of these rows: 1 inside, 0 outside, NaN unknown.
    ///   - name: What the region is called, for messages.
    ///   - mayHoldOutMore: Whether to hold out more episodes is advice that can be followed.
    /// - Throws: `ForesightError.data` when a step has too few passages on either side to promise anything.
    init(
        _ runs: ImageFreeRuns, encoded: EncodedRows, classifier: RegionClassifier, labels: [Float], name: String,
        mayHoldOutMore: Bool = true
    ) throws {
        let block = runs.block
        var widths: [Double] = []
        var (inside, outside): ([Int], [Int]) = ([], [])
        var (errors, coverage): ([Double], Double) = ([], 1 - Self.missRate)
        for (step, after) in runs.predicted.enumerated() {
            let scores = withInferenceMode {
                let before = step == 0 ? runs.rows(of: encoded.representations, after: 0) : runs.predicted[step - 1]
                return classifier(from: before, to: after).doubles()
            }
            var (within, without): ([Double], [Double]) = ([], [])
            for (start, score) in zip(runs.starts, scores) {
                let first = start + step * block + 1
                guard let isInside = RegionPassages.isInside(labels[first..<first + block]) else { continue }
                if isInside { within.append(score) } else { without.append(score) }
            }
            try Self.check(
                within.count, without.count, step: step, name: name, mayHoldOutMore: mayHoldOutMore)
            let limits = (Self.limit(within), Self.limit(without.map { -$0 }))
            widths.append(max(0, -limits.0, -limits.1))
            coverage = min(coverage, 1 - Self.rate(within.count), 1 - Self.rate(without.count))
            inside.append(within.count)
            outside.append(without.count)
            let missed = within.filter { $0 <= 0 }.count + without.filter { $0 > 0 }.count
            errors.append(Double(missed) / Double(within.count + without.count))
        }
        guard !widths.isEmpty else {
            throw ForesightError.data(
                "no held-out episode is long enough to judge the region \(name) by predictions",
                remedy: mayHoldOutMore
                    ? "label longer episodes, or hold out more of them"
                    : "label longer episodes that the model did not learn from")
        }
        self.init(
            steps: widths.count, guardHalfWidth: widths, coverage: coverage, inside: inside, outside: outside,
            error: errors)
    }

    /// Checks, before anything is learned, that enough passages are labelled to promise something.
    ///
    /// - Throws: `ForesightError.data` as measuring does.
    static func check(
        _ labels: [Float], episodes: [Range<Int>], block: Int, steps: Int, name: String
    ) throws {
        let starts = ImageFreeRuns.starts(episodes, rows: steps * block)
        for step in 0..<steps {
            let sides = starts.compactMap { start in
                RegionPassages.isInside(labels[start + step * block + 1...start + (step + 1) * block])
            }
            let inside = sides.filter { $0 }.count
            try check(inside, sides.count - inside, step: step, name: name, mayHoldOutMore: true)
        }
    }

    private static func check(
        _ inside: Int, _ outside: Int, step: Int, name: String, mayHoldOutMore: Bool
    ) throws {
        for (count, side) in [(inside, "lead through"), (outside, "keep out of")] where count < fewest {
            throw ForesightError.data(
                "\(count) held-out passages \(side) the region \(name) \(step + 1) steps ahead, at least \(fewest) "
                    + "are needed to promise anything",
                remedy: mayHoldOutMore
                    ? "label more episodes, or hold out more of them"
                    : "label more of what the model held out, or a recording that it did not learn from")
        }
    }

    /// The least rate of misses that so many scores can promise, at least α.
    private static func rate(_ count: Int) -> Double { max(missRate, 1 / Double(count + 1)) }

    /// At or below which a new score lies with a chance of at most ``rate(_:)``.
    static func limit(_ scores: [Double]) -> Double {
        let rank = Int((Double(scores.count + 1) * rate(scores.count) + 1e-9).rounded(.down))
        return scores.sorted()[max(1, rank) - 1]
    }
}
