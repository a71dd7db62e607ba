import Agents
import Basics
import Episodes
import Planning
import WorldModels

/// A plan with what it was asked for and where it starts: all that text, JSON and page are made from.
struct PlanOutcome {
    /// The model.
    var model: ModelDescription
    /// What was asked for.
    var request: PlanRequest
    /// Where the model is.
    var modelPath: String
    /// The log's name.
    var log: String
    /// The row that it starts from.
    var moment: LogMoment
    /// Samples of the history that the state was made from.
    var historyCount: Int
    /// The answer.
    var plan: Plan
    /// By how much predictions were adapted to the log; `nil` for a model that does not adapt.
    var adaptation: AdaptationSummary?
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
        if historyCount < model.window {
            let least = period(Double(model.window - 1) * model.stepTime)
            warnings.append(
                "only \(counted(historyCount, "row")) of history \(historyCount == 1 ? "is" : "are") known; the model was "
                    + "trained on \(least)")
        }
        return warnings
    }

    /// Why there is no certified plan; `nil` when there is one.
    var reason: String? { plan.reason }
}
