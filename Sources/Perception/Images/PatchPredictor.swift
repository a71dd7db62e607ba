public import Networks
public import Tensors

/// A transformer over the patch tokens of the last frames, each of which sees all patches of its own and of earlier
/// frames: the predictor of DINO-WM (Zhou et al., ICML 2025, arXiv:2411.04983, section 3.2).
///
/// ```
/// token = [patch; extras; W a_t + b] + position,   x ← x + attention(norm(x)),   x ← x + mlp(norm(x))
/// ```
/// What is made of the actions and of the extras is the same for every patch of a frame. A representation is the tokens
/// of a frame without the actions, one after the other; what is predicted for the actions' place is left out.
public final class PatchPredictor: WindowedPredictor {
    /// The architecture.
    public let options: PatchPredictorOptions
    /// Makes what stands in the tokens of a block of actions.
    public let actionEncoder: Linear
    /// The learned positions, `[1, history · patches, token width]`.
    public let positions: Parameter
    /// The blocks and the last norm.
    public let transformer: Transformer
    private let tokenDropout: Dropout?

    /// Creates the predictor with values drawn from the seed; what it drops while training is drawn from the generator.
    ///
    /// - Throws: `ForesightError.usage` when the options do not fit together.
    public init(_ options: PatchPredictorOptions, generator: TorchGenerator? = nil, seed: Seed) throws {
        try options.validate()
        self.options = options
        func dropout(_ rate: Double) -> Dropout? {
            generator.flatMap { rate > 0 ? Dropout(rate, generator: $0) : nil }
        }
        actionEncoder = Linear(options.actionWidth, options.actionEmbedding, seed: seed["actions"])
        positions = Parameter(
            Tensor.normal(
                [1, options.history * options.patches, options.tokenWidth], using: seed["positions"].generator()),
            decays: false)
        let blocks = TransformerOptions(
            width: options.tokenWidth, heads: options.heads, headSize: options.headSize, hidden: options.feedForward,
            mask: .frames(options.patches), attentionBias: false, dropsAttention: true)
        transformer = Transformer(
            blocks, depth: options.depth, dropout: dropout(options.dropout), seed: seed["transformer"])
        tokenDropout = dropout(options.tokenDropout)
    }

    /// The size D of a representation.
    public var width: Int { options.width }
    /// The size A of a block of actions.
    public var actionWidth: Int { options.actionWidth }
    /// The longest context, in frames.
    public var history: Int { options.history }

    /// The predictions of all frames: `[batch, time, D]` and `[batch, time, A]` to `[batch, time, D]`, for at most
    /// `history` frames.
    public func callAsFunction(_ z: Tensor, actions: Tensor) -> Tensor {
        let tokens = transform(prepare(z, actions: actions)[0], caches: nil)
        return withoutActions(tokens).flattened(from: 2)
    }

    /// A rollout without past.
    public func makeRollout() -> any LatentRollout { WindowedRollout(self) }

    /// The tokens of frames under actions, without positions: `[batch, time, patches, token width]`.
    func prepare(_ z: Tensor, actions: Tensor) -> [Tensor] {
        let (batch, time) = (z.size(0), z.size(1))
        precondition(
            z.shape.count == 3 && z.size(2) == width && actions.shape == [batch, time, actionWidth],
            "got rows of \(z.shape) and \(actions.shape); expected [batch, time, \(width)] and [batch, time, "
                + "\(actionWidth)]")
        let state = z.reshaped([batch, time, options.patches, options.stateWidth])
        let encoded = actionEncoder(actions).unsqueezed(2).expanded(to: [-1, -1, options.patches, -1])
        let (start, rest) = (options.actionStart, options.stateWidth - options.actionStart)
        let before = state.narrow(dim: 3, start: 0, length: start)
        let after = rest > 0 ? [state.narrow(dim: 3, start: start, length: rest)] : []
        return [Tensor.concatenate([before, encoded] + after, dim: 3)]
    }

    func last(_ rows: [Tensor], caches: [KeyValueCache]?) -> Tensor {
        let tokens = transform(rows[0], caches: caches)
        return withoutActions(tokens.narrow(dim: 1, start: tokens.size(1) - 1, length: 1)).flattened(from: 1)
    }

    func makeCaches() -> [KeyValueCache] { transformer.makeCaches() }

    var isBoundToPlaces: Bool { true }

    /// What the transformer gives for tokens `[batch, time, patches, token width]`: the same shape.
    private func transform(_ tokens: Tensor, caches: [KeyValueCache]?) -> Tensor {
        let shape = tokens.shape
        let (start, count) = (caches?.first?.length ?? 0, shape[1] * shape[2])
        precondition(
            start + count <= positions.shape[1], "\((start + count) / shape[2]) frames for a history of \(history)")
        var x = tokens.flattened(from: 1, to: 2) + positions.value.narrow(dim: 1, start: start, length: count)
        if let tokenDropout { x = tokenDropout(x) }
        return (caches.map { transformer(x, caches: $0) } ?? transformer(x)).reshaped(shape)
    }

    /// Tokens without what stands at the actions' place: `[batch, time, patches, state width]`.
    private func withoutActions(_ tokens: Tensor) -> Tensor {
        let (start, rest) = (options.actionStart, options.stateWidth - options.actionStart)
        let before = tokens.narrow(dim: 3, start: 0, length: start)
        guard rest > 0 else { return before }
        let after = tokens.narrow(dim: 3, start: start + options.actionEmbedding, length: rest)
        return Tensor.concatenate([before, after], dim: 3)
    }
}
