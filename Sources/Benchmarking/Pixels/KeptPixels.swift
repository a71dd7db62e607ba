import Basics
import WorldModels

/// What came of a world, as a run folder keeps it for those that judge other worlds there.
public struct KeptPixels: Sendable, Codable {
    private var settings: String
    private var planner: PixelPlanner
    private var rows: Int
    private var trainings: [PixelResult.Training]
    private var judgements: [PixelResult.Judgement]
    private var varied: [PixelResult.Varied]

    /// The file of a world, below the folder.
    public static func file(_ world: String) -> String { "judged/\(world).json" }

    /// Takes what is to be kept.
    public init(_ result: PixelResult) {
        (settings, planner, rows) = (result.settings.yaml(), result.planner, result.rows)
        (trainings, judgements, varied) = (result.trainings, result.judgements, result.varied)
    }

    /// The result.
    ///
    /// - Parameter set: The world.
    /// - Returns: The result that was kept.
    /// - Throws: `ForesightError` for settings that there are no more.
    public func result(_ set: PixelSet) throws -> PixelResult {
        let settings = try ImageSettings.parse(yaml: settings, source: Self.file(set.name), overrides: [])
        var result = PixelResult(set, settings: settings, planner: planner, rows: rows)
        (result.trainings, result.judgements, result.varied) = (trainings, judgements, varied)
        return result
    }
}

extension PixelBenchmark {
    /// All that decides what comes of the world, in words, beside how many models there are.
    ///
    /// - Parameter known: The folder of the earlier run whose models are judged; `nil` for models of this one.
    /// - Returns: The words.
    public func words(models known: String?) -> String {
        let parts: [String?] = [
            set.name, settings.yaml(), "\(pairs) pairs of \(manifestSeeds)", "\(episodes) episodes", planner.rawValue,
            objective, "\(planSteps) steps", "\(imageSize) px", remembers ? nil : "no memory",
            variety == .none ? nil : "varied", "protocol \(PixelManifest.version)", known.map { "models of \($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: " | ")
    }
}
