public import Basics
public import Episodes

/// A ball that forces push through a maze: PointMaze of D4RL and Gymnasium-Robotics.
///
/// J. Fu et al., "D4RL", arXiv:2004.07219; mazes, units and coordinates of Gymnasium-Robotics 1.4.2 (`envs/maze`,
/// `assets/point/point.xml`): metres, the origin in the middle of the maze, cells of 1 m. The ball of radius 0.1 m and
/// density 1000 kg/m³ is pushed by up to 100 N in each axis, against a damping of 1 N·s/m, without gravity. MuJoCo steps
/// it by 0.01 s and takes the damping implicitly (its semi-implicit Euler method), the speed of each axis clipped to
/// 5 m/s before each action:
///
///     v ← (m·v + h·F) / (m + h·d),      x ← x + h·v
///
/// One action holds for five such steps, as in DINO-WM's variant and that of jepa-wms; Gymnasium-Robotics takes one.
///
/// Where it differs: contacts are rigid, without friction and without rebound, and the whole way of a step is swept
/// (`DiscMotion`). MuJoCo's contacts are soft and found a step late: at full speed the ball enters a wall by up to 5 cm and
/// is thrown back with a sixth of its speed, and at rest it is held 3 mm off. Along walls both move alike. The picture is
/// seen from above without perspective; the floor is plain instead of a chequerboard; the ball is drawn at 0.2 m, as the
/// original draws it, twice as large as it collides.
public struct PointMaze: GuidedWorld, Hashable {
    /// The mazes that there are.
    public enum Maze: String, Sendable, Hashable, CaseIterable, Codable {
        /// Three corridors around a wall.
        case uMaze = "u"
        /// Eight by eight cells.
        case medium

        /// The rows, walls as `#`.
        var lines: [String] {
            switch self {
            case .uMaze: ["#####", "#   #", "### #", "#   #", "#####"]
            case .medium:
                [
                    "########", "#  ##  #", "#  #   #", "##   ###", "#  #   #", "# #  # #", "#   #  #", "########",
                ]
            }
        }
    }

    /// Which maze it is.
    public let maze: Maze
    private let grid: MazeGrid
    private var table: FactorTable
    private var motion: DiscMotion
    private var body: Body
    private var look: Look
    private var position: SIMD2<Double>
    private var velocity = SIMD2<Double>()

    private struct Body: Sendable, Hashable {
        var mass: Double
        var damping: Double
        var force: Double
    }

    private struct Look: Sendable, Hashable {
        var agent: Colour
        var background: Colour
        var wall: Colour
        var radius: Double
    }

    /// Simulated steps of an action.
    private static let subSteps = 5
    /// Seconds of one of them.
    private static let subStep = 0.01

    /// A maze with everything at its standard value, the ball at rest in the first free cell.
    public init(_ maze: Maze = .uMaze) {
        self.maze = maze
        grid = MazeGrid(maze.lines)
        let table = FactorTable(Self.standardFactors)
        self.table = table
        body = Self.body(table)
        look = Self.look(table)
        motion = DiscMotion(obstacles: grid.walls, radius: table["agent_radius"])
        position = grid.middle(of: grid.free[0])
    }

    /// The name by which commands know the world.
    public var name: String { "point-maze-\(maze.rawValue)" }
    /// Seconds between two steps.
    public var samplingTime: Double { Double(Self.subSteps) * Self.subStep }
    /// The action: the force in each axis as a part of `force`.
    public var actionChannels: [Channel] {
        ["force_x", "force_y"].map { Channel(name: $0, role: .action, lowerLimit: -1, upperLimit: 1) }
    }
    /// The names of the numbers of `state`.
    public var stateNames: [String] { ["x", "y", "vx", "vy"] }
    /// The place of the ball, m from the middle of the maze, to the right and to the top, and its velocity, m/s.
    public var state: [Double] { [position.x, position.y, velocity.x, velocity.y] }
    /// The names of the numbers of `proprioception`.
    public var proprioceptionNames: [String] { stateNames }
    /// The state, as in the original and in DINO-WM.
    public var proprioception: [Double] { state }
    /// What can differ.
    public var factors: [WorldFactor] { table.factors }
    /// The values of the factors in this world, in their order.
    public var factorValues: [Double] { table.values }

    /// The same world with other values of factors.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist or a value beyond its range.
    public func varied(_ values: [String: Double]) throws -> PointMaze {
        var copy = self
        copy.table = try table.varied(values, in: name)
        copy.body = Self.body(copy.table)
        copy.look = Self.look(copy.table)
        copy.motion.radius = copy.table["agent_radius"]
        return copy
    }

