import Agents
import Basics
import Episodes
import Objectives
import Planning
import Tensors
import Testing
import WorldModels

@Suite("Adaptation to a record") struct AdaptationTests {
    // Tests only read it, and reading tensors is safe from several threads.
    nonisolated(unsafe) private static let shared = try? ShortRecord.model(seed: 1)

    private var model: TrainedModel { get throws { try #require(Self.shared) } }

    /// An estimator that has read all but the end of a record of a warmer day and stronger heaters.
    private func estimator(_ model: TrainedModel, upTo row: Int = 49) throws -> HistoryEstimator {
        var estimator = HistoryEstimator(model)
        let day = ShortRecord.Day(ambient: 27, gains: [1.2, 1.1])
        try estimator.read(ShortRecord.episode(seed: 40, day: day), upTo: row)
        return estimator
    }

    private func batch(_ candidates: Int, _ horizon: Int, seed: UInt64 = 3) -> TrajectoryBatch {
        var generator = SeededGenerator(seed: seed)
        var batch = TrajectoryBatch(
            candidates: candidates, horizon: horizon, actionCount: 2, outputCount: 2, hasSpread: true, hasNovelty: true)
        for index in batch.actions.indices { batch.actions[index] = Float(generator.uniform(in: 0...80)) }
        return batch
    }

    @Test("Records of other days are predicted better, with bands that hold, and the same day costs little")
    func otherDays() throws {
        var errors: [[Double]] = [[], [], [], []]
        var (inside, narrow, count) = (0.0, 0.0, 0.0)
        for seed in 1...4 as ClosedRange<UInt64> {
            let model = try ShortRecord.model(seed: seed)
            #expect(model.description.settings.adaptation.on == .value(true), "a short log adapts by itself")
            for (kind, day) in [ShortRecord.otherDay(seed: seed), ShortRecord.Day()].enumerated() {
                let log = ShortRecord.episode(seed: 100 + seed, day: day)
                for (way, judged) in [model, model.withoutAdaptation()].enumerated() {
                    var options = EvaluationOptions()
                    (options.maximumStarts, options.timedCandidates) = (6, 1)
                    let evaluation = try Evaluation(judged, on: [log], options: options)
                    #expect((evaluation.adaptation != nil) == (way == 0))
                    for output in evaluation.outputs {
                        let last = try #require(output.rows.last)
                        errors[2 * kind + way].append(last.rmse * last.rmse)
                        guard kind == 0 else { continue }
                        if way == 0 { (inside, count) = (inside + last.coverage, count + 1) }
                        if way == 1 { narrow += last.coverage }
                    }
                }
            }
        }
        let rms = errors.map { ($0.reduce(0, +) / Double($0.count)).squareRoot() }
        #expect(rms[0] < 0.7 * rms[1], "other days: \(rms[0]) °C adapted, \(rms[1]) °C not")
        #expect(rms[2] < 1.2 * rms[3] + 0.05, "the same day: \(rms[2]) °C adapted, \(rms[3]) °C not")
        #expect(inside / count > 0.7, "\(inside / count) inside, without adaptation \(narrow / count)")
        #expect(inside / count > narrow / count + 0.1)
    }

    @Test("A rollout is that of the plain model and the change for its actions")
    func rollout() throws {
        let model = try model
        let state = try estimator(model).state()
        let adapted = try #require(state.adapted)
        #expect(adapted.summary.weight > 0.2)
        let plain = LearnedState(representation: state.representation)
        let dynamics = try LearnedDynamics(model)
        var (with, without) = (batch(4, 50), batch(4, 50))
        try dynamics.rollout(from: state, into: &with)
        try dynamics.rollout(from: plain, into: &without)
        #expect(with.spread == without.spread && with.novelty == without.novelty)
        for candidate in 0..<4 {
            let actions = with.actions[candidate * 100..<(candidate + 1) * 100].map(Double.init)
            let change = adapted.adaptation.change(inputs: actions)
            let expected = zip(without.outputs[candidate * 100..<(candidate + 1) * 100], change).map { $0 + Float($1) }
            expectClose(Array(with.outputs[candidate * 100..<(candidate + 1) * 100]), expected, within: 2e-5)
            #expect(change.contains { abs($0) > 0.5 })
        }
    }

    @Test("The gradient has the change in it, as differences have")
    func gradient() throws {
        let model = try model
        let state = try estimator(model).state()
        let plain = LearnedState(representation: state.representation)
        let dynamics = try LearnedDynamics(model)
        func gradient(_ state: LearnedState) throws -> [Float] {
            var batch = batch(2, 12)
            return try dynamics.rolloutGradient(from: state, into: &batch) { trajectories in
                var gradient = TrajectoryGradient(like: trajectories)
                // The last temperatures alone.
                for candidate in 0..<2 {
                    for output in 0..<2 { gradient.outputs[(candidate * 12 + 11) * 2 + output] = 1 }
                }
                return gradient
            }
        }
        let (own, without) = (try gradient(state), try gradient(plain))
        func end(_ actions: [Float], _ candidate: Int) throws -> Double {
            var probe = batch(2, 12)
            probe.actions = actions
            try dynamics.rollout(from: state, into: &probe)
            return Double(probe.output(candidate, 11, 0)) + Double(probe.output(candidate, 11, 1))
        }
        let actions = batch(2, 12).actions
        let largest = Double(own.map(abs).max() ?? 0)
        #expect(largest > 0)
        for index in stride(from: 0, to: own.count, by: 3) {
            var (up, down) = (actions, actions)
            up[index] += 5
            down[index] -= 5
            let slope = try (end(up, index / 24) - end(down, index / 24)) / 10
            #expect(abs(Double(own[index]) - slope) < 0.02 * largest)
        }
        #expect(zip(own, without).contains { abs($0 - $1) > 0.02 * Float(largest) })
    }

    @Test("Guardrails keep clear of wider bands where little is known of the record")
    func bands() throws {
        let model = try model
        let dynamics = try LearnedDynamics(model)
        let base = Bands(
            coverage: model.calibration.guardCoverage,
            halfWidth: model.calibration.halfWidths(horizon: 50, for: .guardrail))
        func last(_ row: Int) throws -> Float {
            let state = try estimator(model, upTo: row).state()
            let bands = try #require(try dynamics.bands(base, from: state))
            #expect(bands.coverage == base.coverage)
            #expect(zip(bands.halfWidth, base.halfWidth).allSatisfy { $0 >= $1 })
            return bands.halfWidth[98]
        }
        let (early, late) = (try last(0), try last(60))
        #expect(early > 2 * base.halfWidth[98], "nothing is known of the record at its first row")
        #expect(late < early)
        let plain = try LearnedDynamics(model.withoutAdaptation())
        let state = try estimator(model.withoutAdaptation()).state()
        #expect(state.adapted == nil)
        #expect(try plain.bands(base, from: state) == base)
    }

    @Test("A planner judges plans by adapted predictions, at the edge of the widened bands")
    func plan() throws {
        let model = try model
        var request = PlanRequest(goal: "T1 = 45; T2 = 38", guardrails: ["always(T1 <= 60)"])
        request.safeAction = ["Q1": 0, "Q2": 0]
        request.explores = true
        request.horizon = .steps(20)
        var planner = try request.planner(for: model)
        let estimator = try estimator(model)
        let state = try estimator.state()
        let plan = try planner.decide(from: state, start: estimator.start())
        let channel = plan.certificate.channels[0]
        let actions = (0..<20).flatMap { step in plan.actions.map { $0.values[step] } }
        var probe = TrajectoryBatch(candidates: 1, horizon: 20, actionCount: 2, outputCount: 2)
        probe.actions = actions.map { Float($0) }
        try planner.dynamics.rollout(from: state, into: &probe)
        let bands = try #require(try planner.dynamics.bands(planner.task.bands, from: state))
        for step in 0..<20 {
            #expect(abs(channel.values[step] - Double(probe.output(0, step, 0))) < 1e-3)
            let half = (channel.upper[step] - channel.lower[step]) / 2
            #expect(abs(half - Double(bands.halfWidth[2 * step])) < 1e-3)
        }
    }

    @Test("The encoder sees its window, the estimate all that is kept")
    func history() throws {
        let model = try model
        let adapter = try #require(model.adapter)
        let order = try #require(model.description.settings.order.resolved)
        #expect(adapter.historySteps == order + RecordAdapter.maximumRows)
        let long = ShortRecord.episode(seed: 9, samples: 200)
        var (adapting, plain) = (HistoryEstimator(model), HistoryEstimator(model.withoutAdaptation()))
        try adapting.read(long, upTo: 190)
        try plain.read(long, upTo: 190)
        #expect(adapting.count == adapter.historySteps && plain.count == model.description.mostHistory)
        let state = try adapting.state()
        expectClose(state.representation, try plain.state().representation, within: 1e-6)
        #expect(state.adapted?.summary.rows == RecordAdapter.maximumRows)
        #expect(state.adapted?.adaptation.lastInputs == [long[189, 2], long[189, 3]])
    }

    @Test("What was found out is said in the terms of the channels")
    func summary() throws {
        let model = try model
        let summary = try #require(try estimator(model, upTo: 90).state().adapted?.summary)
        #expect(summary.weight > 0.5)
        #expect(summary.gains.map(\.output) == [0, 1])
        // 4 °C more in the room, and a fifth and a tenth more from the heaters.
        #expect(summary.offsets.allSatisfy { $0 > 1 && $0 < 14 }, "\(summary.offsets)")
        #expect(summary.gains.allSatisfy { $0.change > -0.1 && $0.change < 0.5 }, "\(summary.gains)")
        #expect(summary.seconds == 300 && summary.count == 1)
    }

    @Test("Long logs do not adapt unless asked")
    func longLogs() throws {
        let long = try TinyModel.make()
        #expect(long.adapter == nil && long.description.settings.adaptation.on == .value(false))
        #expect(try ShortRecord.model(seed: 1, adapts: .value(false)).adapter == nil)
    }
}
