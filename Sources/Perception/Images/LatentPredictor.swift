public import Networks
public import Tensors

/// A network that predicts the representation of the next frame from those of past frames and the actions between them.
///
/// A row is a frame: its representation z_t, `[D]`, and the block of actions a_t, `[A]`, that follows it. The prediction
/// of row t, ẑ_{t+1}, depends on rows up to t only.
public protocol LatentPredictor: Module {
    /// The size D of a representation.
    var width: Int { get }
    /// The size A of a block of actions.
    var actionWidth: Int { get }
    /// The longest context that it was trained for, in rows; earlier rows are forgotten.
    var history: Int { get }

    /// The predictions of all rows of a context: `[batch, time, D]` and `[batch, time, A]` to `[batch, time, D]`, for at
    /// most ``history`` rows.
    func callAsFunction(_ z: Tensor, actions: Tensor) -> Tensor

    /// A rollout without past, which predicts row by row.
    func makeRollout() -> any LatentRollout
}

/// What a predictor remembers of a batch of rollouts under way: enough that each further row costs as little as it can.
///
/// A rollout is a value; a copy goes on by itself from the same past.
public protocol LatentRollout {
    /// How many rows have been taken in.
    var length: Int { get }

    /// Takes in further rows and predicts what follows the last of them.
    ///
    /// - Parameters:
    ///   - z: Representations `[batch, time, D]`, seen or predicted.
    ///   - actions: The blocks of actions that follow them, `[batch, time, A]`.
    /// - Returns: The representation after the last row, `[batch, D]`.
    mutating func next(_ z: Tensor, actions: Tensor) -> Tensor

    /// One past, many candidates: each rollout of the batch, count times one after the other.
    func repeated(_ count: Int) -> any LatentRollout
}

extension LatentPredictor {
    /// Predicts autoregressively under a sequence of actions.
    ///
    /// ```
    /// ẑ_{k+1} = f(z_{k−h+1…k}, a_{k−h+1…k}),   h = history,   z_j ← ẑ_j once rows of the context are used up
    /// ```
    /// - Parameters:
    ///   - context: Representations of the frames that were seen, `[batch, C, D]`.
    ///   - actions: Blocks of actions, `[batch, C − 1 + H, A]`: those between the frames, then those to come.
    /// - Returns: The predictions of the H frames to come, `[batch, H, D]`.
    public func rollout(_ context: Tensor, actions: Tensor) -> Tensor {
        let (seen, all) = (context.size(1), actions.size(1))
        precondition(
            seen > 0 && all >= seen, "\(seen) frames and \(all) blocks of actions; the last frame needs one as well")
        var rollout = makeRollout()
        var z = rollout.next(context, actions: actions.narrow(dim: 1, start: 0, length: seen))
        var predictions = [z]
        for step in seen..<all {
            z = rollout.next(z.unsqueezed(1), actions: actions.narrow(dim: 1, start: step, length: 1))
            predictions.append(z)
        }
        return Tensor.stack(predictions, dim: 1)
    }

    /// Predicts many candidates from one past each, which is taken in once.
    ///
    /// - Parameters:
    ///   - context: Representations of the frames that were seen, `[batch, C, D]`.
    ///   - past: The blocks of actions between them, `[batch, C − 1, A]`; `nil` when there is one frame.
    ///   - candidates: Blocks of actions to come, `[batch, N, H, A]`.
    /// - Returns: The predictions, `[batch, N, H, D]`.
    public func rollouts(_ context: Tensor, past: Tensor?, candidates: Tensor) -> Tensor {
        let (batch, seen) = (context.size(0), context.size(1))
        let (count, horizon) = (candidates.size(1), candidates.size(2))
        precondition((past?.size(1) ?? 0) == seen - 1, "\(seen) frames need \(seen - 1) blocks of actions between them")
        var rollout = makeRollout()
        if let past, seen > 1 {
            _ = rollout.next(context.narrow(dim: 1, start: 0, length: seen - 1), actions: past)
        }
        rollout = rollout.repeated(count)
        var z = context.select(dim: 1, index: seen - 1).repeatedInterleaved(count, dim: 0)  // [batch · N, D]
        let actions = candidates.reshaped([batch * count, horizon, candidates.size(3)])
        var predictions: [Tensor] = []
        for step in 0..<horizon {
            z = rollout.next(z.unsqueezed(1), actions: actions.narrow(dim: 1, start: step, length: 1))
            predictions.append(z)
        }
        return Tensor.stack(predictions, dim: 1).reshaped([batch, count, horizon, width])
    }
}
