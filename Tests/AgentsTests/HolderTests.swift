import Agents
import Basics
import Objectives
import Planning
import Plants
import Synchronization
import Testing
import WorldModels

@Suite("A plant that somebody holds") struct HolderTests {
    /// Adds one per cent at each decision to what was in force when it took over.
    private struct Ramp: Controller {
        var last: [Double] = []
        mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
            last = last.map { $0 + 1 }
            return last
        }
        mutating func reset(action: [Double]) { last = action }
    }

    /// What a loop was heard to decide.
    private final class Heard: Sendable {
        let decisions = Mutex<[LoopDecision]>([])
    }

    /// Actions and statuses of six decisions, planned within a novelty limit.
    private func loop(limit: Double, holder: NamedController?) throws -> (actions: [Double], refusals: Int) {
        let model = try ShortRecord.model(seed: 1)
        let lab = HeaterLab(samplingTime: ShortRecord.samplingTime)
        var task = ControlTask.heaterLab(lab)
        task.steps = 6
        var request = PlanRequest(goal: "T1 = 44; T2 = 38")
        request.safeAction = ["Q1": 7, "Q2": 9]
        let dynamics = try LearnedDynamics(model)
        let planner = Planner(
            dynamics, task: try request.task(for: dynamics, horizon: 10),
            options: try PlannerOptions(horizon: 10, seed: 1, noveltyLimit: limit),
            solver: try ImprovedCrossEntropy(population: 16, elites: 4, iterations: 2))
        let agent = try PlantAgent(planner, on: lab, holder: holder)
        var actions: [Double] = []
        let run = try ClosedLoop(task, seeds: [3]).run("model", agent: agent) { record, _, _ in
            actions = record.startAction + record.actions
        }
        return (actions, run.refusals)
    }

    @Test("Where planning is refused its controller takes over, from the actions in force")
    func takesOver() throws {
        let held = try loop(limit: 1e-9, holder: NamedController("ramp", Ramp()))
        #expect(held.refusals == 6)
        for step in 1...6 {
            for action in 0..<2 {
                #expect(abs(held.actions[2 * step + action] - held.actions[action] - Double(step)) < 1e-9)
            }
        }
        // Nobody holds it: what was declared safe is all there is.
        let left = try loop(limit: 1e-9, holder: nil)
        #expect(left.refusals == 6 && left.actions.suffix(2) == [7, 9])
    }

    @Test(
        "Where the safe action is predicted to break a guardrail itself the controller takes over, and the answer says so"
    )
    func takesOverFromFallback() throws {
        let lab = HeaterLab(samplingTime: ShortRecord.samplingTime)
        var task = ControlTask.heaterLab(lab)
        task.steps = 6
        // Nobody cools below the room, so that neither a plan nor the safe action keeps this.
        var request = PlanRequest(goal: "T1 = 44; T2 = 38", guardrails: ["always(T1 <= 10)"])
        request.safeAction = ["Q1": 7, "Q2": 9]
        let dynamics = try LearnedDynamics(try ShortRecord.model(seed: 1))
        let planner = Planner(
            dynamics, task: try request.task(for: dynamics, horizon: 10),
            options: try PlannerOptions(horizon: 10, seed: 1, noveltyLimit: nil),
            solver: try ImprovedCrossEntropy(population: 16, elites: 4, iterations: 2))
        func run(_ holder: NamedController?, handsOver: Bool = true) throws -> (EpisodeResult, [LoopDecision]) {
            var agent = try PlantAgent(planner, on: lab, holder: holder)
            agent.handOver.takesFallbacks = handsOver
            let heard = Heard()
            var loop = try ClosedLoop(task, seeds: [3])
            loop.hear = { _, decision in heard.decisions.withLock { $0.append(decision) } }
            return (try loop.run("model", agent: agent).episodes[0], heard.decisions.withLock { $0 })
        }
        let (held, decisions) = try run(NamedController("ramp", Ramp()))
        #expect(held.fallbacks == 6 && held.handedOver == 6)
        #expect(decisions.allSatisfy { $0.heldBy == "ramp" && $0.plan?.reason?.hasSuffix("; ramp takes over") == true })
        for (now, next) in zip(decisions, decisions.dropFirst()) {
            #expect(zip(now.action, next.action).allSatisfy { abs($1 - $0 - 1) < 1e-9 })
        }
        for (agent, handsOver) in [(nil, true), (NamedController("ramp", Ramp()), false)] {
            let (left, alone) = try run(agent, handsOver: handsOver)
            #expect(left.fallbacks == 6 && left.handedOver == 0)
            #expect(alone.allSatisfy { $0.heldBy == nil && $0.action == [7, 9] })
        }
    }

    @Test("A reading that is unlike the log does not end a certified plan, three in a row do")
    func goesOn() throws {
        let lab = HeaterLab(samplingTime: ShortRecord.samplingTime)
        var task = ControlTask.heaterLab(lab)
        task.steps = 9
        var request = PlanRequest(goal: "T1 = 44; T2 = 38")
        request.safeAction = ["Q1": 7, "Q2": 9]
        let dynamics = try LearnedDynamics(try ShortRecord.model(seed: 1))
        let planner = Planner(
            dynamics, task: try request.task(for: dynamics, horizon: 10),
            options: try PlannerOptions(horizon: 10, seed: 1, noveltyLimit: 1, backup: .none),
            solver: try ImprovedCrossEntropy(population: 16, elites: 4, iterations: 2))
        var agent = try PlantAgent(planner, on: lab)
        agent.begin(seed: 3)
        var made: [LoopDecision] = []
        _ = try task.run(seed: 3) { situation in
            var seen = situation
            if [2, 5, 6, 7].contains(situation.step) { seen.observation = [400, -200] }
            made.append(try agent.decide(seen))
            return made[situation.step].action
        }
        let refused = made.indices.filter { made[$0].plan?.status == .refused }
        #expect(refused == [2, 5, 6, 7])
        let (before, last) = (try #require(made[1].plan), try #require(made[4].plan))
        #expect(before.status == .certified && last.status == .certified)
        #expect(made[2].action == before.action(at: 1))
        #expect(made[5].action == last.action(at: 1) && made[6].action == last.action(at: 2))
        #expect(made[7].action == [7, 9])
    }

    @Test("Where there is a plan it has no say")
    func plans() throws {
        let (planned, alone) = (
            try loop(limit: 1e9, holder: NamedController("ramp", Ramp())), try loop(limit: 1e9, holder: nil)
        )
        #expect(planned.refusals == 0 && planned.actions == alone.actions)
    }
}
