public import Networks
public import Tensors

/// A gated recurrent unit whose state is the representation: the predictor of PLDM (arXiv:2502.14819) and eb_jepa
/// (arXiv:2602.03604).
///
/// ```
/// ẑ_{t+1} = norm(GRU(a_t, z_t))
/// ```
/// The input is the block of actions, the hidden state is the representation itself, so the past before it is forgotten.
/// eb_jepa uses the norm of its encoder once more, PLDM the same or one of its own.
public final class RecurrentPredictor: LatentPredictor {
    /// Makes the input of a block of actions, or `nil` when the block is it.
    public let actionEncoder: ActionEncoder?
    /// The unit.
    public let cell: GRUCell
    /// The norm of a prediction, or `nil` for none; the encoder's when shared.
    public let norm: LayerNorm?

    /// Creates the predictor with values drawn from the seed.
    ///
    /// - Parameters:
    ///   - width: The size D of a representation.
    ///   - actionWidth: The size A of a block of actions.
    ///   - actionEncoder: Makes the input of a block of actions, or `nil` when the block is it.
    ///   - norm: The norm of a prediction, shared with the encoder or not.
    ///   - seed: Where the values are drawn from.
    public init(
        width: Int, actionWidth: Int, actionEncoder: ActionEncoder? = nil, norm: LayerNorm? = nil, seed: Seed
    ) {
        precondition(
            actionEncoder == nil || actionEncoder?.actions == actionWidth, "the encoder is for other blocks of actions")
        self.actionEncoder = actionEncoder
        cell = GRUCell(actionEncoder?.mlp.layers.last?.outputs ?? actionWidth, width, seed: seed["cell"])
        self.norm = norm
        self.actionWidth = actionWidth
    }

    /// The size D of a representation.
    public var width: Int { cell.hidden }
    /// The size A of a block of actions.
    public let actionWidth: Int
    /// One row: the state holds all there is.
    public var history: Int { 1 }

    /// The predictions of all rows, each from its own representation: `[batch, time, D]` and `[batch, time, A]` to
    /// `[batch, time, D]`.
    public func callAsFunction(_ z: Tensor, actions: Tensor) -> Tensor {
        precondition(
            z.shape.count == 3 && z.size(2) == width && actions.shape == [z.size(0), z.size(1), actionWidth],
            "got rows of \(z.shape) and \(actions.shape); expected [batch, time, \(width)] and [batch, time, "
                + "\(actionWidth)]")
        let input = actionEncoder?(actions) ?? actions
        let next = cell(input.flattened(from: 0, to: 1), hidden: z.flattened(from: 0, to: 1))
        return (norm?(next) ?? next).reshaped(z.shape)
    }

    /// A rollout without past.
    public func makeRollout() -> any LatentRollout { LastRowRollout(predictor: self) }
}
