import Objectives
import Plants

/// Dynamics that tell how all outputs of one trajectory change with all actions, at less cost than a gradient for each output.
public protocol LinearisableDynamics: Dynamics {
    /// Forward sensitivities along one trajectory.
    ///
    /// - Parameters:
    ///   - state: What the prediction starts from.
    ///   - actions: Physical units, row-major `[step, action]`.
    ///   - horizon: The number of steps.
    /// - Returns: `∂output/∂action`, row-major `[step · output, step · action]`.
    /// - Throws: `ForesightError` when the state is not finite or the prediction fails.
    func sensitivities(from state: State, actions: [Float], horizon: Int) throws -> [Double]
}

extension ExactDynamics: LinearisableDynamics {
    /// Forward sensitivities of the plant's equations.
    ///
    /// - Throws: A data error when the state is not finite.
    public func sensitivities(from state: [Double], actions: [Float], horizon: Int) throws -> [Double] {
        try check(state)
        return plant.rolloutSensitivities(
            from: Array(state.prefix(plant.stateCount)), actions: actions.map(Double.init),
            disturbances: forecast(from: state, horizon), horizon: horizon)
    }
}

/// What outputs and novelty of one trajectory owe to its actions.
struct TrajectorySlopes {
    /// Row-major `[step · output, step · action]`.
    var outputs: [Double] = []
    /// Row-major `[step, step · action]`; empty where novelty is not guarded.
    var novelty: [Double] = []
}

extension CandidateSearch {
    /// Differentiates the trajectory of a batch of one candidate that was rolled out.
    ///
    /// - Returns: `nil` when the dynamics carry no gradient.
    /// - Throws: What the dynamics throw.
    func slopes(of trajectory: TrajectoryBatch) throws -> TrajectorySlopes? {
        func open<L: LinearisableDynamics>(_ dynamics: L) throws -> [Double]? {
            guard let state = state as? L.State else { return nil }
            return try dynamics.sensitivities(
                from: state, actions: trajectory.actions, horizon: trajectory.horizon)
        }
        let isGuarded = problem.noveltyLimit != nil
        if !isGuarded, let known = dynamics as? any LinearisableDynamics, let outputs = try open(known) {
            return TrajectorySlopes(outputs: outputs)
        }
        guard let differentiable = dynamics as? any DifferentiableDynamics else { return nil }
        return try reversed(differentiable, trajectory, isGuarded: isGuarded)
    }

    /// By reverse mode: as many copies of the trajectory as there are outputs in it, each asked for the gradient of one.
    private func reversed<G: DifferentiableDynamics>(
        _ dynamics: G, _ trajectory: TrajectoryBatch, isGuarded: Bool
    ) throws -> TrajectorySlopes? {
        guard let state = state as? G.State else { return nil }
        let outputs = trajectory.outputs.count
        let copies = outputs + (isGuarded ? trajectory.horizon : 0)
        var batch = TrajectoryBatch(
            candidates: copies, horizon: trajectory.horizon, actionCount: trajectory.actionCount,
            outputCount: trajectory.outputCount, hasNovelty: isGuarded)
        let length = trajectory.actions.count
        for copy in 0..<copies {
            for index in 0..<length { batch.actions[copy * length + index] = trajectory.actions[index] }
        }
        let pulled = try dynamics.rolloutGradient(from: state, into: &batch) { trajectories in
            var gradient = TrajectoryGradient(like: trajectories)
            for copy in 0..<outputs { gradient.outputs[copy * outputs + copy] = 1 }
            for step in 0..<copies - outputs {
                gradient.novelty[(outputs + step) * trajectory.horizon + step] = 1
            }
            return gradient
        }
        return TrajectorySlopes(
            outputs: pulled.prefix(outputs * length).map(Double.init),
            novelty: pulled.dropFirst(outputs * length).map(Double.init))
    }
}
