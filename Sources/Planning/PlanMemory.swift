import Basics
import Objectives

/// What one plan leaves for the next.
struct PlanMemory {
    private(set) var lastPlan: [Float]?
    private(set) var elites: [[Float]] = []
    /// The limits of the last plan, tightened by its guardrails.
    var limits: ActionSet?
    /// What was declared safe, moved into these `[step, action]`.
    var safe: [Float]?
    /// How many more plans are searched with their backups from the start on.
    private var cornered = 0
    private var plans: UInt64 = 0
    /// What the next search has to leave of its deadline.
    var reserve = DeadlineReserve()

    mutating func shift(by steps: Int, in space: ActionSpace) {
        lastPlan = lastPlan.map { space.shifted($0, by: steps) }
        elites = elites.map { space.shifted($0, by: steps) }
    }

    /// The best plan left no way out, and the next few are expected to leave none either.
    mutating func corner() { cornered = 5 }

    /// Whether a recent plan left no way out; counts the plan that asks.
    mutating func isCornered() -> Bool {
        defer { cornered = max(0, cornered - 1) }
        return cornered > 0
    }

    /// The seed of the next plan.
    mutating func seed(_ seed: UInt64) -> UInt64 {
        defer { plans += 1 }
        var generator = SeededGenerator(seed: seed, stream: plans)
        return plans == 0 ? seed : generator.next()
    }

    mutating func remember<D>(_ search: CandidateSearch<D>) {
        lastPlan = search.best?.actions ?? lastPlan
        elites = search.elites
    }
}
