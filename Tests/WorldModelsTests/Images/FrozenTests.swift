import Basics
import Episodes
import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

/// A frozen encoder with random numbers, and trainings with it.
enum TinyFrozen {
    /// The folder of a transformer over patches of 4 pixels, for pictures of 16 × 16.
    static func folder(_ parent: String, output: VisionOutput = .classToken, channels: Int = 3) throws -> String {
        let options = VisionTransformerOptions(
            imageSize: [16, 16], patch: 4, channels: channels, width: 12, depth: 1, heads: 2, output: output)
        let folder = parent + "/encoder-\(output.rawValue)-\(channels)"
        let network = try VisionTransformer(options, seed: Seed(4))
        // Of a size that makes patches matter beside their places, as training does.
        let generator = TorchGenerator(seed: 4)
        for parameter in network.parameters() where parameter.decays {
            let inputs = Double(parameter.value.count / parameter.shape[0])
            parameter.assign(Tensor.normal(parameter.shape, using: generator) * (1 / inputs.squareRoot()))
        }
        try EncoderFolder.save(
            PretrainedNetwork(
                family: "vit", architecture: .vision(options), network: network,
                colours: ColourScaling(mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5])), to: folder)
        return folder
    }

    static func settings(
        _ folder: String, steps: Int = 6, predictor: ImagePredictorKind = .residual, stack: Int = 1
    ) -> ImageSettings {
        var settings = TinyImages.settings(steps: steps, recipe: "frozen", stack: stack)
        (settings.pretrained, settings.predictor, settings.grid, settings.history) = (folder, predictor, 2, 2)
        return settings
    }
}

@Suite("A world model with a frozen encoder", .enabled(if: torchIsSetUp))
struct FrozenTests {
    @Test("What does not go together is refused with what would")
    func refusals() throws {
        let missing = ImageSettings.refusal { $0.recipe = "frozen" }
        #expect(missing?.code == .usage && missing?.remedy.contains("pretrained=FOLDER") == true)
        let without = ImageSettings.refusal { $0.pretrained = "encoder" }
        #expect(without?.message.contains("recipe sigreg-inverse") == true)
        #expect(without?.remedy.contains("recipe=frozen") == true)
        for (name, change) in [
            ("causal", { $0.predictor = .causal }), ("impala", { $0.encoder = .impala }),
            ("proprioception", { $0.proprioception = true }),
        ] as [(String, (inout ImageSettings) -> Void)] {
            let error = ImageSettings.refusal {
                ($0.recipe, $0.pretrained) = ("frozen", "encoder")
                change(&$0)
            }
            #expect(error?.code == .usage && error?.message.contains(name) == true, "\(name)")
        }
        #expect(ImageSettings.refusal { $0.predictor = .patches }?.remedy.contains("recipe=frozen") == true)
        #expect(ImageSettings.refusal { $0.encoder = .frozen }?.code == .usage)
        #expect(ImageSettings.refusal { $0.grid = 2 }?.message.hasPrefix("grid 2 with the recipe") == true)
        #expect(ImageSettings.refusal { $0.side = 28 }?.message.hasPrefix("side 28 with the recipe") == true)
    }

