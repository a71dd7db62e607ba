import Basics
import Networks
import Perception

extension ImageArchitecture {
    /// The encoder, with values drawn from the seed.
    ///
    /// - Throws: `ForesightError.usage` when pictures do not fit it.
    func makeEncoder(seed: Seed) throws -> any ImageEncoder {
        let inputs = 3 * stack
        switch encoder {
        case .strided:
            let shrink = 1 << channels.count
            guard imageSize.allSatisfy({ $0 >= shrink && $0 % shrink == 0 }) else {
                throw ForesightError.usage(
                    "pictures of \(imageSize[1]) × \(imageSize[0]) pixels cannot be halved \(channels.count) times",
                    remedy: "record pictures whose sides are multiples of \(shrink), or choose encoder=impala")
            }
            return StridedEncoder(
                inputs: inputs, imageSize: imageSize, channels: channels, width: seenWidth, seed: seed)
        case .keypoints:
            return KeypointEncoder(inputs: inputs, imageSize: imageSize, width: seenWidth, seed: seed)
        case .impala:
            // Without a norm behind it, which would work against a regulariser that asks for a normal distribution.
            return ImpalaEncoder(
                ImpalaOptions(imageSize: imageSize, channels: inputs, width: seenWidth, normalisesOutput: false),
                seed: seed
            )
        case .vit:
            // The transformer that published step times are of: 192 numbers a token, four blocks, patches of 8 pixels.
            let options = VisionTransformerOptions(
                imageSize: imageSize, patch: 8, channels: inputs, width: 192, depth: 4, heads: 3)
            return TokenEncoder(
                try VisionTransformer(options, seed: seed["vision"]),
                projector: Projector(192, hidden: 768, outputs: seenWidth, seed: seed["projector"]))
        case .frozen:
            guard let frozen else { preconditionFailure("a frozen encoder has sizes of its own") }
            // Every number is written over by those that others have found.
            let vision = try VisionTransformer(frozen.encoder.vision, seed: seed)
            return FrozenEncoder(vision, options: frozen.encoder, stack: stack)
        }
    }

    /// The predictor, with values drawn from the seed.
    ///
    /// - Throws: `ForesightError.usage` when sizes do not fit together.
    func makePredictor(seed: Seed) throws -> any LatentPredictor {
        switch predictor {
        case .residual:
            let predictor = ResidualPredictor(width: width, actions: blockActions, hidden: hidden, seed: seed)
            return frozen == nil ? predictor : CentredPredictor(predictor)
        case .recurrent:
            return RecurrentPredictor(
                width: width, actionWidth: blockActions,
                actionEncoder: ActionEncoder(blockActions, width: hidden, expansion: 1, seed: seed["actions"]),
                seed: seed)
        case .causal:
            return try CausalPredictor(
                CausalPredictorOptions(
                    width: width, actionWidth: blockActions, history: 3, hidden: hidden, outputWidth: width, depth: 2,
                    heads: 4, headSize: max(8, hidden / 4), feedForward: 2 * hidden, positions: .rotary, dropout: 0,
                    actionExpansion: 1, projector: nil), seed: seed)
        case .patches:
            guard let frozen else { preconditionFailure("only a frozen encoder gives patches") }
            return try PatchPredictor(
                PatchPredictorOptions(
                    patches: frozen.encoder.tokens, patchWidth: stack * frozen.encoder.vision.width,
                    actionWidth: blockActions, history: frozen.history, depth: 2, heads: 4,
                    headSize: max(8, hidden / 4), feedForward: 2 * hidden, dropout: 0), seed: seed)
        }
    }
}
