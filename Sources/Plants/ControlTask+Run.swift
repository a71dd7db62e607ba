import Basics
public import Episodes

/// What a controller may see when it decides: everything so far, and the truth for those that are meant to know it.
///
/// Values are in the physical units of their channels and in the order in which the plant has them; what was not measured
/// is `NaN`.
public struct ControlSituation: Sendable {
    /// The number of the decision, from 0, without gaps: with the time between decisions it says how late it is.
    public var step: Int
    /// What the sensors show now `[output]`.
    public var observation: [Double]
    /// The actions in force until now `[action]`.
    public var previousAction: [Double]
    /// The true state `[state]`: for planners with exact dynamics only; empty where nobody knows it.
    public var trueState: [Double]
    /// The rows before this one, warm-up included: observations and applied actions, row-major, as in a log. A loop that
    /// goes on for long may leave out the oldest ones, further back than its planner looks.
    public var history: [Double]
    /// The targets in force in this step `[output]`, `nil` where an output has none.
    public var reference: [Double?]
    /// The disturbances in the rows of `history`, row-major `[row, disturbance]`, where the task announces what comes;
    /// empty where it does not.
    public var pastDisturbances: [Double]
    /// The disturbances that are known from this step on, row-major `[step, disturbance]`, the last of which hold; empty
    /// where the task announces nothing.
    public var forecast: [Double]

    /// Creates the situation of a decision, on a plant of one's own as on a simulated one.
    ///
    /// - Parameters:
    ///   - step: The number of the decision, from 0, without gaps.
    ///   - observation: What the sensors show now `[output]`, physical units, `NaN` where missing.
    ///   - previousAction: The actions in force until now `[action]`, physical units.
    ///   - trueState: The true state `[state]`; empty where nobody knows it.
    ///   - history: The rows before this one, row-major `[row, output + action]`, physical units; each with the actions that
    ///     were applied after its observation.
    ///   - reference: The targets in force `[output]`, physical units; empty for none at all.
    ///   - pastDisturbances: The disturbances in the rows of `history`, row-major `[row, disturbance]`, physical units;
    ///     empty where they are not measured.
    ///   - forecast: The disturbances from now on, row-major `[step, disturbance]`, physical units, one row where only those
    ///     of now are known; empty where none are.
    public init(
        step: Int, observation: [Double], previousAction: [Double], trueState: [Double] = [], history: [Double] = [],
        reference: [Double?] = [], pastDisturbances: [Double] = [], forecast: [Double] = []
    ) {
        self.step = step
        self.observation = observation
        self.previousAction = previousAction
        self.trueState = trueState
        self.history = history
        self.reference = reference.isEmpty ? [Double?](repeating: nil, count: observation.count) : reference
        self.pastDisturbances = pastDisturbances
        self.forecast = forecast
    }
}

/// What happened in one episode of a task.
public struct ControlRecord: Sendable {
    /// The seed of the episode.
    public var seed: UInt64
    /// Steps of warm-up at the beginning of `log`.
    public var warmUpSteps: Int
    /// What the sensors showed and what was applied, warm-up included, as an episode of observations and actions.
    public var log: Episode
    /// The true outputs after each decision, row-major `[step, output]`.
    public var outputs: [Double]
    /// The applied actions, row-major `[step, action]`.
    public var actions: [Double]
    /// The actions in force before the first decision `[action]`.
    public var startAction: [Double]
    /// The true states after each decision, row-major `[step, state]`.
    public var states: [Double]
    /// The true state before the first decision `[state]`.
    public var startState: [Double]
    /// The disturbances in each step, as they are measured and announced: without what a fault makes of them. Row-major
    /// `[step, disturbance]`.
    public var disturbances: [Double]
}

extension ControlTask {
    /// Runs one episode.
    ///
    /// - Parameters:
    ///   - seed: Decides start, noise and disturbances; the same for every controller that is compared.
    ///   - decide: Chooses the actions `[action]` for a situation.
    /// - Returns: What happened.
    /// - Throws: Whatever `decide` throws.
    public func run(seed: UInt64, decide: (ControlSituation) throws -> [Double]) rethrows -> ControlRecord {
        var starts = SeededGenerator(seed: seed, stream: 4)
        let held = plant.actionChannels.indices.map { index in
            let range = plant.actionRange(index)
            let share = starts.uniform(in: warmUpActions == nil ? warmUpSpan : 0...1)
            if let own = warmUpActions?[index] { return own.lowerBound + share * (own.upperBound - own.lowerBound) }
            return range.lowerBound + share * (range.upperBound - range.lowerBound)
        }
        var simulation = PlantSimulation(
            plant, disturbances: disturbances, schedule: schedule?(seed), faults: faults,
            origin: Double(warmUpSteps) * plant.samplingTime, seed: seed)
        var rows: [Double] = []
        var past: [Double] = []
        var holder = holder?.controller
        holder?.reset(action: simulation.action)
        for step in 0..<warmUpSteps {
            // Who cannot let go for a moment is driven up to the first decision.
            let driven = holder?.action(
                observations: simulation.observation, reference: reference(at: 0),
                time: Double(step) * plant.samplingTime)
            rows += simulation.observation
            past += simulation.disturbance
            rows += simulation.apply(driven ?? held)
        }
        let (startAction, startState) = (simulation.action, simulation.state)
        var came: [Double] = []
        var outputs: [Double] = []
        var actions: [Double] = []
        var states: [Double] = []
        for step in 0..<steps {
            var situation = ControlSituation(
                step: step, observation: simulation.observation, previousAction: simulation.action,
                trueState: simulation.state, history: rows, reference: reference(at: step))
            if let announcementLead {
                situation.pastDisturbances = past
                situation.forecast = simulation.announced(steps: forecastSteps, lead: announcementLead)
            }
            let wanted = try decide(situation)
            rows += simulation.observation
            past += simulation.disturbance
            came += simulation.disturbance
            let applied = simulation.apply(wanted)
            rows += applied
            actions += applied
            outputs += simulation.outputs
            states += simulation.state
        }
        let log = Episode(
            name: "\(name)-\(seed)", channels: plant.outputChannels + plant.actionChannels,
            samplingTime: plant.samplingTime, values: rows)
        return ControlRecord(
            seed: seed, warmUpSteps: warmUpSteps, log: log, outputs: outputs, actions: actions,
            startAction: startAction, states: states, startState: startState, disturbances: came)
    }

    /// Runs one episode under a controller.
    public func run(seed: UInt64, controller: some Controller) -> ControlRecord {
        var controller = controller
        return run(seed: seed) { situation in
            if situation.step == 0 { controller.reset(action: situation.previousAction) }
            return controller.action(in: situation, time: Double(situation.step) * plant.samplingTime)
        }
    }
}
