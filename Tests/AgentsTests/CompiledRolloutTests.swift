import Agents
import Basics
import Episodes
import Objectives
import Planning
import Tensors
import Testing
import WorldModels

/// libtorch's rollout is the reference; both read the same weights.
@Suite("Compiled rollout") struct CompiledRolloutTests {
    /// Sizes around the width of vectors, of tiles and of the lanes of a block.
    static let models = [
        RandomModel(members: 1, width: 1, hidden: 1, actions: 1, outputs: 1),
        RandomModel(members: 5, width: 4, hidden: 8, hasLead: true, horizon: 21),
        RandomModel(members: 3, width: 7, hidden: 13, actions: 3, disturbances: 2, outputs: 5, hasLead: true),
        RandomModel(members: 3, width: 12, hidden: 12, disturbances: 1, activation: .cubic),
        RandomModel(members: 1, width: 13, hidden: 25, actions: 1, outputs: 13, hasLead: true, horizon: 1),
        RandomModel(members: 5, width: 33, hidden: 65, actions: 2, disturbances: 1, outputs: 2, horizon: 12),
        RandomModel(members: 3, width: 24, hidden: 31, activation: .cubic, hasLead: true),
    ]

    private func batch(_ model: RandomModel, candidates: Int, hasSpread: Bool = true) -> TrajectoryBatch {
        var generator = SeededGenerator(seed: 4)
        var batch = TrajectoryBatch(
            candidates: candidates, horizon: model.horizon, actionCount: model.actions, outputCount: model.outputs,
            hasSpread: hasSpread, hasNovelty: true)
        for index in batch.actions.indices { batch.actions[index] = Float(generator.uniform(in: -4...8)) }
        return batch
    }

    /// The same model on both engines, and a state.
    private func both(_ sizes: RandomModel) throws -> (LearnedDynamics, LearnedDynamics, LearnedState) {
        let model = try sizes.make()
        let (representation, disturbances) = sizes.state()
        return (
            try LearnedDynamics(model, engine: .compiled), try LearnedDynamics(model, engine: .libtorch),
            LearnedState(representation: representation, disturbances: disturbances)
        )
    }

    @Test("Outputs, spread and novelty are libtorch's", arguments: models, [1, 15, 33, 70])
    func rollout(sizes: RandomModel, candidates: Int) throws {
        let (compiled, reference, state) = try both(sizes)
        var (own, theirs) = (batch(sizes, candidates: candidates), batch(sizes, candidates: candidates))
        try compiled.rollout(from: state, into: &own)
        try reference.rollout(from: state, into: &theirs)
        expectClose(own.outputs, theirs.outputs, within: 1e-4)
        expectClose(own.spread, theirs.spread, within: 1e-4)
        expectClose(own.novelty, theirs.novelty, within: 1e-4)
        #expect(own.outputs.allSatisfy(\.isFinite) && Set(own.outputs).count > 1)
        #expect(own.novelty.allSatisfy { $0 > 0 })
    }