    @Test("Folders, sides, grids and memory that do not fit are refused with numbers")
    func folders() throws {
        try withTemporaryFolder { parent in
            let good = try TinyFrozen.folder(parent)
            func training(_ folder: String, _ change: (inout ImageSettings) -> Void = { _ in }) -> ForesightError? {
                var settings = TinyFrozen.settings(folder)
                change(&settings)
                return #expect(throws: ForesightError.self) { _ = try TinyImages.training(settings) }
            }
            let none = training(parent)
            #expect(none?.code == .data && none?.remedy.contains("foresight import") == true)
            let world = parent + "/world"
            let architecture = NetworkArchitecture.recurrentWorld(
                RecurrentWorldOptions(
                    encoder: ImpalaOptions(imageSize: [16, 16], channels: 3, stacks: [2], blocks: 1, width: 5),
                    actionWidth: 3))
            try EncoderFolder.save(
                PretrainedNetwork(
                    family: "pldm", architecture: architecture, network: try architecture.make(seed: Seed(1))),
                to: world)
            let other = training(world)
            #expect(other?.code == .usage && other?.message.contains("world model of images") == true)
            #expect(other?.remedy.contains("a ViT, a DINOv2 or an I-JEPA") == true)
            #expect(training(try TinyFrozen.folder(parent, channels: 1))?.message.contains("1 channels") == true)
            let side = training(good) { $0.side = 18 }
            #expect(side?.message == "side 18 is no multiple of the encoder's patches of 4 pixels")
            let grid = training(good) { $0.grid = 5 }
            #expect(
                grid?.message == "a grid of 5 for pictures of 4 × 4 patches" && grid?.remedy.contains("1 to 4") == true)
            // 57 rows of 4 tokens of 12 numbers, 2 bytes each: 5472.
            let memory = training(good) { $0.memory = 5000.0 / 1_073_741_824 }
            #expect(memory?.code == .usage && memory?.message.contains("57 pictures, 48 numbers each") == true)
            let settings = TinyFrozen.settings(good)
            #expect(try settings.precision(rows: 1000, width: 48) == .float32)
            var small = settings
            small.memory = 5473.0 / 1_073_741_824
            #expect(try small.precision(rows: 57, width: 48) == .float16)
            #expect(try TinyImages.training(small).tableBytes == 5472)
        }
    }

    @Test(
        "Six steps are three, a restart and three, to the bit; the encoder stays and has no state in the optimiser",
        arguments: [ImagePredictorKind.residual, .patches])
    func steps(predictor: ImagePredictorKind) throws {
        try withTemporaryFolder { parent in
            let settings = TinyFrozen.settings(try TinyFrozen.folder(parent), predictor: predictor)
            let path = parent + "/checkpoint.safetensors"
            let straight = try TinyImages.training(settings)
            let before = straight.trainer.model.stateDict().mapValues { $0.floats() }
            _ = try straight.run(3)
            try ImageCheckpoint.save(straight, data: "squares", to: path)
            let saved = try SafetensorsFile(path: path).loadTensors()
            #expect(!saved.keys.contains { $0.contains("encoder.patches") })
            let report = try straight.run(9)
            let resumed = try TinyImages.training(settings, startIndex: 3)
            try ImageCheckpoint.restore(resumed, data: "squares", from: path)
            let later = try resumed.run(9)
            #expect(later.terms.map(\.value) == report.terms.map(\.value) && later.gradientNorm == report.gradientNorm)
            let (a, b) = (straight.trainer.model.stateDict(), resumed.trainer.model.stateDict())
            #expect(a.mapValues { $0.floats() } == b.mapValues { $0.floats() })
            let moments = straight.trainer.optimiser.stateDict().values.reduce(0) { $0 + $1.count }
            let learned = straight.trainer.model.learnedParameters.reduce(0) { $0 + $1.parameter.value.count }
            #expect(moments < 3 * learned, "\(moments) numbers of state for \(learned)")
            for (name, value) in a {
                let isSame = value.floats() == before[name]
                #expect(isSame == !name.hasPrefix("predictor."), "\(name)")
            }
        }
    }

    @Test(
        "Windows are those rows of the record with the actions between them; a batch is the same whenever it is asked for"
    )
    func windows() throws {
        let frames = TinyImages.frames([9, 4, 8])
        var settings = TinyImages.settings()
        settings.batch = 7
        let table = Tensor((0..<21).map { Float($0) }, shape: [21, 1]).to(dtype: .float16)
        let actions = Tensor((0..<42).map { Float($0) }, shape: [21, 2])
        func windows(padded: Int) throws -> EncodedWindows {
            try EncodedWindows(
                table: table, actions: actions, layout: frames.layout, time: 3, padded: padded, settings: settings,
                source: "rows")
        }
        let some = try windows(padded: 2)
        var seen: [Int: Int] = [:]
        // Rows 2 to 4 of the first episode, 15 to 16 of the third: five windows a row of 4 · 2 behind each.
        for index in 0..<5 {
            let (z, driving) = some.batch(index)
            #expect(z.shape == [7, 3, 1] && z.dtype == .float32 && driving.shape == [7, 2, 4])
            for place in 0..<7 {
                let rows = z[place].floats().map { Int($0) }
                #expect(rows[1] == rows[0] + 2 && rows[2] == rows[0] + 4)
                #expect(driving[place].floats() == (0..<8).map { Float(2 * rows[0] + $0) })
                seen[rows[0], default: 0] += 1
            }
        }
        #expect(seen == [2: 7, 3: 7, 4: 7, 15: 7, 16: 7])
        #expect(some.batch(3).encoded.floats() == (try windows(padded: 2)).batch(3).encoded.floats())
        let short = #expect(throws: ForesightError.self) { _ = try windows(padded: 5) }
        #expect(short?.message.contains("a window of 3 pictures every 2 rows needs 10") == true)
    }

    @Test(
        "A saved model is enough by itself: it does the same to the bit when the encoder's folder is gone",
        arguments: [1, 2])
    func roundTrip(stack: Int) throws {
        try withTemporaryFolder { parent in
            let encoder = try TinyFrozen.folder(parent)
            var settings = TinyFrozen.settings(encoder, predictor: stack == 1 ? .patches : .residual, stack: stack)
            settings.side = 20
            let model = try TinyImages.model(settings)
            let sizes = model.network.architecture
            #expect(sizes.width == 4 * 12 * stack && sizes.summaryWidth == 8)
            #expect(sizes.frozen?.encoder.imageSize == [20, 20] && sizes.frozen?.encoder.patchGrid == [5, 5])
            #expect(sizes.frozen?.encoder.colours.mean == [0.5, 0.5, 0.5])
            let path = parent + "/model"
            try ImageModelFolder.save(model, to: path)
            try FileManager.default.removeItem(atPath: encoder)
            let loaded = try ImageModelFolder.load(path)
            #expect(loaded.network.architecture == sizes && loaded.settings == model.settings)
            #expect(loaded.surprise == model.surprise)
            func outcome(_ model: TrainedImageModel) throws -> [Float] {
                let frames = TinyImages.frames([8], seed: 77)
                let z = model.encode(try (0..<3).map { try frames.frames(episode: 0, rows: 2 * $0..<2 * $0 + 1) })
                return try withoutGradients {
                    let actions = Tensor([Float](repeating: 0.3, count: 12), shape: [1, 3, 4])
                    let next = model.network.rollout(from: z, actions: actions)[2]
                    let seen = model.network.summarised(next)
                    let readout = try #require(model.readout)
                    let distance = try #require(model.distance)
                    return next.floats() + readout.network(seen).floats()
                        + distance.rows(model.network.summarised(z), seen).floats()
                }
            }
            #expect(try outcome(loaded) == outcome(model))
            let card = try InputFile.text(path + "/card.md")
            #expect(card.contains("Its encoder was not trained here") && card.contains("family `vit`"))
            #expect(card.contains(encoder) && card.contains("20 × 20 pixels; its 5 × 5 tokens are averaged to 2 × 2"))
            // A sheet that says otherwise is refused.
            let sheet = try InputFile.text(path + "/model.yaml")
            try AtomicFile.write(
                sheet.replacingOccurrences(of: "encoder: frozen", with: "encoder: vit"), to: path + "/model.yaml")
            let edited = #expect(throws: ForesightError.self) { _ = try ImageModelFolder.load(path) }
            #expect(edited?.code == .data && edited?.message.contains("frozen encoder") == true)
        }
    }

    @Test("Pictures of several rows stand side by side in each token")
    func stacked() throws {
        try withTemporaryFolder { parent in
            let folder = try TinyFrozen.folder(parent)
            let one = try FrozenEncoder.load(folder, pictures: [16, 16], grid: 2)
            let two = try FrozenEncoder.load(folder, pictures: [16, 16], grid: 2, stack: 2)
            let x = Tensor.normal([3, 6, 16, 16], using: TorchGenerator(seed: 1))
            let parts = (0..<2).map { one(x.narrow(dim: 1, start: 3 * $0, length: 3)).reshaped([3, 4, 12]) }
            let expected = Tensor.concatenate(parts, dim: 2).flattened(from: 1)
            #expect(two.width == 96 && relativeError(two(x).floats(), expected.floats(), floor: 1e-3) < 1e-5)
        }
    }

    @Test("A picture's sides decide the grid: along the shorter side so many tokens as asked for")
    func sides() throws {
        try withTemporaryFolder { parent in
            let folder = try TinyFrozen.folder(parent)
            func options(_ size: [Int], side: Int? = nil, grid: Int? = nil) throws -> FrozenEncoderOptions {
                try FrozenEncoder.load(folder, pictures: size, side: side, grid: grid).options
            }
            let plain = try options([18, 33])
            #expect(plain.imageSize == [20, 36] && plain.patchGrid == [5, 9] && plain.grid == [4, 7])
            let small = try options([18, 33], side: 8)
            #expect(small.imageSize == [8, 16] && small.grid == [2, 4])
            #expect(try options([18, 33], side: 12, grid: 1).grid == [1, 2])
            #expect(try options([16, 16], grid: 4).grid == [4, 4])
        }
    }

    @Test("Windows longer than a predictor looks back are free runs from the first representation")
    func freeRuns() throws {
        try withTemporaryFolder { parent in
            let training = try TinyImages.training(TinyFrozen.settings(try TinyFrozen.folder(parent)))
            let model = training.trainer.model
            let z = Tensor.normal([4, 4, 48], using: TorchGenerator(seed: 1))
            let actions = Tensor.normal([4, 3, 4], using: TorchGenerator(seed: 2))
            var (state, sum) = (z.select(dim: 1, index: 0), 0.0)
            for step in 0..<3 {
                state = model.rollout(from: state, actions: actions.narrow(dim: 1, start: step, length: 1))[0]
                sum += (state - z.select(dim: 1, index: step + 1)).square().mean().item()
            }
            let (total, _) = ImageObjective(.frozen).value(of: model, encoded: z, actions: actions)
            #expect(abs(total.item() - sum / 3) < 1e-5)
            // In units of how much tokens vary.
            let predictor = try #require(model.predictor as? CentredPredictor)
            predictor.scale.assign(Tensor.full([1], 2))
            let moved = ImageObjective(.frozen).value(of: model, encoded: z, actions: actions).total.item()
            var state2 = z.narrow(dim: 1, start: 0, length: 1)
            var sum2 = 0.0
            for step in 0..<3 {
                state2 = predictor(state2, actions: actions.narrow(dim: 1, start: step, length: 1))
                sum2 += (state2 - z.narrow(dim: 1, start: step + 1, length: 1)).square().mean().item() / 4
            }
            #expect(abs(moved - sum2 / 3) < 1e-5)
        }
    }

    @Test("The residual predictor sees tokens less their mean, in units of how much they vary")
    func centred() throws {
        let inner = ResidualPredictor(width: 5, actions: 2, hidden: 8, seed: Seed(1))
        let predictor = CentredPredictor(inner)
        let generator = TorchGenerator(seed: 2)
        let z = Tensor.normal([50, 1, 5], using: generator) * 0.02 + 3
        let actions = Tensor.normal([50, 1, 2], using: generator)
        #expect(predictor(z, actions: actions).equal(inner(z, actions: actions)).all().item() == 1)
        predictor.fit(z.squeezed(1))
        let unit = z - predictor.centre.value
        #expect(abs((unit / predictor.scale.value).square().mean().item() - 1) < 1e-3)
        #expect(abs(unit.mean().item()) < 1e-4)
        let expected = inner(unit / predictor.scale.value, actions: actions) * predictor.scale.value
        let found = predictor.rollout(z, actions: actions) - predictor.centre.value
        #expect(relativeError(found.floats(), expected.floats(), floor: 1e-3) < 1e-3)
    }

    @Test("What is learned predicts the tokens better than standing still, and the place is read off predictions")
    func learns() throws {
        try withTemporaryFolder { parent in
            var settings = TinyFrozen.settings(try TinyFrozen.folder(parent), steps: 300)
            (settings.grid, settings.width, settings.hidden, settings.batch) = (4, 24, 64, 32)
            (settings.distanceSteps, settings.horizon) = (0, 2)
            let lengths = [Int](repeating: 30, count: 60)
            let training = try TinyImages.training(settings, TinyImages.frames(lengths))
            _ = try training.run(settings.steps)
            try training.learnHeads()
            let health = try #require(training.health)
            #expect(health.predictionError.count == 2 && health.predictionError[1] < 0.7, "\(health.predictionError)")
            let readings = try #require(health.probe?.readings)
            #expect(readings.count == 2 && readings.allSatisfy { $0.perceptronCorrelation > 0.9 }, "\(readings)")
            // Standing still is what the error is a share of: without learning it is greater.
            let other = try TinyImages.training(settings, TinyImages.frames(lengths))
            try other.learnHeads()
            #expect((other.health?.predictionError[0] ?? 0) > 0.95)
        }
    }
}

