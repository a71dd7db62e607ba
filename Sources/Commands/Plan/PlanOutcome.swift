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

    /// What to do about a refusal.
    var refusalRemedy: String {
        let certificate = plan.certificate
        let safe = request.safeAction.isEmpty ? "declare --safe-action" : "declare another --safe-action"
        guard certificate.isInDistribution || certificate.guardrails.contains(where: { !$0.holds }) else {
            // No guardrail is in the way.
            switch source {
            case .log:
                return "start elsewhere by --at, learn from a log of such states (foresight train LOG --from "
                    + "\(modelPath)), let the plan leave what the data cover by --explore, or \(safe)"
            case .pictures:
                return "start from another picture, let the plan leave what the data cover by --explore, or \(safe)"
            }
        }
        return "loosen the guardrail, start elsewhere, or \(safe)"
    }
}
