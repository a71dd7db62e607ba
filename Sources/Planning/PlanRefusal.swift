public import Basics

/// No plan, and nothing safe to do instead: an error, not a guess.
public struct PlanRefusal: Error, Sendable, CustomStringConvertible {
    /// What was found out: status `refused`, no actions, and the least violating plan as its first alternative.
    public let plan: Plan
    /// The same as an error that commands print.
    public let error: ForesightError

    /// Why it was refused and what to do.
    public var description: String { error.description }
}
