public import Tensors

/// What a learned model predicts from: a representation, and the disturbances that are expected.
///
/// Holds a tensor, so it stays in the task that made it.
public struct LearnedState {
    /// The representation of the history, `[members, 1, D]`.
    public let representation: Tensor
    /// Disturbances ahead, row-major `[step, disturbance]`, physical units; the last row is held beyond its end.
    public let disturbances: [Double]

    /// Creates a state.
    public init(representation: Tensor, disturbances: [Double] = []) {
        self.representation = representation
        self.disturbances = disturbances
    }
}
