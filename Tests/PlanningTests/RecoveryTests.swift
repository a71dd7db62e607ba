import Foundation
import Objectives
import Planning
import Testing

/// A cart at 2 m rolls at 1 m/s towards a limit at 2.4 m: by `x' = x + 0.5 v + 0.125 u`, `v' = v + 0.5 u` it comes to
/// 3 + 0.375 u₁ + 0.125 u₂ after two steps, which is 2.55 m under the greatest force of 0.9 N, and less after that.
@Suite("A plan where nothing keeps the guardrails and no action is safe to hold") struct RecoveryTests {
    private func plan(
        safe: Double, backup: BackupCheck, limit: String = "always(x0 <= 2.4 m)", doubt: String? = nil,
        familiar: Float = .infinity
    ) throws -> Plan {
        var system = LinearTestDynamics.doubleIntegrator
        system.limit = 0.9
        system.noveltyChannel = 1
        system.familiar = familiar
        var task = PlanningTask(
            goal: try Goal.parse("x0 = 2.4; 0.1 * effort(u0)"), guardrails: [try Guardrail.parse(limit)],
            fallback: .action([safe]))
        task.doubt = doubt
        var planner = Planner(
            system, task: task, options: try PlannerOptions(horizon: 8, seed: 3, backup: backup),
            solver: CrossEntropy.standard)
        return try planner.decide(from: [2, 1], start: PlanningStart(outputs: [2, 1], previousActions: [0]))
    }

    @Test("the plan that breaks least goes before a safe action that breaks twice as much, and says so")
    func recovers() throws {
        let plan = try plan(safe: 0, backup: .none)
        #expect(plan.status == .fallback && plan.recovery == true && !plan.needsHolder)
        #expect(plan.actions[0].values[0] < -0.88)
        let margin = try #require(plan.certificate.guardrails[0].margin)
        #expect(abs(margin + 0.15) < 0.01)
        #expect(plan.reason?.contains("the declared safe action, which violates 'always(x0 <= 2.4 m)'") == true)
        #expect(plan.reason?.contains("the plan that breaks least is returned") == true)
    }

    @Test("a safe action that breaks little more than the plan that breaks least stays")
    func littleMore() throws {
        // Held, −0.8 N come to 2.6 m, 0.2 m beyond; what breaks least comes to 0.15 m.
        let plan = try plan(safe: -0.8, backup: .none)
        #expect(plan.status == .fallback && plan.recovery == nil && plan.needsHolder)
        #expect(plan.actions[0].values.allSatisfy { abs($0 + 0.8) < 1e-6 })
        #expect(
            plan.reason?.contains("the declared safe action is returned, which violates 'always(x0 <= 2.4 m)'") == true)
    }

    @Test("a safe action that others rely on is returned, and whoever held the plant may take over")
    func declared() throws {
        let plan = try plan(safe: 0, backup: .limits)
        #expect(plan.status == .fallback && plan.recovery == nil && plan.needsHolder)
        #expect(plan.actions[0].values.allSatisfy { $0 == 0 })
    }

    @Test(
        "a safe action that keeps the guardrails is returned, and nobody else is asked",
        arguments: [
            BackupCheck.none, .limits,
        ])
    func keeps(backup: BackupCheck) throws {
        let plan = try plan(safe: -0.9, backup: backup, limit: "always(x0 <= 3 m)", doubt: "nothing is known")
        #expect(plan.status == .fallback && plan.recovery == nil && !plan.needsHolder)
        #expect(plan.actions[0].values.allSatisfy { abs($0 + 0.9) < 1e-6 })
    }

    @Test("predictions that are in doubt put no plan before the safe action")
    func doubted() throws {
        let plan = try plan(safe: 0, backup: .none, doubt: "nothing is known")
        #expect(plan.status == .fallback && plan.recovery == nil && plan.needsHolder)
        #expect(plan.actions[0].values.allSatisfy { $0 == 0 })
    }

    @Test("a plan inside the training data goes before a safe action that leaves them, one outside does not")
    func unfamiliar() throws {
        // The first step brings 0.55 m/s at least, and 1.25 m/s under the safe action.
        let plan = try plan(safe: 0.5, backup: .none, familiar: 0.6)
        #expect(plan.recovery == true && plan.certificate.isInDistribution)
        let outside = try self.plan(safe: 0.5, backup: .none, familiar: 0.3)
        #expect(outside.status == .refused && outside.recovery == nil && outside.needsHolder)
    }

    @Test("on disk it bears its mark, and others none")
    func coded() throws {
        let recovered = try plan(safe: 0, backup: .none)
        let certified = try plan(safe: 0, backup: .none, limit: "always(x0 <= 4 m)")
        #expect(certified.status == .certified && !certified.needsHolder)
        for plan in [recovered, certified] {
            let text = try JSONEncoder().encode(plan)
            #expect(try JSONDecoder().decode(Plan.self, from: text).recovery == plan.recovery)
            #expect(String(decoding: text, as: UTF8.self).contains("\"recovery\"") == (plan == recovered))
        }
    }
}
