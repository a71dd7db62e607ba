public import Networks
public import Tensors

/// Predicts a step of several rows by going through them: the actions of each row act on what those before have left.
///
/// A perceptron that sees the actions of all rows at once has to learn what they do together, where a push in the second row
/// decides what the third one meets. Here one small residual network, the same for every row, is asked as often as there are
/// rows, in coordinates of its own; the representation is left and entered once a step.
/// ```
/// h_0 = entry(ẑ_t),    h_{j+1} = h_j + W₂ SiLU(W₁ norm(h_j) + b₁ + W_a a_{t,j}) + b₂,    ẑ_{t+1} = ẑ_t + exit(norm(h_n))
/// ```
/// A residual network as a flow in small steps: Chen et al., "Neural Ordinary Differential Equations", arXiv:1806.07366, whose
/// steps are rows here; entry and exit are perceptrons. The last layers start small: nothing changes at first.
public final class RowwisePredictor: LatentPredictor {
    /// From representations into the coordinates of the rows.
    public let entry: MLP
    /// The norm in front of a row's layer.
    public let norm: LayerNorm
    /// What a row's coordinates contribute to its layer; its bias is that of the layer.
    public let state: Linear
    /// What a row's actions contribute to it.
    public let action: Linear
    /// What the layer adds to the coordinates.
    public let change: Linear
    /// The norm of where the rows end.
    public let last: LayerNorm
    /// From there by how much the representation changes.
    public let exit: MLP

    /// The size D of a representation.
    public let width: Int
    /// The size A of a block of actions: those of all rows.
    public let actionWidth: Int

    /// Creates the predictor.
    ///
    /// - Parameters:
    ///   - width: The size D of a representation.
    ///   - actions: Numbers of one row's actions.
    ///   - rows: Rows of a step.
    ///   - hidden: The size of the hidden layers of entry and exit; rows have half as many coordinates.
    ///   - seed: Where the values are drawn from.
    public init(width: Int, actions: Int, rows: Int, hidden: Int, seed: Seed) {
        precondition(actions > 0 && rows > 0 && hidden > 1, "\(rows) rows of \(actions) actions, hidden \(hidden)")
        (self.width, actionWidth) = (width, actions * rows)
        let inner = hidden / 2
        entry = MLP([width, hidden, inner], activation: .silu, norm: .layer, seed: seed["entry"])
        norm = LayerNorm(inner)
        state = Linear(inner, inner, seed: seed["state"])
        action = Linear(actions, inner, bias: false, initialiser: .normal(0.5), seed: seed["action"])
        change = Linear(inner, inner, initialiser: .normal(0.01), seed: seed["change"])
        last = LayerNorm(inner)
        exit = MLP([inner, hidden, width], activation: .silu, norm: .layer, last: .normal(0.01), seed: seed["exit"])
    }

    /// One row: the representation is all that is carried on.
    public var history: Int { 1 }

    /// The predictions of all steps, each from its own representation: `[batch, time, D]` and `[batch, time, A]` to
    /// `[batch, time, D]`.
    public func callAsFunction(_ z: Tensor, actions: Tensor) -> Tensor {
        precondition(
            z.shape.count == 3 && z.size(2) == width && actions.shape == [z.size(0), z.size(1), actionWidth],
            "got steps of \(z.shape) and \(actions.shape); expected [batch, time, \(width)] and [batch, time, "
                + "\(actionWidth)]")
        let (perRow, rows) = (action.inputs, actionWidth / action.inputs)
        // One product for the actions of all rows, `[batch, time, row, inner]`.
        let driving = action(actions.reshaped([z.size(0), z.size(1), rows, perRow]))
        var h = entry(z)
        for row in 0..<rows {
            h = h + change((state(norm(h)) + driving.select(dim: 2, index: row)).silu())
        }
        return z + exit(last(h))
    }

    /// A rollout without past.
    public func makeRollout() -> any LatentRollout { LastRowRollout(predictor: self) }
}
