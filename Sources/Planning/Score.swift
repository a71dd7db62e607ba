/// How good a candidate is: guardrails first, cost second.
///
/// Candidates are compared by total guardrail violation and only among equals by cost, so that no gain in cost ever
/// buys a violation: the feasibility rules of Deb, "An efficient constraint handling method for genetic algorithms",
/// Computer Methods in Applied Mechanics and Engineering 186 (2000), https://doi.org/10.1016/S0045-7825(99)00389-8.
public struct Score: Comparable, Sendable, Hashable {
    /// The sum over all guardrails of how far each is violated, in units of its scale; 0 when all hold.
    public let violation: Float
    /// The cost of the goal.
    public let cost: Float

    /// Creates a score; what is not finite ranks behind everything else.
    public init(violation: Float, cost: Float) {
        let isUsable = violation.isFinite && cost.isFinite
        self.violation = isUsable ? max(0, violation) : .infinity
        self.cost = isUsable ? cost : .infinity
    }

    /// The score of a candidate that was not evaluated.
    public static let worst = Score(violation: .infinity, cost: .infinity)

    /// Whether every guardrail holds.
    public var isFeasible: Bool { violation == 0 }

    /// Whether the left candidate is better: it violates less, or violates as much and costs less.
    public static func < (left: Score, right: Score) -> Bool {
        left.violation != right.violation ? left.violation < right.violation : left.cost < right.cost
    }
}
