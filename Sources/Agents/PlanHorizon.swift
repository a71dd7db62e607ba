import Basics
import WorldModels

/// How far a plan looks ahead.
public enum PlanHorizon: Sendable, Equatable {
    /// A number of steps of the model.
    case steps(Int)
    /// A time in seconds, rounded to whole steps.
    case seconds(Double)

    /// The steps that this is for a model.
    ///
    /// - Parameters:
    ///   - stepTime: Seconds of one step of the model.
    ///   - trained: Steps that the model was trained to predict.
    /// - Returns: At least one step.
    /// - Throws: `ForesightError.usage` when it is less than a step, or further than the model was trained for.
    public func steps(stepTime: Double, trained: Int) throws -> Int {
        let limit = "\(trained) steps (\(Self.number(Double(trained) * stepTime)) s)"
        let count: Double
        let name: String
        switch self {
        case .steps(let steps):
            count = Double(steps)
            name = "horizon \(steps) steps"
        case .seconds(let seconds):
            count = (seconds / stepTime).rounded()
            name = "horizon \(Self.number(seconds)) s"
        }
        guard count.isFinite, count >= 1 else {
            throw ForesightError.usage(
                "\(name) is less than one step of the model, \(Self.number(stepTime)) s",
                remedy: "plan at least that far ahead")
        }
        guard count <= Double(trained) else {
            throw ForesightError.usage(
                "\(name) exceeds the \(limit) the model was trained for",
                // More steps than training takes are had by longer ones, which a time in place of a number lets it find.
                remedy: "plan at most that far ahead, or train with horizon="
                    + (count <= Double(TrainingSettings.longestHorizon)
                        ? Self.number(count) : Self.number(count * stepTime) + "s"))
        }
        return Int(count)
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
    }
}
