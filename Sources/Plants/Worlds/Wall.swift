public import Basics
public import Episodes

/// A dot that walks through a wall whose place and door differ from world to world: the Wall environment of DINO-WM.
///
/// G. Zhou et al., "DINO-WM", arXiv:2411.04983, in the form of the code of B. Terver et al., arXiv:2512.24497
/// (`DotWall` and `wall_gym_wrap.py` with its default configuration). The unit of length is the pixel of the original's
/// pictures of 65 × 65, with the middle of the first pixel at 0, whatever the size of the picture: the published radius
/// of success is 4.5 px. One step moves the dot by twice its action.
///
/// Where it differs: the original looks for the crossing of the way with single lines and then puts the dot half a pixel
/// back, to the side, so that it can be put through a corner. Here the dot is a disc of radius 0.5 px, whose centre has
/// the same places to be, swept along its whole way (`DiscMotion`); it stops at contact and slides on along the wall.
/// Actions are limited to −1…1, the action space that the original declares but does not enforce.
public struct Wall: GuidedWorld, Hashable {
    private var dot: RoomDot
    private let look: Look

    private struct Look: Sendable, Hashable {
        var agent: Colour
        var background: Colour
        var wall: Colour
        var spread: Double
        var pieces: [Rectangle]
    }

    /// The wall in the middle, the door near it.
    public init() {
        self.init(FactorTable(Self.standardFactors), at: SIMD2(16.0, 32))
    }

    private init(_ table: FactorTable, at position: SIMD2<Double>) {
        dot = RoomDot(table, plan: Self.plan(table), at: position)
        look = Self.look(table)
    }

    /// The name by which commands know the world.
    public var name: String { "wall" }
    /// Seconds between two steps.
    public var samplingTime: Double { 0.1 }
    /// The action: the direction to move in, a part of `agent_speed` in each axis.
    public var actionChannels: [Channel] { RoomDot.actionChannels }
    /// The names of the numbers of `state`.
    public var stateNames: [String] { RoomDot.stateNames }
    /// The place of the dot, px of 65: to the right and to the bottom.
    public var state: [Double] { dot.state }
    /// The names of the numbers of `proprioception`.
    public var proprioceptionNames: [String] { stateNames }
    /// The place of the dot, as in the original.
    public var proprioception: [Double] { state }
    /// What can differ; the places of wall and door within the original's ranges.
    public var factors: [WorldFactor] { dot.table.factors }
    /// The values of the factors in this world, in their order.
    public var factorValues: [Double] { dot.table.values }

    /// The same world with other values of factors.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist or a value beyond its range.
    public func varied(_ values: [String: Double]) throws -> Wall {
        Wall(try dot.table.varied(values, in: name), at: dot.position)
    }

    /// Moves the dot to a place in either room, uniformly.
    public mutating func reset(using generator: inout SeededGenerator) { dot.reset(using: &generator) }

    /// Moves the dot to a place `[x, y]`.
    public mutating func restore(_ state: [Double]) { dot.restore(state, of: "the wall") }

    /// Goes one step on under an action `[right, down]`.
    public mutating func step(_ action: [Double]) { dot.step(action) }

    /// Draws the dot and the walls over it.
    public func render(into frame: inout Frame) {
        let view = Viewport(centre: SIMD2(32, 32), size: SIMD2(65, 65), isUpward: false)
        frame.draw(view) { canvas in
            canvas.clear(look.background)
            canvas.glow(dot.position, deviation: look.spread, look.agent)
            for piece in look.pieces { canvas.fill(piece, look.wall) }
            let (low, high) = (Self.border - 0.5, 64 - Self.border + 0.5)
            canvas.fill(Rectangle(x: -0.5...64.5, y: low...(low + 1)), look.wall)
            canvas.fill(Rectangle(x: -0.5...64.5, y: (high - 1)...high), look.wall)
            canvas.fill(Rectangle(x: low...(low + 1), y: -0.5...64.5), look.wall)
            canvas.fill(Rectangle(x: (high - 1)...high, y: -0.5...64.5), look.wall)
        }
    }

    /// A place in either room.
    public func drawTarget(using generator: inout SeededGenerator) -> [Double] { dot.drawTarget(using: &generator) }

    /// A step of at most full speed towards the target, through the door.
    public func guidance(toward target: [Double]) -> [Double] { dot.guidance(toward: target) }

    /// Within a step of the target.
    public func isNear(_ target: [Double]) -> Bool { dot.isNear(target) }

    /// Whether two states lie in different rooms.
    public func areApart(_ one: [Double], _ other: [Double]) -> Bool { dot.areApart(one, other) }

    /// The first pixel of the border; it ends as far from the other side.
    private static let border = 4.0

    private static func plan(_ table: FactorTable) -> RoomPlan {
        plan(table, inside: Rectangle(x: border...(64 - border), y: border...(64 - border)), margin: 0, radius: 0.5)
    }

    /// The plan of an area, wall and door wider by a margin at each side.
    private static func plan(_ table: FactorTable, inside: Rectangle, margin: Double, radius: Double) -> RoomPlan {
        let (at, half) = (table["wall_position"], (table["wall_width"] / 2).rounded(.down) + margin)
        return RoomPlan(
            inside: inside, isVertical: true, wall: (at - half)...(at + half),
            doors: [RoomPlan.Door(middle: table["door_position"], reach: table["door_size"] + margin)], radius: radius)
    }

    private static func look(_ table: FactorTable) -> Look {
        // Drawn are the pixels whose middle lies in the wall: half a pixel more at each side, to the edge of the picture.
        let drawn = plan(table, inside: Rectangle(x: -0.5...64.5, y: -0.5...64.5), margin: 0.5, radius: 0)
        return Look(
            agent: table.colour("agent"), background: table.colour("background"), wall: table.colour("wall"),
            spread: table["agent_spread"], pieces: drawn.pieces)
    }

    private static let standardFactors: [WorldFactor] =
        WorldFactor.colour("agent", 255, 0, 0, of: "the dot")
        + WorldFactor.colour("background", 255, 255, 255, of: "the floor")
        + WorldFactor.colour("wall", 0, 0, 0, of: "the walls")
        + [
            .light,
            WorldFactor("agent_spread", 1.7, in: 1...3, meaning: "standard deviation of the dot, px of 65"),
            WorldFactor("agent_speed", 2, in: 0.5...4, kind: .motion, meaning: "longest step of each axis, px of 65"),
            WorldFactor(
                "wall_position", 32, in: 20...44, kind: .layout, isWhole: true, meaning: "middle of the wall, px of 65"),
            WorldFactor(
                "wall_width", 6, in: 2...10, kind: .layout, isWhole: true,
                meaning: "thickness of the wall, px of 65; an odd one is as thick as the even one below"),
            WorldFactor(
                "door_position", 30, in: 10...54, kind: .layout, isWhole: true, meaning: "middle of the door, px of 65"),
            WorldFactor(
                "door_size", 4, in: 2...8, kind: .layout, isWhole: true,
                meaning: "how far the door reaches to each side, px of 65"),
        ]
}
