import Basics
public import Episodes
public import Objectives
public import Plants

/// A plant's true equations as dynamics: what planning would reach with a perfect model.
public struct ExactDynamics<P: Plant>: DifferentiableDynamics {
    /// The plant.
    public let plant: P
    /// Disturbances over the horizon, row-major `[step, disturbance]`; empty for the plant's nominal ones. When shorter
    /// than a horizon the last step is repeated.
    public var disturbances: [Double]

    /// Creates dynamics.
    public init(_ plant: P, disturbances: [Double] = []) {
        self.plant = plant
        self.disturbances = disturbances
    }

    /// The plant's measured channels.
    public var outputChannels: [Channel] { plant.outputChannels }
    /// The plant's action channels.
    public var actionChannels: [Channel] { plant.actionChannels }
    /// Seconds between steps.
    public var samplingTime: Double { plant.samplingTime }
    /// `nil`: true equations hold for any horizon.
    public var trainedHorizon: Int? { nil }

    /// Simulates every candidate from the same true state, without noise.
    ///
    /// - Throws: A data error when the state is not finite.
    public func rollout(from state: [Double], into batch: inout TrajectoryBatch) throws {
        try check(state)
        plant.rollout(
            from: state, actions: batch.actions, disturbances: forecast(batch.horizon), horizon: batch.horizon,
            outputs: &batch.outputs)
    }

    /// Simulates and carries a gradient back to the actions by the plant's adjoint equations.
    ///
    /// - Throws: A data error when the state is not finite; what the closure throws.
    public func rolloutGradient(
        from state: [Double], into batch: inout TrajectoryBatch,
        gradient: (TrajectoryBatch) throws -> TrajectoryGradient
    ) throws -> [Float] {
        try rollout(from: state, into: &batch)
        let seed = try gradient(batch)
        var result = plant.rolloutPullback(
            from: state, actions: batch.actions, disturbances: forecast(batch.horizon), horizon: batch.horizon,
            cotangent: seed.outputs)
        for index in result.indices { result[index] += seed.actions[index] }
        return result
    }

    private func forecast(_ horizon: Int) -> [Double] {
        let count = plant.disturbanceChannels.count
        guard !disturbances.isEmpty, count > 0 else { return [] }
        let known = disturbances.count / count
        return (0..<horizon).flatMap { step in
            let start = min(step, known - 1) * count
            return disturbances[start..<start + count]
        }
    }

    private func check(_ state: [Double]) throws {
        for (index, value) in state.enumerated() where !value.isFinite {
            throw ForesightError.data(
                "state '\(plant.stateNames[index])' is \(value) at the start of a prediction",
                remedy: "give a state of finite numbers")
        }
    }
}
