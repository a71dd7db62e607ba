// ViT as `ViTModel` of Hugging Face's `transformers` saves it: Dosovitskiy et al., ICLR 2021, arXiv:2010.11929.

import Basics

extension PretrainedFamily {
    /// Dosovitskiy et al.'s ViT.
    static let vit = PretrainedFamily(
        names: PretrainedNames(
            modelType: "vit", prefix: "vit.",
            names: vitNames.merging(["class_token": ["embeddings.cls_token"]], uniquingKeysWith: { $1 }),
            unused: vitUnused),
        defaults: vitDefaults,
        options: { try $0.vit(hasClassToken: true) })

    static let vitDefaults: [String: JSONValue] = [
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "hidden_act": "gelu", "layer_norm_eps": 1e-12, "image_size": 224, "patch_size": 16, "num_channels": 3,
        "qkv_bias": true,
    ]

    /// The names that ViT and I-JEPA have in common.
    static let vitNames: [String: [String]] = [
        "patches.projection.weight": ["embeddings.patch_embeddings.projection.weight"],
        "patches.projection.bias": ["embeddings.patch_embeddings.projection.bias"],
        "positions.weight": ["embeddings.position_embeddings"],
        "transformer.blocks.#.attention_norm.weight": ["encoder.layer.#.layernorm_before.weight"],
        "transformer.blocks.#.attention_norm.bias": ["encoder.layer.#.layernorm_before.bias"],
        "transformer.blocks.#.attention.in_proj_weight": [
            "encoder.layer.#.attention.attention.query.weight",
            "encoder.layer.#.attention.attention.key.weight",
            "encoder.layer.#.attention.attention.value.weight",
        ],
        "transformer.blocks.#.attention.in_proj_bias": [
            "encoder.layer.#.attention.attention.query.bias",
            "encoder.layer.#.attention.attention.key.bias",
            "encoder.layer.#.attention.attention.value.bias",
        ],
        "transformer.blocks.#.attention.out_proj.weight": ["encoder.layer.#.attention.output.dense.weight"],
        "transformer.blocks.#.attention.out_proj.bias": ["encoder.layer.#.attention.output.dense.bias"],
        "transformer.blocks.#.mlp_norm.weight": ["encoder.layer.#.layernorm_after.weight"],
        "transformer.blocks.#.mlp_norm.bias": ["encoder.layer.#.layernorm_after.bias"],
        "transformer.blocks.#.mlp.layers.0.weight": ["encoder.layer.#.intermediate.dense.weight"],
        "transformer.blocks.#.mlp.layers.0.bias": ["encoder.layer.#.intermediate.dense.bias"],
        "transformer.blocks.#.mlp.layers.1.weight": ["encoder.layer.#.output.dense.weight"],
        "transformer.blocks.#.mlp.layers.1.bias": ["encoder.layer.#.output.dense.bias"],
        "transformer.norm.weight": ["layernorm.weight"],
        "transformer.norm.bias": ["layernorm.bias"],
    ]

    static let vitUnused: Set<String> = [
        "embeddings.mask_token", "pooler.dense.weight", "pooler.dense.bias", "classifier.weight", "classifier.bias",
        "decoder.0.weight", "decoder.0.bias",
    ]
}

extension PretrainedConfiguration {
    /// The architecture of ViT and I-JEPA.
    func vit(hasClassToken: Bool) throws -> VisionTransformerOptions {
        var options = try common()
        options.hidden = try count("intermediate_size")
        options.hasClassToken = hasClassToken
        return options
    }
}
