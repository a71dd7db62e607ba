// DINOv2 as `Dinov2Model` of Hugging Face's `transformers` saves it: Oquab et al., 2023, arXiv:2304.07193.

import Basics

extension PretrainedFamily {
    /// DINOv2.
    static let dinov2 = PretrainedFamily(
        names: PretrainedNames(
            modelType: "dinov2", prefix: "dinov2.",
            names: dinov2Names,
            unused: dinov2Unused),
        defaults: dinov2Defaults,
        options: { try $0.dinov2() })

    static let dinov2Defaults: [String: JSONValue] = [
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "mlp_ratio": 4, "hidden_act": "gelu",
        "layer_norm_eps": 1e-6, "image_size": 224, "patch_size": 14, "num_channels": 3, "qkv_bias": true,
        "layerscale_value": 1.0, "use_swiglu_ffn": false,
    ]

    static let dinov2Names: [String: [String]] = [
        "class_token": ["embeddings.cls_token"],
        "patches.projection.weight": ["embeddings.patch_embeddings.projection.weight"],
        "patches.projection.bias": ["embeddings.patch_embeddings.projection.bias"],
        "positions.weight": ["embeddings.position_embeddings"],
        "transformer.blocks.#.attention_norm.weight": ["encoder.layer.#.norm1.weight"],
        "transformer.blocks.#.attention_norm.bias": ["encoder.layer.#.norm1.bias"],
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
        "transformer.blocks.#.attention_scale.gain": ["encoder.layer.#.layer_scale1.lambda1"],
        "transformer.blocks.#.mlp_norm.weight": ["encoder.layer.#.norm2.weight"],
        "transformer.blocks.#.mlp_norm.bias": ["encoder.layer.#.norm2.bias"],
        "transformer.blocks.#.mlp.layers.0.weight": ["encoder.layer.#.mlp.fc1.weight"],
        "transformer.blocks.#.mlp.layers.0.bias": ["encoder.layer.#.mlp.fc1.bias"],
        "transformer.blocks.#.mlp.layers.1.weight": ["encoder.layer.#.mlp.fc2.weight"],
        "transformer.blocks.#.mlp.layers.1.bias": ["encoder.layer.#.mlp.fc2.bias"],
        "transformer.blocks.#.mlp.input.weight": ["encoder.layer.#.mlp.weights_in.weight"],
        "transformer.blocks.#.mlp.input.bias": ["encoder.layer.#.mlp.weights_in.bias"],
        "transformer.blocks.#.mlp.output.weight": ["encoder.layer.#.mlp.weights_out.weight"],
        "transformer.blocks.#.mlp.output.bias": ["encoder.layer.#.mlp.weights_out.bias"],
        "transformer.blocks.#.mlp_scale.gain": ["encoder.layer.#.layer_scale2.lambda1"],
        "transformer.norm.weight": ["layernorm.weight"],
        "transformer.norm.bias": ["layernorm.bias"],
    ]

    static let dinov2Unused: Set<String> = ["embeddings.mask_token", "classifier.weight", "classifier.bias"]
}

extension PretrainedConfiguration {
    /// The architecture of DINOv2.
    func dinov2() throws -> VisionTransformerOptions {
        var options = try common()
        options.isGated = try flag("use_swiglu_ffn")
        options.layerScale = try number("layerscale_value")
        // Python's int() of the product; gated layers keep two thirds of it, rounded up to a multiple of eight.
        let hidden = Int(Double(options.width) * (try number("mlp_ratio")))
        options.hidden = options.isGated ? (Int(Double(hidden * 2) / 3) + 7) / 8 * 8 : hidden
        return options
    }
}
