import Basics
import Networks

/// A world model of images as its `config.json` describes it: what to make, and what its tensors are called.
struct PretrainedWorld {
    /// What the family is called: lewm, pldm, dino_wm or eb_jepa.
    var family: String
    /// What to make.
    var architecture: NetworkArchitecture
    /// What its tensors are called, as the fourth version of `transformers` names those of the encoder.
    var names: PretrainedNames
    /// What they are called in the fifth.
    var newerNames: PretrainedNames
}

// Hydra's configurations of stable-worldmodel, which it saves beside its weights: `_target_` names a class, the other keys
// are the arguments of its initialiser. The defaults are those of the initialisers.

extension PretrainedConfiguration {
    /// The last part of `_target_`, such as LeWM.
    private func target() throws -> String {
        try text("_target_").split(separator: ".").last.map(String.init) ?? ""
    }

    /// The world model that the configuration describes.
    ///
    /// - Throws: `ForesightError.data` when there is none like it, or the numbers do not fit together.
    func world() throws -> PretrainedWorld {
        let (path, name) = (try text("_target_"), try target())
        if path.hasPrefix("eb_jepa.") { return try recurrentWorld() }
        switch name {
        case "LeWM", "JEPA": return try causalWorld(family: "lewm")
        case "PLDM": return try causalWorld(family: "pldm")
        case "PreJEPA": return try patchWorld()
        default:
            throw refusal(
                "no world model is known for _target_ '\(path)'",
                remedy: "these can be read: LeWM, PLDM and PreJEPA of stable-worldmodel, JEPA of eb_jepa")
        }
    }

    private func causalWorld(family: String) throws -> PretrainedWorld {
        let encoder = try section("encoder")
        let predictor = try section("predictor").defaulting(to: ["dim_head": 64, "dropout": 0, "emb_dropout": 0])
        let actions = try section("action_encoder").defaulting(to: ["smoothed_dim": 10, "mlp_scale": 4])
        var (vision, names) = try encoder.imageEncoder()
        guard vision.hasClassToken else { throw encoder.refusal("an encoder without a class token") }
        vision.output = .classToken
        let width = try predictor.count("input_dim")
        let output = predictor.has("output_dim") ? try predictor.count("output_dim") : width
        guard try actions.count("emb_dim") == width else {
            throw actions.refusal("'emb_dim' is not the predictor's 'input_dim', \(width)")
        }
        let before = try projector("projector", from: vision.width, to: width)
        let after = try projector("pred_proj", from: output, to: width)
        let options = CausalPredictorOptions(
            width: width, actionWidth: try actions.count("input_dim"), history: try predictor.count("num_frames"),
            hidden: try predictor.count("hidden_dim"), outputWidth: output, depth: try predictor.count("depth"),
            heads: try predictor.count("heads"), headSize: try predictor.count("dim_head"),
            feedForward: try predictor.count("mlp_dim"), dropout: try predictor.rate("dropout"),
            rowDropout: try predictor.rate("emb_dropout"), smoothedActions: try actions.count("smoothed_dim"),
            actionExpansion: try actions.count("mlp_scale"), projector: after?.hidden,
            projectorNorm: after?.norm ?? .batch)
        try check { try options.validate() }
        let hasOutputMap = !(options.heads == 1 && options.headSize == options.hidden)
        return PretrainedWorld(
            family: family,
            architecture: .causalWorld(
                CausalWorldOptions(
                    vision: vision, projector: before?.hidden, projectorNorm: before?.norm ?? .batch,
                    predictor: options)),
            names: .causalWorld(family, vision: names, hasOutputMap: hasOutputMap),
            newerNames: .causalWorld(family, vision: names.inFifthVersion, hasOutputMap: hasOutputMap))
    }

    private func patchWorld() throws -> PretrainedWorld {
        let encoder = try section("encoder")
        let predictor = try section("predictor").defaulting(to: ["dim_head": 64, "dropout": 0, "emb_dropout": 0])
        var (vision, names) = try encoder.imageEncoder()
        guard vision.leadingTokens == 1, vision.hasClassToken else {
            throw encoder.refusal(
                "PreJEPA drops one token before the patches; this encoder has \(vision.leadingTokens)")
        }
        vision.output = .patchTokens
        // In the order in which tokens hold them: a dictionary of ours would lose it.
        let modules = try section("extra_encoders").section("modules")
        guard modules.names("action") else { throw modules.refusal("there is no 'action'") }
        let history = try predictor.count("num_frames")
        let ordered = try extras(of: modules)
        guard let place = ordered.firstIndex(where: { $0.name == "action" }) else {
            throw modules.refusal("there is no 'action'")
        }
        let action = ordered[place]
        let options = PatchPredictorOptions(
            patches: try predictor.count("num_patches"), patchWidth: vision.width,
            extras: ordered.filter { $0.name != "action" }, actionWidth: action.inputs, actionEmbedding: action.width,
            actionPlace: place, history: history, depth: try predictor.count("depth"),
            heads: try predictor.count("heads"), headSize: try predictor.count("dim_head"),
            feedForward: try predictor.count("mlp_dim"), dropout: try predictor.rate("dropout"),
            tokenDropout: try predictor.rate("emb_dropout"))
        try check { try options.validate() }
        guard try predictor.count("dim") == options.tokenWidth else {
            throw predictor.refusal(
                "'dim' is not the \(options.tokenWidth) numbers of a patch, its extras and its actions")
        }
        if has("history_size"), try count("history_size") != history {
            throw refusal("'history_size' is not the predictor's 'num_frames', \(history)")
        }
        let hasOutputMap = !(options.heads == 1 && options.headSize == options.tokenWidth)
        return PretrainedWorld(
            family: "dino_wm", architecture: .patchWorld(PatchWorldOptions(vision: vision, predictor: options)),
            names: .patchWorld(vision: names, options: options, hasOutputMap: hasOutputMap),
            newerNames: .patchWorld(vision: names.inFifthVersion, options: options, hasOutputMap: hasOutputMap))
    }

