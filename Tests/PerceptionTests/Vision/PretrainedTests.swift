import Basics
import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

/// A folder as `transformers` writes it, made by hand: an I-JEPA encoder of width 4 and depth 1 on 2 × 2 patches.
private struct HandMade {
    var config: [String: JSONValue] = [
        "model_type": "ijepa", "architectures": ["IJepaModel"], "hidden_size": 4, "num_hidden_layers": 1,
        "num_attention_heads": 2, "intermediate_size": 6, "image_size": 8, "patch_size": 4, "num_channels": 1,
        "layer_norm_eps": 1e-6,
    ]
    var tensors: [String: Tensor] = {
        let shapes: [String: [Int]] = [
            "embeddings.patch_embeddings.projection.weight": [4, 1, 4, 4],
            "embeddings.patch_embeddings.projection.bias": [4], "embeddings.position_embeddings": [1, 4, 4],
            "encoder.layer.0.attention.attention.query.weight": [4, 4],
            "encoder.layer.0.attention.attention.query.bias": [4],
            "encoder.layer.0.attention.attention.key.weight": [4, 4],
            "encoder.layer.0.attention.attention.key.bias": [4],
            "encoder.layer.0.attention.attention.value.weight": [4, 4],
            "encoder.layer.0.attention.attention.value.bias": [4],
            "encoder.layer.0.attention.output.dense.weight": [4, 4],
            "encoder.layer.0.attention.output.dense.bias": [4],
            "encoder.layer.0.intermediate.dense.weight": [6, 4], "encoder.layer.0.intermediate.dense.bias": [6],
            "encoder.layer.0.output.dense.weight": [4, 6], "encoder.layer.0.output.dense.bias": [4],
            "encoder.layer.0.layernorm_before.weight": [4], "encoder.layer.0.layernorm_before.bias": [4],
            "encoder.layer.0.layernorm_after.weight": [4], "encoder.layer.0.layernorm_after.bias": [4],
            "layernorm.weight": [4], "layernorm.bias": [4],
        ]
        return shapes.reduce(into: [:]) { tensors, entry in
            let seed = Seed(1)[entry.key].generator()
            tensors[entry.key] = Tensor.normal(entry.value, using: seed)
        }
    }()

    /// Writes the folder and reads the encoder.
    func read(output: VisionOutput? = nil) throws -> VisionTransformer {
        try withTemporaryFolder { folder in
            try JSONValue.object(config).text().write(
                toFile: folder + "/config.json", atomically: true, encoding: .utf8)
            if !tensors.isEmpty { try SafetensorsWriter.write(tensors, to: folder + "/model.safetensors") }
            return try VisionTransformer.pretrained(folder: folder, output: output)
        }
    }

    /// What reading it is refused with; `…` stands for the folder.
    func refusal(output: VisionOutput? = nil) throws -> ForesightError {
        try #require(throws: ForesightError.self) { try read(output: output) }
    }
}

