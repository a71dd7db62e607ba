import Episodes

/// Independent PID loops, each from one output to one action, within the limits and the rate limits of the actions.
public struct MultiLoopPID: Controller, Hashable {
    /// One loop: which output it watches and which action it sets.
    public struct Pairing: Sendable, Hashable {
        /// The index of the output.
        public var output: Int
        /// The index of the action.
        public var action: Int
        /// The settings of the loop.
        public var settings: PIDSettings

        /// Creates a loop.
        public init(output: Int, action: Int, settings: PIDSettings) {
            self.output = output
            self.action = action
            self.settings = settings
        }
    }

    /// The loops.
    public let pairings: [Pairing]
    private let limits: [ClosedRange<Double>]
    /// How far each action moves between two calls at most.
    private let strides: [Double?]
    private let samplingTime: Double
    private var held: [Double]
    private var loops: [PIDLoop] = []

    /// Creates a controller for a plant; actions without a loop stay as they are.
    public init(pairings: [Pairing], for plant: any Plant) {
        self.pairings = pairings
        samplingTime = plant.samplingTime
        limits = plant.actionChannels.indices.map { plant.actionRange($0) }
        strides = plant.actionChannels.map { channel in channel.rateLimit.map { $0 * plant.samplingTime } }
        held = plant.restAction
        reset(action: plant.restAction)
    }

    /// Starts all loops anew from the actions in force.
    public mutating func reset(action: [Double]) {
        held = action
        loops = pairings.map { pairing in
            PIDLoop(
                settings: pairing.settings, limits: limits[pairing.action], samplingTime: samplingTime,
                start: action[pairing.action])
        }
    }

    /// The actions of all loops; a loop without a target holds its action. Rate limits count from the actions of the last call.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        action(observations: observations, reference: reference, after: held)
    }

    /// The same with rate limits that count from the actions in force.
    public mutating func action(in situation: ControlSituation, time: Double) -> [Double] {
        action(observations: situation.observation, reference: situation.reference, after: situation.previousAction)
    }

    private mutating func action(observations: [Double], reference: [Double?], after previous: [Double]) -> [Double] {
        for (index, pairing) in pairings.enumerated() {
            guard let target = reference[pairing.output] else { continue }
            held[pairing.action] = loops[index].update(
                target: target, measurement: observations[pairing.output],
                reach: reach(of: pairing.action, after: previous[pairing.action]))
        }
        return held
    }

    /// What an action can come to from the one in force; `nil` without a rate limit.
    private func reach(of action: Int, after previous: Double) -> ClosedRange<Double>? {
        // One that is not known says nothing of how far the next can be.
        guard let stride = strides[action], previous.isFinite else { return nil }
        // A plant moves an action into its range whatever the rate.
        let from = min(max(previous, limits[action].lowerBound), limits[action].upperBound)
        return from - stride...from + stride
    }
}
