import Basics
public import Episodes

/// What a simulated log is made of.
public struct LogSimulation: Sendable {
    /// The plant.
    public var plant: any Plant
    /// How the actions are chosen.
    public var actions: LogActions
    /// How the disturbances wander.
    public var disturbances: DisturbanceModel
    /// The limits that a supervisor keeps; those of the plant's channels where `nil`.
    public var limits: [OutputLimit]?
    /// Whether the disturbances are columns of the log.
    public var recordsDisturbances: Bool
    /// The task whose controller steers while exploring adds to it; `nil` where exploring alone decides.
    ///
    /// A plant that does not stand still by itself leaves every region worth knowing unless something holds it: then the
    /// task's own controller, or the loops that it begins with, follow its targets over and over, and the actions differ
    /// from theirs as the policy's do from the middle of their ranges.
    public var pilot: ControlTask?
    /// What breaks or changes on the way.
    public var faults: [PlantFault] = []

    /// Creates a simulation of a log.
    public init(
        plant: any Plant, policy: ExplorationPolicy, disturbances: DisturbanceModel = .nominal,
        limits: [OutputLimit]? = nil, recordsDisturbances: Bool = false, pilot: ControlTask? = nil
    ) {
        self.plant = plant
        actions = .exploration(policy)
        self.disturbances = disturbances
        self.limits = limits
        self.recordsDisturbances = recordsDisturbances
        self.pilot = pilot
    }

    /// Creates a simulation of a patient's log, who eats and is treated.
    ///
    /// - Parameters:
    ///   - patient: The patient.
    ///   - therapy: How the doses are chosen.
    ///   - meals: What is eaten.
    ///   - recordsMeals: Whether meals are a column of the log.
    public init(
        patient: VirtualPatient, therapy: TherapyPolicy = TherapyPolicy(), meals: MealPlan = .ordinary,
        recordsMeals: Bool = true
    ) {
        plant = patient
        actions = .therapy(therapy, patient)
        disturbances = DisturbanceModel(meals: meals)
        limits = nil
        recordsDisturbances = recordsMeals
    }

    /// How the actions of a log are chosen.
    public enum LogActions: Sendable {
        /// Signals within the limits, under a supervisor.
        case exploration(ExplorationPolicy)
        /// The treatment of a patient, whose doses stray.
        case therapy(TherapyPolicy, VirtualPatient)
    }

    /// Simulates one log.
    ///
    /// Row `k` holds what the sensors showed at `k·Δt` and the action that was applied from then to `(k+1)·Δt`: after
    /// the supervisor and the actuators' limits, not what the policy wanted.
    ///
    /// - Parameters:
    ///   - hours: The length of the log.
    ///   - seed: Decides actions, noise and disturbances.
    ///   - name: The name of the episode; made from plant and seed where `nil`.
    /// - Returns: The log as an episode.
    /// - Throws: `ForesightError` when the log would not have two samples, or too many to hold.
    public func episode(hours: Double, seed: UInt64, name: String? = nil) throws -> Episode {
        let samples = (hours * 3600 / plant.samplingTime).rounded()
        guard samples >= 2, samples <= 1e8 else {
            throw ForesightError.usage(
                "\(hours) h at a sampling time of \(plant.samplingTime) s are \(samples) samples, not 2 to 100000000",
                remedy: "choose other hours or another sampling time")
        }
        var simulation = PlantSimulation(plant, disturbances: disturbances, faults: faults, seed: seed)
        var choice = ActionChoice(self, seed: seed)
        var values: [Double] = []
        for _ in 0..<Int(samples) {
            let observation = simulation.observation
            let wanted = choice.next(in: &simulation)
            let disturbance = simulation.disturbance
            let applied = simulation.apply(wanted)
            values += observation + applied
            if recordsDisturbances { values += disturbance }
        }
        let channels =
            plant.outputChannels + plant.actionChannels + (recordsDisturbances ? plant.disturbanceChannels : [])
        return Episode(
            name: name ?? "\(plant.name)-\(seed)", channels: channels, samplingTime: plant.samplingTime,
            values: values)
    }
}

/// The actions of one log, sampling period by sampling period.
private enum ActionChoice {
    case exploration(Explorer, Steering?, SafetySupervisor)
    case therapy(Therapist)

    init(_ log: LogSimulation, seed: UInt64) {
        let generator = SeededGenerator(seed: seed, stream: 3)
        switch log.actions {
        case .exploration(let policy):
            let explorer = Explorer(policy, for: log.plant, using: generator)
            self = .exploration(
                explorer, log.pilot.flatMap { Steering($0, over: explorer.middle) },
                SafetySupervisor(for: log.plant, limits: log.limits))
        case .therapy(let policy, let patient):
            self = .therapy(Therapist(policy, for: patient, using: generator))
        }
    }

    mutating func next(in simulation: inout PlantSimulation) -> [Double] {
        switch self {
        case .exploration(var explorer, var steering, var supervisor):
            let (observation, explored) = (simulation.observation, explorer.next())
            let wanted = steering?.action(observation, step: simulation.stepIndex, explored: explored) ?? explored
            let action = supervisor.supervise(wanted, observation: observation)
            self = .exploration(explorer, steering, supervisor)
            return action
        case .therapy(var therapist):
            // A meal is told as it begins, and is eaten within half an hour.
            let steps = Int((3600 / simulation.plant.samplingTime).rounded(.up))
            let forecast = simulation.announced(steps: steps, lead: 0)
            let (action, rescue) = therapist.next(glucose: simulation.observation[0], forecast: forecast)
            if rescue > 0 { simulation.eat(rescue) }
            self = .therapy(therapist)
            return action
        }
    }
}

/// A controller with what exploring adds to it.
private struct Steering {
    private var controller: any Controller
    private let task: ControlTask
    private let middle: [Double]

    /// `nil` for a task that names no controller.
    init?(_ task: ControlTask, over middle: [Double]) {
        guard let controller = task.pilot else { return nil }
        self.controller = controller
        self.task = task
        self.middle = middle
        self.controller.reset(action: task.plant.restAction)
    }

    mutating func action(_ observation: [Double], step: Int, explored: [Double]) -> [Double] {
        let own = controller.action(
            observations: observation, reference: task.reference(at: step % task.steps),
            time: Double(step) * task.plant.samplingTime)
        return own.indices.map { own[$0] + explored[$0] - middle[$0] }
    }
}
