import Basics
import Episodes
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Numbers and devices in which models from pictures learn", .enabled(if: torchIsSetUp))
struct ImagePrecisionTests {
    /// The loss of a batch and the gradients of all parameters.
    private static func gradients(
        _ precision: ImagePrecision, settings: ImageSettings
    ) throws -> (terms: [ImageObjective.Term], gradients: [Tensor], total: Tensor) {
        let model = try ImageWorldModel(settings.architecture(imageSize: [16, 16], actions: 2), seed: Seed(6))
        model.setTraining(true)
        let recipe = try ImageRecipe.named(settings.recipe)
        let batch = TinyImages.batch(6, pictures: settings.stack + settings.windowSteps)
        let (total, terms) = ImageObjective(recipe, directions: 32, precision: precision).value(
            of: model, batch, using: TorchGenerator(seed: 9))
        total.backward()
        let learned = model.namedParameters().filter { recipe.inverse > 0 || !$0.name.hasPrefix("inverse_dynamics.") }
        return (terms, try learned.map { try #require($0.parameter.gradient, "\($0.name)") }, total)
    }

    /// Trainings with each encoder and each predictor, of which all networks have to bear shorter numbers.
    private static let cases: [ImageSettings] = {
        var all = [TinyImages.transformers(dropout: 0)]
        for (encoder, predictor) in [
            (ImageEncoderKind.strided, ImagePredictorKind.residual), (.keypoints, .recurrent), (.impala, .causal),
            (.vit, .causal),
        ] {
            var settings = TinyImages.settings(stack: 2)
            (settings.encoder, settings.predictor) = (encoder, predictor)
            all.append(settings)
        }
        return all
    }()

    @Test("In bfloat16 losses and gradients are float32, and near those of float32 but not the same", arguments: cases)
    func nearby(settings: ImageSettings) throws {
        let name = "\(settings.encoder), \(settings.predictor)"
        let exact = try Self.gradients(.float32, settings: settings)
        let short = try Self.gradients(.bfloat16, settings: settings)
        for (a, b) in zip(exact.terms, short.terms) {
            let (one, other) = (a.value.item(), b.value.item())
            #expect(b.value.dtype == .float32 && one != other, "\(name), \(a.name): \(one)")
            #expect(abs(one - other) < 0.05 * max(abs(one), 0.1), "\(name), \(a.name): \(one) and \(other)")
        }
        #expect(short.gradients.allSatisfy { $0.dtype == .float32 })
        func flat(_ tensors: [Tensor]) -> [Double] { tensors.flatMap { $0.doubles() } }
        let (a, b) = (flat(exact.gradients), flat(short.gradients))
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let cosine = product(a, b) / (product(a, a) * product(b, b)).squareRoot()
        #expect(cosine > 0.98 && cosine < 1, "\(name): \(cosine)")
    }

    @Test("Parameters and moments stay float32, and the model that is saved does")
    func parameters() throws {
        let training = try TinyImages.training(TinyImages.transformers(dropout: 0.2, precision: .bfloat16))
        let report = try training.run(6)
        #expect(report.skipped == 0 && report.terms.allSatisfy { $0.value.isFinite })
        #expect(training.trainer.model.parameters().allSatisfy { $0.value.dtype == .float32 })
        #expect(training.trainer.optimiser.stateDict().values.allSatisfy { $0.dtype == .float32 })
        try training.learnHeads()
        #expect(training.health?.predictionError.allSatisfy(\.isFinite) == true)
        // What stands on it is computed in float32, as it is planned with.
        #expect(training.encodings?.learned.representations.dtype == .float32)
    }

    /// Trainings whose draws are the same on all devices, since nothing is drawn.
    private static let drawless: [ImageSettings] = {
        var transformers = TinyImages.transformers(dropout: 0)
        (transformers.recipe, transformers.predictorSteps, transformers.freeRun) = ("vicreg-inverse", 3, 3)
        var stacked = TinyImages.settings(recipe: "teacher", stack: 2)
        (stacked.proprioception, stacked.encoder, stacked.predictor) = (true, .keypoints, .recurrent)
        return [transformers, stacked]
    }()

    @Test(
        "An NVIDIA card takes the steps of the processor, from pictures to heads, and the model comes back to it",
        .enabled(if: torchIsSetUp && (try? Device.cuda.isAvailable) == true, "needs an NVIDIA card"),
        arguments: drawless)
    func card(settings: ImageSettings) throws {
        func training(_ device: Device) throws -> ImageTraining<InMemoryFrames> {
            try ImageTraining(
                TinyImages.frames(), actions: TinyImages.channels, samplingTime: 0.1, settings: settings, device: device
            )
        }
        let (processor, card) = (try training(.cpu), try training(.cuda))
        #expect(card.trainer.model.device == .cuda && card.trainer.generator.device == .cuda)
        let (expected, found) = (try processor.run(6), try card.run(6))
        for (a, b) in zip(expected.terms, found.terms) {
            #expect(abs(a.value - b.value) < 1e-3 * max(abs(a.value), 1e-2), "\(a.name): \(a.value) and \(b.value)")
        }
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            try ImageCheckpoint.save(card, data: "squares", to: path)
            let resumed = try training(.cuda)
            try ImageCheckpoint.restore(resumed, data: "squares", from: path)
            #expect(resumed.trainer.step == 6 && resumed.trainer.model.device == .cuda)
        }
        try card.learnHeads()
        let model = card.model()
        #expect(model.network.parameters().allSatisfy { $0.value.device == .cpu })
        #expect(card.health?.predictionError.allSatisfy(\.isFinite) == true)
    }
}
