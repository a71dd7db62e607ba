import Basics
import WorldModels

/// What predicts the next representation.
public enum SurprisePredictor: String, Sendable, CaseIterable, Codable {
    /// The model's own predictor, from one representation.
    case own
    /// The filter, from the latest three representations: it can tell velocities, and forgets what is hidden for longer.
    case brief
    /// The filter, from all representations before.
    case remembering

    /// The rows a step apart that `brief` sees.
    public static let briefMemory = 3
}

/// How surprise is measured: by the prediction of what, in which units.
public struct SurpriseMeasure: Sendable, Hashable, Codable {
    /// What predicts.
    public var predictor: SurprisePredictor
    /// Whether errors are in units of what is ordinary in each direction, or else root mean squares.
    public var isWhitened: Bool

    /// Creates a measure.
    public init(_ predictor: SurprisePredictor, isWhitened: Bool = true) {
        (self.predictor, self.isWhitened) = (predictor, isWhitened)
    }

    /// All of them.
    public static let all = SurprisePredictor.allCases.flatMap { predictor in
        [SurpriseMeasure(predictor, isWhitened: false), SurpriseMeasure(predictor)]
    }

    /// The name in results.
    public var name: String { (isWhitened ? "whitened" : "plain") + ", " + predictor.rawValue }

    func value(_ reading: PictureSurprise.Reading) -> Double { isWhitened ? reading.whitened : reading.plain }

    func surprise(_ reading: PictureSurprise.Reading) -> Double {
        isWhitened ? reading.surprise : reading.plainSurprise
    }
}

/// What came of the pairs of a violation under one measure.
public struct SurpriseScore: Sendable, Codable {
    /// The greatest error of each pair among the rows from the event on, where the violation happens.
    public var impossible: [Double] = []
    /// The same of its lawful twin, in the same rows.
    public var possible: [Double] = []
    /// Pairs with a violation in which the surprise of some row is above the alarm level.
    public var alarms = 0
    /// Lawful twins in which it is.
    public var falseAlarms = 0

    /// A step is told to be impossible when it is more surprising than this part of ordinary ones.
    public static let alarmLevel = 0.999

    /// The area under the receiver operating characteristic.
    public var area: Double { RankTests.area(impossible, possible) }
    /// The share of pairs in which the impossible is the more surprising.
    public var accuracy: Double { RankTests.share(impossible, possible) }
    /// The one-sided p-value of the signed-rank test on pairs.
    public var p: Double { RankTests.signedRank(impossible, possible) }
    /// The 95 % interval of the area.
    public var interval: ClosedRange<Double> {
        var generator = SeededGenerator(seed: 0xB007)
        return RankTests.interval(impossible, possible, using: &generator)
    }

    mutating func add(
        possible lawful: [PictureSurprise.Reading], impossible broken: [PictureSurprise.Reading],
        _ measure: SurpriseMeasure
    ) {
        possible.append(lawful.map(measure.value).max() ?? 0)
        impossible.append(broken.map(measure.value).max() ?? 0)
        if lawful.contains(where: { measure.surprise($0) > Self.alarmLevel }) { falseAlarms += 1 }
        if broken.contains(where: { measure.surprise($0) > Self.alarmLevel }) { alarms += 1 }
    }
}

/// What came of a violation with one model.
public struct SurpriseJudgement: Sendable {
    /// A pair to be looked at: surprise over time with the pictures.
    public struct Example: Sendable {
        /// The pair.
        public var pair: SurprisePair
        /// The row of the first reading of each predictor.
        public var firstRow: [SurprisePredictor: Int]
        /// The whitened error of each row from there on, in the order possible, impossible.
        public var errors: [SurprisePredictor: [[Double]]]
    }

    /// The violation.
    public var violation: Violation
    /// The seed of the model.
    public var seed: Int
    /// The score under each measure that the model has.
    public var scores: [SurpriseMeasure: SurpriseScore]
    /// The first pair.
    public var example: Example?

    /// The measure that the figures of tables are of, fixed before anything was judged: whitened, by the filter where there
    /// is one.
    public var headline: SurpriseMeasure {
        let best = SurpriseMeasure(.remembering)
        return scores[best] == nil ? SurpriseMeasure(.own) : best
    }
}