    /// Moves the ball to rest in a free cell, up to 0.25 m from its middle in each axis, as in Gymnasium-Robotics.
    public mutating func reset(using generator: inout SeededGenerator) {
        position = draw(using: &generator)
        velocity = .zero
    }

    /// Moves the ball to a state `[x, y, vx, vy]`.
    public mutating func restore(_ state: [Double]) {
        precondition(state.count == 4, "a state of a maze is x, y, vx and vy, not \(state.count) numbers")
        position = SIMD2(state[0], state[1])
        velocity = SIMD2(state[2], state[3])
    }

    /// Goes one step on under an action `[force_x, force_y]`.
    public mutating func step(_ action: [Double]) {
        let push = SIMD2(limited(action, 0, count: 2), limited(action, 1, count: 2)) * (body.force * Self.subStep)
        velocity.clamp(lowerBound: SIMD2(repeating: -5), upperBound: SIMD2(repeating: 5))
        for _ in 0..<Self.subSteps {
            velocity = (body.mass * velocity + push) / (body.mass + Self.subStep * body.damping)
            motion.move(&position, by: Self.subStep * velocity, velocity: &velocity)
        }
    }

    /// Draws the maze and the ball from above.
    public func render(into frame: inout Frame) {
        let view = Viewport(
            centre: .zero, size: SIMD2(Double(grid.columns), Double(grid.rows)), isUpward: true)
        frame.draw(view) { canvas in
            canvas.clear(look.background)
            for wall in grid.walls { canvas.fill(wall, look.wall) }
            for seam in grid.seams { canvas.fill(seam, look.wall) }
            canvas.disc(position, radius: look.radius, look.agent)
        }
    }

    /// A place in a free cell.
    public func drawTarget(using generator: inout SeededGenerator) -> [Double] {
        let place = draw(using: &generator)
        return [place.x, place.y]
    }

    /// The force of D4RL's waypoint controller, `10·(next − x) − v`, towards the next cell of a shortest way.
    public func guidance(toward target: [Double]) -> [Double] {
        let goal = SIMD2(target[0], target[1])
        let (here, there) = (grid.cell(at: position), grid.cell(at: goal))
        var next = goal
        if here != there, let step = grid.next(from: here, to: there) { next = grid.middle(of: step) }
        let push = 10 * (next - position) - velocity
        return [min(max(push.x, -1), 1), min(max(push.y, -1), 1)]
    }

    /// Within 0.25 m of the target, half of the original's radius of success.
    public func isNear(_ target: [Double]) -> Bool {
        let away = position - SIMD2(target[0], target[1])
        return (away * away).sum() <= 0.0625
    }

    private func draw(using generator: inout SeededGenerator) -> SIMD2<Double> {
        let cell = grid.free[Int(generator.uniform() * Double(grid.free.count))]
        let (x, y) = (generator.uniform(in: -0.25...0.25), generator.uniform(in: -0.25...0.25))
        return grid.middle(of: cell) + SIMD2(x, y)
    }

    private static func body(_ table: FactorTable) -> Body {
        let radius = table["agent_radius"]
        return Body(
            mass: table["agent_density"] * 4 / 3 * Double.pi * radius * radius * radius, damping: table["damping"],
            force: table["force"])
    }

    private static func look(_ table: FactorTable) -> Look {
        Look(
            agent: table.colour("agent"), background: table.colour("background"), wall: table.colour("wall"),
            radius: 2 * table["agent_radius"])
    }

    private static let standardFactors: [WorldFactor] =
        WorldFactor.colour("agent", 77, 153, 77, of: "the ball")
        + WorldFactor.colour("background", 51, 77, 102, of: "the floor")
        + WorldFactor.colour("wall", 179, 128, 77, of: "the walls")
        + [
            .light,
            WorldFactor(
                "agent_radius", 0.1, in: 0.08...0.15, kind: .layout,
                meaning: "radius of the ball, m, from which its mass follows; it is drawn twice as large"),
            WorldFactor("agent_density", 1000, in: 300...3000, kind: .motion, meaning: "density of the ball, kg/m³"),
            WorldFactor("damping", 1, in: 0...20, kind: .motion, meaning: "force against the velocity, N·s/m"),
            WorldFactor("force", 100, in: 30...200, kind: .motion, meaning: "greatest force of each axis, N"),
        ]
}
