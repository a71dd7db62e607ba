import Basics
import Episodes
import Foundation
import Objectives
import Planning
import Testing

@Suite("The planner certifies, falls back or refuses")
struct PlannerTests {
    /// Position and speed; the cart starts 2 m from its target.
    static func planner(
        guardrails: [String] = [], system: LinearTestDynamics = .doubleIntegrator, fallback: Fallback = .none,
        bands: Bands? = nil, horizon: Int = 12, solver: any Solver = CrossEntropy.standard, noveltyLimit: Double? = 1,
        seed: UInt64 = 3, chunk: Int = 128, deadline: Double? = nil, clock: any PlanningClock = MonotonicClock()
    ) throws -> Planner<LinearTestDynamics> {
        let task = PlanningTask(
            goal: try Goal.parse("x0 = 0; 0.1 * effort(u0)"),
            guardrails: try guardrails.map { try Guardrail.parse($0) },
            bands: bands, fallback: fallback)
        let options = try PlannerOptions(
            horizon: horizon, deadline: deadline, seed: seed, noveltyLimit: noveltyLimit, chunk: chunk)
        return Planner(system, task: task, options: options, solver: solver, clock: clock)
    }

    static let start = PlanningStart(outputs: [2, 0], previousActions: [0])

    @Test("a plan that keeps its guardrails is certified, with margins and everything else a certificate holds")
    func certified() throws {
        var planner = try Self.planner(guardrails: ["always(x1 >= -1 m)"])
        let plan = try planner.plan(from: [2, 0], start: Self.start)
        #expect(plan.status == .certified)
        #expect(plan.reason == nil)
        #expect(plan.actions.map(\.name) == ["u0"])
        #expect(plan.steps == 12)
        let certificate = plan.certificate
        let margin = try #require(certificate.guardrails.first)
        #expect(margin.holds)
        let leastSpeed = try #require(certificate.channels[1].values.min())
        #expect(abs((margin.margin ?? .nan) - (leastSpeed + 1)) < 1e-5)
        let worstStep = try #require(certificate.channels[1].values.firstIndex(of: leastSpeed))
        #expect(margin.time == Double(worstStep + 1))
        #expect(certificate.horizon == 12)
        #expect(certificate.search.solver == "cem")
        #expect(certificate.search.candidates > 200)
        #expect(certificate.search.iterations > 0)
        #expect(!certificate.search.isCutShort)
        #expect(certificate.channels[0].start == 2)
    }

    @Test("the margin is checked at the edge of the bands, and the certificate tells both")
    func bands() throws {
        let bands = Bands(coverage: 0.9, halfWidth: [Float](repeating: 0.25, count: 12 * 2))
        var planner = try Self.planner(guardrails: ["always(x1 >= -1 m)"], bands: bands)
        let plan = try planner.plan(from: [2, 0], start: Self.start)
        let margin = try #require(plan.certificate.guardrails.first)
        #expect(plan.status == .certified)
        #expect((margin.guaranteedMargin ?? -1) >= 0)
        #expect(abs((margin.margin ?? 0) - (margin.guaranteedMargin ?? 0) - 0.25) < 1e-5)
        #expect(plan.certificate.coverage == 0.9)
        #expect((plan.certificate.channels[1].values.min() ?? -2) >= -0.75)
        #expect(plan.certificate.channels[1].upper[3] - plan.certificate.channels[1].values[3] == 0.25)
    }

    @Test("bands shorter than the horizon are refused")
    func shortBands() throws {
        let bands = Bands(coverage: 0.9, halfWidth: [Float](repeating: 0.25, count: 10 * 2))
        var planner = try Self.planner(guardrails: ["always(x1 >= -1 m)"], bands: bands)
        #expect(throws: ForesightError.self) { try planner.plan(from: [2, 0], start: Self.start) }
    }

    @Test("when nothing keeps the guardrails the declared safe action is returned, marked so, with its own margins")
    func fallback() throws {
        var planner = try Self.planner(guardrails: ["always(x0 <= 1 m)"], fallback: .action([0]))
        let plan = try planner.plan(from: [2, 0], start: Self.start)
        #expect(plan.status == .fallback)
        #expect(plan.actions[0].values.allSatisfy { $0 == 0 })
        #expect(plan.certificate.guardrails[0].margin == -1)
        #expect(!plan.certificate.holds)
        #expect(plan.reason?.contains("violated already at the start, by 1 m") == true)
        #expect(plan.reason?.contains("the declared safe action is returned") == true)
    }

