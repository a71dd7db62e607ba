import Basics
import Episodes
import Networks
import Objectives
import Perception
import Planning
import Tensors
import Testing
import WorldModels

@testable import Agents

/// libtorch's rollout is the reference; both read the same weights.
@Suite("Compiled rollout of a causal predictor") struct CompiledCausalRolloutTests {
    /// Sizes around those of vectors, pairs and tiles; with and without each map; windows that move and that do not.
    static let sizes = [
        RandomCausal(),
        RandomCausal(width: 33, actions: 7, depth: 3, heads: 3, headSize: 17, feedForward: 65, projector: 31),
        RandomCausal(width: 5, hidden: 13, output: 7, history: 2, heads: 1, headSize: 3, feedForward: 35),
        RandomCausal(width: 16, hidden: 32, history: 5, headSize: 16, projector: nil),
        RandomCausal(width: 9, history: 1, depth: 1, feedForward: 7, projector: 5, norm: .none),
        RandomCausal(width: 12, actions: 1, history: 4, depth: 2, heads: 5, headSize: 2, projector: nil),
    ]

    private func reference(_ predictor: CausalPredictor, _ start: Tensor, _ actions: Tensor) -> [Float] {
        withInferenceMode {
            predictor.rollout(
                start.expanded(to: [actions.size(0), start.size(1)]).unsqueezed(1), actions: actions
            ).contiguous().floats()
        }
    }

    private func own(
        _ predictor: CausalPredictor, _ start: Tensor, _ actions: Tensor, isHalf: Bool = false
    ) throws -> [Float] {
        let compiled = try CompiledCausalRollout(predictor, isHalf: isHalf)
        return Tensor.stack(try compiled.rollout(from: start, actions: actions, memory: nil), dim: 1).floats()
    }

    @Test("Predictions are libtorch's", arguments: sizes, [(1, 1), (13, 4), (40, 7)])
    func predictions(sizes: RandomCausal, size: (candidates: Int, steps: Int)) throws {
        let predictor = try sizes.make()
        let (start, actions) = sizes.task(candidates: size.candidates, steps: size.steps)
        let theirs = reference(predictor, start, actions)
        expectClose(try own(predictor, start, actions), theirs, within: 1e-4)
        #expect(Set(theirs).count > 1)
    }

    @Test("Products in bfloat16 err by what rounding explains", arguments: sizes)
    func half(sizes: RandomCausal) throws {
        let predictor = try sizes.make()
        let (start, actions) = sizes.task(candidates: 20, steps: 4)
        let theirs = reference(predictor, start, actions)
        let ours = try own(predictor, start, actions, isHalf: true)
        func meanSquare(_ values: [Float]) -> Float { values.reduce(0) { $0 + $1 * $1 } / Float(values.count) }
        let error = (meanSquare(zip(ours, theirs).map { $0 - $1 }) / meanSquare(theirs)).squareRoot()
        // 2⁻⁹ for each rounding of weights and inputs, over some layers and steps.
        #expect(error < 0.02, "\(error)")
        #expect(CompiledCausalRollout.hasHalf == (error > 1e-5), "\(error)")
    }

    @Test("What a candidate's prediction is does not depend on its batch or the threads", arguments: [false, true])
    func batches(isHalf: Bool) throws {
        let sizes = Self.sizes[1]
        let predictor = try sizes.make()
        let (start, actions) = sizes.task(candidates: 131, steps: 5)
        let all = try own(predictor, start, actions, isHalf: isHalf)
        let size = 5 * sizes.width
        for candidate in [0, 77, 130] {
            let alone = try own(
                predictor, start, actions.narrow(dim: 0, start: candidate, length: 1), isHalf: isHalf)
            #expect(Array(all[candidate * size..<(candidate + 1) * size]) == alone)
        }
        let shared = try CompiledCausalRollout(predictor, isHalf: isHalf).rollout(
            from: start, actions: actions, memory: nil, threads: 3)
        #expect(Tensor.stack(shared, dim: 1).floats() == all)
    }

    /// A model of pictures with such a predictor, and what is ordinary for it in drawn pictures.
    private func trained(_ network: ImageWorldModel) throws -> TrainedImageModel {
        var frames = InMemoryFrames(frameSize: FrameSize(height: 16, width: 16), columns: [])
        for episode in 0..<4 {
            let pictures = (0..<30).flatMap { PictureModels.picture(UInt64(1000 + 30 * episode + $0)) }
            frames.append(FrameEpisode(frames: pictures, columns: []))
        }
        let residuals = StepResiduals(
            network, encoded: try EncodedRows(network, frames),
            actions: Tensor.normal([120, 2], using: TorchGenerator(seed: 3)))
        return TrainedImageModel(
            network: network, distance: nil, surprise: PictureSurprise(residuals),
            actionChannels: ["right", "down"].map { Channel(name: $0, role: .action, lowerLimit: -1, upperLimit: 1) },
            actionScaling: ActionScaling(mean: [0.1, 0], deviation: [0.5, 0.4]), recordedActions: [-1...1, -1...1],
            samplingTime: 0.1, horizon: 4, settings: ImageSettings(), origin: ModelOrigin())
    }