    @Test("A state's correction is added to outputs, by either engine, and changes nothing else", arguments: models)
    func correction(sizes: RandomModel) throws {
        let (compiled, reference, state) = try both(sizes)
        for dynamics in [compiled, reference] {
            var (plain, corrected) = (batch(sizes, candidates: 20), batch(sizes, candidates: 20))
            try dynamics.rollout(from: state, into: &plain)
            // The last row that is told is held.
            let told = max(1, sizes.horizon - 1)
            let correction = (0..<told * sizes.outputs).map { 0.25 * Float($0 + 1) }
            let other = try #require(dynamics.corrected(state, by: correction))
            let gradient = try dynamics.rolloutGradient(from: other, into: &corrected) { batch in
                var gradient = TrajectoryGradient(like: batch)
                for index in gradient.outputs.indices { gradient.outputs[index] = batch.outputs[index] }
                return gradient
            }
            var again = batch(sizes, candidates: 20)
            try dynamics.rollout(from: other, into: &again)
            #expect(
                again.outputs == corrected.outputs && again.novelty == plain.novelty && again.spread == plain.spread)
            let length = sizes.horizon * sizes.outputs
            for index in plain.outputs.indices {
                let (step, output) = (index % length / sizes.outputs, index % sizes.outputs)
                #expect(
                    again.outputs[index] == plain.outputs[index]
                        + correction[min(step, told - 1) * sizes.outputs + output])
            }
            // Of what is squared, the correction is part.
            let same = try dynamics.rolloutGradient(from: state, into: &plain) { batch in
                var gradient = TrajectoryGradient(like: batch)
                for index in gradient.outputs.indices { gradient.outputs[index] = corrected.outputs[index] }
                return gradient
            }
            #expect(gradient == same)
        }
    }

    @Test("Whoever asks for neither spread nor novelty gets the same outputs")
    func outputsAlone() throws {
        let sizes = Self.models[2]
        let (compiled, _, state) = try both(sizes)
        var full = batch(sizes, candidates: 40)
        var alone = TrajectoryBatch(candidates: 40, horizon: sizes.horizon, actionCount: 3, outputCount: 5)
        alone.actions = full.actions
        try compiled.rollout(from: state, into: &full)
        try compiled.rollout(from: state, into: &alone)
        #expect(full.outputs == alone.outputs)
    }

    @Test("Gradients through outputs and novelty are autograd's", arguments: models)
    func gradient(sizes: RandomModel) throws {
        let (compiled, reference, state) = try both(sizes)
        func gradient(_ dynamics: LearnedDynamics, isNovel: Bool) throws -> [Float] {
            var batch = batch(sizes, candidates: 35)
            var generator = SeededGenerator(seed: 8)
            return try dynamics.rolloutGradient(from: state, into: &batch) { trajectories in
                var gradient = TrajectoryGradient(like: trajectories)
                for index in gradient.outputs.indices { gradient.outputs[index] = Float(generator.normal()) }
                for index in gradient.actions.indices { gradient.actions[index] = Float(generator.normal()) }
                if isNovel {
                    for index in gradient.novelty.indices { gradient.novelty[index] = Float(generator.normal()) }
                }
                return gradient
            }
        }
        for isNovel in [false, true] {
            let (own, theirs) = (
                try gradient(compiled, isNovel: isNovel), try gradient(reference, isNovel: isNovel)
            )
            expectClose(own, theirs, within: 1e-4)
            #expect(own.contains { abs($0) > 0.01 })
        }
    }

    @Test("Novelty's gradient is seen where distance binds and where disagreement does")
    func bothBindSomewhere() throws {
        let sizes = Self.models[2]
        let model = try sizes.make()
        let (representation, disturbances) = sizes.state()
        let state = LearnedState(representation: representation, disturbances: disturbances)
        var full = batch(sizes, candidates: 35)
        try LearnedDynamics(model, engine: .compiled).rollout(from: state, into: &full)
        // The spread that counts as 1 is known from the model; where novelty is above it, distance binds.
        let thresholds = model.novelty.spreadThreshold
        let scale = model.description.scaling.outputScale
        let rows = thresholds.count / sizes.outputs
        let isFar = full.novelty.indices.map { index in
            let row = min(index % sizes.horizon, rows - 1)
            let disagreement = (0..<sizes.outputs).map { output in
                full.spread[index * sizes.outputs + output] / Float(scale[output])
                    / thresholds[row * sizes.outputs + output]
            }.max()
            return full.novelty[index] > 1.001 * (disagreement ?? 0)
        }
        #expect(isFar.contains(true) && isFar.contains(false))
    }

    @Test("With adaptation to a record, outputs and gradients are libtorch's")
    func adapted() throws {
        let model = try ShortRecord.model(seed: 1)
        var estimator = HistoryEstimator(model)
        try estimator.read(
            ShortRecord.episode(seed: 40, day: ShortRecord.Day(ambient: 27, gains: [1.2, 1.1])), upTo: 49)
        let state = try estimator.state()
        #expect(state.adapted != nil)
        func run(_ engine: RolloutEngine) throws -> (TrajectoryBatch, [Float]) {
            let dynamics = try LearnedDynamics(model, engine: engine)
            var generator = SeededGenerator(seed: 3)
            var batch = TrajectoryBatch(
                candidates: 20, horizon: 30, actionCount: 2, outputCount: 2, hasSpread: true, hasNovelty: true)
            for index in batch.actions.indices { batch.actions[index] = Float(generator.uniform(in: 0...80)) }
            let gradient = try dynamics.rolloutGradient(from: state, into: &batch) { trajectories in
                var gradient = TrajectoryGradient(like: trajectories)
                for index in gradient.outputs.indices { gradient.outputs[index] = Float(generator.normal()) }
                return gradient
            }
            return (batch, gradient)
        }
        let (own, theirs) = (try run(.compiled), try run(.libtorch))
        expectClose(own.0.outputs, theirs.0.outputs, within: 1e-4)
        expectClose(own.1, theirs.1, within: 1e-4)
    }

    @Test("What one candidate is predicted to do does not depend on its batch, to the bit")
    func batchSizeChangesNothing() throws {
        let sizes = Self.models[1]
        let (compiled, _, state) = try both(sizes)
        var all = batch(sizes, candidates: 70)
        try compiled.rollout(from: state, into: &all)
        for candidate in [0, 31, 32, 69] {
            var one = all.extracting(candidate)
            let (outputs, novelty) = (one.outputs, one.novelty)
            one.outputs = one.outputs.map { _ in 0 }
            try compiled.rollout(from: state, into: &one)
            #expect(one.outputs == outputs && one.novelty == novelty)
        }
    }

    @Test("Another state, another horizon and other disturbances are not mistaken for the last")
    func situationsAreTold() throws {
        var sizes = Self.models[2]
        let (compiled, reference, first) = try both(sizes)
        let other = LearnedState(
            representation: sizes.state(seed: 9).representation, disturbances: first.disturbances)
        let warmer = LearnedState(
            representation: first.representation, disturbances: first.disturbances.map { $0 + 1 })
        for (state, horizon) in [(first, 7), (other, 7), (first, 7), (warmer, 7), (first, 5)] {
            sizes.horizon = horizon
            var (own, theirs) = (batch(sizes, candidates: 3), batch(sizes, candidates: 3))
            try compiled.rollout(from: state, into: &own)
            try reference.rollout(from: state, into: &theirs)
            expectClose(own.outputs, theirs.outputs, within: 1e-4)
        }
    }

    @Test("A plan says what rolled it out and why", arguments: RolloutEngine.allCases)
    func planSays(engine: RolloutEngine) throws {
        let model = try TinyModel.make()
        var estimator = HistoryEstimator(model)
        try estimator.read(TinyModel.log(seed: 9), upTo: 60)
        var request = PlanRequest(goal: "T1 = 40")
        request.engine = engine
        request.safeAction = ["Q1": 0, "Q2": 1]
        request.horizon = .steps(4)
        var planner = try request.planner(for: model)
        let plan = try planner.decide(from: estimator.state(), start: estimator.start())
        let said = try #require(plan.certificate.search.engine)
        #expect(said.name.hasPrefix(engine == .libtorch ? "libtorch" : "compiled"))
        #expect(said.reason.contains(engine == .automatic ? "stay in a core's cache" : "asked for"))
    }

    @Test("A model too large for the cache is left to libtorch unless the kernel is asked for")
    func largeModels() throws {
        var sizes = RandomModel(members: 5, width: 60, hidden: 400)
        sizes.horizon = 2
        let (compiled, _, state) = try both(sizes)
        let left = try LearnedDynamics(try sizes.make())
        #expect(left.engine?.name == "libtorch")
        #expect(left.engine?.reason.contains("KiB") == true)
        var (own, theirs) = (batch(sizes, candidates: 3), batch(sizes, candidates: 3))
        try compiled.rollout(from: state, into: &own)
        try left.rollout(from: state, into: &theirs)
        expectClose(own.outputs, theirs.outputs, within: 1e-4)
    }

    @Test("An engine that nobody knows is refused with the nearest name")
    func unknownEngine() {
        #expect { try RolloutEngine.named("compield") } throws: { error in
            "\((error as? ForesightError)?.remedy ?? "")".contains("did you mean 'compiled'?")
        }
    }
}
