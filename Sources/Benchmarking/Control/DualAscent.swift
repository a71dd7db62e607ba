import Episodes
import Objectives
import Planning
import Plants

/// Guardrails in the form of costs on predictions: what stands in their place where they do not bind.
struct SoftGuardrails {
    /// One side of a limit, or of the region that the training data cover.
    struct Side: Equatable {
        /// The channel, as goals name it.
        var name: String
        /// The value that it must not pass.
        var limit: Double
        /// Whether it must stay below.
        var isUpper: Bool
        /// The width of the channel, which makes excesses comparable.
        var scale: Double

        /// How far a value lies beyond, as a part of the width; negative inside.
        func excess(_ value: Double) -> Double { (isUpper ? value - limit : limit - value) / scale }

        /// The squared excess in the words of a goal.
        var squared: String { "(\(quoted) \(isUpper ? "<=" : ">=") \(limit))" }

        /// The excess itself in the words of a goal.
        var plain: String {
            isUpper ? "minimize(max(\(quoted) - \(limit), 0))" : "minimize(max(\(limit) - \(quoted), 0))"
        }

        private var quoted: String {
            name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? name : "`\(name)`"
        }
    }

    /// The limits of a task, and the novelty limit.
    var sides: [Side]

    /// The sides of a task's limits.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - scales: The widths of channels by name.
    init(_ task: ControlTask, scales: [String: Double]) {
        sides = task.limits.flatMap { limit -> [Side] in
            let name = task.plant.outputChannels[limit.output].name
            let scale = scales[name] ?? 1
            return [
                limit.lower.map { Side(name: name, limit: $0, isUpper: false, scale: scale) },
                limit.upper.map { Side(name: name, limit: $0, isUpper: true, scale: scale) },
            ].compactMap { $0 }
        }
        sides.append(Side(name: "novelty", limit: 1, isUpper: true, scale: 1))
    }
}

/// Multipliers of soft guardrails by dual ascent: within a plan, and from each plan to the next.
///
/// A plan minimises `J + Σ λ_i·h_i`, with `h_i` the mean excess of limit `i` over the horizon as a part of its channel's width;
/// then `λ_i ← max(0, λ_i + μ·g_i)`, with `g_i` the greatest predicted excess, negative where all of the plan keeps clear of the
/// limit, and it is planned again from there (dual ascent: Boyd et al., "Distributed optimization and statistical learning via
/// the alternating direction method of multipliers", 2011, section 2.1; in safe reinforcement learning: Stooke et al., ICML 2020).
/// Multipliers last from decision to decision and begin an episode at 0.
final class DualAscent {
    private let soft: SoftGuardrails
    private let base: String
    private let rate: Double
    private let rounds: Int
    private(set) var multipliers: [Double]

    /// Creates multipliers.
    ///
    /// - Parameters:
    ///   - soft: The guardrails.
    ///   - goal: The goal without them.
    ///   - rate: μ, the rate of the ascent.
    ///   - rounds: Plans for each decision.
    init(_ soft: SoftGuardrails, goal: String, rate: Double, rounds: Int) {
        (self.soft, base, self.rate, self.rounds) = (soft, goal, rate, rounds)
        multipliers = soft.sides.map { _ in 0 }
    }

    /// Plans anew with other multipliers.
    ///
    /// - Throws: What planning throws.
    func revise<D: Dynamics>(
        _ planner: inout Planner<D>, _ state: D.State, _ start: PlanningStart, _ first: Plan
    ) throws -> Plan {
        if start.elapsed == 0 { for index in multipliers.indices { multipliers[index] = 0 } }
        var plan = first
        for _ in 1..<max(2, rounds) {
            ascend(plan)
            planner.task.goal = try goal()
            plan = try planner.decide(from: state, start: start, stepsSinceLastPlan: 0)
        }
        ascend(plan)
        planner.task.goal = try goal()
        return plan
    }

    private func ascend(_ plan: Plan) {
        for (index, side) in soft.sides.enumerated() {
            let excess: Double
            if side.name == "novelty" {
                excess = side.excess(plan.certificate.novelty ?? 0)
            } else if let channel = plan.certificate.channels.first(where: { $0.name == side.name }) {
                excess = channel.values.map { side.excess($0) }.max() ?? 0
            } else {
                continue
            }
            guard excess.isFinite else { continue }
            multipliers[index] = max(0, multipliers[index] + rate * excess)
        }
    }

    private func goal() throws -> Goal {
        let terms = zip(soft.sides, multipliers).filter { $0.1 > 0 }.map { "\($0.1) * \($0.0.plain)" }
        return try Goal.parse(([base] + terms).joined(separator: "; "))
    }
}