    private func recurrentWorld() throws -> PretrainedWorld {
        let encoder = try section("encoder").defaulting(
            to: [
                "width": 1, "stack_sizes": [16, 32, 32], "num_blocks": 2, "layer_norm": false, "input_channels": 2,
                "final_ln": true, "mlp_output_dim": 512, "input_shape": [2, 65, 65],
            ])
        let predictor = try section("predictor").defaulting(
            to: ["hidden_size": 512, "action_dim": 2, "num_layers": 1])
        guard try encoder.target() == "ImpalaEncoder", try predictor.target() == "RNNPredictor" else {
            throw refusal("encoder and predictor are not ImpalaEncoder and RNNPredictor")
        }
        let factor = try encoder.count("width")
        let (stacks, shape) = (try encoder.counts("stack_sizes"), try encoder.counts("input_shape"))
        let channels = try encoder.count("input_channels")
        guard shape.count == 3, shape[0] == channels else {
            throw encoder.refusal("'input_shape' is not [\(channels), height, width]")
        }
        // Later stacks take the plain sizes, so a factor fits one stack only.
        guard factor == 1 || stacks.count == 1 else { throw encoder.refusal("'width' \(factor) with several stacks") }
        let options = ImpalaOptions(
            imageSize: Array(shape[1...]), channels: channels, stacks: stacks.map { $0 * factor },
            blocks: try encoder.count("num_blocks"), width: try encoder.count("mlp_output_dim"),
            normalisesFeatures: try encoder.flag("layer_norm"), normalisesOutput: try encoder.flag("final_ln"))
        guard try predictor.count("num_layers") == 1, try predictor.count("hidden_size") == options.width else {
            throw predictor.refusal("the state is not one layer of \(options.width), the encoder's representation")
        }
        let names = PretrainedNames.recurrentWorld(stacks: stacks.count)
        return PretrainedWorld(
            family: "eb_jepa",
            architecture: .recurrentWorld(
                RecurrentWorldOptions(encoder: options, actionWidth: try predictor.count("action_dim"))),
            names: names, newerNames: names)
    }

    /// Hidden layer and norm of a projector, or `nil` where there is none.
    private func projector(_ key: String, from inputs: Int, to outputs: Int) throws -> (
        hidden: Int, norm: Normalisation
    )? {
        guard has(key) else {
            guard inputs == outputs else { throw refusal("there is no '\(key)' from \(inputs) to \(outputs) numbers") }
            return nil
        }
        let part = try section(key)
        let given = try part.count("input_dim")
        let made = part.has("output_dim") ? try part.count("output_dim") : given
        guard given == inputs, made == outputs else {
            throw part.refusal("from \(given) to \(made) numbers, where \(inputs) come in and \(outputs) are needed")
        }
        if part.has("act_fn"), try part.section("act_fn").target() != "GELU" {
            throw part.refusal("'act_fn' is not GELU")
        }
        let hidden = try part.count("hidden_dim")
        guard part.names("norm_fn") else { return (hidden, .layer) }
        guard part.has("norm_fn") else { return (hidden, .none) }
        switch try part.section("norm_fn").target() {
        case "BatchNorm1d": return (hidden, .batch)
        case "LayerNorm": return (hidden, .layer)
        case let name: throw part.refusal("'norm_fn' is \(name), not BatchNorm1d or LayerNorm")
        }
    }

    /// The encoders of numbers beside the image and of actions, in the order of the file.
    private func extras(of modules: PretrainedConfiguration) throws -> [PatchExtra] {
        try modules.orderedKeys().map { name in
            let part = try modules.section(name).defaulting(to: ["tubelet_size": 1, "in_chans": 8, "emb_dim": 10])
            guard try part.count("tubelet_size") == 1 else { throw part.refusal("'tubelet_size' is not 1") }
            return PatchExtra(name, inputs: try part.count("in_chans"), width: try part.count("emb_dim"))
        }
    }
}
