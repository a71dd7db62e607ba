import Basics
import Episodes
import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("A world model with LeWM's networks", .enabled(if: torchIsSetUp))
struct TransformerTests {
    @Test("What does not go together is refused with what would")
    func refusals() throws {
        let alone = ImageSettings.refusal { $0.transformer.depth = 3 }
        #expect(alone?.code == .usage && alone?.remedy.contains("encoder=vit-tiny or predictor=lewm") == true)
        let inverse = ImageSettings.refusal { ($0.predictor, $0.history, $0.inverseSteps) = (.lewm, 3, 4) }
        #expect(inverse?.message == "inverse_steps 4 exceeds the history of 3 steps")
        let frozen = ImageSettings.refusal { ($0.recipe, $0.pretrained, $0.predictor) = ("frozen", "encoder", .lewm) }
        #expect(frozen?.message.contains("predictor lewm") == true)
        var settings = TinyImages.transformers()
        settings.transformer.patch = 14
        let patch = #expect(throws: ForesightError.self) { _ = try TinyImages.training(settings) }
        #expect(
            patch?.code == .usage && patch?.message == "patches of 14 pixels do not divide pictures of 16 × 16 pixels")
        #expect(patch?.remedy.hasPrefix("choose transformer.patch=8, or") == true)
        settings.transformer = TinyImages.transformers().transformer
        settings.transformer.heads = 5
        let heads = #expect(throws: ForesightError.self) { _ = try TinyImages.training(settings) }
        #expect(heads?.message == "5 heads do not divide a width of 12")
        let yaml = try ImageSettings.load(
            overrides: ["encoder=vit-tiny", "transformer.patch=8", "precision=bfloat16"])
        #expect(yaml.encoder == .vitTiny && yaml.transformer.patch == 8 && yaml.precision == .bfloat16)
        #expect(try ImageSettings.parse(yaml: yaml.yaml(), source: "") == yaml)
    }

    @Test("Each representation is predicted from the encoded ones before it in a window, in no free run")
    func teacherForcing() throws {
        let settings = TinyImages.transformers()
        let model = try ImageWorldModel(
            settings.architecture(imageSize: [16, 16], actions: 2), seed: Seed(5))
        // Modulations start at zero, where no action counts.
        let generator = TorchGenerator(seed: 5)
        for parameter in model.predictor.parameters() {
            parameter.assign(parameter.value.detached() + Tensor.normal(parameter.shape, using: generator) * 0.3)
        }
        model.setTraining(false)
        let batch = TinyImages.batch(5, pictures: 3)
        let objective = ImageObjective(.sigreg, directions: 16)
        let terms = withoutGradients { objective.value(of: model, batch, using: TorchGenerator(seed: 8)).terms }
        withoutGradients {
            let z = model.encode(batch.stacked(1)).reshaped([5, 3, 8])
            var sum = 0.0
            for step in 0..<2 {
                let seen = z.narrow(dim: 1, start: 0, length: step + 1)
                let predicted = model.predictor(seen, actions: batch.actions.narrow(dim: 1, start: 0, length: step + 1))
                sum +=
                    (predicted.select(dim: 1, index: step) - z.select(dim: 1, index: step + 1)).square().mean().item()
                    / 2
            }
            #expect(abs(terms[0].value.item() - sum) < 1e-5 * sum, "\(terms[0].value.item()) and \(sum)")
            let free = Tensor.stack(model.rollout(from: z.select(dim: 1, index: 0), actions: batch.actions), dim: 1)
            let other = (free - z.narrow(dim: 1, start: 1, length: 2)).square().mean().item()
            #expect(abs(other - sum) > 1e-3 * sum)
            // All times along the same directions, drawn once.
            let drawn = Tensor.normal([8, 16], using: TorchGenerator(seed: 8))
            let along = drawn / drawn.square().sum(dim: 0, keepDim: true).sqrt()
            let known = SIGReg.value(z.transposed(0, 1), along: along).item()
            #expect(abs(terms[1].value.item() - known) < 1e-5 * known)
        }
    }

    @Test(
        "Six steps are three, a restart and three, to the bit, with what is dropped",
        arguments: [ImagePrecision.float32, .bfloat16])
    func bitExact(precision: ImagePrecision) throws {
        let settings = TinyImages.transformers(dropout: 0.3, precision: precision)
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            let straight = try TinyImages.training(settings)
            _ = try straight.run(3)
            try ImageCheckpoint.save(straight, data: "squares", to: path)
            let report = try straight.run(3)
            #expect(report.skipped == 0 && report.gradientNorm > 0)
            let resumed = try TinyImages.training(settings, startIndex: 3)
            try ImageCheckpoint.restore(resumed, data: "squares", from: path)
            let later = try resumed.run(3)
            #expect(later.terms.map(\.value) == report.terms.map(\.value) && later.gradientNorm == report.gradientNorm)
            let (a, b) = (straight.trainer.model.stateDict(), resumed.trainer.model.stateDict())
            #expect(a.mapValues { $0.floats() } == b.mapValues { $0.floats() })
            // Something was dropped: without, it goes on otherwise.
            var plain = settings
            plain.transformer.dropout = 0
            let other = try TinyImages.training(plain)
            _ = try other.run(3)
            #expect(try other.run(3).terms[0].value != report.terms[0].value)
        }
    }

    @Test("A saved model is enough by itself, and one whose parts disagree is refused")
    func roundTrip() throws {
        try withTemporaryFolder { folder in
            let model = try TinyImages.model(TinyImages.transformers(dropout: 0.1))
            let path = folder + "/model"
            try ImageModelFolder.save(model, to: path)
            let loaded = try ImageModelFolder.load(path)
            let sizes = model.network.architecture
            #expect(sizes.encoder == .vitTiny && sizes.predictor == .lewm && sizes.transformer?.history == 2)
            #expect(loaded.network.architecture == sizes && loaded.settings == model.settings)
            func outcome(_ model: TrainedImageModel) throws -> [Float] {
                let frames = TinyImages.frames([8], seed: 77)
                let z = model.encode([try frames.frames(episode: 0, rows: 0..<1)])
                return withoutGradients {
                    let actions = Tensor([Float](repeating: 0.3, count: 12), shape: [1, 3, 4])
                    return z.floats() + model.network.rollout(from: z, actions: actions).flatMap { $0.floats() }
                }
            }
            #expect(try outcome(loaded) == outcome(model) && outcome(model).count == 4 * 8)
            let sheet = try InputFile.text(path + "/model.yaml")
            try AtomicFile.write(
                sheet.replacingOccurrences(of: "\nencoder: vit-tiny", with: "\nencoder: vit").replacingOccurrences(
                    of: "\npredictor: lewm", with: "\npredictor: causal"), to: path + "/model.yaml")
            let edited = #expect(throws: ForesightError.self) { _ = try ImageModelFolder.load(path) }
            #expect(edited?.code == .data && edited?.message.contains("transformer does not go together") == true)
            try AtomicFile.write(sheet, to: path + "/model.yaml")
            let part = try InputFile.text(path + "/transformer.json")
            try AtomicFile.write(part.replacingOccurrences(of: "12", with: "24"), to: path + "/transformer.json")
            #expect(throws: ForesightError.self) { _ = try ImageModelFolder.load(path) }
        }
    }
}