@Suite("Encoders of other people", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct PretrainedTests {
    @Test("Every number arrives in its place")
    func places() throws {
        let made = HandMade()
        let encoder = try made.read()
        #expect(encoder.options.output == .patchTokens && encoder.options.grid == [2, 2])
        let state = encoder.stateDict()
        #expect(state.count == 17)
        func expect(_ ours: String, _ theirs: [String]) throws {
            let expected = try theirs.flatMap { try #require(made.tensors[$0]).floats() }
            #expect(state[ours]?.floats() == expected, "\(ours)")
        }
        let attention = "encoder.layer.0.attention.attention."
        try expect(
            "transformer.blocks.0.attention.in_proj_weight",
            ["query", "key", "value"].map { attention + $0 + ".weight" })
        try expect(
            "transformer.blocks.0.attention.in_proj_bias", ["query", "key", "value"].map { attention + $0 + ".bias" })
        try expect("transformer.blocks.0.mlp_norm.weight", ["encoder.layer.0.layernorm_after.weight"])
        try expect("positions.weight", ["embeddings.position_embeddings"])
        try expect("transformer.norm.bias", ["layernorm.bias"])
    }

    @Test("A head for a task is left out, with or without the prefix of such files")
    func head() throws {
        let plain = try HandMade().read()
        var made = HandMade()
        made.tensors = Dictionary(uniqueKeysWithValues: made.tensors.map { ("ijepa." + $0.key, $0.value) })
        made.tensors["classifier.weight"] = Tensor.zeros([10, 4])
        made.tensors["ijepa.embeddings.mask_token"] = Tensor.zeros([1, 1, 4])
        let x = Tensor.normal([2, 1, 8, 12], using: TorchGenerator(seed: 1))
        #expect(relativeError(try made.read().tokens(x), plain.tokens(x)) == 0)
    }

    @Test("A model type that is not known is refused with those that are")
    func modelType() throws {
        var made = HandMade()
        made.config["model_type"] = "dinov3_vit"
        var error = try made.refusal()
        #expect(error.message.hasSuffix("no image encoder is known for model_type 'dinov3_vit'"))
        #expect(error.remedy.contains("vit, dinov2, dinov2_with_registers, ijepa"))
        made.config["model_type"] = "i-jepa"
        #expect(try made.refusal().remedy.hasPrefix("did you mean ijepa?"))
        made.config["model_type"] = nil
        error = try made.refusal()
        #expect(error.message.hasSuffix("config.json has no 'model_type'") && error.code == .data)
    }

    @Test("Tensors that are missing, too many, misshapen or of another kind are named")
    func tensors() throws {
        var made = HandMade()
        let key = "encoder.layer.0.attention.attention.key.weight"
        made.tensors[key] = nil
        made.tensors["encoder.layer.1.output.dense.bias"] = Tensor.zeros([4])
        made.tensors["layernorm.weight"] = Tensor.zeros([5])
        made.tensors["layernorm.bias"] = Tensor([1, 2, 3, 4] as [Int64])
        let error = try made.refusal()
        #expect(error.code == .data && error.remedy == "take config.json and weights from the same model")
        #expect(
            error.message.contains(
                "a ijepa of the sizes in config.json: missing: \(key); unexpected: "
                    + "encoder.layer.1.output.dense.bias; of another kind: layernorm.weight is F32 [5], not floating-point [4], "
                    + "layernorm.bias is I64 [4], not floating-point [4]"), "\(error)")
    }

    @Test("A file of half the numbers' size is read, one without tensors and one without file are not")
    func files() throws {
        var made = HandMade()
        made.tensors = made.tensors.mapValues { $0.to(dtype: .bfloat16) }
        let encoder = try made.read()
        #expect(encoder.parameters().allSatisfy { $0.value.dtype == .float32 })
        made.tensors = [:]
        let error = try made.refusal()
        #expect(error.message.hasSuffix("has no model.safetensors") && error.remedy.contains("save_pretrained"))
    }

    @Test("Two parts are read as one; a part that is not there is named")
    func parts() throws {
        try withTemporaryFolder { folder in
            let made = HandMade()
            try JSONValue.object(made.config).text().write(
                toFile: folder + "/config.json", atomically: true, encoding: .utf8)
            var map: [String: JSONValue] = [:]
            for (index, part) in ["a.safetensors", "b.safetensors"].enumerated() {
                let names = made.tensors.keys.sorted().enumerated().filter { $0.offset % 2 == index }.map(\.element)
                for name in names { map[name] = .string(part) }
                let tensors = made.tensors.filter { names.contains($0.key) }
                try SafetensorsWriter.write(tensors, to: "\(folder)/\(part)")
            }
            try JSONValue.object(["weight_map": .object(map)]).text().write(
                toFile: folder + "/model.safetensors.index.json", atomically: true, encoding: .utf8)
            let x = Tensor.ones([1, 1, 8, 8])
            let joined = try VisionTransformer.pretrained(folder: folder).tokens(x)
            #expect(relativeError(joined, try made.read().tokens(x)) == 0)
            try FileManager.default.removeItem(atPath: folder + "/b.safetensors")
            let error = try #require(throws: ForesightError.self) {
                try VisionTransformer.pretrained(folder: folder)
            }
            #expect(error.message.contains("names a file 'b.safetensors' that is not in the folder"))
        }
    }

    @Test(
        "Values of the configuration that cannot be are refused with key and value",
        arguments: [
            ("hidden_size", "4.5", "a whole number of at least 1"), ("num_hidden_layers", "0", "a whole number"),
            ("layer_norm_eps", "\"1e-6\"", "a number above 0"), ("qkv_bias", "1", "true or false"),
            ("hidden_act", "\"quick_gelu\"", "one of gelu, gelu_new"), ("patch_size", "[4,2]", "the side of a square"),
            ("image_size", "[8,8,8]", "height and width"), ("head_dim", "3", "4 / 2"),
        ])
    func configuration(key: String, value: String, expected: String) throws {
        var made = HandMade()
        made.config[key] = try JSONParser.parse(value)
        let error = try made.refusal()
        #expect(error.message.contains("config.json: '\(key)' is \(value), not "), "\(error)")
        #expect(error.message.contains(expected) && error.code == .data, "\(error)")
    }

    @Test("Sizes that do not fit together, and a class token that is not there, are refused")
    func architecture() throws {
        var made = HandMade()
        made.config["num_attention_heads"] = 3
        #expect(try made.refusal().message.hasSuffix("config.json: 3 heads do not divide a width of 4"))
        #expect(try HandMade().refusal(output: .classToken).code == .usage)
        #expect(try HandMade().read(output: .patchMean)(Tensor.ones([2, 1, 8, 8])).shape == [2, 4])
    }
}
