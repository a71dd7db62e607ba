import Foundation
import Networks
import Perception
import Tensors
import Testing
import WorldModels
import _TestSupport

/// One step of LeWM's training with given directions: what stable-worldmodel calculated (Tests/Python/world_models.py),
/// and what we do from the same weights and data, with batch norm in training mode.
@Suite("A step of LeWM's training against stable-worldmodel", .enabled(if: torchIsSetUp))
struct LeWorldModelLossTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../..").standardizedFileURL

    private static let python = Python(
        importing: "importlib.util; assert all(map(importlib.util.find_spec, "
            + "['torch', 'transformers', 'safetensors', 'einops', 'stable_worldmodel']))")

    /// Parameters of ours and the tensors of theirs that they are made of; where one is missing, so is the other.
    private static let parameters: [(ours: String, theirs: [String])] = [
        ("encoder.vision.class_token", ["encoder.embeddings.cls_token"]),
        ("encoder.vision.positions.weight", ["encoder.embeddings.position_embeddings"]),
        ("encoder.vision.patches.projection.weight", ["encoder.embeddings.patch_embeddings.projection.weight"]),
        (
            "encoder.vision.transformer.blocks.0.attention.in_proj_weight",
            ["q", "k", "v"].map { "encoder.layers.0.attention.\($0)_proj.weight" }
        ),
        ("encoder.projector.input.weight", ["projector.net.0.weight"]),
        ("encoder.projector.norm.weight", ["projector.net.1.weight"]),
        ("encoder.projector.output.bias", ["projector.net.3.bias"]),
        ("predictor.positions", ["predictor.pos_embedding"]),
        ("predictor.action_encoder.mlp.layers.0.weight", ["action_encoder.embed.0.weight"]),
        ("predictor.blocks.0.modulation.weight", ["predictor.transformer.layers.0.adaLN_modulation.1.weight"]),
        ("predictor.blocks.0.attention.in_proj_weight", ["predictor.transformer.layers.0.attn.to_qkv.weight"]),
        ("predictor.blocks.0.attention_norm.bias", ["predictor.transformer.layers.0.attn.norm.bias"]),
        ("predictor.blocks.0.mlp.layers.1.weight", ["predictor.transformer.layers.0.mlp.net.4.weight"]),
        ("predictor.condition.weight", ["predictor.transformer.cond_proj.weight"]),
        ("predictor.projector.norm.bias", ["pred_proj.net.1.bias"]),
        ("predictor.projector.output.weight", ["pred_proj.net.3.weight"]),
    ]

    @Test("Loss, its terms, gradients and running statistics agree: recorded") func recorded() throws {
        try compare(folder: Self.root.appendingPathComponent("Fixtures/worldmodels/lewm").path)
    }

    @Test(
        "Loss, its terms, gradients and running statistics agree for every configuration",
        .enabled(
            if: python != nil, "needs the Python packages stable-worldmodel, einops and transformers"))
    func live() throws {
        try withTemporaryFolder { folder in
            let path = Self.root.appendingPathComponent("Tests/Python/world_models.py")
            let script = try String(contentsOf: path, encoding: .utf8)
            let names = try #require(try Self.python?.run(script, "lewm", folder)).split(separator: "\n")
            #expect(names.count == 7)
            for name in names { try compare(folder: "\(folder)/\(name)") }
        }
    }

    private func compare(folder: String) throws {
        let name = folder.split(separator: "/").last ?? ""
        let recorded = try SafetensorsFile(path: "\(folder)/io.safetensors").loadTensors()
        func expect(_ actual: Tensor, _ key: String, within limit: Float = 1e-4) throws {
            let expected = try #require(recorded[key], "\(name) has no \(key)")
            #expect(actual.shape == expected.shape, "\(name), \(key)")
            // A gradient that is zero in theory, as of a bias before batch norm, is judged by the others' size.
            let error = relativeError(actual.detached().floats(), expected.floats(), floor: 1e-3)
            #expect(error < limit, "\(name), \(key): \(error)")
        }
        func input(_ key: String) throws -> Tensor { try #require(recorded["training.\(key)"]) }
        let model = try #require(try PretrainedNetwork.read(folder: folder).network as? JointEmbeddingModel)
        model.setTraining(true)

        let (z, blocks) = (model.encode(try input("frames")), try input("blocks"))
        let time = z.size(1)
        func first(_ x: Tensor) -> Tensor { x.narrow(dim: 1, start: 0, length: time - 1) }
        let predicted = model.predictor(first(z), actions: first(blocks))
        let prediction = (predicted - z.narrow(dim: 1, start: 1, length: time - 1)).square().mean()
        let regulariser = SIGReg.value(z.transposed(0, 1), along: try input("directions"))
        let loss = prediction + regulariser * 0.09
        loss.backward()

        try expect(z, "training.embedding")
        try expect(predicted, "training.predicted")
        try expect(prediction, "training.prediction")
        try expect(regulariser, "training.regulariser")
        try expect(loss, "training.loss")
        let ours = Dictionary(uniqueKeysWithValues: model.namedParameters())
        var compared = 0
        for (parameter, sources) in Self.parameters {
            let parts = sources.compactMap { recorded["gradient.\($0)"] }
            #expect((parts.count == sources.count) == (ours[parameter] != nil), "\(name), \(parameter)")
            guard let gradient = ours[parameter]?.gradient, !parts.isEmpty else { continue }
            let expected = Tensor.concatenate(parts, dim: 0)
            let error = relativeError(
                gradient.flattened().floats(), expected.flattened().floats(), floor: 1e-3)
            #expect(error < 1e-4, "\(name), gradient of \(parameter): \(error)")
            compared += 1
        }
        #expect(compared >= 9)
        let state = model.stateDict()
        for (part, theirs) in [("encoder", "projector"), ("predictor", "pred_proj")] {
            for statistic in ["running_mean", "running_var"] {
                guard let running = state["\(part).projector.norm.\(statistic)"] else { continue }
                try expect(running, "after.\(theirs).net.1.\(statistic)")
            }
        }
    }
}
