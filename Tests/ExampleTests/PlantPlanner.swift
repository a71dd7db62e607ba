import Agents
import Planning
import WorldModels

/// Plans for a plant at each sample, with the model and its history in the process.
struct PlantPlanner {
    private var planner: Planner<LearnedDynamics>
    private var estimator: HistoryEstimator

    /// Loads a model, and reads what is asked of it.
    init(model folder: String) throws {
        let model = try ModelFolder.load(folder, isForPlanning: true)
        var request = PlanRequest(goal: "T1 = 50", guardrails: ["always(T1 <= 55)"])
        request.safeAction = ["Q1": 0, "Q2": 0]
        request.deadline = 0.05
        planner = try request.planner(for: model)
        estimator = HistoryEstimator(model)
    }

    /// What to apply until the next sample.
    ///
    /// - Parameters:
    ///   - seen: What the sensors show now, in the order of the model's outputs.
    ///   - inForce: The actions that were really applied until now.
    /// - Returns: The actions: the plan's or the safe ones, and those in force where planning is refused.
    /// - Throws: Where nothing is known to plan from.
    mutating func decide(_ seen: [Double], inForce: [Double]) throws -> [Double] {
        estimator.update(observation: seen, previousAction: inForce, disturbance: [])
        let plan = try planner.decide(from: estimator.state(), start: estimator.start())
        return plan.status == .refused ? inForce : plan.action(at: 0)
    }
}
