public import Basics
public import Episodes

/// A ball in a room, seen from the side: it falls, rebounds from floor, walls and a block, and passes behind a screen.
///
/// A test bed for what infants expect of things (E. S. Spelke et al., "Origins of knowledge", Psychological Review 1992,
/// https://doi.org/10.1037/0033-295X.99.4.605), after IntPhys (R. Riochet et al., arXiv:1803.07616): things move on
/// connected paths, do not pass through each other, are still there when they are hidden, and fall. Four factors of
/// motion break these laws: `gravity` may be nothing or point up, `solid_floor` and `solid_block` may be 0.
///
/// Lengths are in metres: the room is 4 m wide and high, the origin lies at the left end of the floor. The one action is a
/// weak wind along the first axis. Between impacts the flight is exact; an impact reverses the part of the velocity into
/// what is met, times `rebound`, or ends it below 0.15 m/s. There is neither friction nor spin. Impacts are looked for
/// every 2.5 ms.
public struct BouncingBall: World, Hashable {
    private var table: FactorTable
    private var motion: BallMotion
    private var look: Look
    private var current = BallMotion.Body(position: SIMD2(0.6, 2.5), velocity: SIMD2(1.5, 0))

    private struct Look: Sendable, Hashable {
        var ball: Colour
        var background: Colour
        var wall: Colour
        var block: Colour
        var screen: Colour
        var cover: Rectangle
    }

    /// A ball with everything at its standard value.
    public init() {
        let table = FactorTable(Self.standardFactors)
        self.table = table
        motion = BallMotion(table)
        look = Self.look(table)
    }

    /// The name by which commands know the world.
    public var name: String { "bouncing-ball" }
    /// Seconds between two steps.
    public var samplingTime: Double { 0.04 }
    /// The action: a wind, a part of the acceleration `wind`.
    public var actionChannels: [Channel] { [Channel(name: "wind", role: .action, lowerLimit: -1, upperLimit: 1)] }
    /// The names of the numbers of `state`.
    public var stateNames: [String] { ["x", "y", "vx", "vy"] }
    /// The place of the ball, m, and its velocity, m/s; the second axis points up.
    public var state: [Double] { [current.position.x, current.position.y, current.velocity.x, current.velocity.y] }
    /// None: the ball is what has to be seen.
    public var proprioceptionNames: [String] { [] }
    /// Empty.
    public var proprioception: [Double] { [] }
    /// What can differ.
    public var factors: [WorldFactor] { table.factors }
    /// The values of the factors in this world, in their order.
    public var factorValues: [Double] { table.values }

    /// The same world with other values of factors.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist or a value beyond its range.
    public func varied(_ values: [String: Double]) throws -> BouncingBall {
        var copy = self
        copy.table = try table.varied(values, in: name)
        copy.motion = BallMotion(copy.table)
        copy.look = Self.look(copy.table)
        return copy
    }

    /// Throws the ball from a place where it touches nothing and can be seen.
    public mutating func reset(using generator: inout SeededGenerator) {
        let radius = motion.radius
        repeat {
            current.position = SIMD2(
                generator.uniform(in: radius...4 - radius), generator.uniform(in: max(1, radius)...3.7))
        } while motion.block.distance(to: current.position) <= radius || isCovered(current.position)
        let speed = generator.uniform(in: 1...3)
        current.velocity = SIMD2(generator.uniform() < 0.5 ? -speed : speed, generator.uniform(in: -1...3))
    }

    /// Moves the ball to a state `[x, y, vx, vy]`.
    public mutating func restore(_ state: [Double]) {
        precondition(state.count == 4, "a state of a ball has 4 numbers, not \(state.count)")
        current = BallMotion.Body(position: SIMD2(state[0], state[1]), velocity: SIMD2(state[2], state[3]))
    }

    /// Goes one step on under a wind `[wind]`.
    public mutating func step(_ action: [Double]) {
        motion.move(&current, wind: limited(action, 0, count: 1), seconds: samplingTime)
    }

    /// Draws the room, the ball in it, and the screen before both.
    public func render(into frame: inout Frame) {
        let view = Viewport(centre: SIMD2(2, 1.9), size: SIMD2(4.4, 4.4), isUpward: true)
        frame.draw(view) { canvas in
            canvas.clear(look.wall)
            canvas.fill(Rectangle(x: 0...4, y: 0...4), look.background)
            canvas.fill(motion.block, look.block)
            canvas.disc(current.position, radius: motion.radius, look.ball)
            canvas.fill(look.cover, look.screen)
        }
    }

    /// Whether no part of the ball can be seen in a state, behind the screen as it is, but for the half of a pixel by which
    /// its edge is smoothed.
    public func isHidden(_ state: [Double]) -> Bool {
        let radius = motion.radius
        return state[0] - radius >= look.cover.low.x && state[0] + radius <= look.cover.high.x
            && state[1] + radius <= look.cover.high.y
    }

    /// Whether all of the ball can be seen in a state.
    public func isInView(_ state: [Double]) -> Bool { !isCovered(SIMD2(state[0], state[1])) }

    /// Whether the ball is in flight in a state: further than a tenth of a metre from the floor.
    public func isInFlight(_ state: [Double]) -> Bool { state[1] > motion.radius + 0.1 }

    private func isCovered(_ position: SIMD2<Double>) -> Bool { look.cover.distance(to: position) < motion.radius }

    private static func look(_ table: FactorTable) -> Look {
        let half = table["screen_width"] / 2
        let middle = table["screen_position"]
        return Look(
            ball: table.colour("ball"), background: table.colour("background"), wall: table.colour("wall"),
            block: table.colour("block"), screen: table.colour("screen"),
            cover: Rectangle(x: (middle - half)...(middle + half), y: 0...table["screen_height"]))
    }

    private static let standardFactors: [WorldFactor] =
        WorldFactor.colour("ball", 220, 30, 30, of: "the ball")
        + WorldFactor.colour("background", 235, 235, 235, of: "the room")
        + WorldFactor.colour("wall", 60, 60, 70, of: "floor and walls")
        + WorldFactor.colour("block", 40, 90, 200, of: "the block")
        + WorldFactor.colour("screen", 120, 150, 90, of: "the screen")
        + [
            .light,
            WorldFactor("screen_position", 1.7, in: 0.8...3.2, kind: .layout, meaning: "middle of the screen, m"),
            WorldFactor("screen_width", 1.1, in: 0.2...1.6, kind: .layout, meaning: "width of the screen, m"),
            WorldFactor("screen_height", 2, in: 0.2...3, kind: .layout, meaning: "height of the screen, m"),
            WorldFactor("ball_radius", 0.2, in: 0.1...0.3, kind: .layout, meaning: "radius of the ball, m"),
            WorldFactor("block_position", 3.2, in: 2.4...3.6, kind: .layout, meaning: "middle of the block, m"),
            WorldFactor("block_height", 0.9, in: 0.2...1.5, kind: .layout, meaning: "height of the block, m"),
            WorldFactor("gravity", 9.8, in: -10...20, kind: .motion, meaning: "acceleration to the floor, m/s²"),
            WorldFactor("rebound", 0.85, in: 0...1, kind: .motion, meaning: "speed after an impact, a part of before"),
            WorldFactor("wind", 1, in: 0...5, kind: .motion, meaning: "acceleration of a full action, m/s²"),
            WorldFactor(
                "solid_floor", 1, in: 0...1, kind: .motion, isWhole: true, meaning: "0 for a floor without resistance"),
            WorldFactor(
                "solid_block", 1, in: 0...1, kind: .motion, isWhole: true, meaning: "0 for a block without resistance"),
        ]
}