@Suite("Principal components of representations", .enabled(if: torchIsSetUp))
struct PrincipalComponentsTests {
    @Test("They are those of the covariance, of a mean variance of 1, whatever is constant")
    func covariance() throws {
        let generator = TorchGenerator(seed: 3)
        let scales = Tensor([5, 3, 1, 0.1, 0, 0], shape: [6])
        let turned = Tensor.normal([6, 6], using: generator).qr().q
        let x = (Tensor.normal([400, 6], using: generator) * scales).matmul(turned) + 7
        let components = PrincipalComponents(width: 6, count: 3)
        components.fit(x)
        let z = components(x)
        let centred = x - x.mean(dim: 0, keepDim: true)
        let (values, vectors) = (centred.T.matmul(centred) / Tensor(scalar: 400)).eigh()
        let variances = (z.square().mean(dim: 0)).doubles()
        let known = values.doubles().suffix(3).reversed().map { $0 }
        let mean = known.reduce(0, +) / 3
        for (found, wanted) in zip(variances, known) { #expect(abs(found - wanted / mean) < 1e-3 * wanted / mean) }
        // The same directions, up to sign.
        let cosines = vectors.narrow(dim: 1, start: 3, length: 3).flip(dims: [1]).T.matmul(components.directions.value)
        for place in 0..<3 {
            let row = cosines[place].doubles().map { $0 * mean.squareRoot() }
            for column in 0..<3 { #expect(abs(abs(row[column]) - (place == column ? 1 : 0)) < 1e-3) }
        }
        // More components than directions: the others are 0, and nothing is no number.
        let many = PrincipalComponents(width: 6, count: 6)
        many.fit(x.narrow(dim: 0, start: 0, length: 3))
        #expect(many(x).isfinite().all().item() == 1)
        #expect(many.directions.value.narrow(dim: 1, start: 2, length: 4).floats().allSatisfy { $0 == 0 })
    }
}
