import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

/// One step of DINO-WM's training: what stable-worldmodel calculated (Tests/Python/world_models.py), and what the recipe
/// `frozen` does from the same weights and frames, with the predictor that our settings make.
@Suite("A step of the recipe frozen against stable-worldmodel's DINO-WM", .enabled(if: torchIsSetUp))
struct FrozenRecipeParityTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../..").standardizedFileURL

    private static let python = Python(
        importing: "importlib.util; assert all(map(importlib.util.find_spec, "
            + "['torch', 'transformers', 'safetensors', 'einops', 'stable_worldmodel']))")

    @Test("Tokens, their means over coarser grids, the loss and every gradient agree: recorded") func recorded() throws
    {
        try compare(folder: Self.root.appendingPathComponent("Fixtures/worldmodels/dinowm_training").path)
    }

    @Test(
        "Tokens, their means over coarser grids, the loss and every gradient agree",
        .enabled(if: python != nil, "needs the Python packages stable-worldmodel, einops and transformers"))
    func live() throws {
        try withTemporaryFolder { folder in
            let path = Self.root.appendingPathComponent("Tests/Python/world_models.py")
            let script = try String(contentsOf: path, encoding: .utf8)
            let names = try #require(try Self.python?.run(script, "dinowm", folder, "training")).split(separator: "\n")
            #expect(names == ["training"])
            try compare(folder: "\(folder)/training")
        }
    }

    private func compare(folder: String) throws {
        let recorded = try SafetensorsFile(path: "\(folder)/io.safetensors").loadTensors()
        func known(_ key: String) throws -> Tensor { try #require(recorded[key], "there is no \(key)") }
        func expect(_ actual: Tensor, _ key: String) throws {
            let expected = try known(key)
            #expect(actual.shape == expected.shape, "\(key)")
            let error = relativeError(actual.detached().floats(), expected.floats(), floor: 1e-3)
            #expect(error < 1e-4, "\(key): \(error)")
        }
        let theirs = try #require(try PretrainedNetwork.read(folder: folder).network as? PatchWorldModel)
        var vision = theirs.encoder.vision.options
        vision.output = .patchTokens
        func encoder(_ imageSize: [Int], _ grid: [Int]) throws -> FrozenEncoder {
            let encoder = FrozenEncoder(
                try VisionTransformer(vision, seed: Seed(9)),
                options: FrozenEncoderOptions(vision: vision, imageSize: imageSize, grid: grid))
            try encoder.patches.vision.load(theirs.encoder.vision.stateDict())
            return encoder
        }
        let frames = try known("training.frames").flattened(from: 0, to: 1)
        for grid in 1...3 {
            let pooled = try encoder([16, 16], [grid, grid])(frames)
            try expect(pooled.reshaped([16, grid * grid, 12]), "training.pooled.\(grid)")
        }
        try expect(try encoder([24, 24], [6, 6])(frames).reshaped([4, 4, 36, 12]), "training.larger")

        var settings = ImageSettings()
        (settings.recipe, settings.predictor, settings.pretrained) = ("frozen", .patches, folder)
        (settings.block, settings.hidden, settings.width) = (2, 16, 5)
        let whole = try encoder([16, 16], [4, 4])
        let model = try ImageWorldModel(
            settings.architecture(imageSize: [16, 16], actions: 2, frozen: whole), seed: Seed(1))
        try model.encoder.load(whole.stateDict())
        let predictor = try #require(model.predictor as? PatchPredictor)
        #expect(predictor.options == theirs.predictor.options)
        try predictor.load(theirs.predictor.stateDict())

        let z = model.encode(frames).reshaped([4, 4, 16 * 12])
        try expect(z.reshaped([4, 4, 16, 12]), "training.tokens")
        let actions = try known("training.blocks").narrow(dim: 1, start: 0, length: 3)
        let (total, terms) = ImageObjective(.frozen).value(of: model, encoded: z, actions: actions)
        #expect(terms.map(\.name) == ["prediction"])
        try expect(total, "training.loss")
        total.backward()

        // The names of a file of ours and of theirs are known to agree from reading it: so do gradients under them.
        var compared = 0
        let ours = Dictionary(uniqueKeysWithValues: model.namedParameters())
        for (name, parameter) in ours where name.hasPrefix("predictor.") {
            let key = "gradient." + Self.theirs(String(name.dropFirst("predictor.".count)))
            let gradient = try #require(parameter.gradient, "\(name)")
            try expect(gradient, key, reshapedTo: parameter.shape)
            compared += 1
        }
        #expect(compared == recorded.keys.filter { $0.hasPrefix("gradient.") }.count)
        for (name, parameter) in ours where name.hasPrefix("encoder.") {
            #expect(!parameter.isTrainable && parameter.gradient == nil, "\(name)")
        }
        func expect(_ actual: Tensor, _ key: String, reshapedTo shape: [Int]) throws {
            let expected = try known(key).reshaped(shape)
            let error = relativeError(actual.floats(), expected.floats(), floor: 1e-3)
            #expect(error < 1e-4, "\(key): \(error)")
        }
    }

    /// What stable-worldmodel calls a parameter of ``PatchPredictor``.
    private static func theirs(_ name: String) -> String {
        if name == "positions" { return "predictor.pos_embedding" }
        if name.hasPrefix("action_encoder.") {
            return "extra_encoders.action.patch_embed." + name.dropFirst("action_encoder.".count)
        }
        let renamed = name.replacingOccurrences(of: "transformer.blocks.", with: "predictor.transformer.layers.")
            .replacingOccurrences(of: ".attention_norm.", with: ".0.norm.")
            .replacingOccurrences(of: ".attention.in_proj_", with: ".0.to_qkv.")
            .replacingOccurrences(of: ".attention.out_proj.", with: ".0.to_out.0.")
            .replacingOccurrences(of: ".mlp_norm.", with: ".1.net.0.")
            .replacingOccurrences(of: ".mlp.layers.0.", with: ".1.net.1.")
            .replacingOccurrences(of: ".mlp.layers.1.", with: ".1.net.4.")
        return renamed == name ? "predictor." + name : renamed
    }
}
