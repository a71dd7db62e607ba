public import Episodes

/// What every predicted trajectory of a plan shares: channels, sampling time, and what was so at the start.
public struct TrajectoryContext: Sendable, Equatable {
    /// The observed channels, in the order of `TrajectoryBatch.outputs`.
    public var outputs: [Channel]
    /// The action channels, in the order of `TrajectoryBatch.actions`.
    public var actions: [Channel]
    /// Seconds between steps.
    public var samplingTime: Double
    /// The number of steps.
    public var horizon: Int
    /// The last observed outputs `[output]`, physical units: the value at time 0.
    public var initialOutputs: [Float]
    /// The actions in force before the first step `[action]`, physical units.
    public var previousActions: [Float]

    /// Creates a context.
    public init(
        outputs: [Channel], actions: [Channel], samplingTime: Double, horizon: Int, initialOutputs: [Float],
        previousActions: [Float]
    ) {
        self.outputs = outputs
        self.actions = actions
        self.samplingTime = samplingTime
        self.horizon = horizon
        self.initialOutputs = initialOutputs
        self.previousActions = previousActions
    }
}

/// Action sequences and the trajectories predicted under them, in physical units.
///
/// Step `k` (0-based) holds action `k` from time `k·Δt` to `(k+1)·Δt` and output `k` at time `(k+1)·Δt`.
public struct TrajectoryBatch: Sendable {
    /// The number of candidate action sequences.
    public private(set) var candidates: Int
    /// The number of steps.
    public let horizon: Int
    /// The number of action channels.
    public let actionCount: Int
    /// The number of observed channels.
    public let outputCount: Int
    /// Actions, row-major `[candidate, step, action]`, physical units.
    public var actions: [Float]
    /// Predicted outputs, row-major `[candidate, step, output]`, physical units.
    public var outputs: [Float]
    /// How far the members of an ensemble disagree, one standard deviation `[candidate, step, output]`, physical
    /// units; empty when the dynamics have no such notion.
    public var spread: [Float]
    /// Out-of-distribution score of (representation, action) `[candidate, step]`: at most 1 inside the region that the
    /// training data cover; empty when the dynamics have no such notion.
    public var novelty: [Float]

    /// Creates a batch filled with zeros.
    public init(
        candidates: Int, horizon: Int, actionCount: Int, outputCount: Int, hasSpread: Bool = false,
        hasNovelty: Bool = false
    ) {
        self.candidates = candidates
        self.horizon = horizon
        self.actionCount = actionCount
        self.outputCount = outputCount
        actions = [Float](repeating: 0, count: candidates * horizon * actionCount)
        outputs = [Float](repeating: 0, count: candidates * horizon * outputCount)
        spread = hasSpread ? [Float](repeating: 0, count: candidates * horizon * outputCount) : []
        novelty = hasNovelty ? [Float](repeating: 0, count: candidates * horizon) : []
    }

    /// Makes room for so many candidates, so that no smaller number asks for memory again.
    public mutating func reserve(candidates most: Int) {
        let rows = most * horizon
        actions.reserveCapacity(rows * actionCount)
        outputs.reserveCapacity(rows * outputCount)
        if !spread.isEmpty { spread.reserveCapacity(rows * outputCount) }
        if !novelty.isEmpty { novelty.reserveCapacity(rows) }
    }

    /// Holds another number of candidates, at least one, in the memory that is there; what is new is 0.
    public mutating func resize(candidates count: Int) {
        precondition(count >= 1, "a batch of at least one candidate")
        candidates = count
        let rows = count * horizon
        actions.resize(to: rows * actionCount)
        outputs.resize(to: rows * outputCount)
        if !spread.isEmpty { spread.resize(to: rows * outputCount) }
        if !novelty.isEmpty { novelty.resize(to: rows) }
    }

    /// The predicted output of one candidate at one step.
    public func output(_ candidate: Int, _ step: Int, _ channel: Int) -> Float {
        outputs[(candidate * horizon + step) * outputCount + channel]
    }

    /// The action of one candidate at one step.
    public func action(_ candidate: Int, _ step: Int, _ channel: Int) -> Float {
        actions[(candidate * horizon + step) * actionCount + channel]
    }
}

/// The gradient of a scalar per candidate with respect to a batch of trajectories.
public struct TrajectoryGradient: Sendable {
    /// `∂/∂outputs`, row-major `[candidate, step, output]`.
    public var outputs: [Float]
    /// `∂/∂actions` at fixed outputs, row-major `[candidate, step, action]`.
    public var actions: [Float]
    /// `∂/∂novelty`, row-major `[candidate, step]`; empty when the batch has no novelty. Dynamics that can't carry it
    /// back may leave it out.
    public var novelty: [Float]

    /// A gradient of zeros in the shape of the batch.
    public init(like batch: TrajectoryBatch) {
        outputs = [Float](repeating: 0, count: batch.outputs.count)
        actions = [Float](repeating: 0, count: batch.actions.count)
        novelty = [Float](repeating: 0, count: batch.novelty.count)
    }
}
