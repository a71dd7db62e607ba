import Basics
import Objectives
import Testing

@testable import Planning
@testable import Plants

@Suite("A planner in receding horizon") struct PlannerAgentTests {
    /// Lets an agent drive `x' = 0.9 x + 0.2 u`, a step of which is so many decisions, and gives what it did.
    private func drive(
        _ task: PlanningTask, decisions: Int, perStep: Int = 1, horizon: Int = 6, replanEvery: Int = 1,
        limit: Double = 1, familiar: Float = .infinity, start: Double = 0,
        backup: BackupCheck = .limits, see: (Int, Double) -> Double = { $1 }
    ) throws -> (actions: [Double], plans: [Plan?]) {
        var model = LinearTestDynamics(a: [[0.9]], b: [[0.2]], limit: limit, familiar: familiar)
        model.samplingTime = Double(perStep)
        var agent = try PlannerAgent(
            Planner(
                model, task: task,
                options: try PlannerOptions(
                    horizon: horizon, noveltyLimit: familiar.isFinite ? 1 : nil, backup: backup),
                solver: try CrossEntropy(population: 64, elites: 8, iterations: 8)),
            replanEvery: replanEvery, decisionTime: 1
        ) { ($0.observation.map { Float($0) }, $0.observation) }
        agent.begin(seed: 1)
        var (x, action, history): (Double, Double, [Double]) = (start, 0, [])
        var (actions, plans): ([Double], [Plan?]) = ([], [])
        for step in 0..<decisions {
            let seen = see(step, x)
            let decision = try agent.decide(
                ControlSituation(
                    step: step, observation: [seen], previousAction: [action], trueState: [x], history: history,
                    reference: [nil]))
            action = decision.action[0]
            history += [seen, action]
            actions.append(action)
            plans.append(decision.plan)
            // A part of a step goes as far as the step would, by its share.
            x += (0.9 * x + 0.2 * action - x) / Double(perStep)
        }
        return (actions, plans)
    }

    private func task(_ goal: String, _ guardrails: [String] = [], fallback: Fallback = .none) throws -> PlanningTask {
        PlanningTask(
            goal: try Goal.parse(goal), guardrails: try guardrails.map { try Guardrail.parse($0) }, fallback: fallback)
    }

