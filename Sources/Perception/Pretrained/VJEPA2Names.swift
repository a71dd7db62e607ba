// V-JEPA 2 as `VJEPA2Model` of Hugging Face's `transformers` saves it: Assran et al., 2025, arXiv:2506.09985.

import Basics

extension PretrainedNames {
    /// V-JEPA 2, encoder and predictor.
    static let vjepa2 = PretrainedNames(
        modelType: "vjepa2", prefix: "vjepa2.",
        names: [
            "encoder.weight": ["encoder.embeddings.patch_embeddings.proj.weight"],
            "encoder.bias": ["encoder.embeddings.patch_embeddings.proj.bias"],
            "predictor.input.weight": ["predictor.embeddings.predictor_embeddings.weight"],
            "predictor.input.bias": ["predictor.embeddings.predictor_embeddings.bias"],
            "predictor.mask_tokens": ["predictor.embeddings.mask_tokens"],
            "predictor.output.weight": ["predictor.proj.weight"],
            "predictor.output.bias": ["predictor.proj.bias"],
        ].merging(blocks("encoder"), uniquingKeysWith: { $1 }).merging(blocks("predictor"), uniquingKeysWith: { $1 }),
        unused: [])

    /// The names of one of the two stacks of blocks, which differ in what stands before them.
    private static func blocks(_ part: String) -> [String: [String]] {
        let (ours, theirs) = ("\(part).transformer.blocks.#", "\(part).layer.#")
        return [
            "\(ours).attention_norm.weight": ["\(theirs).norm1.weight"],
            "\(ours).attention_norm.bias": ["\(theirs).norm1.bias"],
            "\(ours).attention.in_proj_weight": [
                "\(theirs).attention.query.weight", "\(theirs).attention.key.weight",
                "\(theirs).attention.value.weight",
            ],
            "\(ours).attention.in_proj_bias": [
                "\(theirs).attention.query.bias", "\(theirs).attention.key.bias", "\(theirs).attention.value.bias",
            ],
            "\(ours).attention.out_proj.weight": ["\(theirs).attention.proj.weight"],
            "\(ours).attention.out_proj.bias": ["\(theirs).attention.proj.bias"],
            "\(ours).mlp_norm.weight": ["\(theirs).norm2.weight"],
            "\(ours).mlp_norm.bias": ["\(theirs).norm2.bias"],
            "\(ours).mlp.layers.0.weight": ["\(theirs).mlp.fc1.weight"],
            "\(ours).mlp.layers.0.bias": ["\(theirs).mlp.fc1.bias"],
            "\(ours).mlp.layers.1.weight": ["\(theirs).mlp.fc2.weight"],
            "\(ours).mlp.layers.1.bias": ["\(theirs).mlp.fc2.bias"],
            "\(part).transformer.norm.weight": ["\(part).layernorm.weight"],
            "\(part).transformer.norm.bias": ["\(part).layernorm.bias"],
        ]
    }

    static let vjepa2Defaults: [String: JSONValue] = [
        "patch_size": 16, "crop_size": 256, "tubelet_size": 2, "hidden_size": 1024, "in_chans": 3,
        "num_attention_heads": 16, "num_hidden_layers": 24, "mlp_ratio": 4.0, "layer_norm_eps": 1e-6,
        "qkv_bias": true, "hidden_act": "gelu", "pred_hidden_size": 384, "pred_num_attention_heads": 12,
        "pred_num_hidden_layers": 12, "pred_num_mask_tokens": 10, "pred_mlp_ratio": 4.0,
    ]
}

extension PretrainedConfiguration {
    /// The architecture of V-JEPA 2.
    func vjepa2() throws -> VideoTransformerOptions {
        func blocks(_ before: String) throws -> VideoBlocks {
            let width = try count("\(before)hidden_size")
            return VideoBlocks(
                width: width, depth: try count("\(before)num_hidden_layers"),
                heads: try count("\(before)num_attention_heads"),
                hidden: Int(Double(width) * (try number("\(before)mlp_ratio"))))
        }
        return VideoTransformerOptions(
            imageSide: try count("crop_size"), patch: try square("patch_size"), tubelet: try count("tubelet_size"),
            channels: try count("in_chans"), encoder: try blocks(""), predictor: try blocks("pred_"),
            maskTokens: try count("pred_num_mask_tokens"), activation: try activation("hidden_act"),
            attentionBias: try flag("qkv_bias"), epsilon: try number("layer_norm_eps"))
    }
}
