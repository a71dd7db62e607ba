// What the tensors of world models of images are called in the state dictionaries of stable-worldmodel (LeWM, PLDM,
// PreJEPA, which is DINO-WM) and of eb_jepa.

import Foundation

extension PretrainedNames {
    /// The same names below a part of ours and of theirs.
    private static func below(_ ours: String, _ theirs: String, _ names: [String: [String]]) -> [String: [String]] {
        names.reduce(into: [:]) { result, row in result[ours + row.key] = row.value.map { theirs + $0 } }
    }

    /// Weight and bias of a layer, or of several.
    private static func layers(_ pairs: [(ours: String, theirs: String)]) -> [String: [String]] {
        pairs.reduce(into: [:]) { result, pair in
            for part in ["weight", "bias"] { result["\(pair.ours).\(part)"] = ["\(pair.theirs).\(part)"] }
        }
    }

    /// A projector, norm and all.
    private static func projector(_ ours: String, _ theirs: String) -> [String: [String]] {
        layers([
            ("\(ours).input", "\(theirs).net.0"), ("\(ours).norm", "\(theirs).net.1"),
            ("\(ours).output", "\(theirs).net.3"),
        ]).merging(
            ["running_mean", "running_var", "num_batches_tracked"].reduce(into: [:]) { result, name in
                result["\(ours).norm.\(name)"] = ["\(theirs).net.1.\(name)"]
            }, uniquingKeysWith: { $1 })
    }

    /// Attention and feed-forward part of a block of stable-worldmodel, without norms outside.
    private static func block(
        _ ours: String, attention: String, feedForward: String, hasOutputMap: Bool
    ) -> [String: [String]] {
        var names = layers([
            ("\(ours).attention_norm", "\(attention).norm"), ("\(ours).attention.out_proj", "\(attention).to_out.0"),
            ("\(ours).mlp_norm", "\(feedForward).net.0"), ("\(ours).mlp.layers.0", "\(feedForward).net.1"),
            ("\(ours).mlp.layers.1", "\(feedForward).net.4"),
        ])
        names["\(ours).attention.in_proj_weight"] = ["\(attention).to_qkv.weight"]
        if !hasOutputMap { for part in ["weight", "bias"] { names["\(ours).attention.out_proj.\(part)"] = [] } }
        return names
    }

    /// LeWM and PLDM of stable-worldmodel.
    ///
    /// - Parameters:
    ///   - family: What the family is called in errors.
    ///   - vision: The names of the encoder's transformer.
    ///   - hasOutputMap: Whether attention ends with a map; one head of the width of tokens does without.
    /// - Returns: The names of ``JointEmbeddingModel``.
    static func causalWorld(_ family: String, vision: PretrainedNames, hasOutputMap: Bool) -> PretrainedNames {
        let blocks = "predictor.transformer.layers.#"
        let parts = [
            below("encoder.vision.", "encoder.", vision.names), projector("encoder.projector", "projector"),
            projector("predictor.projector", "pred_proj"),
            layers([
                ("predictor.action_encoder.input", "action_encoder.patch_embed"),
                ("predictor.action_encoder.mlp.layers.0", "action_encoder.embed.0"),
                ("predictor.action_encoder.mlp.layers.1", "action_encoder.embed.2"),
                ("predictor.input", "predictor.transformer.input_proj"),
                ("predictor.condition", "predictor.transformer.cond_proj"),
                ("predictor.output", "predictor.transformer.output_proj"),
                ("predictor.norm", "predictor.transformer.norm"),
                ("predictor.blocks.#.modulation", "\(blocks).adaLN_modulation.1"),
            ]),
            block(
                "predictor.blocks.#", attention: "\(blocks).attn", feedForward: "\(blocks).mlp",
                hasOutputMap: hasOutputMap),
            ["predictor.positions": ["predictor.pos_embedding"]],
        ]
        return PretrainedNames(
            modelType: family, prefix: "model.", names: joined(parts),
            unused: Set(vision.unused.map { "encoder." + $0 }))
    }

    /// PreJEPA of stable-worldmodel, which is DINO-WM.
    static func patchWorld(
        vision: PretrainedNames, options: PatchPredictorOptions, hasOutputMap: Bool
    ) -> PretrainedNames {
        let blocks = "predictor.transformer.layers.#"
        let encoders =
            options.extras.enumerated().map { ("extras.\($0)", "extra_encoders.\($1.name).patch_embed") }
            + [("predictor.action_encoder", "extra_encoders.action.patch_embed")]
        let parts = [
            below("encoder.vision.", "backbone.", vision.names), layers(encoders),
            layers([("predictor.transformer.norm", "predictor.transformer.norm")]),
            block(
                "predictor.transformer.blocks.#", attention: "\(blocks).0", feedForward: "\(blocks).1",
                hasOutputMap: hasOutputMap),
            ["predictor.positions": ["predictor.pos_embedding"]],
        ]
        // The masks are made anew.
        let masks = (0..<options.depth).map { "predictor.transformer.layers.\($0).0.bias" }
        return PretrainedNames(
            modelType: "PreJEPA", prefix: "model.", names: joined(parts),
            unused: Set(vision.unused.map { "backbone." + $0 } + masks))
    }

    /// Impala encoder and recurrent predictor of eb_jepa, which share the last norm.
    static func recurrentWorld(stacks: Int) -> PretrainedNames {
        let unit = ["weight", "bias"].flatMap { part in ["ih", "hh"].map { "\(part)_\($0)" } }
        let parts =
            (0..<stacks).map { stack in
                let (ours, theirs) = ("encoder.stacks.\(stack)", "encoder.stack_blocks.\(stack)")
                return layers([
                    ("\(ours).input", "\(theirs).initial_conv"),
                    ("\(ours).blocks.#.first", "\(theirs).blocks.#.conv1"),
                    ("\(ours).blocks.#.second", "\(theirs).blocks.#.conv2"),
                ])
            } + [
                layers([("encoder.output", "encoder.mlp"), ("encoder.norm", "encoder.final_ln")]),
                unit.reduce(into: [:]) { $0["predictor.cell.\($1)"] = ["predictor.rnn.\($1)_l0"] },
            ]
        return PretrainedNames(
            modelType: "eb_jepa", prefix: "model.", names: joined(parts),
            unused: ["predictor.final_ln.weight", "predictor.final_ln.bias"])
    }

    private static func joined(_ parts: [[String: [String]]]) -> [String: [String]] {
        parts.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: { $1 }) }
    }

    /// The same tensors as the fifth version of `transformers` names them in a state dictionary; files that
    /// `save_pretrained` writes keep the former names.
    var inFifthVersion: PretrainedNames {
        let changes =
            [
                ("attention.attention.query", "attention.q_proj"), ("attention.attention.key", "attention.k_proj"),
                ("attention.attention.value", "attention.v_proj"), ("attention.output.dense", "attention.o_proj"),
                ("intermediate.dense", "mlp.fc1"), ("output.dense", "mlp.fc2"),
            ] + (modelType == "vit" ? [("encoder.layer.", "layers.")] : [])
        let renamed = names.mapValues { sources in
            sources.map { source in
                changes.reduce(source) { name, change in
                    name.range(of: change.0).map { name.replacingCharacters(in: $0, with: change.1) } ?? name
                }
            }
        }
        return PretrainedNames(modelType: modelType, prefix: prefix, names: renamed, unused: unused)
    }
}