    @Test("a guardrail that no action can keep later is told apart from one violated at the start")
    func infeasible() throws {
        var planner = try Self.planner(guardrails: ["always[1, 3](x0 <= 0 m)"], fallback: .action([1]))
        let plan = try planner.plan(from: [2, 0], start: Self.start)
        #expect(plan.status == .fallback)
        #expect(plan.reason?.contains("no plan was found that keeps every guardrail") == true)
        #expect(plan.actions[0].values.allSatisfy { $0 == 1 })
        // The least violating plan is what the search was after: full force towards the target.
        let nearest = try #require(plan.alternatives.first)
        #expect(nearest.guardrail == "always[1, 3](x0 <= 0 m)")
        #expect(nearest.actions[0].values[0] < -3.9)
        #expect(nearest.time == 1)
    }

    @Test("without a safe action planning is refused with the reason")
    func refused() throws {
        var planner = try Self.planner(guardrails: ["always[1, 3](x0 <= 0 m)"])
        let refusal = #expect(throws: PlanRefusal.self) { try planner.plan(from: [2, 0], start: Self.start) }
        #expect(refusal?.plan.status == .refused)
        #expect(refusal?.plan.actions.allSatisfy(\.values.isEmpty) == true)
        #expect(refusal?.description.contains("no safe action is declared") == true)
        #expect(refusal?.error.code == .refused)
    }

    @Test("a violation at the start is never hidden, even when the first step ends it")
    func violatedAtStart() throws {
        var planner = try Self.planner(guardrails: ["always(x0 <= 1.9 m)"], fallback: .action([-4]))
        let plan = try planner.plan(from: [2, 0], start: Self.start)
        #expect(plan.status == .fallback)
        #expect(plan.reason?.contains("violated already at the start") == true)
        #expect(plan.warnings.contains { $0.contains("violated now") })
    }

    @Test("a backup policy is asked, projected and named")
    func policy() throws {
        let policy = Fallback.policy(name: "brake") { context in
            [Float](repeating: -9, count: context.horizon * context.actions.count)
        }
        var planner = try Self.planner(guardrails: ["always[1, 3](x0 <= 0 m)"], fallback: policy)
        let plan = try planner.plan(from: [2, 0], start: Self.start)
        #expect(plan.status == .fallback)
        #expect(plan.reason?.contains("backup policy 'brake'") == true)
        #expect(plan.actions[0].values.allSatisfy { $0 == -4 })
    }

    @Test(
        "plans stay where the data are unless novelty is left unguarded by choice",
        arguments: SolverCatalogue.continuous)
    func novelty(name: String) throws {
        let solver = try #require(SolverCatalogue.solver(named: name))
        // The data hold no speed beyond 0.7 m/s, and the quickest way back would be twice as fast.
        var slow = LinearTestDynamics.doubleIntegrator
        slow.noveltyChannel = 1
        slow.familiar = 0.7
        var planner = try Self.planner(system: slow, solver: solver)
        let guarded = try planner.plan(from: [2, 0], start: Self.start)
        #expect(guarded.status == .certified)
        #expect((guarded.certificate.novelty ?? 9) <= 1)
        #expect(guarded.certificate.isInDistribution)
        let quicker = try #require(guarded.alternatives.first { $0.guardrail == "novelty" })
        #expect(quicker.reason.contains("leaves what the training data cover: novelty"))
        #expect(quicker.costDifference < 0)
        var unguarded = try Self.planner(system: slow, solver: solver, noveltyLimit: nil)
        let plan = try unguarded.plan(from: [2, 0], start: Self.start)
        #expect(plan.status == .certified)
        #expect((plan.certificate.novelty ?? 0) > 1.5)
        #expect(plan.certificate.noveltyLimit == nil)
        #expect(plan.certificate.cost < guarded.certificate.cost)
    }

