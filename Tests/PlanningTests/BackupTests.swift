import Episodes
import Foundation
import Objectives
import Planning
import Testing

@Suite("A plan leaves a way out that is verified in the model")
struct BackupTests {
    /// A cart that should get to 1 m and must not pass it; letting go of it, it rolls on.
    static let horizon = 12
    static let limit: Float = 1

    static func planner(
        backup: BackupCheck, name: String = CrossEntropy.name, fallback: Fallback = .action([0]), commitment: Int = 1,
        bands: Bands? = nil, guardrails: [String] = ["always(x0 <= 1 m)"], deadline: Double? = nil,
        clock: any PlanningClock = MonotonicClock()
    ) throws -> Planner<LinearTestDynamics> {
        let task = PlanningTask(
            goal: try Goal.parse("x0 = 1"), guardrails: try guardrails.map { try Guardrail.parse($0) }, bands: bands,
            fallback: fallback)
        let options = try PlannerOptions(
            horizon: horizon, deadline: deadline, seed: 5, backup: backup, commitment: commitment)
        let solver = try #require(SolverCatalogue.solver(named: name))
        return Planner(.doubleIntegrator, task: task, options: options, solver: solver, clock: clock)
    }

    static let start = PlanningStart(outputs: [0, 0], previousActions: [0])

    /// How far the cart gets when it is let go after some actions, by the plain equations.
    static func reach(_ actions: [Double], from state: (Double, Double) = (0, 0), then safe: Double = 0) -> Double {
        var (x, v) = state
        var greatest = -Double.infinity
        for step in 0..<horizon {
            let force = step < actions.count ? actions[step] : safe
            (x, v) = (x + 0.5 * v + 0.125 * force, v + 0.5 * force)
            greatest = max(greatest, x)
        }
        return greatest
    }

