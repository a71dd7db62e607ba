import Objectives
import Synchronization
import Testing

@testable import Planning

/// A clock that moves by a fixed amount whenever it is read.
final class TickingClock: PlanningClock {
    private let ticks = Mutex(0)
    let tick: Double

    init(tick: Double) { self.tick = tick }

    func now() -> Double {
        ticks.withLock {
            $0 += 1
            return Double($0) * tick
        }
    }
}

@Suite("Deadlines")
struct DeadlineTests {
    @Test(
        "after the deadline the best plan so far is returned, certified and marked as cut short",
        arguments: [
            CrossEntropy.name, ImprovedCrossEntropy.name, PathIntegral.name, GradientDescent.name,
        ])
    func cutShort(name: String) throws {
        func plan(_ deadline: Double?) throws -> Plan {
            var planner = try PlannerTests.planner(
                guardrails: ["always(x1 >= -1 m)"], solver: try #require(SolverCatalogue.solver(named: name)),
                deadline: deadline, clock: TickingClock(tick: 1))
            return try planner.plan(from: [2, 0], start: PlannerTests.start)
        }
        let whole = try plan(nil)
        let short = try plan(20)
        #expect(short.status == .certified)
        #expect(short.certificate.search.isCutShort)
        #expect(!whole.certificate.search.isCutShort)
        #expect(short.certificate.search.iterations < whole.certificate.search.iterations)
        #expect(short.certificate.search.candidates < whole.certificate.search.candidates)
        #expect(short.certificate.search.candidates > 1)
        #expect(short.certificate.search.seconds <= 20)
        #expect(short.certificate.search.deadline == 20)
        #expect(short.certificate.cost >= whole.certificate.cost)
    }

    @Test("even a deadline of no time at all gives an answer that was rolled out")
    func immediate() throws {
        var planner = try PlannerTests.planner(
            guardrails: ["always(x1 >= -1 m)"], fallback: .action([0]), deadline: 1e-9, clock: TickingClock(tick: 1))
        let plan = try planner.plan(from: [2, 0], start: PlannerTests.start)
        #expect(plan.status == .certified)
        #expect(plan.certificate.search.isCutShort)
        #expect(plan.certificate.search.candidates <= 4)
    }

    @Test("more time never makes the plan worse")
    func anytime() throws {
        var costs: [Double] = []
        for deadline in [5.0, 10, 20, 40, 80] {
            var planner = try PlannerTests.planner(deadline: deadline, clock: TickingClock(tick: 1))
            costs.append(try planner.plan(from: [2, 0], start: PlannerTests.start).certificate.cost)
        }
        #expect(costs == costs.sorted(by: >))
        #expect(costs[0] > costs[4])
    }

    @Test("what a search does between rollouts counts, too, before the deadline")
    func pauses() {
        var pace = DeadlinePace()
        pace.begin(at: 0)
        pace.record(candidates: 4, seconds: 1, at: 1)
        // A quarter of a second a candidate, four seconds in reserve.
        #expect(!pace.isTooLate(for: 4, at: 3, until: 8))
        pace.begin(at: 3)
        #expect(pace.isTooLate(for: 4, at: 3, until: 8))
        #expect(!pace.isTooLate(for: 4, at: 3, until: 10))
    }
}
