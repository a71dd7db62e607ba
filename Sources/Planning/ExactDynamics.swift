import Basics
public import Episodes
public import Objectives
public import Plants

/// A plant's true equations as dynamics: what planning would reach with a perfect model.
///
/// A state may be followed by disturbances that are known from then on, row-major `[step, disturbance]`; they count in
/// place of `disturbances`.
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
            from: Array(state.prefix(plant.stateCount)), actions: batch.actions,
            disturbances: forecast(from: state, batch.horizon), horizon: batch.horizon, outputs: &batch.outputs)
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
            from: Array(state.prefix(plant.stateCount)), actions: batch.actions,
            disturbances: forecast(from: state, batch.horizon), horizon: batch.horizon, cotangent: seed.outputs)
        for index in result.indices { result[index] += seed.actions[index] }
        return result
    }

    func forecast(from state: [Double], _ horizon: Int) -> [Double] {
        let count = plant.disturbanceChannels.count
        let told = Array(state.dropFirst(plant.stateCount))
        let disturbances = told.isEmpty ? disturbances : told
        guard !disturbances.isEmpty, count > 0 else { return [] }
        let known = disturbances.count / count
        return (0..<horizon).flatMap { step in
            let start = min(step, known - 1) * count
            return disturbances[start..<start + count]
        }
    }

    func check(_ state: [Double]) throws {
        for (index, value) in state.enumerated() where !value.isFinite {
            let name = index < plant.stateCount ? plant.stateNames[index] : "disturbance"
            throw ForesightError.data(
                "state '\(name)' is \(value) at the start of a prediction",
                remedy: "give a state of finite numbers")
        }
    }
}