    @Test(
        "a rate is kept from decision to decision, also where a step of the model is several of them and a plan goes on",
        arguments: [(1, 1), (4, 1), (4, 4), (4, 10)])
    func rates(perStep: Int, replanEvery: Int) throws {
        let run = try drive(
            try task("x0 = 1.5", ["abs(rate(u0)) <= 0.05 N/s"]), decisions: 24, perStep: perStep,
            replanEvery: replanEvery)
        for (before, after) in zip([0] + run.actions, run.actions) { #expect(abs(after - before) <= 0.05 + 1e-6) }
        // It does go as fast as it may; an action that is held for a whole step has gone for one decision alone.
        #expect(run.actions[7] > (replanEvery == 1 ? 0.35 : replanEvery == perStep ? 0.09 : 0.15))
        #expect(run.plans.compactMap { $0 }.allSatisfy { $0.status == .certified })
    }

    @Test("a rate that 'and' joins to something else is kept from decision to decision, too")
    func joinedRate() throws {
        let run = try drive(
            try task("x0 = 1.5", ["abs(rate(u0)) <= 0.05 N/s and x0 <= 9"]), decisions: 12, perStep: 4)
        for (before, after) in zip([0] + run.actions, run.actions) { #expect(abs(after - before) <= 0.05 + 1e-6) }
        #expect(run.actions[7] > 0.35)
        #expect(run.plans.allSatisfy { $0?.status == .certified })
    }

    @Test("the gradient's programs keep the shorter first step, too") func rateOfPrograms() throws {
        var model = LinearTestDynamics(a: [[0.9]], b: [[0.2]])
        model.samplingTime = 4
        var planner = Planner(
            model, task: try task("x0 = 1.5", ["abs(rate(u0)) <= 0.05 N/s"]),
            options: try PlannerOptions(horizon: 6, noveltyLimit: nil), solver: SequentialQuadratic.standard)
        let start = PlanningStart(outputs: [0], previousActions: [0], interval: 1)
        let plan = try planner.plan(from: [0], start: start)
        let values = plan.actions[0].values
        #expect(values[0] > 0.045 && values[0] <= 0.05 + 1e-6)
        #expect(values[1] - values[0] > 0.15 && values[1] - values[0] <= 0.2 + 1e-6)
    }

    @Test("decisions have to make whole steps, and a plan serves as many of them as its horizon has")
    func decisions() throws {
        let goal = try task("x0 = 0.5")
        #expect(try drive(goal, decisions: 30, perStep: 4, replanEvery: 24).plans.count { $0 != nil } == 2)
        #expect(throws: ForesightError.self) { try drive(goal, decisions: 1, perStep: 4, replanEvery: 25) }
        let model = LinearTestDynamics(a: [[0.9]], b: [[0.2]])
        let planner = Planner(model, task: goal, options: try PlannerOptions(horizon: 4, noveltyLimit: nil))
        for time in [2, 0.7] {
            #expect(throws: ForesightError.self) {
                _ = try PlannerAgent(planner, decisionTime: time) { ($0.observation.map { Float($0) }, $0.observation) }
            }
        }
        // Clocks of model and plant that differ by half a percent.
        _ = try PlannerAgent(planner, decisionTime: 1.005) { ($0.observation.map { Float($0) }, $0.observation) }
    }

    @Test("a plan serves no more decisions than its way out is verified for, where one is asked for")
    func commitment() throws {
        func agent(
            _ replanEvery: Int, perStep: Int = 1, commitment: Int = 1, backup: BackupCheck = .limits,
            fallback: Fallback = .action([0]), guardrails: [String] = ["x0 <= 9"]
        ) throws {
            var model = LinearTestDynamics(a: [[0.9]], b: [[0.2]])
            model.samplingTime = Double(perStep)
            let planner = Planner(
                model, task: try task("x0 = 0.5", guardrails, fallback: fallback),
                options: try PlannerOptions(horizon: 8, noveltyLimit: nil, backup: backup, commitment: commitment))
            _ = try PlannerAgent(planner, replanEvery: replanEvery, decisionTime: 1) {
                ($0.observation.map { Float($0) }, $0.observation)
            }
        }
        let error = #expect(throws: ForesightError.self) { try agent(3) }
        let words = error.map { "\($0)" } ?? ""
        for part in ["takes 3 steps", "verified after 1", "commitment to 3"] { #expect(words.contains(part)) }
        #expect(throws: ForesightError.self) { try agent(5, perStep: 4) }
        #expect(throws: ForesightError.self) { try agent(4, commitment: 3) }
        try agent(4, perStep: 4)
        try agent(8, perStep: 4, commitment: 2)
        // Nothing is verified there.
        try agent(3, backup: .none)
        try agent(3, fallback: .none)
        try agent(3, guardrails: [])
    }

    @Test("what came about is asked no more, and is asked as long as it has not") func obligations() throws {
        let asks = try task("x0 = 0; 0.1 * effort(u0)", ["eventually[0, 12](x0 >= 0.5)"])
        // From above it is met by the first sample that counts, and nobody is driven there again.
        let met = try drive(asks, decisions: 16, horizon: 12, start: 0.7)
        #expect(met.plans.allSatisfy { $0?.status == .certified })
        #expect(met.plans.prefix(3).map { $0?.certificate.guardrails.count } == [1, 0, 0])
        #expect(met.actions.allSatisfy { $0 < 0.1 })
        // From below it is asked until the last sample that counts.
        let asked = try drive(asks, decisions: 16, horizon: 12)
        #expect(asked.plans.allSatisfy { $0?.status == .certified })
        #expect(asked.plans.map { $0?.certificate.guardrails.isEmpty == true }.firstIndex(of: true) ?? 0 > 8)
        #expect(asked.actions.contains { $0 > 0.5 })
    }

    @Test(
        "of two ways the second is asked no more once the first was gone to its end, nor what is joined to a limit by and"
    )
    func settledParts() throws {
        let ways = try drive(
            try task("x0 = 0.5", ["always[0, 4](x0 <= 0.9) or always[8, 12](x0 <= 0.05)"]), decisions: 14, horizon: 12)
        #expect(ways.plans.allSatisfy { $0?.status == .certified })
        #expect(ways.plans.map { $0?.certificate.guardrails.count } == [1, 1, 1, 1] + [Int](repeating: 0, count: 10))
        // The way that was not gone is still asked for, and plans say that they cannot.
        let broken = try drive(
            try task("x0 = 0.5", ["always[0, 4](x0 <= -1) or always[8, 10](x0 <= 0.05)"]), decisions: 12, horizon: 12)
        #expect(
            broken.plans.prefix(10).compactMap { $0?.certificate.guardrails.count } == [Int](repeating: 1, count: 10))
        let joined = try drive(
            try task("x0 = 0; 0.1 * effort(u0)", ["x0 <= 0.9 and eventually[0, 12](x0 >= 0.5)"]), decisions: 6,
            horizon: 12, start: 0.7)
        #expect(joined.plans.map { $0?.certificate.guardrails.count } == [2, 1, 1, 1, 1, 1])
        #expect(joined.actions.allSatisfy { $0 < 0.1 })
    }

    @Test("of two ways one that was lost is none any more, though the rest of its window can be kept")
    func lostWay() throws {
        // From 1 the first sample cannot come below 0.7; later ones easily stay below 0.6, which is cheaper than the other way.
        let ways = "always[0, 6](x0 <= 0.6) or always[6, 10](x0 <= 0.3)"
        var asks = try task("x0 = 0.5", [ways])
        asks.bands = Bands(coverage: 0.9, halfWidth: [Float](repeating: 0.02, count: 12))
        let run = try drive(asks, decisions: 12, horizon: 12, start: 1)
        #expect(run.plans.allSatisfy { $0?.status == .certified })
        let asked = run.plans.map { $0?.certificate.guardrails.map(\.guardrail) ?? [] }
        #expect(asked.first == [ways] && asked.last == [])
        #expect(asked[1...9].allSatisfy { $0 == ["always[6, 10](x0 <= 0.3)"] })
    }

    @Test("a plan that was made while there were two ways ends where one is lost")
    func lostWayEndsPlan() throws {
        var asks = try task("x0 = 0.5", ["always[0, 6](x0 <= 0.6) or always[6, 10](x0 <= 0.3)"])
        asks.bands = Bands(coverage: 0.9, halfWidth: [Float](repeating: 0.02, count: 12))
        let run = try drive(asks, decisions: 5, horizon: 12, replanEvery: 4, start: 1)
        #expect(run.plans.map { $0 != nil } == [true, true, false, false, false])
    }

    @Test("a way that lies beyond the horizon is no reason to leave the other")
    func wayBeyond() throws {
        var asks = try task("x0 = 1", ["always[0, 30](x0 <= 0.4) or always[40, 50](x0 <= 0.05)"])
        asks.bands = Bands(coverage: 0.9, halfWidth: [Float](repeating: 0.02, count: 6))
        let run = try drive(asks, decisions: 10, horizon: 6)
        #expect(run.plans.allSatisfy { $0?.status == .certified })
        #expect(run.plans.allSatisfy { $0?.certificate.channels[0].values.allSatisfy { $0 <= 0.4 } == true })
    }

    @Test("a condition of which instants ask what no loop remembers is said to count anew with each plan")
    func countsAnew() throws {
        let run = try drive(
            try task("x0 = 0", ["always(x0 > 0.4 implies eventually[0, 2](always[0, 1](x0 <= 0.3)))"]), decisions: 2)
        #expect(run.plans[1]?.warnings.contains { $0.contains("counts anew") } == true)
    }

    @Test("what an instant asked of those after it is asked until its window ends, though no plan sees that instant")
    func remembered() throws {
        let condition = "always(x0 <= 0.25 implies always[0, 4](x0 <= 0.6))"
        func asks(_ guardrail: String) throws -> PlanningTask {
            var wanted = try task("x0 = 1.5", [guardrail])
            wanted.bands = Bands(coverage: 0.9, halfWidth: [Float](repeating: 0.02, count: 6))
            return wanted
        }
        let run = try drive(try asks(condition), decisions: 12)
        #expect(run.plans.allSatisfy { $0?.status == .certified })
        var xs = [0.0]
        for action in run.actions { xs.append(0.9 * (xs.last ?? 0) + 0.2 * action) }
        // The sample after the first action is below 0.25 whatever that is, and the next ones are not.
        #expect(xs[1] <= 0.25 && xs[2] > 0.25 && xs[1...5].allSatisfy { $0 <= 0.6 + 1e-3 } && xs[12] > 0.8, "\(xs)")
        let asked = run.plans.map { $0?.certificate.guardrails.map(\.guardrail) ?? [] }
        #expect(asked[0] == [condition] && asked[5] == [condition])
        #expect(asked[1...4].allSatisfy { $0 == [condition, "always[1, 5](x0 <= 0.6)"] })
        #expect(run.plans.allSatisfy { $0?.warnings.contains { $0.contains("counts anew") } == false })
        // The way out has to keep it, too.
        var guarded = try asks(condition)
        guarded.fallback = .action([-1])
        let outlook = try drive(guarded, decisions: 2).plans[1]?.certificate.backup
        #expect(outlook?.guardrails.map(\.guardrail) == [condition, "always[1, 5](x0 <= 0.6)"])
        #expect(outlook?.holds == true && outlook?.uncovered.isEmpty == true)
        // It ends a plan that was made before.
        let carried = try drive(try asks("x0 <= 9 and \(condition)"), decisions: 3, replanEvery: 3)
        #expect(carried.plans.map { $0 != nil } == [true, true, false])
    }

    @Test("what an instant asked to come about is asked until it has, and no plan puts it off")
    func comesAboutAgain() throws {
        let condition = "always(x0 > 0.4 implies eventually[0, 4](x0 <= 0.3))"
        var wanted = try task("x0 = 1", [condition])
        wanted.bands = Bands(coverage: 0.9, halfWidth: [Float](repeating: 0.02, count: 6))
        let run = try drive(wanted, decisions: 24)
        var xs = [0.0]
        for action in run.actions { xs.append(0.9 * (xs.last ?? 0) + 0.2 * action) }
        #expect(xs.contains { $0 > 0.4 })
        for first in 1..<xs.count - 4 where xs[first] > 0.4 {
            #expect(xs[first...first + 4].contains { $0 <= 0.3 }, "from \(first) on: \(xs)")
        }
        let asked = run.plans.map { $0?.certificate.guardrails.map(\.guardrail) ?? [] }
        #expect(asked.contains { $0.count == 2 && $0[1].hasPrefix("eventually[") })
        #expect(run.plans.allSatisfy { $0?.warnings.contains { $0.contains("counts anew") } == false })
    }

    @Test("what has begun to last within its window is kept to its end, though no plan could begin it any more")
    func lasts() throws {
        var wanted = try task("x0 = 0; 0.1 * effort(u0)", ["eventually[0, 6](always[0, 4](x0 >= 0.5))"])
        wanted.bands = Bands(coverage: 0.9, halfWidth: [Float](repeating: 0.02, count: 12))
        let run = try drive(wanted, decisions: 14, horizon: 12, start: 0.45)
        var xs = [0.45]
        for action in run.actions { xs.append(0.9 * (xs.last ?? 0) + 0.2 * action) }
        #expect((1...6).contains { first in xs[first...first + 4].allSatisfy { $0 >= 0.5 } }, "\(xs)")
        #expect(xs[14] < 0.3, "and no longer than that")
    }

    @Test(
        "a rate that is one of several ways, or counts in a window alone, is kept at each decision",
        arguments: [1, 4, 10])
    func looseRates(replanEvery: Int) throws {
        let ways = try drive(
            try task("x0 = 1.5", ["abs(rate(u0)) <= 0.05 N/s or x0 >= 9"]), decisions: 24, perStep: 4,
            replanEvery: replanEvery)
        for (before, after) in zip([0] + ways.actions, ways.actions) { #expect(abs(after - before) <= 0.05 + 1e-5) }
        #expect((ways.actions.last ?? 0) > 0.02)
        #expect(ways.plans.compactMap { $0 }.allSatisfy { $0.status == .certified })
        let window = try drive(
            try task("x0 = 1.5", ["always[0, 12](abs(rate(u0)) <= 0.05 N/s)"]), decisions: 12, perStep: 4,
            replanEvery: replanEvery)
        for (before, after) in zip([0] + window.actions, window.actions) { #expect(abs(after - before) <= 0.05 + 1e-5) }
    }

    @Test(
        "what a window asks is kept to its last sample, also where the step of the model ends after that",
        arguments: [1, 10])
    func lastSample(replanEvery: Int) throws {
        // The decision at 8 s begins a step that ends at 12 s.
        let run = try drive(
            try task("x0 = 1.5", ["always[0, 10](u0 <= 0.3)"]), decisions: 14, perStep: 4, replanEvery: replanEvery)
        #expect(run.actions[..<10].allSatisfy { $0 <= 0.3 + 1e-6 })
        #expect(run.actions[10...].contains { $0 > 0.5 })
        // No further than the step before is a plan carried on.
        if replanEvery == 10 { #expect(run.plans.indices.filter { run.plans[$0] != nil } == [0, 8]) }
    }

    @Test("outside the training data the safe action is gone to as fast as rates allow, and a safe policy is followed")
    func safeOutside() throws {
        let limits = ["abs(rate(u0)) <= 0.1 N/s"]
        // The sensor shows what was never seen from the fourth decision on.
        let strange = { (step: Int, x: Double) in step > 3 ? 9.0 : x }
        let run = try drive(
            try task("x0 = 1", limits, fallback: .action([-1])), decisions: 12, familiar: 2, backup: .none, see: strange
        )
        #expect(run.plans[8]?.status == .refused)
        for (before, after) in zip([0] + run.actions, run.actions) { #expect(abs(after - before) <= 0.1 + 1e-6) }
        #expect(run.actions[11] < run.actions[6] - 0.45)
        let policy = Fallback.policy(name: "brake") { context in [Float](repeating: -0.5, count: context.horizon) }
        let braked = try drive(
            try task("x0 = 1", fallback: policy), decisions: 12, familiar: 2, backup: .none, see: strange)
        #expect(braked.plans[8]?.status == .refused && braked.actions[8] == -0.5)
    }

    /// Takes the last observation for the state, and writes down the disturbances that it is fed.
    private struct Listener: StateEstimator {
        final class Heard { var disturbances: [[Double]] = [] }
        let heard: Heard
        var last: [Float] = []

        mutating func reset() { last = [] }
        mutating func update(observation: [Double], previousAction: [Double], disturbance: [Double]) {
            heard.disturbances.append(disturbance)
            last = observation.map { Float($0) }
        }
        func state() throws -> [Float] { last }
    }

    @Test("an estimator is fed the disturbances that situations tell, and predictions from it are compared, too")
    func estimator() throws {
        var task = try task("x0 = 0.5")
        task.bands = Bands(coverage: 0.99, halfWidth: [Float](repeating: 0.05, count: 6))
        let planner = Planner(
            LinearTestDynamics(a: [[0.9]], b: [[0.2]]), task: task,
            options: try PlannerOptions(horizon: 6, noveltyLimit: nil),
            solver: try CrossEntropy(population: 16, elites: 4, iterations: 2))
        /// Three decisions after two rows; each row has the disturbances 10 and 20 more than its number.
        func run(_ disturbances: Int, telling: Bool) throws -> (fed: [[Double]], compared: Int?) {
            let heard = Listener.Heard()
            var agent = try PlannerAgent(
                planner, estimator: Listener(heard: heard), disturbances: disturbances, feedback: FeedbackOptions())
            agent.begin(seed: 1)
            let all = (0..<6).flatMap { [10 + Double($0), 20 + Double($0)] }
            for step in 0..<3 {
                let rows = step + 2
                _ = try agent.decide(
                    ControlSituation(
                        step: step, observation: [0.5], previousAction: [0.25],
                        history: (0..<rows).flatMap { _ in [0.5, 0.25] },
                        pastDisturbances: telling ? Array(all[..<(2 * rows)]) : [],
                        forecast: telling ? Array(all[(2 * rows)...]) : []))
            }
            return (heard.disturbances, agent.coverages.first?.compared)
        }
        let told = try run(2, telling: true)
        let rows = (0..<5).map { step -> [Double] in [10 + Double(step), 20 + Double(step)] }
        #expect(told.fed == rows)
        #expect(told.compared == 2)
        #expect(try run(2, telling: false).fed == [[Double]](repeating: [], count: 5))
        #expect(try run(0, telling: true).fed == [[Double]](repeating: [], count: 5))
    }
}
