import Basics
import Episodes
public import Objectives
public import Planning
import Tensors
public import WorldModels

/// A picture that is a goal, or one of several.
public struct GoalPicture: Sendable, Equatable {
    /// What its channels `distance_NAME` and `difference_NAME` are called after; `nil` for a goal whose channels are
    /// `distance` and `difference`.
    public var name: String?
    /// What it should come to look like, `[height, width, 3]`.
    public var pixels: [UInt8]
    /// What the body senses there, in the units of the record, where all of it is known and the model has it: then `difference`
    /// counts it, too. `distance` is that of what is seen.
    public var proprioception: [Double]?

    /// Creates a goal.
    public init(_ pixels: [UInt8], name: String? = nil, proprioception: [Double]? = nil) {
        self.name = name
        self.pixels = pixels
        self.proprioception = proprioception
    }
}

/// Acts towards goals in receding horizon: sees, plans in representation space, applies the first actions, sees again. Beside
/// that it says of each step that it observed how surprising it was, and remembers for the rest of the episode how far from
/// its prediction each step was: a plan that failed is not made again.
///
/// The goal may be only a picture, several of which the objective adds up or takes the nearest, or none: then the objective
/// speaks of what the model reads off what it sees, and of regions.
public struct PictureAgent {
    private var planner: Planner<ImageDynamics>
    private let template: Planner<ImageDynamics>
    private let replanEvery: Int
    private let block: Int
    /// The goals, encoded; `nil` before it has begun.
    private var goals: [Tensor]?
    private var seen: PictureHistory
    private var sensing = SensedNumbers()
    private var previous: [Double] = []
    private var watch: SurpriseWatch?
    private var memory: StepMemory?
    private let remembers: Bool
    /// The last plan.
    public private(set) var plan: Plan?
    /// What the last plan started from.
    public private(set) var state: ImageState?
    /// How surprising the step of the model was that ends with the last picture; `nil` as long as it has not seen as many
    /// pictures as prediction looks at, and always for a model that does not know what is ordinary.
    public private(set) var surprise: PictureSurprise.Reading?
    private var age = 0
    /// Rows since it has begun, and for how long each action has had its value, s.
    private var row = -1
    private var held: [Double] = []
    private var obligations = Obligations()
    /// What it plans with.
    public var model: TrainedImageModel { planner.dynamics.model }
    /// The names of the predicted channels, in their order.
    public var channelNames: [String] { planner.dynamics.outputChannels.map(\.name) }
    /// Whether the last action came from a search, rather than from a plan made before.
    public var hasJustPlanned: Bool { plan != nil && age == 0 }
    /// What came of the last search; `nil` before the first.
    public var planStatus: PlanStatus? { plan?.status }

    /// The places of the numbers of proprioception that were missing in the latest row, and stand as they were known last; plans warn of
    /// them.
    public var missingProprioception: [Int] { sensing.missing }

    /// Creates an agent.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - objective: What is minimised, over the channels of ``ImageDynamics``.
    ///   - guardrails: What plans have to keep, at the edge of the bands of what is read and of regions.
    ///   - fallback: What is done when no plan keeps them.
    ///   - actions: The actions that may be taken; `nil` for the limits of the model's channels.
    ///   - options: How far to look and how long to search, in rows; without a limit on novelty, which models of pictures do
    ///     not score.
    ///   - solver: How to search.
    ///   - replanEvery: Rows that one plan serves, with guardrails and something to fall back to at most the commitment of the
    ///     options, after which the way out is verified.
    ///   - engine: What rolls the model out; libtorch where the compiled rollout cannot.
    ///   - remembers: Whether the errors of an episode correct predictions in it (``StepMemory``), where the model knows which
    ///     errors are ordinary.
    public init(
        _ model: TrainedImageModel, objective: Goal, guardrails: [Guardrail] = [], fallback: Fallback = .none,
        actions: ActionSet? = nil, options: PlannerOptions, solver: any Solver = ImprovedCrossEntropy.standard,
        replanEvery: Int, engine: RolloutEngine = .automatic, remembers: Bool = true
    ) {
        precondition((1...options.horizon).contains(replanEvery), "a plan serves 1 row to all of its horizon")
        var asksForWayOut = options.backup != .none && !guardrails.isEmpty
        if case .none = fallback { asksForWayOut = false }
        precondition(
            !asksForWayOut || replanEvery <= options.commitment,
            "a plan serves \(replanEvery) rows, and its way out is verified after \(options.commitment)")
        let dynamics = ImageDynamics(model, engine: engine)
        let task = PlanningTask(
            goal: objective, guardrails: guardrails, actions: actions,
            bands: guardrails.isEmpty ? nil : dynamics.guardBands(horizon: options.horizon), fallback: fallback)
        template = Planner(dynamics, task: task, options: options, solver: solver)
        planner = template
        self.replanEvery = replanEvery
        self.remembers = remembers
        block = model.network.architecture.block
        seen = PictureHistory(model.network.architecture)
    }

    /// Forgets what was seen, and takes a new goal.
    ///
    /// - Parameters:
    ///   - picture: What it should come to look like, `[height, width, 3]`.
    ///   - seed: What the search draws from.
    public mutating func begin(goal picture: [UInt8], seed: UInt64) { begin([GoalPicture(picture)], seed: seed) }

