import Basics
import Planning
public import Plants

/// What a policy did in an environment.
public struct PictureRun: Sendable, Hashable {
    /// Steps that were taken.
    public var steps: Int
    /// The sum of the rewards, in the environment's own units.
    public var reward: Double
    /// What came of the last step.
    public var end: EnvironmentStep
    /// Seconds that each action took that came from a search, in order.
    public var seconds: [Double]
    /// Searches in which no plan kept the guardrails and what was declared safe was done.
    public var fallbacks = 0
    /// Searches in which no plan kept the guardrails, and the actions in force were held.
    public var refusals = 0
}

/// Lets a policy act in an environment by what it sees, towards a goal that is a picture.
public struct PictureLoop: Sendable {
    /// Steps at most.
    public var steps: Int
    /// Pixels in a row of what the policy sees.
    public var width: Int
    /// Rows of pixels of what the policy sees.
    public var height: Int

    /// Creates a loop.
    ///
    /// - Parameters:
    ///   - steps: Steps at most; the environment may end the episode before.
    ///   - width: Pixels in a row of what the policy sees.
    ///   - height: Rows of pixels of what the policy sees.
    public init(steps: Int, width: Int = 64, height: Int = 64) {
        precondition(steps > 0, "an episode of \(steps) steps")
        self.steps = steps
        self.width = width
        self.height = height
    }

    /// Runs one episode.
    ///
    /// - Parameters:
    ///   - policy: What acts; it begins anew. Its actions are moved to the nearest that are possible.
    ///   - environment: Where; it begins anew.
    ///   - goal: What it should come to look like; `nil` for the goal that the environment itself shows.
    ///   - seed: Decides how the episode begins and what the policy draws.
    ///   - watch: Hears what is seen before each action and at the end, and the goal; may throw to end it.
    /// - Returns: What was done.
    /// - Throws: `ForesightError.usage` when there is no goal, or an action is of another length than the environment's; what
    ///   the policy, the environment and `watch` throw.
    public func run(
        _ policy: inout some PicturePolicy, in environment: inout some Environment, goal: Frame? = nil, seed: UInt64,
        watch: (_ seen: Frame, _ goal: Frame) throws -> Void = { _, _ in }
    ) throws -> PictureRun {
        try environment.reset(seed: EnvironmentRollout.seed(of: 0, seed: seed))
        var seen = Frame(width: width, height: height)
        var wanted = goal ?? seen
        if goal == nil, try !environment.renderGoal(into: &wanted) {
            throw ForesightError.usage(
                "the environment \(environment.name) shows no goal", remedy: "give the picture of one")
        }
        precondition(
            wanted.width == width && wanted.height == height,
            "a goal of \(wanted.width) × \(wanted.height) pixels for pictures of \(width) × \(height)")
        policy.begin(goal: wanted.pixels, seed: seed)
        let clock = MonotonicClock()
        var run = PictureRun(steps: 0, reward: 0, end: EnvironmentStep(), seconds: [])
        while run.steps < steps, !run.end.isOver {
            try environment.render(into: &seen)
            try watch(seen, wanted)
            let began = clock.now()
            let action = try policy.act(on: seen.pixels)
            if policy.hasJustPlanned {
                run.seconds.append(clock.now() - began)
                switch policy.planStatus {
                case .fallback: run.fallbacks += 1
                case .refused: run.refusals += 1
                default: break
                }
            }
            guard action.count == environment.actionChannels.count else {
                throw ForesightError.usage(
                    "actions of \(action.count) numbers in the environment \(environment.name), which takes "
                        + "\(environment.actionChannels.count)", remedy: "train the model on recordings of it")
            }
            run.end = try environment.step(action)
            run.reward += run.end.reward
            run.steps += 1
        }
        try environment.render(into: &seen)
        try watch(seen, wanted)
        return run
    }
}
