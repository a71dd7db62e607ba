import Basics
import Episodes

/// One run of a plant: its true state, what its sensors show, its disturbances and its clock.
///
/// The same seed gives the same noise and disturbances whatever the actions are, so that controllers can be compared
/// on equal draws.
public struct PlantSimulation: Sendable {
    /// The plant.
    public let plant: any Plant
    /// The true state `[state]`.
    public private(set) var state: [Double]
    /// The disturbances in force, as they are measured and announced `[disturbance]`: where one is at fault, what acts on the
    /// plant is another, and nobody is told.
    public private(set) var disturbance: [Double]
    /// What the sensors show now `[output]`; asking twice does not change it.
    public private(set) var observation: [Double]
    /// The actions in force `[action]`, the rest action before the first; as they were wanted, where an actuator is faulty.
    public private(set) var action: [Double]
    /// Sampling periods since the start.
    public private(set) var stepIndex = 0

    private let disturbances: DisturbanceModel
    private let schedule: DisturbanceSchedule?
    private var deviations: [Double]
    private var meals: MealSchedule?
    private var noiseGenerator: SeededGenerator
    private var disturbanceGenerator: SeededGenerator
    private var drifts: [DriftRun] = []
    private var driftGenerators: [SeededGenerator] = []
    /// What the sensors would show without faults.
    private var healthy: [Double] = []
    /// What the actuators delivered last.
    private var delivered: [Double]
    private var faults: FaultRun?
    /// For how long each action has had its value `[action]`, s.
    private var held: [Double]

    /// Starts a simulation.
    ///
    /// - Parameters:
    ///   - plant: The plant.
    ///   - state: The true state at the start; the plant's own start where `nil`.
    ///   - disturbances: How the disturbances wander.
    ///   - schedule: The disturbances over time, in place of those that wander.
    ///   - faults: What breaks on the way.
    ///   - origin: The time from which faults count theirs, s.
    ///   - seed: Decides noise and wandering disturbances.
    public init(
        _ plant: any Plant, from state: [Double]? = nil, disturbances: DisturbanceModel = .nominal,
        schedule: DisturbanceSchedule? = nil, faults: [PlantFault] = [], origin: Double = 0, seed: UInt64
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
        meals = disturbances.meals.map { MealSchedule($0, seed: seed) }
        disturbance = []
        action = plant.restAction
        delivered = action
        held = action.map { _ in .infinity }
        self.faults = faults.isEmpty ? nil : FaultRun(faults, plant: plant, origin: origin)
        observation = []
        if let drift = plant.noise.drift {
            for output in plant.outputChannels.indices {
                var generator = SeededGenerator(seed: seed, stream: 16 + UInt64(output))
                drifts.append(DriftRun(drift, samplingTime: plant.samplingTime) { generator.normal() })
                driftGenerators.append(generator)
            }
        }
        disturbance = disturb()
        observe()
    }

    /// The disturbances of the sampling period that begins.
    private mutating func disturb() -> [Double] {
        if let schedule { return schedule.values(time) }
        var values = possible(
            disturbances.values(
                deviations, nominal: plant.nominalDisturbance, time: time, samplingTime: plant.samplingTime))
        let (start, end) = (time, time + plant.samplingTime)
        if !values.isEmpty, let rate = meals?.rate(from: start, to: end) { values[0] += rate }
        return values
    }

    /// Disturbances within the limits of their channels: there are no fewer than no people.
    private func possible(_ values: [Double]) -> [Double] {
        zip(values, plant.disturbanceChannels).map { value, channel in
            min(max(value, channel.lowerLimit ?? -.infinity), channel.upperLimit ?? .infinity)
        }
    }

