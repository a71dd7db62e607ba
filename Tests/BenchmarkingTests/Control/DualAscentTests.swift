import Episodes
import Objectives
import Planning
import Plants
import Testing

@testable import Benchmarking

@Suite("Guardrails as costs")
struct DualAscentTests {
    private static let plant = LinearPlant.twoLags(limit: 3)

    /// The lag to 1, but at most 0.8.
    private static func task() -> ControlTask {
        ControlTask(
            name: plant.name, plant: plant, steps: 20,
            targets: [.init(output: 1, schedule: [.init(from: 0, 1)], scale: 1, band: 0.1, settlingTime: 1)],
            moveWeight: 0, limits: [OutputLimit(output: 1, lower: -2, upper: 0.8)])
    }

    @Test("Terms are read as goals, and cost what they say")
    func words() throws {
        var soft = SoftGuardrails(Self.task(), scales: ["outer": 2])
        #expect(soft.sides.map(\.name) == ["outer", "outer", "novelty"])
        #expect(soft.sides.map(\.limit) == [-2, 0.8, 1])
        soft.sides.removeLast()
        let upper = soft.sides[1]
        #expect(abs(upper.excess(1) - 0.1) < 1e-12 && abs(soft.sides[0].excess(-3) - 0.5) < 1e-12)
        // Two steps at 1.2 and 0.6 of a channel 2 wide: 0.2 and nothing.
        let context = TrajectoryContext(
            outputs: Self.plant.outputChannels, actions: Self.plant.actionChannels, samplingTime: 1, horizon: 2,
            initialOutputs: [0, 0], previousActions: [0])
        let options = CompileOptions(scales: ChannelScales(outputs: [1, 2], actions: [1]), elapsed: 0)
        var batch = TrajectoryBatch(candidates: 1, horizon: 2, actionCount: 1, outputCount: 2)
        batch.outputs = [0, 1.2, 0, 0.6]
        func cost(_ text: String) throws -> Float {
            try Goal.parse(text).compile(context: context, options: options).cost(of: batch)[0]
        }
        #expect(abs(try cost("10 * \(upper.plain)") - 10 * 0.1) < 1e-5)
        #expect(abs(try cost("10 * \(upper.squared)") - 10 * 0.02) < 1e-5)
        #expect(try cost(soft.sides[0].plain) == 0)
    }

    @Test("The ascent ends where the limit is met and not far inside, and forgets it with the next episode")
    func convergence() throws {
        let goal = "outer = 1"
        let soft = SoftGuardrails(Self.task(), scales: ["outer": 1])
        let ascent = DualAscent(soft, goal: goal, rate: 2, rounds: 12)
        var planner = Planner(
            ExactDynamics(Self.plant), task: PlanningTask(goal: try Goal.parse(goal)),
            options: try PlannerOptions(horizon: 20, blocks: [2], noveltyLimit: nil),
            solver: try ImprovedCrossEntropy(population: 64, elites: 8, iterations: 10))
        let start = PlanningStart(outputs: [0, 0], previousActions: [0], elapsed: 0)
        func highest(_ plan: Plan) -> Double { plan.certificate.channels[1].values.max() ?? 0 }
        let first = try planner.decide(from: [0, 0], start: start)
        #expect(highest(first) > 0.95, "without the limit the target is reached")
        let plan = try ascent.revise(&planner, [0, 0], start, first)
        #expect((0.75...0.82).contains(highest(plan)), "\(highest(plan))")
        #expect(ascent.multipliers[1] > 0 && ascent.multipliers[0] == 0, "only what is exceeded weighs")
        // A later decision goes on from there, the first of another episode does not.
        var later = start
        later.elapsed = 5
        let reached = ascent.multipliers[1]
        _ = try DualAscent(soft, goal: goal, rate: 0, rounds: 1).revise(&planner, [0, 0], later, plan)
        _ = try ascent.revise(&planner, [0, 0], later, plan)
        #expect(ascent.multipliers[1] > 0.3 * reached)
    }
}
