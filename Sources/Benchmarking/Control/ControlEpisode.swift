import Episodes
public import Planning
public import Plants

/// What came of one episode under one row, as it is kept on disk.
public struct ControlEpisode: Sendable, Codable, Equatable {
    /// The seed of the episode.
    public var seed: UInt64
    /// Cost, violations and bands on the true outputs.
    public var score: ControlScore
    /// Plans that were certified.
    public var certified: Int
    /// Decisions in which the fallback was applied.
    public var fallbacks: Int
    /// Decisions in which planning was refused.
    public var refusals: Int
    /// Decisions that the controller took which holds the plant; `nil` in files from before these were counted.
    public var handedOver: Int?
    /// The decisions in which no plan was certified, in order; of episodes to choose by alone.
    public var uncertified: [Int]?
    /// Seconds of each decision.
    public var seconds: [Double]
    /// The applied actions, row-major `[step, action]`.
    public var actions: [Double]
    /// The true outputs, row-major `[step, output]`; of the first episode, for the page, and of those to choose by, to see what
    /// went wrong.
    public var outputs: [Double]?

    /// Whether the plant was lost: its simulation ended in values that are no numbers, as a reactor that burns through does. The
    /// steps from there on count as beyond a limit, and the cost as none that can be compared.
    public var isLost = false

    /// Creates an episode of what a loop did.
    public init(_ record: ControlRecord, _ result: EpisodeResult, keepsOutputs: Bool) {
        (seed, score) = (result.seed, result.score)
        (certified, fallbacks, refusals) = (result.certified, result.fallbacks, result.refusals)
        handedOver = result.handedOver
        if result.seed < ControlProtocol.firstEpisode { uncertified = result.uncertified }
        seconds = result.decisionSeconds
        actions = record.actions
        outputs = keepsOutputs ? record.outputs : nil
        let channels = record.log.channels.count { $0.role == .observation }
        guard let first = record.outputs.firstIndex(where: { !$0.isFinite }) ?? (score.cost.isFinite ? nil : 0) else {
            return
        }
        isLost = true
        outputs = nil
        let lost = record.outputs.count / channels - first / channels
        score.cost = 0
        score.violations = max(score.violations, lost)
        score.violationSeconds = Double(score.violations) * record.log.samplingTime
        score.success = false
        if !score.violationDepth.isFinite { score.violationDepth = 0 }
    }

    /// Creates an episode of a solution that took no decisions.
    public init(seed: UInt64, _ solution: FullHorizonOptimum.Solution, keepsOutputs: Bool) {
        (self.seed, score) = (seed, solution.score)
        (certified, fallbacks, refusals, seconds) = (0, 0, 0, [])
        actions = solution.actions
        outputs = keepsOutputs ? solution.outputs : nil
    }
}
