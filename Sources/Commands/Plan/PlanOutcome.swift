import Agents
import Basics
import Episodes
import Planning
import WorldModels

/// A plan with what it was asked for and where it starts: all that text, JSON and page are made from.
struct PlanOutcome {
    /// What it starts from.
    var source: PlanSource
    /// What was asked for.
    var request: PlanRequest
    /// Where the model is.
    var modelPath: String
    /// The answer.
    var plan: Plan
    /// What the alternatives are predicted to do, `[alternative][output][step]`.
    var alternativeOutputs: [[[Double]]]

    /// Seconds from now at the end of each step.
    var times: [Double] {
        (1...max(1, plan.certificate.horizon)).map { Double($0) * plan.samplingTime }
    }

    /// What a reader should know before relying on the plan.
    var warnings: [String] {
        var warnings = plan.warnings
        if request.explores { warnings.append("the plan may leave what the training data cover (--explore)") }
        return warnings + source.warnings
    }

    /// Why there is no certified plan; `nil` when there is one.
    var reason: String? { plan.reason }
}
