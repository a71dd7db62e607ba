import Basics

/// One recorded episode of an environment: row `t` holds the picture and the numbers seen at `t` and the action taken then,
/// as in ``WorldEpisode``.
public struct EnvironmentEpisode: Sendable, Hashable {
    /// Rows; as many as asked for, or fewer where the environment ended the episode.
    public var rows: Int
    /// The pictures, row-major `[rows, height, width, 3]`; empty where none were asked for.
    public var frames: [UInt8]
    /// The actions that were taken, row-major `[rows, action]`.
    public var actions: [Float]
    /// The numbers of each column, row-major `[rows, element]`.
    public var columns: [[Float]]
    /// The reward for each row's action `[rows]`.
    public var rewards: [Float]
    /// What came of the last action.
    public var end: EnvironmentStep
}

/// Records episodes of an environment.
public struct EnvironmentRollout: Sendable {
    /// How actions are chosen.
    public var policy: WorldPolicy
    /// Rows of an episode that the environment does not end before.
    public var rows: Int
    /// Pixels in a row of a picture; 0 for episodes without pictures.
    public var width: Int
    /// Rows of pixels of a picture; 0 for episodes without pictures.
    public var height: Int

    /// Creates a recorder.
    ///
    /// - Parameters:
    ///   - policy: How actions are chosen.
    ///   - rows: Rows of an episode at most.
    ///   - width: Pixels in a row of a picture; 0 for episodes without pictures.
    ///   - height: Rows of pixels of a picture; 0 for episodes without pictures.
    public init(policy: WorldPolicy, rows: Int, width: Int = 64, height: Int = 64) {
        precondition(rows > 0, "an episode of \(rows) rows")
        precondition(
            width >= 0 && height >= 0 && (width == 0) == (height == 0), "a picture of \(width) × \(height) pixels")
        self.policy = policy
        self.rows = rows
        self.width = width
        self.height = height
    }

    /// The seed with which an episode begins, of 31 bits, which every simulator takes.
    public static func seed(of number: Int, seed: UInt64) -> UInt64 {
        var generator = SeededGenerator(seed: seed, stream: UInt64(2 * number))
        return generator.next() >> 33
    }

    /// Records one episode; where the environment follows its seed, the same number and seed always give the same one.
    ///
    /// - Parameters:
    ///   - number: Which episode of the seed it is.
    ///   - seed: The seed.
    ///   - environment: Where; it is at the end of the episode afterwards.
    /// - Returns: The episode.
    /// - Throws: `ForesightError.usage` for a policy that does not suit the environment; what the environment throws.
    public func episode(
        _ number: Int, seed: UInt64, in environment: inout some Environment
    ) throws -> EnvironmentEpisode {
        try environment.reset(seed: Self.seed(of: number, seed: seed))
        var actor = try WorldActor(
            policy, in: environment, using: SeededGenerator(seed: seed, stream: UInt64(2 * number + 1)))
        let columns = environment.columns
        var episode = EnvironmentEpisode(
            rows: 0, frames: [], actions: [], columns: columns.map { _ in [] }, rewards: [], end: EnvironmentStep())
        // Long episodes may never be recorded to their end.
        episode.frames.reserveCapacity(min(rows * height * width * 3, 1 << 28))
        var frame = Frame(width: max(1, width), height: max(1, height))
        while episode.rows < rows, !episode.end.isOver {
            if width > 0 {
                try environment.render(into: &frame)
                episode.frames.append(contentsOf: frame.pixels)
            }
            for index in columns.indices { episode.columns[index] += environment.values(of: index).map { Float($0) } }
            let action = environment.nearest(to: actor.next(in: environment))
            episode.end = try environment.step(action)
            episode.actions += action.map { Float($0) }
            episode.rewards.append(Float(episode.end.reward))
            episode.rows += 1
        }
        return episode
    }
}
