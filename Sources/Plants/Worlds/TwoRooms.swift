public import Basics
public import Episodes

/// A dot that walks through the door between two rooms: TwoRoom of stable-worldmodel 0.1.1.
///
/// The geometry, the sizes, the colours and their ranges are those of `swm/TwoRoom-v1` (`envs/two_room/env.py`; arXiv
/// 2605.21800), which follows the two rooms of PLDM (V. Sobal et al., arXiv:2502.14819) and of eb_jepa at 3.5 times
/// their 64 pixels. The unit of length is the pixel of the original's pictures of 224 × 224, with the middle of the
/// first pixel at 0, whatever the size of the picture: the published radii of success, 16 and 8 px, apply. One step
/// moves the dot by its action times `agent_speed`.
///
/// Where it differs: the original looks at the end of a step only. Its centre may be anywhere in a door and 1.75 px beside
/// it, so that the disc overlaps the wall; steps cut through the corners of a door; and whoever leaves a door sideways is
/// put beside the wall, through it and further than a step. Here the whole way of the disc of radius `agent_radius` is
/// swept; it stops at contact and slides on along the wall (`DiscMotion`), without the gap of 0.5 px, and no step
/// crosses a wall outside of a door. The colour of the border, which the original declares, has an effect. Targets are none
/// of the world's business, so they are not drawn.
public struct TwoRooms: GuidedWorld, Hashable {
    private var dot: RoomDot
    private let look: Look

    private struct Look: Sendable, Hashable {
        var agent: Colour
        var background: Colour
        var wall: Colour
        var border: Colour
        var door: Colour
        var radius: Double
        var pieces: [Rectangle]
        var openings: [Rectangle]
    }

    /// Two rooms with everything at its standard value.
    public init() {
        self.init(FactorTable(Self.standardFactors), at: SIMD2(60.0, 112))
    }

    private init(_ table: FactorTable, at position: SIMD2<Double>) {
        dot = RoomDot(table, plan: Self.plan(table), at: position)
        look = Self.look(table)
    }

    /// The name by which commands know the world.
    public var name: String { "two-rooms" }
    /// Seconds between two steps: ten frames a second, as the original is shown.
    public var samplingTime: Double { 0.1 }
    /// The action: the direction to move in, a part of `agent_speed` in each axis.
    public var actionChannels: [Channel] { RoomDot.actionChannels }
    /// The names of the numbers of `state`.
    public var stateNames: [String] { RoomDot.stateNames }
    /// The place of the dot, px of 224: to the right and to the bottom.
    public var state: [Double] { dot.state }
    /// The names of the numbers of `proprioception`.
    public var proprioceptionNames: [String] { stateNames }
    /// The place of the dot, as in the original.
    public var proprioception: [Double] { state }
    /// What can differ, with the ranges of the original's variation space.
    public var factors: [WorldFactor] { dot.table.factors }
    /// The values of the factors in this world, in their order.
    public var factorValues: [Double] { dot.table.values }

    /// The same world with other values of factors.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist, a value beyond its range, or doors of which
    ///   none lets the dot through.
    public func varied(_ values: [String: Double]) throws -> TwoRooms {
        let copy = TwoRooms(try dot.table.varied(values, in: name), at: dot.position)
        let (radius, widest) = (copy.dot.table["agent_radius"], copy.dot.plan.widestDoor)
        let needed = 2 * 1.1 * radius
        guard widest >= needed else {
            throw ForesightError.usage(
                "the widest door of the world \(name) is \(widest) px inside of the border, less than the "
                    + "\(needed) px that a dot of radius \(radius) px needs",
                remedy: "choose a larger door_1_size, a door_1_position nearer to the middle, or a smaller agent_radius"
            )
        }
        return copy
    }

    /// Moves the dot to a place in either room, uniformly.
    public mutating func reset(using generator: inout SeededGenerator) { dot.reset(using: &generator) }

    /// Moves the dot to a place `[x, y]`.
    public mutating func restore(_ state: [Double]) { dot.restore(state, of: "two rooms") }