    @Test(
        "the first actions leave the safe action a way to keep the limit, and no more than that is given up",
        arguments: SolverCatalogue.continuous)
    func verified(name: String) throws {
        var hasty = try Self.planner(backup: .none, name: name)
        let quick = try hasty.plan(from: [0, 0], start: Self.start)
        #expect(quick.status == .certified && quick.certificate.backup == nil)
        #expect(Self.reach([quick.action(at: 0)[0]]) > 1.5)
        var careful = try Self.planner(backup: .limits, name: name)
        let plan = try careful.plan(from: [0, 0], start: Self.start)
        #expect(plan.status == .certified)
        let reached = Self.reach([plan.action(at: 0)[0]])
        #expect(reached <= 1 + 1e-5)
        // Let go after one step the cart reaches u/8 + 11 u/4: the greatest force that may come first is 8/23 N.
        #expect(plan.action(at: 0)[0] > 0 && plan.action(at: 0)[0] <= 8 / 23.0 + 1e-5)
        if name == ImprovedCrossEntropy.name { #expect(plan.action(at: 0)[0] > 8 / 23.0 - 0.03) }
        let backup = try #require(plan.certificate.backup)
        #expect(backup.holds && backup.after == 1 && backup.uncovered.isEmpty)
        #expect(abs((backup.guardrails[0].margin ?? .nan) - (1 - reached)) < 1e-5)
        #expect(plan.certificate.cost > quick.certificate.cost)
    }

    @Test("letting go after any certified step of a loop keeps the limit, by the equations")
    func recursive() throws {
        for backup in [BackupCheck.limits, .none] {
            var planner = try Self.planner(backup: backup, name: ImprovedCrossEntropy.name)
            var (x, v) = (0.0, 0.0)
            var worst = -Double.infinity
            for _ in 0..<10 {
                let start = PlanningStart(outputs: [x, v], previousActions: [0])
                let plan = try planner.plan(from: [Float(x), Float(v)], start: start)
                #expect(plan.status == .certified)
                let force = plan.action(at: 0)[0]
                worst = max(worst, Self.reach([force], from: (x, v)))
                (x, v) = (x + 0.5 * v + 0.125 * force, v + 0.5 * force)
            }
            #expect(backup == .none ? worst > 1.5 : worst <= 1 + 1e-4)
            #expect(x > (backup == .none ? 0.75 : 0.25))
        }
    }

    @Test("the backup takes over when the next plan is due, and is judged at the edge of the bands")
    func commitment() throws {
        let bands = Bands(coverage: 0.9, halfWidth: [Float](repeating: 0.1, count: Self.horizon * 2))
        var planner = try Self.planner(backup: .limits, commitment: 3, bands: bands)
        let plan = try planner.plan(from: [0, 0], start: Self.start)
        let reached = Self.reach((0..<3).map { plan.action(at: $0)[0] })
        #expect(plan.status == .certified && reached <= 0.9 + 1e-5)
        #expect(plan.certificate.backup?.after == 3)
        #expect(abs((plan.certificate.backup?.guardrails[0].guaranteedMargin ?? .nan) - (0.9 - reached)) < 1e-5)
    }

    @Test("a plan that is carried to the end of its horizon says that no way out is verified, where one is asked for")
    func nothingLeft() throws {
        func plan(
            _ commitment: Int, _ backup: BackupCheck = .limits, _ fallback: Fallback = .action([0])
        ) throws -> Plan {
            var planner = try Self.planner(backup: backup, fallback: fallback, commitment: commitment)
            return try planner.decide(from: [0, 0], start: Self.start)
        }
        let words = "no way out is verified"
        for backup in [BackupCheck.limits, .all] {
            let whole = try plan(Self.horizon, backup)
            #expect(whole.status == .certified && whole.certificate.backup == nil)
            #expect(whole.warnings.contains { $0.contains(words) && $0.contains("all 12 steps") })
        }
        for other in [
            try plan(Self.horizon - 1), try plan(Self.horizon, .none), try plan(Self.horizon, .limits, .none),
        ] { #expect(!other.warnings.contains { $0.contains(words) }) }
    }

    @Test("a policy starts from where the plan has got to, under the force in action then")
    func policy() throws {
        let brake = Fallback.policy(name: "brake") { context in
            var (v, force) = (Double(context.initialOutputs[1]), [Float]())
            for _ in 0..<context.horizon {
                let f = max(-4, min(4, -2 * v))
                force.append(Float(f))
                v += 0.5 * f
            }
            return force
        }
        var planner = try Self.planner(backup: .limits, fallback: brake)
        let plan = try planner.plan(from: [0, 0], start: Self.start)
        #expect(plan.status == .certified)
        // The brake stands within u/8 + u/4 − u/8 = u/4: it allows the full force of 4 N, where letting go does not.
        #expect(plan.action(at: 0)[0] > 0.7)
        #expect(plan.certificate.backup?.name.contains("brake") == true)
    }

    @Test("where no first action leaves a way out nothing is certified, and the reason says what breaks")
    func cornered() throws {
        // Rolling towards the limit, the cart can brake, and letting go of it can not.
        let start = PlanningStart(outputs: [0, 0.9], previousActions: [0])
        var hasty = try Self.planner(backup: .none)
        #expect(try hasty.plan(from: [0, 0.9], start: start).status == .certified)
        var planner = try Self.planner(backup: .limits, fallback: .action([0.5]))
        let plan = try planner.plan(from: [0, 0.9], start: start)
        #expect(plan.status == .fallback)
        let reason = try #require(plan.reason)
        #expect(reason.contains("leaves no way out: the declared safe action from 1 s on"))
        #expect(reason.contains("violates 'always(x0 <= 1 m)' by"))
    }

    @Test("what has to come about is asked of the plan and not of its backup, unless all is asked for")
    func uncovered() throws {
        let guardrails = ["always(x0 <= 1 m)", "eventually[0, 12](x0 >= 0.9 m)", "always[10, end](x0 >= 0.8 m)"]
        var limits = try Self.planner(backup: .limits, guardrails: guardrails)
        let plan = try limits.plan(from: [0, 0], start: Self.start)
        #expect(plan.status == .certified)
        #expect(plan.certificate.backup?.uncovered == Array(guardrails[1...]))
        var all = try Self.planner(backup: .all, fallback: .action([-1]), guardrails: guardrails)
        let asked = try all.plan(from: [0, 0], start: Self.start)
        #expect(asked.status == .fallback)
        #expect(asked.reason?.contains("leaves no way out") == true)
    }

    @Test("a limit is asked of the way out also where 'and' joins it to what has to come about")
    func joinedLimit() throws {
        var planner = try Self.planner(
            backup: .limits, guardrails: ["always(x0 <= 1 m) and eventually[0, 12](x0 >= 0.6 m)"])
        let plan = try planner.plan(from: [0, 0], start: Self.start)
        #expect(plan.status == .certified)
        #expect(plan.certificate.backup?.guardrails.map(\.guardrail) == ["always(x0 <= 1 m)"])
        #expect(plan.certificate.backup?.uncovered == ["eventually[0, 12](x0 >= 0.6 m)"])
        #expect(Self.reach([plan.action(at: 0)[0]]) <= 1 + 1e-5)
    }

    @Test("what a loop owes of a window, and what every instant asks throughout one, is asked of the way out, too")
    func windows() throws {
        func plan(_ guardrail: String, isOwed: Bool = false) throws -> Plan {
            var planner = try Self.planner(backup: .limits, guardrails: [guardrail])
            if isOwed { planner.task.compileOptions.owed = [try Guardrail.parse(guardrail)] }
            return try planner.plan(from: [0, 0], start: Self.start)
        }
        let window = "always[0, 12](x0 <= 1 m)"
        let alone = try plan(window)
        #expect(alone.status == .certified && alone.certificate.backup == nil)
        #expect(Self.reach([alone.action(at: 0)[0]]) > 1.5)
        let plans = [
            try plan(window, isOwed: true), try plan("always(x0 >= -9 m implies always[0, 2](x0 <= 1 m))"),
        ]
        for asked in plans {
            #expect(asked.status == .certified && Self.reach([asked.action(at: 0)[0]]) <= 1 + 1e-5)
            #expect(asked.certificate.backup?.holds == true && asked.certificate.backup?.uncovered.isEmpty == true)
        }
        // What has to come about is asked of the plan alone.
        #expect(try plan("always(x0 >= 0.5 m implies eventually[0, 4](x0 <= 0.6 m))").certificate.backup == nil)
    }

    @Test("a safe action that lies exactly on a limit of the action keeps it, and leaves a way out")
    func onTheLimit() throws {
        let task = PlanningTask(
            goal: try Goal.parse("x0 = 0.2"), guardrails: [try Guardrail.parse("always[0, 6](3 * u0 <= 0.9)")],
            fallback: .action([0.3]))
        var planner = Planner(
            LinearTestDynamics(a: [[0.9]], b: [[0.2]]), task: task,
            options: try PlannerOptions(horizon: Self.horizon, noveltyLimit: nil, backup: .all),
            solver: CrossEntropy.standard)
        let plan = try planner.plan(from: [0], start: PlanningStart(outputs: [0], previousActions: [0]))
        #expect(plan.status == .certified, "\(plan.reason ?? "")")
        #expect((plan.certificate.backup?.guardrails[0].margin).map { $0 >= 0 } == true)
    }

    @Test("a backup that leaves what the training data cover is none")
    func novel() throws {
        var slow = LinearTestDynamics.doubleIntegrator
        slow.noveltyChannel = 0
        slow.familiar = 0.5
        let task = PlanningTask(
            goal: try Goal.parse("x0 = 1"), guardrails: [try Guardrail.parse("always(x0 <= 1 m)")],
            fallback: .action([0]))
        var planner = Planner(
            slow, task: task, options: try PlannerOptions(horizon: Self.horizon, seed: 5), solver: CrossEntropy.standard
        )
        let plan = try planner.plan(from: [0, 0], start: Self.start)
        #expect(plan.status == .certified)
        #expect(Self.reach([plan.action(at: 0)[0]]) <= 0.5 + 1e-5)
        #expect((plan.certificate.backup?.novelty ?? 9) <= 1)
    }

    @Test("after a plan that left no way out the next ones of a loop with a deadline look for one from the start on")
    func deadline() throws {
        var planner = try Self.planner(backup: .limits, deadline: 1e6)
        let first = try planner.plan(from: [0, 0], start: Self.start)
        let second = try planner.plan(from: [0, 0], start: Self.start, stepsSinceLastPlan: 0)
        #expect(first.status == .certified && second.status == .certified)
        #expect(second.certificate.search.candidates < 2 * first.certificate.search.candidates / 3)
    }
}