    @Test("a state out of distribution is refused even when a safe action is declared")
    func outOfDistribution() throws {
        var system = LinearTestDynamics.doubleIntegrator
        system.familiar = 0.5
        var planner = try Self.planner(system: system, fallback: .action([0]))
        let refusal = #expect(throws: PlanRefusal.self) { try planner.plan(from: [2, 0], start: Self.start) }
        #expect(refusal?.description.contains("out of distribution") == true)
        #expect(refusal?.description.contains("exceeds 1") == true)
    }

    @Test("a horizon beyond the trained one is a usage error with value, limit and next step")
    func horizon() throws {
        var system = LinearTestDynamics.doubleIntegrator
        system.trainedHorizon = 8
        var planner = try Self.planner(system: system)
        let error = #expect(throws: ForesightError.self) { try planner.plan(from: [2, 0], start: Self.start) }
        #expect(error?.code == .usage)
        #expect(error?.description.contains("12 exceeds the 8 steps") == true)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test("NaN in the state, the start or the actions in force is a data error", arguments: 0..<3)
    func notANumber(place: Int) throws {
        var planner = try Self.planner()
        let start = PlanningStart(outputs: [2, place == 1 ? .nan : 0], previousActions: [place == 2 ? .nan : 0])
        let error = #expect(throws: ForesightError.self) {
            try planner.plan(from: [place == 0 ? .nan : 2, 0], start: start)
        }
        #expect(error?.code == .data)
    }

    @Test("what was turned down is named: cheaper but forbidden, or allowed but dearer")
    func alternatives() throws {
        var planner = try Self.planner(guardrails: ["always(x1 >= -0.8 m)"])
        let plan = try planner.plan(from: [2, 0], start: Self.start)
        #expect(plan.status == .certified)
        #expect(plan.alternatives.count == 2)
        let forbidden = try #require(plan.alternatives.first { $0.guardrail != nil })
        #expect(forbidden.guardrail == "always(x1 >= -0.8 m)")
        #expect((forbidden.shortfall ?? 0) > 0)
        #expect(forbidden.costDifference < 0)
        #expect(forbidden.reason.contains("violates 'always(x1 >= -0.8 m)' by"))
        #expect(forbidden.unit == "m")
        let dearer = try #require(plan.alternatives.first { $0.guardrail == nil })
        #expect(dearer.costDifference > 0)
        #expect(dearer.reason.contains("more"))
        #expect(dearer.actions != plan.actions)
    }

    @Test("the same seed gives the same plan and another seed another one")
    func determinism() throws {
        func actions(_ seed: UInt64) throws -> [PlanSeries] {
            var planner = try Self.planner(seed: seed)
            _ = try planner.plan(from: [2, 0], start: Self.start)
            return try planner.plan(from: [2, 0], start: Self.start).actions
        }
        #expect(try actions(1) == actions(1))
        #expect(try actions(1) != actions(2))
    }

    @Test("a plan survives JSON")
    func json() throws {
        var planner = try Self.planner(guardrails: ["always(x1 >= -1 m)", "eventually[8, 12](abs(x0) <= 0.3 m)"])
        let plan = try planner.plan(from: [2, 0], start: Self.start)
        let data = try JSONEncoder().encode(plan)
        #expect(try JSONDecoder().decode(Plan.self, from: data) == plan)
        #expect(String(decoding: data, as: UTF8.self).contains("\"status\":\"certified\""))
    }

    @Test("planning again from the same place starts from the last plan, so that it never gets worse and soon better")
    func warmStart() throws {
        let tiny = try CrossEntropy(population: 8, elites: 2, iterations: 1)
        var planner = try Self.planner(solver: tiny)
        var costs: [Double] = []
        for _ in 0..<30 {
            let plan = try planner.plan(from: [2, 0], start: Self.start, stepsSinceLastPlan: 0)
            costs.append(plan.certificate.cost)
        }
        #expect(costs == costs.sorted(by: >))
        #expect(costs[29] < 0.8 * costs[0])
        planner.reset()
        #expect(try planner.plan(from: [2, 0], start: Self.start).certificate.cost == costs[0])
    }

