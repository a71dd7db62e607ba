import Basics

/// One run of a plant: its true state, what its sensors show, its disturbances and its clock.
///
/// The same seed gives the same noise and disturbances whatever the actions are, so that controllers can be compared
/// on equal draws.
public struct PlantSimulation: Sendable {
    /// The plant.
    public let plant: any Plant
    /// The true state `[state]`.
    public private(set) var state: [Double]
    /// The disturbances in force `[disturbance]`.
    public private(set) var disturbance: [Double]
    /// What the sensors show now `[output]`; asking twice does not change it.
    public private(set) var observation: [Double]
    /// The actions in force `[action]`, the rest action before the first.
    public private(set) var action: [Double]
    /// Sampling periods since the start.
    public private(set) var stepIndex = 0

    private let disturbances: DisturbanceModel
    private let schedule: DisturbanceSchedule?
    private var deviations: [Double]
    private var noiseGenerator: SeededGenerator
    private var disturbanceGenerator: SeededGenerator

    /// Starts a simulation.
    ///
    /// - Parameters:
    ///   - plant: The plant.
    ///   - state: The true state at the start; the plant's own start where `nil`.
    ///   - disturbances: How the disturbances wander.
    ///   - schedule: The disturbances over time, in place of those that wander.
    ///   - seed: Decides noise and wandering disturbances.
    public init(
        _ plant: any Plant, from state: [Double]? = nil, disturbances: DisturbanceModel = .nominal,
        schedule: DisturbanceSchedule? = nil, seed: UInt64
    ) {
        self.plant = plant
        self.disturbances = disturbances
        self.schedule = schedule
        let start = state ?? plant.initialState
        precondition(start.count == plant.stateCount, "\(plant.name) has \(plant.stateCount) states")
        self.state = start
        noiseGenerator = SeededGenerator(seed: seed, stream: 1)
        disturbanceGenerator = SeededGenerator(seed: seed, stream: 2)
        deviations = disturbances.start(channels: plant.disturbanceChannels.count, using: &disturbanceGenerator)
        let wandering = disturbances.values(deviations, nominal: plant.nominalDisturbance)
        disturbance = schedule?.values(0) ?? wandering
        action = plant.restAction
        observation = plant.observe(start, using: &noiseGenerator)
    }

    /// Seconds since the start.
    public var time: Double { Double(stepIndex) * plant.samplingTime }

    /// The true outputs `[output]`.
    public var outputs: [Double] { plant.outputs(of: state) }

    /// Applies an action for one sampling period, moved into the limits and rate limits of the actuators.
    ///
    /// - Parameter requested: The action `[action]`; a value that is not a number counts as the one in force.
    /// - Returns: The action that was applied.
    @discardableResult
    public mutating func apply(_ requested: [Double]) -> [Double] {
        let finite = zip(requested, action).map { $0.isNaN ? $1 : $0 }
        let mayBeginAnywhere = stepIndex == 0 && !plant.beginsAtRest
        action = plant.admissible(finite, after: mayBeginAnywhere ? nil : action)
        let before = outputs
        state = plant.step(state, action: action, disturbance: disturbance)
        deviations = disturbances.next(
            deviations, samplingTime: plant.samplingTime, using: &disturbanceGenerator)
        observation = plant.noise.apply(to: outputs, after: observation, of: before, using: &noiseGenerator)
        stepIndex += 1
        disturbance = schedule?.values(time) ?? disturbances.values(deviations, nominal: plant.nominalDisturbance)
        return action
    }
}
