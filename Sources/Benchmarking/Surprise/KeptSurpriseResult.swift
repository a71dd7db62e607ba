import Basics
import WorldModels

/// What came of a world, as a run folder keeps it for those that look at other worlds there.
public struct KeptSurpriseResult: Sendable, Codable {
    /// What came of a violation with one model.
    private struct Judged: Sendable, Codable {
        var violation: String
        var seed: Int
        var kept: KeptSurprise
    }

    private var settings: String
    private var rows: Int
    private var isReused: Bool
    private var trainings: [SurpriseResult.Training]
    private var judged: [Judged]

    /// The file of a world, below the folder.
    public static func file(_ world: String) -> String { "judged/\(world).json" }

    /// Takes what is to be kept.
    public init(_ result: SurpriseResult) {
        (settings, rows, isReused) = (result.settings.yaml(), result.rows, result.isReused)
        trainings = result.trainings
        judged = result.judgements.map {
            Judged(violation: $0.violation.name, seed: $0.seed, kept: KeptSurprise($0))
        }
    }

    /// The result, with pairs to be looked at.
    ///
    /// - Parameters:
    ///   - set: The world.
    ///   - first: Makes the first pair of a violation.
    /// - Returns: The result that was kept.
    /// - Throws: `ForesightError` for settings that there are no more; what `first` throws.
    public func result(_ set: SurpriseSet, first: (Violation) throws -> SurprisePair?) throws -> SurpriseResult {
        let settings = try ImageSettings.parse(yaml: settings, source: Self.file(set.name), overrides: [])
        var result = SurpriseResult(set, settings: settings, rows: rows)
        (result.isReused, result.trainings) = (isReused, trainings)
        for violation in set.violations {
            let models = judged.filter { $0.violation == violation.name }
            guard !models.isEmpty else { continue }
            let pair = try first(violation)
            result.judgements += models.map { $0.kept.judgement(violation, seed: $0.seed, first: pair) }
        }
        return result
    }
}

extension SurpriseBenchmark {
    /// All that decides what comes of the world, in words, beside how many models there are.
    ///
    /// - Parameter known: The folder of the earlier run whose models are taken; `nil` for models of this one.
    /// - Returns: The words.
    public func words(models known: String?) -> String {
        let parts: [String?] = [
            set.name, settings.yaml(), "\(pairs) pairs of \(set.testRows) rows", "lead \(set.lead)",
            "window \(set.window)", "\(episodes) episodes", "\(filterSteps) filter steps", "\(imageSize) px",
            known.map { "models of \($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: " | ")
    }
}
