import Agents
import Planning
import Plants
import WorldModels

/// A closed-loop study with what it was about: all that text, JSON and page are made from.
struct ControlOutcome {
    /// What was run.
    var scenario: ControlScenario
    /// How the planners searched.
    var request: PlanRequest
    /// Where the model is.
    var modelPath: String
    /// The model.
    var model: ModelDescription
    /// Seconds that plans looked ahead.
    var horizon: Double
    /// The model's planner, then what it is compared with.
    var results: [ControlStudy.Result]
    /// The faults as they were asked for.
    var faultTexts: [String] = []
    /// What the model's planner made of them; `nil` without faults.
    var faults: FaultOutcome?

    /// How many episodes were wanted, where somebody stopped the run; `nil` where it went to its end.
    var wanted: Int?

    /// The number of episodes with its noun, and of how many where the run was stopped.
    var episodes: String {
        let count = learned.episodes.count
        return wanted.map { "\(count) of \(counted($0, "episode"))" } ?? counted(count, "episode")
    }

    /// What a stopped run left out; `nil` where it went to its end.
    var omission: String? {
        guard let wanted else { return nil }
        let missing = wanted - learned.episodes.count
        let episodes =
            missing > 0
            ? "\(counted(missing, "episode")) \(missing == 1 ? "was" : "were") not run" : "all episodes were run"
        return episodes + "; comparisons that were not finished are left out"
    }

    /// The model's planner.
    var learned: ClosedLoopReport { results[0].report }

    /// The result of a name.
    func report(_ name: String) -> ClosedLoopReport? { results.first { $0.report.name == name }?.report }

    /// The model's cost relative to that of exact dynamics; `nil` when they were not run.
    var costRatioExact: Double? { report("exact dynamics").flatMap { learned.costRatio(to: $0) } }
    /// The model's cost relative to that of tuned PID loops; `nil` when they were not run.
    var costRatioPID: Double? { report("tuned PID").flatMap { learned.costRatio(to: $0) } }

    /// What the least cost of the episodes is called.
    static let optimumName = "full-horizon optimum"
    /// The model's cost relative to the least that was possible; `nil` when that was not searched.
    var costRatioOptimum: Double? { report(Self.optimumName).flatMap { learned.costRatio(to: $0) } }

    /// How well the glucose of a patient was held over all episodes; `nil` for another plant.
    func glucose(_ result: ControlStudy.Result) -> GlucoseScore? {
        let plant = scenario.task.plant
        let scores = result.records.sorted { $0.key < $1.key }.compactMap { GlucoseScore($0.value, on: plant) }
        return scores.isEmpty ? nil : GlucoseScore(meanOf: scores)
    }

    /// The share of the steps in which every band that had to be held was held.
    static func held(_ report: ClosedLoopReport) -> Double {
        report.episodes.reduce(0) { $0 + $1.score.held } / Double(report.episodes.count)
    }
}
