import Basics
import Episodes
public import Planning
public import Plants
public import WorldModels

/// A learned model as the agent of a plant: finds the model's channels among the plant's, keeps the history, plans.
///
/// The model may know the channels in another order than a simulated plant, and fewer outputs; it must know every action. A
/// disturbance that the model knows is as the task announces it, and where it announces nothing, held at the plant's
/// nominal value. A plant of one's own has the channels of the model.
public struct PlantAgent: LoopAgent {
    private var agent: PlannerAgent<LearnedDynamics>
    private let outputs: [Int]
    private let actions: [Int]
    private let outputCount: Int
    private let actionCount: Int
    /// What was missing where the last plan started.
    private let missing: MissingMeasurements
    /// The controller that takes over, and when.
    public var handOver: HandOver

    /// Creates the agent of a simulated plant.
    ///
    /// - Parameters:
    ///   - planner: The planner.
    ///   - plant: The plant that it acts on.
    ///   - replanEvery: Decisions that one plan serves.
    ///   - clock: Where the time is read.
    ///   - feedback: What is done with how far predictions were off; `nil` compares nothing.
    ///   - holder: The controller that takes over where planning is refused and where the safe action itself is predicted to break
    ///     a guardrail, on a plant that nobody can let go of; `nil` leaves it to the safe action.
    ///   - revise: Looks at each plan before it is applied; `nil` applies it as it is.
    /// - Throws: `ForesightError.data` when the channels or the sampling times of model and plant do not fit; a usage error
    ///   when `replanEvery` is out of its range.
    public init(
        _ planner: Planner<LearnedDynamics>, on plant: any Plant, replanEvery: Int = 1,
        clock: any PlanningClock = MonotonicClock(), feedback: FeedbackOptions? = nil, holder: NamedController? = nil,
        revise: PlannerAgent<LearnedDynamics>.Revision? = nil
    ) throws {
        let description = planner.dynamics.model.description
        try Self.requireFit(description, plant)
        let places = try description.disturbances.map {
            try Self.place(of: $0, among: plant.disturbanceChannels, plant)
        }
        try self.init(
            planner,
            outputs: try description.outputs.map { try Self.place(of: $0, among: plant.outputChannels, plant) },
            actions: try description.actions.map { try Self.place(of: $0, among: plant.actionChannels, plant) },
            counts: (plant.outputChannels.count, plant.actionChannels.count),
            disturbances: AnnouncedDisturbances(
                places: places, nominal: plant.nominalDisturbance, stride: description.stride),
            decisionTime: plant.samplingTime, replanEvery: replanEvery, clock: clock, feedback: feedback,
            holder: holder, revise: revise)
    }

    /// Creates the agent of a plant of one's own, such as a real one: what it shows and takes are the channels of the model, in
    /// the model's order, and a decision is due once a sampling time of the model's logs.
    ///
    /// A disturbance that a situation does not tell holds the last value that it told, and before the first the mean of the
    /// training data.
    ///
    /// - Parameters:
    ///   - planner: The planner.
    ///   - replanEvery: Decisions that one plan serves.
    ///   - clock: Where the time is read.
    ///   - feedback: What is done with how far predictions were off; `nil` compares nothing.
    ///   - holder: The controller that takes over where planning is refused and where the safe action itself is predicted to break
    ///     a guardrail, on a plant that nobody can let go of; `nil` leaves it to the safe action.
    ///   - revise: Looks at each plan before it is applied; `nil` applies it as it is.
    /// - Throws: A usage error when `replanEvery` is out of its range.
    public init(
        _ planner: Planner<LearnedDynamics>, replanEvery: Int = 1, clock: any PlanningClock = MonotonicClock(),
        feedback: FeedbackOptions? = nil, holder: NamedController? = nil,
        revise: PlannerAgent<LearnedDynamics>.Revision? = nil
    ) throws {
        let description = planner.dynamics.model.description
        // What is not told is missing, which an estimator knows how to fill.
        let unknown = [Double](repeating: .nan, count: description.disturbances.count)
        try self.init(
            planner, outputs: Array(description.outputs.indices), actions: Array(description.actions.indices),
            counts: (description.outputs.count, description.actions.count),
            disturbances: AnnouncedDisturbances(
                places: Array(unknown.indices), nominal: unknown, stride: description.stride),
            decisionTime: description.samplingTime, replanEvery: replanEvery, clock: clock, feedback: feedback,
            holder: holder, revise: revise)
    }

    /// Creates an agent that knows where the model's outputs and actions are among so many of the plant's.
    private init(
        _ planner: Planner<LearnedDynamics>, outputs: [Int], actions: [Int], counts: (outputs: Int, actions: Int),
        disturbances: AnnouncedDisturbances, decisionTime: Double, replanEvery: Int, clock: any PlanningClock,
        feedback: FeedbackOptions?, holder: NamedController?, revise: PlannerAgent<LearnedDynamics>.Revision?
    ) throws {
        (self.outputs, self.actions) = (outputs, actions)
        (outputCount, actionCount) = (counts.outputs, counts.actions)
        let (dynamics, seen, acted) = (planner.dynamics, outputs.count, actions.count)
        // Weights are made ready for encoding once.
        let fresh = HistoryEstimator(dynamics.model)
        let missing = MissingMeasurements()
        self.missing = missing
        agent = try PlannerAgent(
            planner, replanEvery: replanEvery, decisionTime: decisionTime, clock: clock, feedback: feedback
        ) { situation in
            var estimator = fresh
            estimator.forecast = disturbances.ahead(in: situation)
            estimator.read(situation, outputs: seen, actions: acted, disturbances: disturbances)
            let state = try estimator.state()
            missing.words = dynamics.model.description.gapWords(estimator.gaps)
            // Noise alone crosses no limit: what counts as violated now is what the model makes of the measurements.
            return (state, dynamics.outputs(at: state))
        }
        agent.revise = revise
        handOver = HandOver(to: holder, samplingTime: decisionTime)
    }