    /// Adds carbohydrate to what is eaten, from now on and after what is being eaten, g; counts from the sampling period
    /// that begins.
    public mutating func eat(_ grams: Double) {
        let minute = Int((time / 60).rounded(.up))
        var schedule = meals ?? MealSchedule(MealPlan([]), seed: 0)
        let (start, end) = (time, time + plant.samplingTime)
        let before = schedule.rate(from: start, to: end)
        schedule.add(Meal(minute: minute, grams: grams))
        if !disturbance.isEmpty { disturbance[0] += schedule.rate(from: start, to: end) - before }
        meals = schedule
    }

    /// Finds what the sensors show of the state, a sampling period after that with the outputs `before`, where there is one.
    private mutating func observe(after before: [Double]? = nil) {
        let (last, now) = (observation, time)
        let values = measure(after: before)
        healthy = values
        observation = faults?.shown(values, before: last.isEmpty ? nil : last, at: now) ?? values
    }

    private mutating func measure(after before: [Double]?) -> [Double] {
        var errors: [Double] = []
        for index in drifts.indices {
            errors.append(drifts[index].next { driftGenerators[index].normal() })
        }
        guard let before else { return plant.noise.apply(to: outputs, drift: errors, using: &noiseGenerator) }
        return plant.noise.apply(to: outputs, after: healthy, of: before, drift: errors, using: &noiseGenerator)
    }

    /// The disturbances that are known ahead where they are announced, row-major `[step, disturbance]` from now on: the
    /// nominal ones with the course of the day, what is to be expected of present deviations, and the meals that begin
    /// before the end of the present sampling period and a lead after it.
    ///
    /// - Parameters:
    ///   - steps: The number of rows.
    ///   - lead: By how long meals are announced before they begin, s.
    /// - Returns: The rows; how deviations will wander on is not known ahead.
    public mutating func announced(steps: Int, lead: Double) -> [Double] {
        let nominal = plant.nominalDisturbance
        guard !nominal.isEmpty else { return [] }
        let (now, dt) = (time, plant.samplingTime)
        var rows = (0..<steps).flatMap { step in
            possible(
                disturbances.values(
                    disturbances.expected(deviations, after: Double(step) * dt), nominal: nominal,
                    time: now + Double(step) * dt, samplingTime: dt))
        }
        let rates = meals?.announced(at: now, until: now + dt + lead, every: dt, count: steps) ?? []
        for (step, rate) in rates.enumerated() { rows[step * nominal.count] += rate }
        return rows
    }

    /// Seconds since the start.
    public var time: Double { Double(stepIndex) * plant.samplingTime }

    /// The true outputs `[output]`.
    public var outputs: [Double] { plant.outputs(of: state) }

    /// Applies an action for one sampling period, moved into the limits and rate limits of the actuators; one that keeps a
    /// value for a time does not hear of another before.
    ///
    /// - Parameter requested: The action `[action]`; a value that is not a number counts as the one in force.
    /// - Returns: The action that was applied.
    @discardableResult
    public mutating func apply(_ requested: [Double]) -> [Double] {
        let finite = zip(requested, action).map { $0.isNaN ? $1 : $0 }
        let mayBeginAnywhere = stepIndex == 0 && !plant.beginsAtRest
        let admissible = plant.admissible(finite, after: mayBeginAnywhere ? nil : action)
        for (index, channel) in plant.actionChannels.enumerated() {
            let mayMove = held[index] >= (channel.dwell ?? 0) - 1e-6 * plant.samplingTime
            if admissible[index] != action[index], mayMove { (action[index], held[index]) = (admissible[index], 0) }
            held[index] += plant.samplingTime
        }
        let before = outputs
        let (wanted, last, now) = (action, delivered, time)
        delivered = faults?.delivered(wanted, before: last, at: now) ?? wanted
        let acting = faults?.disturbed(disturbance, at: now) ?? disturbance
        state = (faults?.plant(at: now) ?? plant).step(state, action: delivered, disturbance: acting)
        deviations = disturbances.next(
            deviations, samplingTime: plant.samplingTime, using: &disturbanceGenerator)
        stepIndex += 1
        disturbance = disturb()
        observe(after: before)
        return action
    }
}
