import Basics
import Episodes
import Foundation
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

    /// Answers as they come one after the other, each as late after its search as it is: the share in time and the mean
    /// reserve, without the first 256.
    private func answers(
        _ count: Int, isRealTime: Bool = false, tail: (inout SeededGenerator) -> Double
    ) -> (kept: Double, reserve: Double) {
        var generator = SeededGenerator(seed: 21)
        var reserve = DeadlineReserve()
        var (kept, sum) = (0, 0.0)
        for index in 0..<count + DeadlineReserve.remembered {
            let (left, tail) = (reserve.seconds(of: 5, isRealTime: isRealTime), tail(&generator))
            reserve.finished(in: tail)
            guard index >= DeadlineReserve.remembered else { continue }
            kept += tail <= left ? 1 : 0
            sum += left
        }
        return (Double(kept) / Double(count), sum / Double(count))
    }

    @Test("the reserve of a deadline covers the tail of answers, and is not led by rare accidents")
    func tails() {
        let quiet = answers(4000) { 0.25 * exp(0.15 * $0.normal()) }
        #expect(quiet.kept >= 0.999)
        #expect(quiet.reserve < 0.6)
        let accidents = answers(4000) { 0.25 * exp(0.15 * $0.normal()) + ($0.uniform() < 0.0005 ? 4 : 0) }
        #expect(accidents.kept >= 0.999)
        #expect(accidents.reserve < 0.6)
    }

    @Test("from a thread that goes before others nothing is taken, so that its longest answers count")
    func realTime() {
        func tail(_ generator: inout SeededGenerator) -> Double {
            0.25 * exp(0.15 * generator.normal()) + (generator.uniform() < 0.007 ? 0.4 : 0)
        }
        #expect(answers(4000, tail: tail).kept < 0.998)
        let realTime = answers(4000, isRealTime: true, tail: tail)
        #expect(realTime.kept >= 0.999)
        #expect(realTime.reserve < 1.2)
    }

    @Test("where the system takes the processor away from many answers, the reserve grows by what it takes")
    func busy() {
        let busy = answers(4000) { 0.25 * exp(0.15 * $0.normal()) + ($0.uniform() < 0.05 ? 1 + $0.uniform() : 0) }
        #expect(busy.kept >= 0.999)
        #expect(busy.reserve > 1 && busy.reserve <= 2.5)
    }

    @Test("a loop keeps its deadline from the first plan on, though rollouts take now this and now that long")
    func loop() throws {
        let clock = SteppedClock()
        let task = PlanningTask(
            goal: try Goal.parse("x0 = 0; 0.1 * effort(u0)"), guardrails: [try Guardrail.parse("always(x1 >= -1 m)")],
            fallback: .action([0]))
        let solver = try CrossEntropy(population: 60, elites: 6, iterations: 1000, tolerance: 0)
        var planner = Planner(
            TimedDynamics(clock: clock), task: task, options: try PlannerOptions(horizon: 4, deadline: 60, chunk: 16),
            solver: solver, clock: clock)
        for _ in 0..<40 {
            let plan = try planner.plan(from: [2, 0], start: PlannerTests.start)
            #expect(plan.certificate.search.isCutShort)
            #expect(plan.certificate.search.seconds <= 60)
            // Time is used, and not only kept.
            #expect(plan.certificate.search.seconds >= 30)
            #expect(plan.certificate.search.candidates > 60)
        }
    }
}

/// A clock that stands still but for what others add.
final class SteppedClock: PlanningClock {
    private let state = Mutex((time: 0.0, generator: SeededGenerator(seed: 8)))

    func now() -> Double { state.withLock { $0.time } }

    /// Goes on by about so many seconds, now more and now less.
    func pass(_ seconds: Double) {
        state.withLock { $0.time += seconds * exp(0.2 * $0.generator.normal()) }
    }
}

/// The double integrator with rollouts that take their time on a clock.
private struct TimedDynamics: LinearTestVariant {
    let clock: SteppedClock
    let base = LinearTestDynamics.doubleIntegrator

    func rollout(from state: [Float], into batch: inout TrajectoryBatch) throws {
        clock.pass(0.8 + 0.05 * Double(batch.candidates))
        try base.rollout(from: state, into: &batch)
    }
}
