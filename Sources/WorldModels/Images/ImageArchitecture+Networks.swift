import Basics
import Networks
import Perception
import Tensors

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
            guard imageSize.allSatisfy({ $0 >= 8 && $0 % 4 == 0 }) else {
                throw ForesightError.usage(
                    "pictures of \(imageSize[1]) × \(imageSize[0]) pixels cannot be halved twice, as the encoder keypoints does",
                    remedy: "record pictures whose sides are multiples of 4, 8 or more, or choose encoder=impala")
            }
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
        case .vitTiny:
            guard let transformer else { preconditionFailure("the encoder vit-tiny has sizes of its own") }
            try checkPatches(transformer.patch)
            let options = transformer.vision(imageSize: imageSize, channels: inputs)
            return TokenEncoder(
                try VisionTransformer(options, seed: seed["vision"]),
                projector: Projector(
                    options.width, hidden: transformer.projector, outputs: seenWidth, seed: seed["projector"]))
        case .frozen:
            guard let frozen else { preconditionFailure("a frozen encoder has sizes of its own") }
            // Every number is written over by those that others have found.
            let vision = try VisionTransformer(frozen.encoder.vision, seed: seed)
            return FrozenEncoder(vision, options: frozen.encoder, stack: stack)
        }
    }

    /// Checks that patches of a size tile the pictures.
    ///
    /// - Throws: `ForesightError.usage` with a size that does.
    private func checkPatches(_ patch: Int) throws {
        func tiles(_ patch: Int) -> Bool { imageSize.allSatisfy { $0 >= patch && $0 % patch == 0 } }
        guard !tiles(patch) else { return }
        let other = (4...max(4, min(patch, imageSize.min() ?? 4))).last(where: tiles)
        throw ForesightError.usage(
            "patches of \(patch) pixels do not divide pictures of \(imageSize[1]) × \(imageSize[0]) pixels",
            remedy: (other.map { "choose transformer.patch=\($0), or " } ?? "")
                + "scale pictures to multiples of \(patch) pixels, such as \(16 * patch) × \(16 * patch)")
    }

    /// The predictor, with values drawn from the seed; what it drops while training is drawn from the generator, and nothing
    /// is dropped without.
    ///
    /// - Throws: `ForesightError.usage` when sizes do not fit together.
    func makePredictor(seed: Seed, generator: TorchGenerator? = nil) throws -> any LatentPredictor {
        switch predictor {
        case .residual:
            let predictor = ResidualPredictor(width: width, actions: blockActions, hidden: hidden, seed: seed)
            return frozen == nil ? predictor : CentredPredictor(predictor)
        case .rowwise:
            return RowwisePredictor(width: width, actions: actions, rows: block, hidden: hidden, seed: seed)
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
        case .lewm:
            guard let transformer else { preconditionFailure("the predictor lewm has sizes of its own") }
            return try CausalPredictor(
                transformer.predictor(width: width, actionWidth: blockActions), generator: generator, seed: seed)
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
