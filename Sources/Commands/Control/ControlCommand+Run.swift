import Agents
import Basics
import Planning
import Plants
import WorldModels

extension ControlCommand {
    /// Runs the model and its comparisons; a run that is stopped has what was finished by then.
    ///
    /// - Throws: `ForesightError.interrupted` where that is nothing.
    static func run(
        _ study: ControlStudy, model: TrainedModel, path: String, _ comparisons: [ControlStudy.Comparison], talk: Talk
    ) throws -> ControlOutcome {
        let description = model.description
        let options = try study.request.options(for: description)
        let horizon = Double(options.horizon) * description.stepTime
        func outcome(_ result: ControlStudy.Result) -> ControlOutcome {
            ControlOutcome(
                scenario: study.scenario, request: study.request, modelPath: path, model: description, horizon: horizon,
                results: [result])
        }
        var whole: ControlOutcome
        do { whole = outcome(try study.runModel(model)) } catch let stop as ControlStudy.Stopped {
            guard let result = stop.result else {
                throw ForesightError(
                    .interrupted, "stopped before the first episode was finished",
                    remedy: "the same command begins again")
            }
            whole = outcome(result)
            whole.wanted = study.seeds.count
            return whole
        }
        do {
            try compare(&whole, study, horizon: horizon, comparisons, talk: talk)
        } catch is ControlStudy.Stopped {
            // Episodes of some controllers alone would be no comparison.
            whole.wanted = study.seeds.count
        }
        return whole
    }

    private static func compare(
        _ outcome: inout ControlOutcome, _ study: ControlStudy, horizon: Double,
        _ comparisons: [ControlStudy.Comparison], talk: Talk
    ) throws {
        if comparisons.contains(.exact) {
            outcome.results.append(try study.runExact(horizon: horizon, stepTime: outcome.model.stepTime))
        }
        if comparisons.contains(.pid) {
            let results = try study.runCustomary()
            outcome.results += results
            if results.isEmpty {
                talk.warning("the goal tells no target that PID loops could track, so they are left out")
            }
        }
        if comparisons.contains(.optimum) {
            if let result = try study.runOptimum(after: outcome.results) {
                outcome.results.append(result)
            } else {
                talk.warning(
                    "the least cost on \(study.scenario.task.plant.name) cannot be searched: what happens there does not follow "
                        + "actions smoothly, so that no gradient leads to it")
            }
        }
    }
}
