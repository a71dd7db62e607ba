public import Networks
public import Tensors

/// A causal transformer over representations, under the actions between them: the predictor of LeWM (arXiv:2603.19312,
/// section 3) and of PLDM as stable-worldmodel trains it.
///
/// ```
/// c_t = W_c encoder(a_t) + b_c,   x_t = W_z (z_t + p_t) + b_z,   ẑ_{t+1} = projector(W_o norm(blocks(x_{≤t} | c_{≤t})) + b_o)
/// ```
/// The three maps are left out where the sizes agree; p_t are learned positions in the window, or none when rotary.
public final class CausalPredictor: WindowedPredictor {
    /// The architecture.
    public let options: CausalPredictorOptions
    /// Makes the condition of a block of actions.
    public let actionEncoder: ActionEncoder
    /// The learned positions, `[1, history, D]`.
    public let positions: Parameter?
    /// The map of representations to tokens, or `nil` for none.
    public let input: Linear?
    /// The map of conditions to the size of tokens, or `nil` for none.
    public let condition: Linear?
    /// The blocks in order.
    public let blocks: [CausalBlock]
    /// The norm behind the blocks.
    public let norm: LayerNorm
    /// The map of tokens to the size of the output, or `nil` for none.
    public let output: Linear?
    /// Makes the prediction of what the transformer gives, or `nil` when that is it.
    public let projector: Projector?
    private let rowDropout: Dropout?

    /// Creates the predictor with values drawn from the seed; what it drops while training is drawn from the generator.
    ///
    /// - Throws: `ForesightError.usage` when the options do not fit together.
    public init(_ options: CausalPredictorOptions, generator: TorchGenerator? = nil, seed: Seed) throws {
        try options.validate()
        self.options = options
        func dropout(_ rate: Double) -> Dropout? {
            generator.flatMap { rate > 0 ? Dropout(rate, generator: $0) : nil }
        }
        func map(_ inputs: Int, _ outputs: Int, _ name: String) -> Linear? {
            inputs == outputs ? nil : Linear(inputs, outputs, seed: seed[name])
        }
        let (width, hidden) = (options.width, options.hidden)
        actionEncoder = ActionEncoder(
            options.actionWidth, smoothed: options.smoothedActions, width: width, expansion: options.actionExpansion,
            seed: seed["actions"])
        positions =
            options.positions == .learned
            ? Parameter(
                Tensor.normal([1, options.history, width], using: seed["positions"].generator()), decays: false) : nil
        input = map(width, hidden, "input")
        condition = map(width, hidden, "condition")
        let inBlocks = dropout(options.dropout)
        blocks = (0..<options.depth).map { CausalBlock(options, dropout: inBlocks, seed: seed["blocks"][$0]) }
        norm = LayerNorm(hidden)
        output = map(hidden, options.outputWidth, "output")
        projector = options.projector.map {
            Projector(
                options.outputWidth, hidden: $0, outputs: width, norm: options.projectorNorm, seed: seed["projector"])
        }
        rowDropout = dropout(options.rowDropout)
    }

    /// The size D of a representation.
    public var width: Int { options.width }
    /// The size A of a block of actions.
    public var actionWidth: Int { options.actionWidth }
    /// The longest context, in rows.
    public var history: Int { options.history }

    /// The predictions of all rows: `[batch, time, D]` and `[batch, time, A]` to `[batch, time, D]`.
    ///
    /// With learned positions, at most `history` rows.
    public func callAsFunction(_ z: Tensor, actions: Tensor) -> Tensor {
        let tokens = transform(prepare(z, actions: actions), caches: nil)
        return projector?(tokens) ?? tokens
    }

    /// A rollout without past.
    public func makeRollout() -> any LatentRollout { WindowedRollout(self) }

    /// The representations, then the modulations of every block: conditions have no place, so they stay as they are.
    func prepare(_ z: Tensor, actions: Tensor) -> [Tensor] {
        precondition(
            z.shape.count == 3 && z.size(2) == width && actions.shape == [z.size(0), z.size(1), actionWidth],
            "got rows of \(z.shape) and \(actions.shape); expected [batch, time, \(width)] and [batch, time, "
                + "\(actionWidth)]")
        let encoded = actionEncoder(actions)
        let conditions = condition?(encoded) ?? encoded
        return [z] + blocks.map { $0.modulate(conditions) }
    }

    func last(_ rows: [Tensor], caches: [KeyValueCache]?) -> Tensor {
        let tokens = transform(rows, caches: caches)
        let token = tokens.select(dim: 1, index: tokens.size(1) - 1)
        return projector?(token) ?? token
    }

    func makeCaches() -> [KeyValueCache] { blocks.map { _ in KeyValueCache() } }

    var isBoundToPlaces: Bool { options.positions == .learned }

    /// What the transformer gives for prepared rows: `[batch, time, output width]`.
    private func transform(_ rows: [Tensor], caches: [KeyValueCache]?) -> Tensor {
        var x = rows[0]
        if let positions {
            let (start, count) = (caches?.first?.length ?? 0, x.size(1))
            precondition(start + count <= history, "\(start + count) rows for a history of \(history)")
            x = x + positions.value.narrow(dim: 1, start: start, length: count)
        }
        if let rowDropout { x = rowDropout(x) }
        x = input?(x) ?? x
        for (index, block) in blocks.enumerated() {
            x = block(x, modulations: rows[index + 1], cache: caches?[index])
        }
        x = norm(x)
        return output?(x) ?? x
    }
}
