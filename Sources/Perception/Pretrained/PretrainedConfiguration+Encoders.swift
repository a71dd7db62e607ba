import Basics
import Networks

extension PretrainedConfiguration {
    /// The image encoder of a world model: by `model_type` as in a folder of its own, or by the function that makes it.
    ///
    /// - Throws: `ForesightError.data` when there is none like it.
    func imageEncoder() throws -> (VisionTransformerOptions, PretrainedNames) {
        if has("model_type") {
            let family = try family()
            var options = try family.options(defaulting(to: family.defaults))
            options.output = options.hasClassToken ? .classToken : .patchTokens
            try check { try options.validate() }
            return (options, family.names)
        }
        let path = try text("_target_")
        switch path.split(separator: ".").last ?? "" {
        case "vit_hf": return (try sizedTransformer(), PretrainedFamily.vit.names)
        case "create_backbone": return (try namedBackbone(), PretrainedFamily.dinov2.names)
        default:
            throw refusal(
                "no image encoder is known for _target_ '\(path)'",
                remedy: "these can be read: vit_hf of stable_pretraining, create_backbone of stable_worldmodel with a "
                    + "DINOv2, or a configuration with model_type")
        }
    }

    /// `stable_pretraining.backbone.utils.vit_hf`: a ViT of `transformers` by the name of its size; other keys are those
    /// of its configuration.
    private func sizedTransformer() throws -> VisionTransformerOptions {
        let sizes: [String: (width: Int, depth: Int, heads: Int)] = [
            "tiny": (192, 12, 3), "small": (384, 12, 6), "base": (768, 12, 12), "large": (1024, 24, 16),
            "huge": (1280, 32, 16),
        ]
        let named = defaulting(to: ["size": "tiny"])
        let name = try named.text("size")
        guard let size = sizes[name] else {
            throw refusal("'size' is \(name), not one of \(sizes.keys.sorted().joined(separator: ", "))")
        }
        let options = try defaulting(
            to: PretrainedFamily.vitDefaults.merging(
                [
                    "hidden_size": .integer(size.width), "num_hidden_layers": .integer(size.depth),
                    "num_attention_heads": .integer(size.heads), "intermediate_size": .integer(4 * size.width),
                ], uniquingKeysWith: { $1 })
        ).vit(hasClassToken: true)
        try check { try options.validate() }
        return options
    }

    /// `stable_worldmodel.wm.prejepa.module.create_backbone` with one of the published DINOv2.
    private func namedBackbone() throws -> VisionTransformerOptions {
        let sizes: [String: (width: Int, depth: Int, heads: Int)] = [
            "small": (384, 12, 6), "base": (768, 12, 12), "large": (1024, 24, 16), "giant": (1536, 40, 24),
        ]
        let name = try text("name")
        let short = ["dinov2_", "facebook/dinov2-"].first(where: name.hasPrefix).map {
            String(name.dropFirst($0.count))
        }
        guard let short, let size = sizes[short] else {
            throw refusal(
                "the backbone '\(name)' is not a DINOv2",
                remedy: "write its own config.json, with model_type, in place of 'encoder'")
        }
        return try defaulting(
            to: PretrainedFamily.dinov2Defaults.merging(
                [
                    "hidden_size": .integer(size.width), "num_hidden_layers": .integer(size.depth),
                    "num_attention_heads": .integer(size.heads), "image_size": 518, "patch_size": 14,
                    "use_swiglu_ffn": .bool(short == "giant"),
                ], uniquingKeysWith: { $1 })
        ).dinov2()
    }
}
