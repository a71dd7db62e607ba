public import Networks
public import Tensors

/// A joint-embedding predictive world model of images: an encoder, and a predictor of the next representation under
/// actions.
///
/// ```
/// z_t = encoder(image_t),   ẑ_{t+1} = predictor(z_{≤t}, a_{≤t})
/// ```
/// LeCun, "A Path Towards Autonomous Machine Intelligence", 2022, section 4.4. ``leWorldModel(_:predictor:projector:projectorNorm:generator:seed:)``
/// and ``recurrent(_:actionWidth:generator:seed:)`` are the published compositions; ``PatchWorldModel`` is DINO-WM.
public final class JointEmbeddingModel: Module {
    /// Makes the representation of an image.
    public let encoder: any ImageEncoder
    /// Predicts the next representation.
    public let predictor: any LatentPredictor

    /// Puts an encoder and a predictor together.
    public init(encoder: any ImageEncoder, predictor: any LatentPredictor) {
        precondition(
            encoder.width == predictor.width,
            "the encoder gives \(encoder.width) numbers, the predictor takes \(predictor.width)")
        self.encoder = encoder
        self.predictor = predictor
    }

    /// The representations of frames: `[batch, time, channels, height, width]` to `[batch, time, D]`.
    ///
    /// All frames are one batch to a batch norm, as in LeWM.
    public func encode(_ frames: Tensor) -> Tensor {
        let shape = frames.shape
        precondition(shape.count == 5, "got frames of \(shape); expected [batch, time, channels, height, width]")
        return encoder(frames.flattened(from: 0, to: 1)).reshaped([shape[0], shape[1], encoder.width])
    }

    /// The cost of candidates of a plan: how far from the goal the last prediction is.
    ///
    /// ```
    /// cost = ‖ẑ_H − z_goal‖²
    /// ```
    /// - Parameters:
    ///   - context: Representations of the frames that were seen, `[batch, C, D]`.
    ///   - past: The blocks of actions between them, `[batch, C − 1, A]`; `nil` when there is one frame.
    ///   - candidates: Blocks of actions to come, `[batch, N, H, A]`.
    ///   - goal: The representation of the goal, `[batch, D]`.
    /// - Returns: `[batch, N]`.
    public func cost(_ context: Tensor, past: Tensor?, candidates: Tensor, goal: Tensor) -> Tensor {
        let predicted = predictor.rollouts(context, past: past, candidates: candidates)
        let last = predicted.select(dim: 2, index: predicted.size(2) - 1)  // [batch, N, D]
        return (last - goal.unsqueezed(1)).square().sum(dim: 2)
    }
}

extension JointEmbeddingModel {
    /// LeWorldModel: Maes et al., 2026, arXiv:2603.19312. Encoder and predictor are trained together, without a teacher.
    ///
    /// ```
    /// z = projector(class token of a vision transformer),   ẑ = causal transformer under actions
    /// ```
    /// The defaults are the published ones, a tiny transformer with patches of 14 on images of 224 by 224: 18 million
    /// parameters with blocks of 10 actions. PLDM as stable-worldmodel trains it has the same networks.
    ///
    /// - Parameters:
    ///   - vision: The encoder's transformer; its output is the class token.
    ///   - predictor: The predictor; its width is that of a representation.
    ///   - projector: The hidden layer of the encoder's projector; `nil` for none.
    ///   - projectorNorm: The norm of the encoder's projector, that of the predictor's if not said.
    ///   - generator: Where dropout is drawn from; without, nothing is dropped.
    ///   - seed: Where the values are drawn from.
    /// - Returns: The model, in training mode.
    /// - Throws: `ForesightError.usage` when the options do not fit together.
    public static func leWorldModel(
        _ vision: VisionTransformerOptions = leWorldModelVision, predictor: CausalPredictorOptions,
        projector: Int? = 2048, projectorNorm: Normalisation? = nil, generator: TorchGenerator? = nil, seed: Seed
    ) throws -> JointEmbeddingModel {
        let head = projector.map {
            Projector(
                vision.width, hidden: $0, outputs: predictor.width, norm: projectorNorm ?? predictor.projectorNorm,
                seed: seed["projector"])
        }
        let encoder = TokenEncoder(try VisionTransformer(vision, seed: seed["vision"]), projector: head)
        return JointEmbeddingModel(
            encoder: encoder,
            predictor: try CausalPredictor(predictor, generator: generator, seed: seed["predictor"]))
    }

    /// The transformer of LeWorldModel's encoder: tiny, patches of 14 pixels, images of 224 by 224.
    public static var leWorldModelVision: VisionTransformerOptions {
        var options = VisionTransformerOptions.tiny(patch: 14)
        options.epsilon = 1e-12  // as ViTConfig of transformers has it
        return options
    }

    /// PLDM (Sobal et al., 2025, arXiv:2502.14819) and eb_jepa (arXiv:2602.03604): a residual convolutional encoder and a
    /// recurrent predictor, which share the norm of representations.
    ///
    /// - Parameters:
    ///   - options: The encoder.
    ///   - actionWidth: The size A of a block of actions, which the unit is given as it is.
    ///   - generator: Where dropout is drawn from.
    ///   - seed: Where the values are drawn from.
    /// - Returns: The model, in training mode.
    public static func recurrent(
        _ options: ImpalaOptions = ImpalaOptions(), actionWidth: Int, generator: TorchGenerator? = nil, seed: Seed
    ) -> JointEmbeddingModel {
        let encoder = ImpalaEncoder(options, generator: generator, seed: seed["encoder"])
        return JointEmbeddingModel(
            encoder: encoder,
            predictor: RecurrentPredictor(
                width: options.width, actionWidth: actionWidth, norm: encoder.norm, seed: seed["predictor"]))
    }
}
