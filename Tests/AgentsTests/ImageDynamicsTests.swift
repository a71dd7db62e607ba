import Agents
import Basics
import Episodes
import Networks
import Objectives
import Perception
import Planning
import Tensors
import Testing
import WorldModels

@Suite("Dynamics of models from pictures", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct ImageDynamicsTests {
    private func state(_ model: TrainedImageModel) -> ImageState {
        ImageState(
            representation: model.encode([PictureModels.picture(1)]), goal: model.encode([PictureModels.picture(2)]))
    }

    private func batch(_ dynamics: ImageDynamics, candidates: Int, horizon: Int) -> TrajectoryBatch {
        var generator = SeededGenerator(seed: 8)
        var batch = TrajectoryBatch(
            candidates: candidates, horizon: horizon, actionCount: dynamics.actionChannels.count,
            outputCount: dynamics.outputChannels.count)
        for index in batch.actions.indices { batch.actions[index] = Float(generator.uniform(in: -1...1)) }
        return batch
    }

    @Test(
        "Channels are how far the goal is and what is read, as far as the model knows",
        arguments: [
            (true, true, ["distance", "difference", "x", "y"]), (false, true, ["difference", "x", "y"]),
            (true, false, ["distance", "difference"]), (false, false, ["difference"]),
        ])
    func channels(hasDistance: Bool, reads: Bool, names: [String]) {
        let dynamics = ImageDynamics(PictureModels.drawn(hasDistance: hasDistance, reads: reads))
        #expect(dynamics.outputChannels.map(\.name) == names)
        #expect(dynamics.actionChannels.map(\.name) == ["right", "down"] && dynamics.samplingTime == 0.1)
        // Four steps of five rows.
        #expect(dynamics.trainedHorizon == 20)
        #expect(dynamics.outputs(at: state(dynamics.model)).count == names.count)
    }

    @Test(
        "With a frozen encoder the difference is that of all tokens; distance and readouts see principal components",
        arguments: [ImagePredictorKind.residual, .patches])
    func frozen(predictor: ImagePredictorKind) throws {
        let model = try PictureModels.frozen(predictor)
        let dynamics = ImageDynamics(model)
        let start = state(model)
        #expect(start.representation.shape == [1, 24])
        var batch = batch(dynamics, candidates: 3, horizon: 15)
        try dynamics.rollout(from: start, into: &batch)
        try withoutGradients {
            let directions = try #require(model.network.summary?.directions.value)
            for candidate in 0..<3 {
                let rows = (0..<30).map { (batch.action(candidate, $0 / 2, $0 % 2) - 0.1) / 0.5 }
                let steps = model.network.predictor.rollout(
                    start.representation.unsqueezed(1), actions: Tensor(rows, shape: [1, 3, 10]))
                for step in 0..<3 {
                    let z = steps.select(dim: 1, index: step)
                    let difference = (z - start.goals[0]).square().mean().sqrt().item()
                    let (seen, goal) = (z.matmul(directions), start.goals[0].matmul(directions))
                    let wanted = [model.distance?.rows(seen, goal).item() ?? 0, difference] + seen.doubles()
                    for (channel, value) in wanted.enumerated() {
                        let found = Double(batch.output(candidate, 5 * step + 4, channel))
                        #expect(abs(found - value) < 1e-3 * max(1, abs(value)), "\(candidate), \(step), \(channel)")
                    }
                }
            }
        }
    }

    @Test("A rollout is what the network predicts from normalised actions, held over the rows of a step")
    func rollout() throws {
        let model = PictureModels.drawn()
        let dynamics = ImageDynamics(model)
        let start = state(model)
        var batch = batch(dynamics, candidates: 3, horizon: 15)
        try dynamics.rollout(from: start, into: &batch)
        withoutGradients {
            for candidate in 0..<3 {
                var z = start.representation
                for step in 0..<3 {
                    let rows = (0..<5).flatMap { row in
                        (0..<2).map { (batch.action(candidate, 5 * step + row, $0) - 0.1) / 0.5 }
                    }
                    z = model.network.rollout(from: z, actions: Tensor(rows, shape: [1, 1, 10]))[0]
                    let difference = (z - start.goals[0]).square().mean().sqrt().item()
                    let distance = model.distance?.rows(z, start.goals[0]).item() ?? 0
                    let wanted = [distance, difference] + z.doubles()
                    for row in 5 * step..<5 * step + 5 {
                        for (channel, value) in wanted.enumerated() {
                            #expect(abs(Double(batch.output(candidate, row, channel)) - value) < 1e-3 * max(1, value))
                        }
                    }
                }
                // Actions do something, and from step to step something else.
                #expect(abs(batch.output(candidate, 14, 2) - batch.output(candidate, 4, 2)) > 1e-3)
            }
            let now = dynamics.outputs(at: start)
            #expect(abs(now[2] - start.representation.doubles()[0]) < 1e-5)
            #expect(abs(now[1] - (start.representation - start.goals[0]).square().mean().sqrt().item()) < 1e-5)
        }
        let there = ImageState(representation: start.goals[0], goal: start.goals[0])
        #expect(dynamics.outputs(at: there)[1] == 0)
    }

    @Test(
        "A goal with a name has channels of that name, and without goals there are none",
        arguments: [
            ([], ["x", "y"]), (["home"], ["distance_home", "difference_home", "x", "y"]),
            ([nil, "b"], ["distance", "difference", "distance_b", "difference_b", "x", "y"]),
        ] as [([String?], [String])])
    func goals(_ goals: [String?], _ names: [String]) throws {
        let model = PictureModels.drawn()
        let dynamics = ImageDynamics(model, goals: goals)
        #expect(dynamics.outputChannels.map(\.name) == names)
        let z = model.encode([PictureModels.picture(1)])
        let pictures = goals.indices.map { model.encode([PictureModels.picture(UInt64(10 + $0))]) }
        let found = dynamics.outputs(at: ImageState(representation: z, goals: pictures))
        // Each as if it were the only one.
        let alone = pictures.flatMap {
            ImageDynamics(model).outputs(at: ImageState(representation: z, goal: $0)).prefix(2)
        }
        #expect(found.count == names.count && zip(found, alone).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(abs(found[found.count - 2] - z.doubles()[0]) < 1e-5)
    }

    @Test("A horizon that is not whole steps is refused with what to choose")
    func horizon() {
        let dynamics = ImageDynamics(PictureModels.drawn())
        var batch = batch(dynamics, candidates: 2, horizon: 12)
        let error = #expect(throws: ForesightError.self) {
            try dynamics.rollout(from: state(dynamics.model), into: &batch)
        }
        #expect(error?.code == .usage && error?.remedy == "choose a multiple of 5")
        #expect(error?.message == "a horizon of 12 rows is not whole steps of the model, 5 rows each")
    }

    @Test("Bands of guardrails stand row by row behind the channels of the goal, the last step's beyond it")
    func guardBands() throws {
        let bands = ReadoutBands(
            steps: 2, count: 2, halfWidth: [1, 2, 3, 4], guardHalfWidth: [5, 6, 7, 8], predictions: 9)
        let guarded = try #require(ImageDynamics(PictureModels.drawn(bands: bands)).guardBands(horizon: 15))
        // The greatest of nine errors.
        #expect(guarded.coverage == 0.9)
        let (one, two): ([Float], [Float]) = ([0, 0, 5, 6], [0, 0, 7, 8])
        let rows = Array(repeating: one, count: 5) + Array(repeating: two, count: 10)
        #expect(guarded.halfWidth == rows.flatMap { $0 })
        let near = try #require(
            ImageDynamics(PictureModels.drawn(block: 1, hasDistance: false, bands: bands)).guardBands(horizon: 3))
        #expect(near.halfWidth == [0, 5, 6, 0, 7, 8, 0, 7, 8])
        for (count, promised) in [(98, 98.0 / 99), (99, 0.99), (4000, 0.99)] {
            let bands = ReadoutBands(
                steps: 1, count: 2, halfWidth: [1, 2], guardHalfWidth: [3, 4], predictions: count)
            let found = ImageDynamics(PictureModels.drawn(bands: bands)).guardBands(horizon: 5)
            #expect(found?.coverage == promised, "\(count)")
        }
        #expect(ImageDynamics(PictureModels.drawn()).guardBands(horizon: 5) == nil)
        #expect(ImageDynamics(PictureModels.drawn(reads: false)).guardBands(horizon: 5) == nil)
    }

    @Test("The score of a region is that of each step between its ends, and of the present by itself")
    func region() throws {
        let bands = PictureModels.regionBands([1, 2, 3, 4])
        let model = PictureModels.drawn(regions: [PictureModels.region("unsafe", bands: bands)])
        let dynamics = ImageDynamics(model)
        #expect(dynamics.outputChannels.map(\.name) == ["distance", "difference", "x", "y", "unsafe"])
        let start = state(model)
        var batch = batch(dynamics, candidates: 2, horizon: 10)
        try dynamics.rollout(from: start, into: &batch)
        let classifier = model.regions[0].classifier
        withInferenceMode {
            for candidate in 0..<2 {
                let places =
                    [start.representation]
                    + [4, 9].map { row in
                        Tensor([batch.output(candidate, row, 2), batch.output(candidate, row, 3)], shape: [1, 2])
                    }
                for step in 0..<2 {
                    let wanted = classifier(from: places[step], to: places[step + 1]).doubles()[0]
                    for row in 5 * step..<5 * step + 5 {
                        #expect(abs(Double(batch.output(candidate, row, 4)) - wanted) < 1e-4)
                    }
                    // Not the same the other way round, nor of the end by itself.
                    #expect(abs(classifier(from: places[step + 1], to: places[step]).doubles()[0] - wanted) > 1e-3)
                    #expect(abs(classifier(from: places[step + 1], to: places[step + 1]).doubles()[0] - wanted) > 1e-3)
                }
            }
            let now = classifier(from: start.representation, to: start.representation).doubles()[0]
            #expect(abs(dynamics.outputs(at: start)[4] - now) < 1e-5)
        }
    }

    @Test("Bands of regions stand behind those of what is read, and the least coverage counts")
    func regionBands() throws {
        let regions = [PictureModels.region("unsafe", bands: PictureModels.regionBands([1, 2]))]
        let read = ReadoutBands(
            steps: 2, count: 2, halfWidth: [1, 2, 3, 4], guardHalfWidth: [5, 6, 7, 8], predictions: 99)
        let both = try #require(
            ImageDynamics(PictureModels.drawn(block: 1, bands: read, regions: regions)).guardBands(horizon: 3))
        #expect(both.halfWidth == [0, 0, 5, 6, 1, 0, 0, 7, 8, 2, 0, 0, 7, 8, 2] && both.coverage == 0.95)
        let alone = try #require(
            ImageDynamics(PictureModels.drawn(block: 2, hasDistance: false, reads: false, regions: regions))
                .guardBands(horizon: 4))
        #expect(alone.halfWidth == [0, 1, 0, 1, 0, 2, 0, 2])
        let uncalibrated = try #require(
            ImageDynamics(PictureModels.drawn(block: 1, hasDistance: false, regions: regions)).guardBands(horizon: 1))
        #expect(uncalibrated.halfWidth == [0, 0, 0, 1])
    }

    @Test("How many candidates are rolled out at once changes no plan", arguments: [1, 7, 64])
    func chunks(chunk: Int) throws {
        let model = PictureModels.drawn()
        func plan(_ chunk: Int) throws -> Plan {
            var planner = Planner(
                ImageDynamics(model), task: PlanningTask(goal: try Goal.parse("minimize(difference); 0.1 * (x = 2)")),
                options: try PlannerOptions(horizon: 10, blocks: [5], noveltyLimit: nil, chunk: chunk),
                solver: try ImprovedCrossEntropy(population: 24, elites: 6, iterations: 3))
            let start = state(model)
            return try planner.plan(
                from: start,
                start: PlanningStart(outputs: ImageDynamics(model).outputs(at: start), previousActions: [0, 0]))
        }
        #expect(try plan(chunk).actions == plan(512).actions)
    }
}