    @Test("what the search found is rolled out once more, and not believed when that says otherwise")
    func finalCheck() throws {
        let task = PlanningTask(
            goal: try Goal.parse("x0 = 0"), guardrails: [try Guardrail.parse("always(x1 >= -1 m)")],
            fallback: .action([0]))
        let options = try PlannerOptions(horizon: 12, seed: 3)
        var planner = Planner(FlatteringDynamics(), task: task, options: options, solver: CrossEntropy.standard)
        let plan = try planner.plan(from: [2, 0], start: Self.start)
        #expect(plan.status == .fallback)
        #expect(plan.reason?.contains("when rolled out again") == true)
        #expect(plan.actions[0].values.allSatisfy { $0 == 0 })
    }

    @Test("a plan at the very edge gives way to another elite when a rollout of its own falls over it")
    func edge() throws {
        let task = PlanningTask(
            goal: try Goal.parse("x0 = 0"), guardrails: [try Guardrail.parse("always(x1 >= -0.4 m)")],
            fallback: .action([0]))
        var planner = Planner(
            FlatteringDynamics(flattery: 0.9999), task: task, options: try PlannerOptions(horizon: 12, seed: 3),
            solver: CrossEntropy.standard)
        let plan = try planner.plan(from: [2, 0], start: Self.start)
        #expect(plan.status == .certified)
        #expect(plan.certificate.guardrails.allSatisfy { ($0.margin ?? -1) >= 0 })
    }

    @Test("options are read strictly, and an unguarded novelty has to be written")
    func options() throws {
        func read(_ text: String) throws -> PlannerOptions {
            try JSONDecoder().decode(PlannerOptions.self, from: Data(text.utf8))
        }
        #expect(try read("{\"horizon\": 5}").noveltyLimit == 1)
        #expect(try read("{\"horizon\": 5, \"noveltyLimit\": null}").noveltyLimit == nil)
        #expect(throws: ForesightError.self) { try read("{}") }
        #expect(throws: ForesightError.self) { try read("{\"horizon\": 0}") }
        #expect(throws: ForesightError.self) { try read("{\"horizon\": 5, \"horizn\": 5}") }
        #expect(throws: ForesightError.self) { try PlannerOptions(horizon: 5, deadline: 0) }
        let unguarded = try PlannerOptions(horizon: 5, blocks: [1, 2], noveltyLimit: nil)
        let back = try JSONDecoder().decode(PlannerOptions.self, from: try JSONEncoder().encode(unguarded))
        #expect(back == unguarded)
    }

    @Test("a safe action whose own prediction runs away is no way out, and no reason to end a loop")
    func runawayFallback() throws {
        let task = PlanningTask(
            goal: try Goal.parse("x0 = 0"), guardrails: [try Guardrail.parse("x0 <= 0.1")], fallback: .action([-1]))
        var planner = Planner(
            RunawayDynamics(), task: task, options: try PlannerOptions(horizon: 4, noveltyLimit: nil, backup: .none),
            solver: try CrossEntropy(population: 32, elites: 4, iterations: 3))
        // Nothing brings it below the limit within a step.
        let plan = try planner.decide(from: [2], start: PlanningStart(outputs: [2], previousActions: [0]))
        #expect(plan.status == .refused)
        #expect(plan.reason?.hasSuffix("leads to cannot be predicted") == true, "\(plan.reason ?? "")")
    }
}

/// Dynamics whose predictions run away under one action.
struct RunawayDynamics: LinearTestVariant {
    var base = LinearTestDynamics(a: [[0.9]], b: [[0.2]])

    func rollout(from state: [Float], into batch: inout TrajectoryBatch) throws {
        try base.rollout(from: state, into: &batch)
        for candidate in 0..<batch.candidates
        where (0..<batch.horizon).allSatisfy({ batch.action(candidate, $0, 0) == -1 }) {
            for step in 0..<batch.horizon { batch.outputs[candidate * batch.horizon + step] = .infinity }
        }
    }
}

/// Dynamics whose batches promise less speed than is real: right only when asked for a single candidate.
struct FlatteringDynamics: LinearTestVariant {
    var base = LinearTestDynamics.doubleIntegrator
    /// What speeds are multiplied by when there is more than one candidate.
    var flattery: Float = 0.5

    func rollout(from state: [Float], into batch: inout TrajectoryBatch) throws {
        try base.rollout(from: state, into: &batch)
        guard batch.candidates > 1 else { return }
        for index in stride(from: 1, to: batch.outputs.count, by: 2) { batch.outputs[index] *= flattery }
    }
}
