import Basics
import Episodes
import Objectives
import Testing

@testable import Planning
@testable import Plants

@Suite("Predictions are corrected by their mean error") struct MeanErrorTests {
    /// By the definition, from all errors at once.
    private func correction(_ errors: [Double], deviation: Double, memory: Double, overlap: Double) -> Double {
        let weights = errors.indices.map { index -> Double in
            (0..<errors.count - 1 - index).reduce(1) { weight, _ in weight * (1 - 1 / memory) }
        }
        let sum = weights.reduce(0, +)
        let mean = zip(weights, errors).reduce(0) { $0 + $1.0 * $1.1 } / sum
        let spread = zip(weights, errors).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) } / sum
        let count = sum * sum / weights.reduce(0) { $0 + $1 * $1 }
        let variance = max(spread, deviation * deviation) * overlap / count
        return max(0, 1 - variance / (mean * mean)) * mean
    }

    @Test("as its formula says, whatever the memory and the overlap", arguments: [1.0, 7, 400], [1.0, 5])
    func formula(memory: Double, overlap: Double) {
        var generator = SeededGenerator(seed: 5)
        let errors = (0..<60).map { _ in 1.4 + 0.8 * generator.normal() }
        for deviation in [0.1, 1] {
            var mean = MeanError(memory: memory, overlap: overlap)
            for error in errors { mean.update(error, deviation: deviation) }
            mean.update(.nan, deviation: deviation)
            let expected = correction(errors, deviation: deviation, memory: memory, overlap: overlap)
            #expect(abs(mean.correction - expected) < 1e-9)
        }
        #expect(MeanError(memory: memory, overlap: overlap).correction == 0)
    }

    @Test("what chance explains is hardly corrected, and what it does not nearly whole") func chance() {
        var (corrected, plain, found) = (0.0, 0.0, 0.0)
        for seed in 0..<400 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var (none, some) = (MeanError(memory: 80, overlap: 1), MeanError(memory: 80, overlap: 1))
            var sum = 0.0
            for _ in 0..<50 {
                let error = generator.normal()
                sum += error
                none.update(error, deviation: 1)
                some.update(error + 1, deviation: 1)
            }
            corrected += none.correction * none.correction
            plain += sum / 50 * sum / 50
            found += some.correction / 400
        }
        // Positive parts leave 0.31 of the square of the mean of pure chance, were the variance known.
        #expect(corrected < 0.4 * plain)
        #expect(found > 0.95 && found < 1.01)
    }

    @Test("bands around what is corrected hold those around what is not, and no more than both") func reach() {
        let bands = Bands(coverage: 0.99, halfWidth: [1, 2, 0])
        let wider = bands.reaching(back: [0.5, -3, 4])
        // Predictions were 0 before, so that they are the correction now.
        let edges = zip([0.5, -3, 4] as [Float], zip(wider.shift, wider.halfWidth)).map { value, band in
            [value + band.0 - band.1, value + band.0 + band.1]
        }
        #expect(edges == [[-1, 1.5], [-5, 2], [4, 4]])
        #expect(bands.reaching(back: nil) == bands)
        // Calibrated bands may be of more steps than plans look ahead.
        #expect(
            bands.reaching(back: [0.5, -3])
                == Bands(coverage: 0.99, halfWidth: [1.25, 3.5], shift: [-0.25, 1.5], correction: [0.5, -3]))
        // Nothing is known of what has no band: it stays so.
        #expect(wider.correction == [0.5, -3, 0])
    }

    @Test("a share is judged with the half-widths from before bands reached back, and by the worse of both predictions")
    func share() throws {
        let context = TrajectoryContext(
            outputs: [Channel(name: "y", role: .observation)], actions: [Channel(name: "u", role: .action)],
            samplingTime: 1, horizon: 3, initialOutputs: [0], previousActions: [0])
        let guardrail = try Guardrail.parse("share(y <= 55) >= 50 %").compile(context: context)
        // Errors within ±4 half of the time, in straight lines: at most e with the probability 1/2 + e/16.
        let errors = ErrorQuantiles(levels: [0.25, 0.5, 0.75], values: [-1, 0, 1, -1, 0, 1, -1, 0, 1])
        let bands = Bands(coverage: 0.5, halfWidth: [4, 4, 4], errors: errors)
        func margin(_ outputs: [Float], _ bands: Bands) -> Float {
            var batch = TrajectoryBatch(candidates: 1, horizon: 3, actionCount: 1, outputCount: 1)
            batch.outputs = outputs
            return guardrail.margins(of: batch, bands: bands)[0]
        }
        // 3 below the limit: 11/16.
        #expect(abs(margin([52, 52, 52], bands) - 100 * (11.0 / 16 - 0.5)) < 1e-3)
        // Corrected to 6 and to 1 below it: the first is no likelier than without, the second is 9/16.
        let reaching = bands.reaching(back: [-3, 2, 0])
        #expect(reaching.halfWidth == [5.5, 5, 4])
        let expected: Float = 100 * ((11.0 + 9 + 11) / 48 - 0.5)
        #expect(abs(margin([49, 54, 52], reaching) - expected) < 1e-3)
    }

    /// Lets an agent hold a plant at `x0 = 0.5` that a constant force of 0.03 a step drives beside what the model knows.
    private func hold(corrects: Bool) throws -> (distance: Double, corrections: [LeadCorrection]) {
        let model = LinearTestDynamics(a: [[0.9]], b: [[0.2]])
        var task = PlanningTask(goal: try Goal.parse("x0 = 0.5"), guardrails: [], fallback: .none)
        task.bands = Bands(coverage: 0.99, halfWidth: [Float](repeating: 0.05, count: 8))
        var agent = try PlannerAgent(
            Planner(
                model, task: task, options: try PlannerOptions(horizon: 8, noveltyLimit: nil),
                solver: try CrossEntropy(population: 64, elites: 8, iterations: 8)),
            decisionTime: 1, feedback: FeedbackOptions(corrects: corrects)
        ) { ($0.observation.map { Float($0) }, $0.observation) }
        agent.begin(seed: 1)
        var generator = SeededGenerator(seed: 3)
        var (x, action, history): (Double, Double, [Double]) = (0, 0, [])
        var settled = 0.0
        for step in 0..<120 {
            let seen = x + 0.01 * generator.normal()
            let decision = try agent.decide(
                ControlSituation(
                    step: step, observation: [seen], previousAction: [action], trueState: [x], history: history,
                    reference: [nil]))
            action = decision.action[0]
            history += [seen, action]
            x = 0.9 * x + 0.2 * action + 0.03
            if step >= 80 { settled += (x - 0.5) / 40 }
        }
        return (settled, agent.corrections)
    }

    @Test("a plant that differs from its model by a constant is held at its target, not beside it") func offsetFree()
        throws
    {
        let (plain, corrected) = (try hold(corrects: false).distance, try hold(corrects: true).distance)
        #expect(plain > 0.02, "\(plain)")
        #expect(abs(corrected) < 0.15 * plain, "\(corrected) in place of \(plain)")
    }

    @Test("by how much predictions were corrected is told of each channel and lead time") func told() throws {
        let told = try hold(corrects: true).corrections
        #expect(told.map(\.channel) == ["x0", "x0", "x0"] && told.map(\.lead) == [1, 2, 8])
        #expect(told.allSatisfy { $0.predictions == 120 })
        let far = try #require(told.last)
        // The force adds up to 0.03 · (1 − 0.9⁸) / (1 − 0.9) in eight steps.
        #expect(abs(far.last - 0.171) < 0.03 && far.largest >= far.last, "\(far)")
        #expect(far.corrected >= 90 && far.corrected <= 112, "\(far)")
        #expect(told[0].last < told[1].last && told[1].last < far.last)
        let none = BandFeedback(
            LinearTestDynamics(a: [[0.9]], b: [[0.2]]), coverage: 0.99, horizon: 8, decisionTime: 1,
            options: FeedbackOptions(corrects: false))
        #expect(none.corrections.isEmpty)
    }

    @Test("corrections of episodes are pooled by channel and lead time; one without a plan has none at its end")
    func pooled() {
        func part(_ channel: String, _ lead: Double, _ added: [Double]) -> LeadCorrection {
            var part = LeadCorrection(channel: channel, lead: lead)
            for value in added { part.take(value) }
            return part
        }
        let pooled = LeadCorrection.pooled([
            part("b", 1, [0, 2, 1]), part("a", 1, []), part("b", 5, [4]), part("b", 1, [-3, -1]), part("a", 1, []),
            part("b", 1, []),
        ])
        #expect(pooled.map(\.channel) == ["b", "a", "b"] && pooled.map(\.lead) == [1, 1, 5])
        #expect(pooled[0].predictions == 5 && pooled[0].corrected == 4 && pooled[0].share == 0.8)
        #expect(pooled[0].largest == -3 && pooled[0].last == 0)
        #expect(pooled[1] == LeadCorrection(channel: "a", lead: 1) && pooled[1].share == 0)
        #expect(pooled[2].last == 4)
        #expect(LeadCorrection.pooled([]).isEmpty)
    }
}
