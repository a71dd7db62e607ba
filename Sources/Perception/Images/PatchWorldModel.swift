public import Networks
public import Tensors

/// DINO-WM (Zhou et al., ICML 2025, arXiv:2411.04983): a frozen encoder of patches, and a predictor of the patches of the
/// next frame under actions.
///
/// A representation is the tokens of a frame one after the other, each the patch and what is made of the extras.
public final class PatchWorldModel: Module {
    /// Makes the patch tokens of an image; frozen.
    public let encoder: PatchEncoder
    /// Makes what stands in the tokens of each extra.
    public let extras: [Linear]
    /// Predicts the tokens of the next frame.
    public let predictor: PatchPredictor

    /// Puts the parts together.
    ///
    /// - Throws: `ForesightError.usage` when the options do not fit together.
    public init(
        encoder: PatchEncoder, predictor options: PatchPredictorOptions, generator: TorchGenerator? = nil, seed: Seed
    ) throws {
        precondition(
            encoder.vision.options.width == options.patchWidth,
            "the encoder's patches have \(encoder.vision.options.width) numbers, the predictor's \(options.patchWidth)")
        self.encoder = encoder
        extras = options.extras.enumerated().map { index, extra in
            Linear(extra.inputs, extra.width, seed: seed["extras"][index])
        }
        predictor = try PatchPredictor(options, generator: generator, seed: seed["predictor"])
    }

    /// The representations of frames: `[batch, time, channels, height, width]`, and of each extra `[batch, time, inputs]`,
    /// to `[batch, time, D]`.
    public func encode(_ frames: Tensor, extras values: [Tensor] = []) -> Tensor {
        let shape = frames.shape
        precondition(shape.count == 5, "got frames of \(shape); expected [batch, time, channels, height, width]")
        precondition(values.count == extras.count, "\(values.count) extras for a model of \(extras.count)")
        let patch = encoder.tokens(frames.flattened(from: 0, to: 1)).detached()
        let patches = patch.size(1)
        precondition(
            patches == predictor.options.patches,
            "images of \(shape[3]) by \(shape[4]) have \(patches) patches, the predictor \(predictor.options.patches)")
        let tokens = patch.reshaped([shape[0], shape[1], patches, patch.size(2)])
        let beside = zip(extras, values).map { $0($1).unsqueezed(2).expanded(to: [-1, -1, patches, -1]) }
        return Tensor.concatenate([tokens] + beside, dim: 3).flattened(from: 2)
    }

    /// The cost of candidates of a plan: how far from the goal the last prediction is.
    ///
    /// ```
    /// cost = mean over patches and numbers (ẑ_H − z_goal)² + Σ_extras mean over numbers (ê_H − e_goal)²
    /// ```
    /// The predicted extras are those of the first patch, as in stable-worldmodel; the paper has a weight for them, which
    /// is one here.
    ///
    /// - Parameters:
    ///   - context: Representations of the frames that were seen, `[batch, C, D]`.
    ///   - past: The blocks of actions between them, `[batch, C − 1, A]`; `nil` when there is one frame.
    ///   - candidates: Blocks of actions to come, `[batch, N, H, A]`.
    ///   - goal: The representation of the goal, `[batch, D]`.
    /// - Returns: `[batch, N]`.
    public func cost(_ context: Tensor, past: Tensor?, candidates: Tensor, goal: Tensor) -> Tensor {
        let options = predictor.options
        let predicted = predictor.rollouts(context, past: past, candidates: candidates)
        let last = predicted.select(dim: 2, index: predicted.size(2) - 1)  // [batch, N, D]
        let error = (last - goal.unsqueezed(1)).square()
            .reshaped([last.size(0), last.size(1), options.patches, options.stateWidth])
        var cost = error.narrow(dim: 3, start: 0, length: options.patchWidth).mean(dims: [2, 3])
        var start = options.patchWidth
        for extra in options.extras {
            cost = cost + error.select(dim: 2, index: 0).narrow(dim: 2, start: start, length: extra.width).mean(dim: 2)
            start += extra.width
        }
        return cost
    }
}
