/// What a learned model predicts from: a representation, and the disturbances that are expected.
public struct LearnedState {
    /// The representation of the history, row-major `[members, D]`.
    public let representation: [Float]
    /// Disturbances ahead, row-major `[step, disturbance]`, physical units; the last row is held beyond its end.
    public let disturbances: [Double]
    /// What predictions are adapted by to the record that they start in; `nil` for a model that does not adapt.
    public let adapted: AdaptedForecast?

    /// Creates a state.
    public init(representation: [Float], disturbances: [Double] = [], adapted: AdaptedForecast? = nil) {
        self.representation = representation
        self.disturbances = disturbances
        self.adapted = adapted
    }
}
