import Basics

/// How far and from how many starts a model is evaluated.
public struct EvaluationOptions: Sendable, Equatable {
    /// Seconds predicted from each start; `nil` for as far as the model was trained.
    public var horizon: Double?
    /// The greatest number of starts, evenly spaced over all allowed ones.
    public var maximumStarts = 400
    /// The greatest lag of residual autocorrelations, steps.
    public var maximumLag = 30
    /// Candidates predicted at once when time is taken.
    public var timedCandidates = 256

    /// The defaults.
    public init() {}

    /// Steps of the model that the horizon is.
    ///
    /// - Throws: `ForesightError.usage` for a horizon beyond the trained one.
    func steps(_ model: ModelDescription) throws -> Int {
        guard let horizon else { return model.horizon }
        guard horizon.isFinite, horizon > 0 else {
            throw ForesightError.usage(
                "a horizon of \(horizon.yaml) s is not above 0", remedy: "give a number of seconds above 0")
        }
        let steps = max(1, (horizon / model.stepTime - 1e-6).rounded(.up))
        let trained = Double(model.horizon) * model.stepTime
        guard steps <= Double(model.horizon) else {
            throw ForesightError.usage(
                "a horizon of \(horizon.yaml) s is beyond the \(trained.yaml) s that the model was trained for",
                // More steps than training takes are had by longer ones, which a time in place of a number lets it find.
                remedy: "pass --horizon \(trained.yaml) or less, or train with "
                    + (steps <= Double(TrainingSettings.longestHorizon)
                        ? "horizon=\(Int(steps))" : "horizon=\(horizon.yaml)s"))
        }
        return Int(steps)
    }
}