    /// Goes one step on under an action `[right, down]`.
    public mutating func step(_ action: [Double]) { dot.step(action) }

    /// Draws the rooms and the dot.
    public func render(into frame: inout Frame) {
        // The middles of the first and the last pixel of the original are at 0 and 223.
        let view = Viewport(centre: SIMD2(111.5, 111.5), size: SIMD2(224, 224), isUpward: false)
        frame.draw(view) { canvas in
            canvas.clear(look.background)
            for opening in look.openings { canvas.fill(opening, look.door) }
            for piece in look.pieces { canvas.fill(piece, look.wall) }
            for line in [9.5...13.5, 209.5...213.5] {
                canvas.fill(Rectangle(x: line, y: -0.5...223.5), look.border)
                canvas.fill(Rectangle(x: -0.5...223.5, y: line), look.border)
            }
            canvas.glow(dot.position, deviation: look.radius, look.agent)
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

    private static func plan(_ table: FactorTable) -> RoomPlan {
        plan(table, inside: Rectangle(x: 14...210, y: 14...210), margin: 0, radius: table["agent_radius"])
    }

    /// The plan of an area, wall and doors wider by a margin at each side.
    private static func plan(_ table: FactorTable, inside: Rectangle, margin: Double, radius: Double) -> RoomPlan {
        let half = (table["wall_thickness"] / 2).rounded(.down) + margin
        let doors = (1...Int(table["doors"])).map {
            RoomPlan.Door(middle: table["door_\($0)_position"], reach: table["door_\($0)_size"] + margin)
        }
        return RoomPlan(
            inside: inside, isVertical: table["wall_axis"] == 1, wall: (112 - half)...(112 + half), doors: doors,
            radius: radius)
    }

    private static func look(_ table: FactorTable) -> Look {
        // Drawn are the pixels whose middle lies in the wall or in the door: half a pixel more at each side. The wall
        // goes on beyond the border to the edge of the picture.
        let drawn = plan(table, inside: Rectangle(x: -0.5...223.5, y: -0.5...223.5), margin: 0.5, radius: 0)
        return Look(
            agent: table.colour("agent"), background: table.colour("background"), wall: table.colour("wall"),
            border: table.colour("border"), door: table.colour("door"), radius: table["agent_radius"],
            pieces: drawn.pieces,
            openings: drawn.doors.map {
                drawn.isVertical ? Rectangle(x: drawn.wall, y: $0) : Rectangle(x: $0, y: drawn.wall)
            })
    }

    private static let standardFactors: [WorldFactor] =
        WorldFactor.colour("agent", 255, 0, 0, of: "the dot")
        + WorldFactor.colour("background", 255, 255, 255, of: "the floor")
        + WorldFactor.colour("wall", 0, 0, 0, of: "the wall")
        + WorldFactor.colour("border", 0, 0, 0, of: "the border")
        + WorldFactor.colour("door", 255, 255, 255, of: "the doors")
        + [
            .light,
            WorldFactor("agent_radius", 7, in: 7...14, kind: .layout, meaning: "radius of the dot, px of 224"),
            WorldFactor(
                "agent_speed", 5, in: 1.75...10.5, kind: .motion, meaning: "longest step of each axis, px of 224"),
            WorldFactor(
                "wall_thickness", 10, in: 7...41, kind: .layout, isWhole: true,
                meaning: "thickness of the wall, px of 224"),
            WorldFactor(
                "wall_axis", 1, in: 0...1, kind: .layout, isWhole: true,
                meaning: "0 for a wall across, 1 for one upright"),
            WorldFactor("doors", 1, in: 1...3, kind: .layout, isWhole: true, meaning: "how many doors are open"),
        ]
        + (1...3).flatMap { door in
            [
                WorldFactor(
                    "door_\(door)_position", [49, 112, 175][door - 1], in: 0...223, kind: .layout, isWhole: true,
                    meaning: "middle of door \(door) along the wall, px of 224"),
                WorldFactor(
                    "door_\(door)_size", 14, in: 1...21, kind: .layout, isWhole: true,
                    meaning: "how far door \(door) reaches to each side, px of 224"),
            ]
        }
}
