import Basics
import Foundation

/// One training without one part, and how well it predicts what was held back.
public struct AblationRun: Sendable {
    /// The part that is left out; `full` for none.
    public var part: AblationPart
    /// The seed.
    public var seed: Int
    /// The set's measures on what was held back; empty where training failed.
    public var values: [Double]
    /// Seconds of training.
    public var seconds: Double
    /// What came out of training, in words: sizes, and the epoch that was kept.
    public var structure: String
    /// The free-run error on what members left out, normalised units: what training knew.
    public var leftOutError: Double
    /// Why there are no values.
    public var reason: String?

    /// One figure of all measures: their geometric mean; infinite where a run ran away, failed, or is no number.
    public var value: Double {
        guard !values.isEmpty else { return .infinity }
        let mean = exp(values.reduce(0) { $0 + log($1) } / Double(values.count))
        return mean.isNaN ? .infinity : mean
    }
}

/// What leaving out one part does on one set.
public struct AblationFigure: Sendable {
    /// How a part's figures lie beside those of its baseline.
    public enum Verdict: String, Sendable {
        /// Every seed without the part is worse than every seed with it.
        case worse
        /// Every seed without the part is better than every seed with it.
        case better
        /// Seeds differ more than that.
        case even
        /// Every seed comes to the same number: the part does nothing here.
        case same
    }

    /// The part.
    public var part: AblationPart
    /// Values without it, one a seed.
    public var values: [Double]
    /// Values of the baseline, for the same seeds.
    public var baseline: [Double]
    /// Seconds of training without it, over those of the baseline.
    public var timeRatio: Double
    /// Whether it is what others are compared with here, and stands beside itself.
    public var isBaseline: Bool

    /// The median over the seeds.
    public var value: Double { median(values) }
    /// The median without the part over the median with it: above 1, the part helps.
    public var ratio: Double {
        let (without, with) = (median(values), median(baseline))
        if without == with { return 1 }
        return without / with
    }

    /// Differences below a hundredth count as none, whatever the seeds say.
    public static let least = 0.01

    /// Whether the difference exceeds the spread of seeds.
    public var verdict: Verdict {
        if values == baseline { return .same }
        guard let (low, high) = Self.range(values), let (lowest, highest) = Self.range(baseline) else { return .even }
        if low > highest && ratio > 1 + Self.least { return .worse }
        if high < lowest && ratio < 1 - Self.least { return .better }
        return .even
    }

    private static func range(_ values: [Double]) -> (Double, Double)? {
        guard let least = values.min(), let greatest = values.max() else { return nil }
        return (least, greatest)
    }
}

/// What came out on one set.
public struct AblationSetResult: Sendable {
    /// The set's name.
    public var set: String
    /// What is scored, in words.
    public var metric: String
    /// Its unit; empty for a ratio, or where several are put together.
    public var unit: String
    /// Rows learned from, and held back.
    public var rows: (learned: Int, held: Int)
    /// All runs so far.
    public var runs: [AblationRun] = []

    /// The runs without a part, by seed.
    public func runs(without part: AblationPart) -> [AblationRun] {
        runs.filter { $0.part == part }.sorted { $0.seed < $1.seed }
    }

    /// What leaving out a part does, of the seeds that are done; `nil` where none is.
    public func figure(_ part: AblationPart) -> AblationFigure? {
        // Where terms of the loss alone are left out, there is nothing to compare their baseline with.
        let baseline = runs(without: part.baseline).isEmpty && part == .search ? part : part.baseline
        let base = Dictionary(uniqueKeysWithValues: runs(without: baseline).map { ($0.seed, $0) })
        let pairs = runs(without: part).compactMap { run in base[run.seed].map { (run, $0) } }
        guard !pairs.isEmpty else { return nil }
        let (seconds, before) = pairs.reduce((0.0, 0.0)) { ($0.0 + $1.0.seconds, $0.1 + $1.1.seconds) }
        return AblationFigure(
            part: part, values: pairs.map(\.0.value), baseline: pairs.map(\.1.value), timeRatio: seconds / before,
            isBaseline: part == baseline)
    }