    @Test("Errors that are remembered correct each step as in libtorch's rollout")
    func memory() throws {
        let sizes = RandomCausal(width: 12)
        let model = try trained(sizes.network())
        let predictor = try #require(model.network.predictor as? CausalPredictor)
        let (start, actions) = sizes.task(candidates: 9, steps: 5)
        var watch = try #require(SurpriseWatch(model))
        _ = watch.see(start, after: [0, 0])
        _ = watch.see(start + 0.5, after: [0.3, -0.2])
        var memory = StepMemory(reach: 1)
        memory.add(try #require(watch.step))
        let theirs = withInferenceMode {
            model.network.rollout(from: start.expanded(to: [9, 12]), actions: actions, memory: memory)
        }
        let compiled = try CompiledCausalRollout(predictor, isHalf: false)
        let ours = try compiled.rollout(from: start, actions: actions, memory: memory)
        expectClose(Tensor.stack(ours, dim: 1).floats(), Tensor.stack(theirs, dim: 1).floats(), within: 1e-4)
        let without = try compiled.rollout(from: start, actions: actions, memory: StepMemory(reach: 1))
        #expect((ours[0] - without[0]).square().mean().item() > 1e-3)
    }

    @Test("The count of operations is that of LeWM's sizes by hand")
    func operations() throws {
        var sizes = RandomCausal(width: 192, actions: 10, depth: 1, heads: 16, headSize: 64, feedForward: 2048)
        sizes.projector = nil
        let predictor = try sizes.make()
        // One row, one token: actions, modulations, attention of one key, feed-forward.
        let row = 10 * 3 + 3 * 384 + 384 * 192 + 192 * 6 * 192
        let token = 192 * 3072 + 1024 * 192 + 2 * 192 * 2048 + 2 * 1024
        #expect(try CompiledCausalRollout(predictor, isHalf: false).operations(steps: 1) == Double(2 * (row + token)))
    }

    @Test("A model of pictures says what rolls it out, and both engines agree")
    func engines() throws {
        let model = try trained(RandomCausal(width: 12).network())
        let generator = TorchGenerator(seed: 2)
        let state = ImageState(
            representation: Tensor.normal([1, 12], using: generator), goal: Tensor.normal([1, 12], using: generator))
        var draws = SeededGenerator(seed: 6)
        // A plan alone is judged in float32; many candidates may be in bfloat16.
        for (candidates, tolerance) in [(1, Float(1e-4)), (30, CompiledCausalRollout.hasHalf ? 0.02 : 1e-4)] {
            var own = TrajectoryBatch(candidates: candidates, horizon: 6, actionCount: 2, outputCount: 1)
            for index in own.actions.indices { own.actions[index] = Float(draws.uniform(in: -1...1)) }
            var theirs = own
            let compiled = ImageDynamics(model)
            #expect(compiled.engine?.name == "compiled, \(CompiledCausalRollout.lanes)")
            #expect(compiled.engine?.reason.hasPrefix("its predictor is LeWM's") == true)
            try compiled.withGoals(["there"]).rollout(from: state, into: &own)
            let reference = ImageDynamics(model, engine: .libtorch)
            #expect(reference.engine == DynamicsEngine(name: "libtorch", reason: "asked for"))
            try reference.rollout(from: state, into: &theirs)
            expectClose(own.outputs, theirs.outputs, within: tolerance)
        }
        #expect(ImageDynamics(PictureModels.drawn()).engine == nil)
        var request = PlanRequest(goal: "minimize(difference)")
        request.engine = .compiled
        #expect(try request.planner(for: model, goals: [nil]).dynamics.engine?.reason == "asked for")
        #expect(throws: ForesightError.self) { try request.planner(for: PictureModels.drawn(), goals: [nil]) }
        // A candidate of this predictor is dear: small populations, more iterations.
        let (dear, other) = (try model.pictureSearch(), try PictureModels.drawn().pictureSearch())
        #expect(dear.population < other.population && dear.iterations > other.iterations)
    }

    @Test("What it cannot run is said")
    func hindrances() throws {
        let rotary = try CausalPredictor(
            CausalPredictorOptions(width: 4, actionWidth: 2, headSize: 4, positions: .rotary), seed: Seed(1))
        #expect(CausalWeights.hindrance(rotary) == "its positions are rotary")
        let layer = try RandomCausal(norm: .layer).make()
        #expect(CausalWeights.hindrance(layer) == "its projector has another norm than batch norm")
        let training = try RandomCausal().make()
        training.setTraining(true)
        #expect(CausalWeights.hindrance(training) == "it is being trained")
        #expect(CausalWeights.hindrance(try RandomCausal().make()) == nil)
    }
}
