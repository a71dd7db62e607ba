import Objectives

/// What a learned model predicts from: a representation, and the disturbances that are expected.
public struct LearnedState {
    /// The representation of the history, row-major `[members, D]`.
    public let representation: [Float]
    /// Disturbances ahead, row-major `[step, disturbance]`, physical units; the last row is held beyond its end.
    public let disturbances: [Double]
    /// What predictions are adapted by to the record that they start in; `nil` for a model that does not adapt.
    public let adapted: AdaptedForecast?
    /// What is added to predictions, row-major `[step, output]`, physical units; the last row is held beyond its end, and empty
    /// adds nothing.
    public var correction: [Float] = []

    /// Creates a state.
    public init(representation: [Float], disturbances: [Double] = [], adapted: AdaptedForecast? = nil) {
        self.representation = representation
        self.disturbances = disturbances
        self.adapted = adapted
    }

    /// Adds the correction to what was predicted without it.
    func correct(_ batch: inout TrajectoryBatch) {
        guard !correction.isEmpty else { return }
        let (width, length) = (batch.outputCount, batch.horizon * batch.outputCount)
        let ahead = (0..<length).map { index in
            index < correction.count ? correction[index] : correction[correction.count - width + index % width]
        }
        for candidate in 0..<batch.candidates {
            for index in 0..<length { batch.outputs[candidate * length + index] += ahead[index] }
        }
    }
}
