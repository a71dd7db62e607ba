import Basics

/// One recorded episode of a world: row `t` holds the picture and the state seen at `t` and the action taken then.
///
/// This is the convention of LeWM's data sets (arXiv:2603.19312): what an action leads to is seen in the next row, and
/// what the last one leads to is not recorded.
public struct WorldEpisode: Sendable, Hashable {
    /// The name of the world.
    public var world: String
    /// The factors of the world and their values, in the world's order.
    public var factors: [String]
    /// The values of the factors.
    public var factorValues: [Double]
    /// Rows.
    public var rows: Int
    /// Rows of pixels of a picture.
    public var height: Int
    /// Pixels in a row of a picture.
    public var width: Int
    /// The pictures, row-major `[rows, height, width, 3]`; empty where none were asked for.
    public var frames: [UInt8]
    /// The actions, row-major `[rows, action]`, in the units of the world's channels.
    public var actions: [Float]
    /// The states, row-major `[rows, state]`.
    public var states: [Float]
    /// The proprioception, row-major `[rows, proprioception]`.
    public var proprioception: [Float]
}

/// Records episodes of a world.
public struct WorldRollout: Sendable {
    /// The world, with its factors.
    public var world: any World
    /// How actions are chosen.
    public var policy: WorldPolicy
    /// Rows of an episode.
    public var rows: Int
    /// Pixels in a row of a picture; 0 for episodes without pictures.
    public var width: Int
    /// Rows of pixels of a picture; 0 for episodes without pictures.
    public var height: Int

    /// Creates a recorder.
    ///
    /// - Parameters:
    ///   - world: The world, with its factors.
    ///   - policy: How actions are chosen.
    ///   - rows: Rows of an episode.
    ///   - width: Pixels in a row of a picture; 0 for episodes without pictures.
    ///   - height: Rows of pixels of a picture; 0 for episodes without pictures.
    public init(_ world: any World, policy: WorldPolicy, rows: Int, width: Int = 64, height: Int = 64) {
        precondition(rows > 0, "an episode of \(rows) rows")
        precondition(
            width >= 0 && height >= 0 && (width == 0) == (height == 0), "a picture of \(width) × \(height) pixels")
        self.world = world
        self.policy = policy
        self.rows = rows
        self.width = width
        self.height = height
    }

    /// Records one episode; the same number and seed always give the same one, whatever was recorded before.
    ///
    /// - Parameters:
    ///   - number: Which episode of the seed it is.
    ///   - seed: The seed.
    /// - Returns: The episode.
    /// - Throws: `ForesightError.usage` for a policy that does not suit the world.
    public func episode(_ number: Int, seed: UInt64) throws -> WorldEpisode {
        var world = world
        var generator = SeededGenerator(seed: seed, stream: UInt64(2 * number))
        world.reset(using: &generator)
        var actor = try WorldActor(
            policy, in: world, using: SeededGenerator(seed: seed, stream: UInt64(2 * number + 1)))
        var episode = WorldEpisode(
            world: world.name, factors: world.factors.map(\.name), factorValues: world.factorValues, rows: rows,
            height: height, width: width, frames: [], actions: [], states: [], proprioception: [])
        // Long episodes may never be recorded to their end.
        episode.frames.reserveCapacity(min(rows * height * width * 3, 1 << 28))
        episode.actions.reserveCapacity(rows * world.actionChannels.count)
        episode.states.reserveCapacity(rows * world.stateNames.count)
        episode.proprioception.reserveCapacity(rows * world.proprioceptionNames.count)
        var frame = width > 0 ? Frame(width: width, height: height) : nil
        for _ in 0..<rows {
            if frame != nil {
                frame?.draw(world)
                episode.frames.append(contentsOf: frame?.pixels ?? [])
            }
            let action = actor.next(in: world)
            for value in world.state { episode.states.append(Float(value)) }
            for value in world.proprioception { episode.proprioception.append(Float(value)) }
            for value in action { episode.actions.append(Float(value)) }
            world.step(action)
        }
        return episode
    }
}

extension Frame {
    /// Draws the present state of a world.
    fileprivate mutating func draw(_ world: any World) { world.render(into: &self) }
}
