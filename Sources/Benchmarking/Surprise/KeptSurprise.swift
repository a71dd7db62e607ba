/// What came of a violation with one model, as a run keeps it: all but the pictures of the pair that is shown, which are made
/// again.
public struct KeptSurprise: Sendable, Codable {
    /// A score under one measure; errors that are beyond all numbers are `nil`.
    struct Score: Sendable, Codable {
        var measure: SurpriseMeasure
        var impossible: [Double?]
        var possible: [Double?]
        var alarms: Int
        var falseAlarms: Int
    }

    /// The errors of the pair that is shown, as `SurpriseJudgement.Example` has them.
    struct Curve: Sendable, Codable {
        var predictor: SurprisePredictor
        var firstRow: Int
        var errors: [[Double?]]
    }

    private var scores: [Score]
    private var curves: [Curve]

    /// Takes what is to be kept of a judgement.
    public init(_ judgement: SurpriseJudgement) {
        func numbers(_ values: [Double]) -> [Double?] { values.map { $0.isFinite ? $0 : nil } }
        scores = SurpriseMeasure.all.compactMap { measure in
            judgement.scores[measure].map {
                Score(
                    measure: measure, impossible: numbers($0.impossible), possible: numbers($0.possible),
                    alarms: $0.alarms, falseAlarms: $0.falseAlarms)
            }
        }
        curves = SurprisePredictor.allCases.compactMap { predictor in
            guard let example = judgement.example, let row = example.firstRow[predictor],
                let errors = example.errors[predictor]
            else { return nil }
            return Curve(predictor: predictor, firstRow: row, errors: errors.map(numbers))
        }
    }

    /// The judgement.
    ///
    /// - Parameters:
    ///   - violation: The violation.
    ///   - seed: The seed of the model.
    ///   - pair: The first pair; `nil` to show none.
    /// - Returns: The judgement that was kept.
    public func judgement(_ violation: Violation, seed: Int, first pair: SurprisePair?) -> SurpriseJudgement {
        func numbers(_ values: [Double?]) -> [Double] { values.map { $0 ?? .infinity } }
        var found = SurpriseJudgement(violation: violation, seed: seed, scores: [:], example: nil)
        for kept in scores {
            found.scores[kept.measure] = SurpriseScore(
                impossible: numbers(kept.impossible), possible: numbers(kept.possible), alarms: kept.alarms,
                falseAlarms: kept.falseAlarms)
        }
        guard let pair else { return found }
        var example = SurpriseJudgement.Example(pair: pair, firstRow: [:], errors: [:])
        for curve in curves {
            example.firstRow[curve.predictor] = curve.firstRow
            example.errors[curve.predictor] = curve.errors.map(numbers)
        }
        found.example = example
        return found
    }
}
