/// Independent PID loops, each from one output to one action.
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
    private let samplingTime: Double
    private var held: [Double]
    private var loops: [PIDLoop] = []

    /// Creates a controller for a plant; actions without a loop stay as they are.
    public init(pairings: [Pairing], for plant: any Plant) {
        self.pairings = pairings
        samplingTime = plant.samplingTime
        limits = plant.actionChannels.indices.map { plant.actionRange($0) }
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

    /// The actions of all loops; a loop without a target holds its action.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        for (index, pairing) in pairings.enumerated() {
            guard let target = reference[pairing.output] else { continue }
            held[pairing.action] = loops[index].update(target: target, measurement: observations[pairing.output])
        }
        return held
    }
}
