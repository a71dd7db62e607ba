import Basics

/// How far and how long a planner searches.
public struct PlannerOptions: Sendable, Codable, Equatable {
    /// Steps that a plan looks ahead.
    public let horizon: Int
    /// Lengths in steps of the blocks in which actions are held, the last one repeated; empty holds each one step.
    public let blocks: [Int]
    /// Seconds after which the best plan so far is returned; `nil` searches to the end.
    public let deadline: Double?
    /// The seed of the search; plan number `n` of a planner uses stream `n` of it.
    public let seed: UInt64
    /// The greatest out-of-distribution score that a step may have; `nil` leaves novelty unguarded.
    public let noveltyLimit: Double?
    /// The most candidates that are rolled out at once; changes speed and memory, never the result.
    public let chunk: Int
    /// What the declared safe action or policy has to keep after the first steps of a plan for it to be certified.
    public let backup: BackupCheck
    /// Steps of a plan that are taken before the next one is made: the backup takes over after them.
    public let commitment: Int
    /// Whether a plan under a deadline goes before other programs.
    public let priority: DeadlinePriority

    /// Creates options.
    ///
    /// - Throws: A usage error that names the option, its value and its limit.
    public init(
        horizon: Int, blocks: [Int] = [], deadline: Double? = nil, seed: UInt64 = 0, noveltyLimit: Double? = 1,
        chunk: Int = 128, backup: BackupCheck = .limits, commitment: Int = 1,
        priority: DeadlinePriority = .automatic
    ) throws {
        let check = OptionCheck(solver: "planner")
        try check.atLeast(1, horizon, "horizon")
        try check.atLeast(1, blocks.min() ?? 1, "blocks")
        try check.positive(deadline ?? 1, "deadline")
        try check.positive(noveltyLimit ?? 1, "noveltyLimit")
        try check.atLeast(1, chunk, "chunk")
        try check.atLeast(1, commitment, "commitment")
        self.horizon = horizon
        self.blocks = blocks
        self.deadline = deadline
        self.seed = seed
        self.noveltyLimit = noveltyLimit
        self.chunk = chunk
        self.backup = backup
        self.commitment = commitment
        self.priority = priority
    }

    /// Reads options from a configuration; `noveltyLimit: null` leaves novelty unguarded.
    public init(from decoder: any Decoder) throws {
        let keys = [
            "horizon", "blocks", "deadline", "seed", "noveltyLimit", "chunk", "backup", "commitment", "priority",
        ]
        let reader = try OptionReader(decoder, solver: "planner", known: keys)
        try self.init(
            horizon: reader.required("horizon"), blocks: reader.value("blocks", default: []),
            deadline: reader.value("deadline", default: nil), seed: reader.value("seed", default: 0),
            noveltyLimit: reader.has("noveltyLimit") ? reader.value("noveltyLimit", default: nil) : 1,
            chunk: reader.value("chunk", default: 128), backup: reader.value("backup", default: .limits),
            commitment: reader.value("commitment", default: 1),
            priority: reader.value("priority", default: .automatic))
    }

    /// Writes options, an unguarded novelty as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: OptionKey.self)
        try container.encode(horizon, forKey: OptionKey("horizon"))
        try container.encode(blocks, forKey: OptionKey("blocks"))
        try container.encode(deadline, forKey: OptionKey("deadline"))
        try container.encode(seed, forKey: OptionKey("seed"))
        try container.encode(noveltyLimit, forKey: OptionKey("noveltyLimit"))
        try container.encode(chunk, forKey: OptionKey("chunk"))
        try container.encode(backup, forKey: OptionKey("backup"))
        try container.encode(commitment, forKey: OptionKey("commitment"))
        try container.encode(priority, forKey: OptionKey("priority"))
    }
}
