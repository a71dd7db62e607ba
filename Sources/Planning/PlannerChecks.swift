import Basics
import Episodes

/// What is refused before any planning begins.
enum PlannerChecks {
    static func horizon(_ horizon: Int, trained: Int?) throws {
        guard let trained, horizon > trained else { return }
        throw ForesightError.usage(
            "horizon \(horizon) exceeds the \(trained) steps the model was trained for",
            remedy: "plan at most \(trained) steps ahead or train with a longer horizon")
    }

    static func bandsTooShort(steps: Int, horizon: Int) -> ForesightError {
        .usage(
            "bands are calibrated for \(steps) steps and the horizon is \(horizon)",
            remedy: "plan at most \(steps) steps ahead or calibrate for a longer horizon")
    }

    static func finite(_ values: [Double], _ channels: [Channel], what: String) throws {
        guard values.count == channels.count else {
            throw ForesightError.usage(
                "\(values.count) values of \(what) for \(channels.count) channels", remedy: "give one value a channel")
        }
        for (value, channel) in zip(values, channels) where !value.isFinite {
            throw ForesightError.data(
                "'\(channel.name)' is \(value) where the plan starts",
                remedy: "start from a row in which every channel has a value")
        }
    }

    static func fallback(_ actions: [Float], space: ActionSpace, name: String) throws {
        guard actions.count == space.sequenceLength, actions.allSatisfy(\.isFinite) else {
            throw ForesightError.usage(
                "\(name) gives \(actions.count) values where \(space.horizon) steps of \(space.actionCount) actions "
                    + "are needed, all of them numbers",
                remedy: "declare one finite value per action")
        }
    }
}
