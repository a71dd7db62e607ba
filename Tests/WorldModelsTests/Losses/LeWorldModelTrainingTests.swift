import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

/// One step of LeWM's training: what stable-worldmodel calculated (Tests/Python/world_models.py), and what the recipe `sigreg` does
/// with the encoder `vit-tiny` and the predictor `lewm` from the same weights and frames, by the loss that training minimises.
@Suite("The recipe sigreg with LeWM's networks against stable-worldmodel", .enabled(if: torchIsSetUp))
struct LeWorldModelTrainingTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../..").standardizedFileURL

    private static let python = Python(
        importing: "importlib.util; assert all(map(importlib.util.find_spec, "
            + "['torch', 'transformers', 'safetensors', 'einops', 'stable_worldmodel']))")

    private static func script(_ arguments: String...) throws -> String {
        let path = root.appendingPathComponent("Tests/Python/world_models.py")
        let script = try String(contentsOf: path, encoding: .utf8)
        return try #require(try python?.run(script, arguments[0], arguments[1], arguments[2]))
    }

    /// Settings of LeWM as its authors train it.
    private static var published: ImageSettings {
        var settings = ImageSettings()
        (settings.recipe, settings.encoder, settings.predictor) = ("sigreg", .vitTiny, .lewm)
        (settings.width, settings.block) = (192, 5)
        return settings
    }

    @Test("Both terms, the loss, every gradient and all running statistics agree: recorded") func recorded() throws {
        try compare(folder: Self.root.appendingPathComponent("Fixtures/worldmodels/lewm").path)
    }

    @Test(
        "Both terms, the loss, every gradient and all running statistics agree",
        .enabled(if: python != nil, "needs the Python packages stable-worldmodel, einops and transformers"))
    func live() throws {
        try withTemporaryFolder { folder in
            #expect(try Self.script("lewm", folder, "fixture") == "fixture\n")
            try compare(folder: "\(folder)/fixture")
        }
    }

    @Test("In full size encoder, predictor and the whole have as many parameters as those of stable-worldmodel")
    func parameters() throws {
        let model = try ImageWorldModel(
            Self.published.architecture(imageSize: [224, 224], actions: 2), seed: Seed(1))
        // Counted by `world_models.py lewm full`.
        let counts = [model.encoder.parameterCount, model.predictor.parameterCount]
        #expect(counts == [6_294_144, 11_740_334] && counts.reduce(0, +) == 18_034_478)
    }

    @Test(
        "In full size stable-worldmodel has that many parameters",
        .enabled(if: python != nil, "needs the Python packages stable-worldmodel, einops and transformers"))
    func theirParameters() throws {
        #expect(try Self.script("lewm", "", "full") == "6294144 11740334 18034478\n")
    }

    private func compare(folder: String) throws {
        let recorded = try SafetensorsFile(path: "\(folder)/io.safetensors").loadTensors()
        func known(_ key: String) throws -> Tensor { try #require(recorded["training.\(key)"], "there is no \(key)") }
        func expect(_ actual: Tensor, _ expected: Tensor, _ name: String, floor: Float = 1e-3) {
            #expect(actual.shape == expected.shape, "\(name)")
            let error = relativeError(actual.detached().floats(), expected.floats(), floor: floor)
            #expect(error < 1e-4, "\(name): \(error)")
        }
        var settings = Self.published
        (settings.width, settings.block) = (10, 2)
        var sizes = TransformerSizes()
        (sizes.patch, sizes.tokenWidth, sizes.depth, sizes.heads, sizes.expansion) = (8, 12, 2, 3, 2)
        (sizes.predictorDepth, sizes.predictorHeads, sizes.headSize, sizes.feedForward) = (2, 2, 8, 24)
        (sizes.projector, sizes.predictorProjector, sizes.dropout) = (20, 20, 0)
        settings.transformer = sizes
        let model = try ImageWorldModel(settings.architecture(imageSize: [16, 16], actions: 3), seed: Seed(1))
        let theirs = try #require(try PretrainedNetwork.read(folder: folder).network as? JointEmbeddingModel)
        let (vision, predictor) = (model.encoder as? TokenEncoder, model.predictor as? CausalPredictor)
        #expect(vision?.vision.options == (theirs.encoder as? TokenEncoder)?.vision.options)
        #expect(predictor?.options == (theirs.predictor as? CausalPredictor)?.options)
        try model.encoder.load(theirs.encoder.stateDict())
        try model.predictor.load(theirs.predictor.stateDict())
        model.setTraining(true)

        // Pictures as a record holds them, but for rounding to bytes.
        func perColour(_ values: [Float]) -> Tensor { Tensor(values.map { 255 * $0 }, shape: [3]) }
        let frames = try known("frames").permuted([0, 1, 3, 4, 2])
        let batch = ImageBatch(
            pictures: frames * perColour(PictureScaling.deviation) + perColour(PictureScaling.mean),
            actions: try known("blocks").narrow(dim: 1, start: 0, length: 3))
        let directions = try known("directions")
        let (total, terms) = ImageObjective(try ImageRecipe.named(settings.recipe)).value(of: model, batch) {
            SIGReg.value($0, along: directions)
        }
        #expect(terms.map(\.name) == ["prediction", "sigreg"])
        expect(terms[0].value, try known("prediction"), "prediction")
        expect(terms[1].value, try known("regulariser"), "regulariser")
        expect(total, try known("loss"), "loss")
        total.backward()

        // A file of gradients and statistics under the names of the weights, which are read by the rules of the weights.
        var others: [String: Tensor] = [:]
        for (key, value) in recorded {
            for prefix in ["gradient.", "after."] where key.hasPrefix(prefix) {
                others[String(key.dropFirst(prefix.count))] = value
            }
        }
        try withTemporaryFolder { copy in
            try FileManager.default.copyItem(atPath: "\(folder)/config.json", toPath: "\(copy)/config.json")
            try SafetensorsWriter.write(others, to: "\(copy)/model.safetensors")
            let expected = try PretrainedNetwork.read(folder: copy).network.stateDict()
            let named = model.namedParameters().filter { !$0.name.hasPrefix("inverse_dynamics.") }
            for (name, parameter) in named {
                let known = try #require(expected[name])
                // Batch norm takes away what these add: their gradient is zero in theory, and rounding in both.
                let isVain = ["vision.transformer.norm.bias", "predictor.norm.bias", "projector.input.bias"].contains {
                    name.hasSuffix($0)
                }
                #expect(!isVain || known.floats().allSatisfy { abs($0) < 1e-5 }, "\(name)")
                let gradient = try #require(parameter.gradient, "\(name)")
                expect(gradient, known, "gradient of \(name)", floor: isVain ? 0.1 : 1e-3)
            }
            let buffers = model.namedBuffers()
            for (name, buffer) in buffers {
                expect(buffer.value.to(dtype: .float32), try #require(expected[name]).to(dtype: .float32), name)
            }
            #expect(named.count + buffers.count == expected.count && buffers.count == 6)
        }
    }
}
