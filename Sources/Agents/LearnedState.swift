public import Tensors

/// What a learned model predicts from: a representation, and the disturbances that are expected.
///
/// Holds a tensor, so it stays in the task that made it.
public struct LearnedState {
    /// The representation of the history, `[members, 1, D]`.
    public let representation: Tensor
    /// Disturbances ahead, row-major `[step, disturbance]`, physical units; the last row is held beyond its end.
    public let disturbances: [Double]
    /// What predictions are adapted by to the record that they start in; `nil` for a model that does not adapt.
    public let adapted: AdaptedForecast?

    /// Creates a state.
    public init(representation: Tensor, disturbances: [Double] = [], adapted: AdaptedForecast? = nil) {
        self.representation = representation
        self.disturbances = disturbances
        self.adapted = adapted
    }
}
