public import Episodes
public import Objectives

/// A system whose response to action sequences can be predicted: a learned model, an ensemble, a compiled fast path
/// or a plant's true equations. All that a planner knows of the world.
public protocol Dynamics {
    /// What the prediction starts from: a representation, or a plant's true state.
    associatedtype State

    /// The observed channels, in the order of `TrajectoryBatch.outputs`.
    var outputChannels: [Channel] { get }
    /// The action channels, in the order of `TrajectoryBatch.actions`, with their limits.
    var actionChannels: [Channel] { get }
    /// Seconds between steps.
    var samplingTime: Double { get }
    /// The longest horizon in steps for which predictions can be trusted; `nil` when there is no such limit.
    var trainedHorizon: Int? { get }

    /// What computes the predictions, and why that; `nil` where there is no choice.
    var engine: DynamicsEngine? { get }

    /// Predicts the outputs (and spread and novelty where the batch asks for them) under the actions of the batch.
    ///
    /// - Throws: `ForesightError` when the state is not finite or the prediction fails.
    func rollout(from state: State, into batch: inout TrajectoryBatch) throws

    /// The bands of a task as they are from a state: wider where the state says that less is known than usual.
    ///
    /// - Throws: `ForesightError` when the state does not fit.
    func bands(_ bands: Bands?, from state: State) throws -> Bands?

    /// The same state with a correction that is added to all that is predicted from it; `nil` where nothing can be.
    ///
    /// - Parameters:
    ///   - state: What predictions start from.
    ///   - correction: Row-major `[step, output]`, physical units; the last row is held beyond its end.
    /// - Returns: The corrected state, or `nil`.
    func corrected(_ state: State, by correction: [Float]) -> State?
}

/// What computes predictions.
public struct DynamicsEngine: Sendable, Codable, Equatable {
    /// What it is, such as `compiled, AVX-512`.
    public var name: String
    /// Why it was chosen.
    public var reason: String

    /// Creates a description.
    public init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }
}

extension Dynamics {
    /// There is no choice.
    public var engine: DynamicsEngine? { nil }

    /// The same from every state.
    public func bands(_ bands: Bands?, from state: State) throws -> Bands? { bands }

    /// Nothing can be.
    public func corrected(_ state: State, by correction: [Float]) -> State? { nil }
}

/// Dynamics that can also carry a gradient back to the actions.
public protocol DifferentiableDynamics: Dynamics {
    /// Predicts as `rollout` does, asks for the gradient of a scalar per candidate with respect to the trajectory, and
    /// returns its gradient with respect to the actions, row-major `[candidate, step, action]`: the part through the
    /// outputs, that through the novelty where the dynamics have one, and the direct part.
    func rolloutGradient(
        from state: State, into batch: inout TrajectoryBatch,
        gradient: (TrajectoryBatch) throws -> TrajectoryGradient
    ) throws -> [Float]
}