    /// Forgets what was seen, and takes new goals.
    ///
    /// - Parameters:
    ///   - pictures: The pictures that the objective speaks of, all of different names; empty where it speaks of none.
    ///   - seed: What the search draws from, together with the seed of the options where that is not 0.
    public mutating func begin(_ pictures: [GoalPicture], seed: UInt64) {
        let model = template.dynamics.model
        goals = pictures.map { picture in
            // A number that is missing is not known, and with it the whole is not.
            let sensed = picture.proprioception.flatMap { $0.allSatisfy(\.isFinite) ? $0 : nil }
            return model.encode([picture.pixels], proprioception: sensed)
        }
        let dynamics = template.dynamics.withGoals(pictures.map(\.name))
        var task = template.task
        if task.bands != nil { task.bands = dynamics.guardBands(horizon: template.options.horizon) }
        planner = Planner(dynamics, task: task, options: template.options, solver: template.solver)
        // Without a seed of the options, episodes draw what they always drew: reported figures stay what they are.
        var generator = SeededGenerator(seed: template.options.seed, stream: seed)
        planner.seed = template.options.seed == 0 ? seed : generator.next()
        obligations = Obligations(&planner.task, of: dynamics, every: dynamics.samplingTime)
        seen.forget()
        sensing.forget()
        watch = SurpriseWatch(planner.dynamics.model)
        memory = remembers ? StepMemory(planner.dynamics.model) : nil
        surprise = nil
        plan = nil
        age = 0
        row = -1
        previous = dynamics.previousActions
        held = previous.map { _ in .infinity }
    }

    /// Decides what to do in this row.
    ///
    /// - Parameter picture: What is seen now, `[height, width, 3]`.
    /// - Returns: The action, physical units.
    /// - Throws: `ForesightError` as ``act(on:proprioception:)`` does.
    public mutating func act(on picture: [UInt8]) throws -> [Double] { try act(on: picture, proprioception: []) }

    /// Decides what to do in this row. Where planning is refused and nothing was declared safe, the actions in force are held.
    /// What had to come about (`eventually`, `until`) and did is asked no more; where a way (`or`) was lost, or an instant asks
    /// something of later ones (`implies always[0, 60](…)`, `implies eventually[0, 60](…)`), it plans anew.
    ///
    /// - Parameters:
    ///   - picture: What is seen now, `[height, width, 3]`.
    ///   - sensed: What the body senses now, in the units of the record; not looked at by a model that only sees. A number that is
    ///     missing (NaN) stands as it was known last, and the plan warns of it.
    /// - Returns: The action, physical units.
    /// - Throws: `ForesightError.usage` when the model was trained with proprioception and not so much is given, or a number is missing
    ///   that was never known; as ``Planner/decide(from:start:stepsSinceLastPlan:)`` does.
    public mutating func act(on picture: [UInt8], proprioception sensed: [Double]) throws -> [Double] {
        guard let goals else { preconditionFailure("an agent acts after it has begun") }
        let sensed = sensing.take(sensed, of: model.network.architecture.sensed)
        try model.check(proprioception: sensed)
        seen.add(picture)
        age += 1
        row += 1
        let isDue = plan == nil || age >= replanEvery
        guard isDue || watch != nil || !obligations.isEmpty else {
            return take(planned)
        }
        let representation = planner.dynamics.model.encode(seen.stacked(), proprioception: sensed)
        surprise = watch?.see(representation, after: previous)
        if let step = watch?.step { memory?.add(step) }
        guard isDue || !obligations.isEmpty else { return take(planned) }
        var state = ImageState(representation: representation, goals: goals)
        state.memory = memory
        let outputs = planner.dynamics.outputs(at: state)
        let isNarrower = obligations.settle(&planner.task, outputs: outputs, actions: previous)
        if isDue || isNarrower {
            let start = PlanningStart(
                outputs: outputs, previousActions: previous,
                elapsed: Double(row) * planner.dynamics.samplingTime, held: held)
            plan = try planner.decide(from: state, start: start, stepsSinceLastPlan: plan == nil ? 0 : age)
            let warnings = sensing.missing.map { place in
                "\(model.proprioceptionName(place)) is missing: what was sensed last, \(sensed[place]), stands for it"
            }
            plan?.warnings += warnings
            self.state = state
            age = 0
        }
        return take(planned)
    }

    /// What the last plan does in this row; `nil` where it was refused.
    private var planned: [Double]? { plan?.status == .refused ? nil : plan?.action(at: age) }

    /// Acts, and counts for how long each action has had its value.
    private mutating func take(_ action: [Double]?) -> [Double] {
        let (next, step) = (action ?? previous, planner.dynamics.samplingTime)
        held = held.indices.map { next[$0] == previous[$0] ? held[$0] + step : step }
        previous = next
        return next
    }

    /// What the model expects of action sequences that hold one random action for each of its steps, from where the last
    /// plan started: the futures that a search begins with, to be looked at.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - seed: What they are drawn from.
    /// - Returns: The channels of `outputChannels` at the end of each step of the model, `[future][step][channel]`; empty
    ///   before the first plan.
    /// - Throws: `ForesightError` as ``ImageDynamics/rollout(from:into:)`` does.
    public func futures(_ count: Int, seed: UInt64) throws -> [[[Double]]] {
        guard let state else { return [] }
        let dynamics = planner.dynamics
        let (horizon, channels) = (template.options.horizon, dynamics.outputChannels.count)
        var batch = TrajectoryBatch(
            candidates: count, horizon: horizon, actionCount: dynamics.actionChannels.count, outputCount: channels)
        var generator = SeededGenerator(seed: seed)
        var place = 0
        for _ in 0..<count * (horizon / block) {
            let held = dynamics.actionChannels.map { channel in
                Float(generator.uniform(in: (channel.lowerLimit ?? -1)...(channel.upperLimit ?? 1)))
            }
            for _ in 0..<block {
                for value in held {
                    batch.actions[place] = value
                    place += 1
                }
            }
        }
        try dynamics.rollout(from: state, into: &batch)
        return (0..<count).map { future in
            stride(from: block - 1, to: horizon, by: block).map { row in
                (0..<channels).map { Double(batch.output(future, row, $0)) }
            }
        }
    }
}
