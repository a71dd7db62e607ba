public import Networks
public import Tensors

/// Predicts the representations of parts of a video from those of other parts: the predictor of V-JEPA 2 (Assran et al.,
/// 2025, arXiv:2506.09985, section 2.1).
public final class VideoPredictor: Module {
    /// The architecture.
    public let options: VideoTransformerOptions
    /// From the encoder's tokens to the predictor's.
    public let input: Linear
    /// The tokens that stand for what is to be predicted, `[count, 1, 1, width of the predictor]`.
    public let maskTokens: Parameter
    /// The blocks and the last norm.
    public let transformer: Transformer
    /// From the predictor's tokens to the encoder's.
    public let output: Linear

    /// Creates the predictor with values drawn from the seed; the mask tokens start at zero.
    ///
    /// - Throws: `ForesightError.usage` when the options do not fit together.
    public init(_ options: VideoTransformerOptions, seed: Seed) throws {
        try options.validate()
        self.options = options
        let (outer, inner) = (options.encoder.width, options.predictor.width)
        input = Linear(outer, inner, seed: seed["input"])
        maskTokens = Parameter(Tensor.zeros([options.maskTokens, 1, 1, inner]), decays: false)
        transformer = options.transformer(options.predictor, seed: seed["transformer"])
        output = Linear(inner, outer, seed: seed["output"])
    }

    /// Predicts the tokens at some places from those at others.
    ///
    /// - Parameters:
    ///   - tokens: What the encoder made of a whole video, `[batch, tokens, width]`.
    ///   - context: The numbers of the tokens that may be looked at, whole numbers `[batch, context]`.
    ///   - targets: The numbers of the tokens to predict, whole numbers `[batch, targets]`; they may lie beyond the
    ///     video's last frame.
    ///   - maskToken: Which of the mask tokens stands for them; 1 in the published models.
    /// - Returns: Predictions `[batch, targets, width]`.
    public func callAsFunction(
        _ tokens: Tensor, context: Tensor, targets: Tensor, maskToken: Int = 1
    ) -> Tensor {
        let (batch, count) = (tokens.size(0), targets.size(1))
        let index = context.unsqueezed(-1).expanded(to: [-1, -1, tokens.size(2)])
        let known = input(tokens.gather(dim: 1, index))
        let wanted = maskTokens.value[maskToken % options.maskTokens].expanded(to: [batch, count, -1])
        let places = VideoPlaces(
            Tensor.concatenate([context, targets], dim: 1), side: options.gridSide,
            head: options.predictor.width / options.predictor.heads)
        // Tokens know their places, so their order does not matter.
        let y = transformer(Tensor.concatenate([known, wanted], dim: 1), turning: places.callAsFunction)
        return output(y.narrow(dim: 1, start: context.size(1), length: count))
    }
}