    /// Parts that were trained, in the order of the list.
    public var parts: [AblationPart] {
        ([.full] + AblationPart.all).filter { part in runs.contains { $0.part == part } }
    }
}

/// What leaving out one part does over all sets.
public struct AblationSummary: Sendable {
    /// What follows from the figures, by a rule.
    public enum Advice: String, Sendable {
        /// Without the part, errors grow: on more sets worse than better, and by more than a hundredth on the whole.
        case helps
        /// Without it, errors fall by the same rule.
        case harms
        /// Neither.
        case idle = "no difference"
    }

    /// The part.
    public var part: AblationPart
    /// The sets on which it was left out, with what came out.
    public var figures: [(set: String, figure: AblationFigure)]

    /// ``chance`` corrected by Holm for all parts that make a difference somewhere: below 0.05 it is hardly chance, however many parts
    /// were looked at. 1 where the part makes none.
    public var corrected = 1.0

    /// Ratios are held within a factor of a hundred, so that one run that ran away does not decide all.
    private static let most = 100.0

    /// The geometric mean of the ratios over the sets.
    public var ratio: Double { Self.mean(figures.map(\.figure.ratio)) }
    /// The geometric mean of the ratios of training times.
    public var timeRatio: Double { Self.mean(figures.map(\.figure.timeRatio)) }

    /// Sets with a verdict.
    public func count(_ verdict: AblationFigure.Verdict) -> Int { figures.count { $0.figure.verdict == verdict } }

    /// How likely errors differ as much, one way or the other, where the part does nothing on any of the sets: the signed-rank test on
    /// the logarithms of the errors without it over those with it, seed by seed and set by set.
    public var chance: Double {
        PartTests.signedRank(
            figures.flatMap { each in
                zip(each.figure.values, each.figure.baseline).map { $0 == $1 ? 0 : log($0) - log($1) }
            })
    }

    /// What follows.
    public var advice: Advice {
        let (worse, better) = (count(.worse), count(.better))
        if ratio > 1 + AblationFigure.least && worse > better { return .helps }
        if ratio < 1 - AblationFigure.least && better > worse { return .harms }
        return .idle
    }

    private static func mean(_ ratios: [Double]) -> Double {
        guard !ratios.isEmpty else { return .nan }
        let logarithms = ratios.map { log(min(max($0.isNaN ? most : $0, 1 / most), most)) }
        return exp(logarithms.reduce(0, +) / Double(logarithms.count))
    }

    /// The summaries of all parts that were left out somewhere.
    public static func all(_ results: [AblationSetResult]) -> [AblationSummary] {
        var summaries = AblationPart.all.compactMap { part -> AblationSummary? in
            let figures = results.compactMap { result in result.figure(part).map { (result.set, $0) } }
                .filter { !$0.1.isBaseline }
            return figures.isEmpty ? nil : AblationSummary(part: part, figures: figures)
        }
        // A part that makes no difference cannot be taken for one that does.
        let tested = summaries.indices.filter { summaries[$0].count(.same) < summaries[$0].figures.count }
        for (index, chance) in zip(tested, PartTests.holm(tested.map { summaries[$0].chance })) {
            summaries[index].corrected = chance
        }
        return summaries
    }

    /// How many sets would be worse or better by chance, were no part of any use: at most, since differences below a hundredth count
    /// as none.
    ///
    /// - Parameter summaries: All parts.
    /// - Returns: How often a part made a difference on a set, and in how many of these all seeds would be on one side by chance.
    public static func byChance(_ summaries: [AblationSummary]) -> (comparisons: Int, expected: Double) {
        let figures = summaries.flatMap { $0.figures.map(\.figure) }.filter { $0.verdict != .same }
        return (figures.count, figures.reduce(0) { $0 + PartTests.separation($1.values.count) })
    }
}