    /// What bands were widened to before an episode begins; see `PlannerAgent.calibration`.
    public var calibration: ((_ channel: String, _ lead: Double) -> Double?)? {
        get { agent.calibration }
        set { agent.calibration = newValue }
    }

    /// Begins another episode.
    public mutating func begin(seed: UInt64) {
        agent.begin(seed: seed)
        handOver.begin()
    }

    /// Gives the priority of plans under a deadline back.
    public func end() { agent.end() }

    /// How often the bands have held what came in this episode.
    public var coverages: [LeadCoverage] { agent.coverages }
    /// By how much predictions were corrected in this episode.
    public var corrections: [LeadCorrection] { agent.corrections }

    /// Plans in the model's order of channels and answers in the plant's.
    ///
    /// A sensor that has been silent for as long as the model looks back is a warning of each plan: bands are those of what is measured.
    ///
    /// The situation is in the plant's order of channels. Of its history the last rows suffice, as many as
    /// `HistoryEstimator.capacity` says, and as far back as an action may have to keep its value.
    public mutating func decide(_ situation: ControlSituation) throws -> LoopDecision {
        precondition(situation.observation.count == outputCount, "one value a measured channel")
        precondition(situation.previousAction.count == actionCount, "one value an action")
        let width = outputCount + actionCount
        precondition(situation.history.count % width == 0, "a row of history is all outputs, then all actions")
        var seen = situation
        seen.observation = outputs.map { situation.observation[$0] }
        seen.previousAction = actions.map { situation.previousAction[$0] }
        seen.reference = outputs.map { situation.reference[$0] }
        let columns = outputs + actions.map { outputCount + $0 }
        seen.history = []
        seen.history.reserveCapacity(situation.history.count / width * columns.count)
        for row in 0..<situation.history.count / width {
            for column in columns { seen.history.append(situation.history[row * width + column]) }
        }
        var decision = try agent.decide(seen)
        decision.plan?.warnings += missing.words
        var action = situation.previousAction
        for (index, place) in actions.enumerated() { action[place] = decision.action[index] }
        decision.action = action
        handOver.apply(to: &decision, in: situation)
        return decision
    }

    /// Checks that a model is of a plant's channels and rate.
    ///
    /// - Throws: `ForesightError.data` with what does not fit.
    public static func requireFit(_ description: ModelDescription, _ plant: any Plant) throws {
        guard abs(description.samplingTime / plant.samplingTime - 1) <= 0.02 else {
            throw ForesightError.data(
                "the model's logs are sampled every \(description.samplingTime) s, \(plant.name) every "
                    + "\(plant.samplingTime) s",
                remedy: "train on a log of \(plant.name) at its own rate, or bring the log there with --resample")
        }
        for channel in plant.actionChannels where !description.actions.contains(where: { $0.name == channel.name }) {
            throw ForesightError.data(
                "the model does not know action '\(channel.name)' of \(plant.name)",
                remedy: "train on a log that records it as an action")
        }
        for channel in description.outputs { _ = try place(of: channel, among: plant.outputChannels, plant) }
        for channel in description.actions { _ = try place(of: channel, among: plant.actionChannels, plant) }
    }

    private static func place(of channel: Channel, among channels: [Channel], _ plant: any Plant) throws -> Int {
        if let index = channels.firstIndex(where: { $0.name == channel.name }) { return index }
        let names = channels.map(\.name)
        let near = nearestName(to: channel.name, among: names).map { "; the nearest is '\($0)'" } ?? ""
        throw ForesightError.data(
            "\(plant.name) has no \(channel.role.rawValue) '\(channel.name)', which the model has\(near)",
            remedy: "train on a log of \(plant.name)")
    }
}

/// What was missing where a plan started, in words.
private final class MissingMeasurements {
    var words: [String] = []
}

extension HistoryEstimator {
    /// Takes in what a loop has seen so far, as much of it as is kept.
    fileprivate mutating func read(
        _ situation: ControlSituation, outputs: Int, actions: Int, disturbances: AnnouncedDisturbances
    ) {
        let width = outputs + actions
        let rows = situation.history.count / width
        func action(_ row: Int) -> [Double] {
            row < rows
                ? Array(situation.history[row * width + outputs..<(row + 1) * width]) : situation.previousAction
        }
        for row in max(0, rows - capacity)..<rows {
            update(
                observation: Array(situation.history[row * width..<row * width + outputs]),
                previousAction: action(max(0, row - 1)), disturbance: disturbances.past(row, in: situation))
        }
        // Before the first sample of an episode nothing was applied that a history could tell of.
        let before = rows > 0 ? situation.previousAction : [Double](repeating: .nan, count: actions)
        update(
            observation: situation.observation, previousAction: before, disturbance: disturbances.now(in: situation))
    }
}
