import Basics
import Episodes

/// A dot that walks through two rooms, and the factors that say how: what `TwoRooms` and `Wall` share.
struct RoomDot: Sendable, Hashable {
    /// The action of either world.
    static var actionChannels: [Channel] {
        ["right", "down"].map { Channel(name: $0, role: .action, lowerLimit: -1, upperLimit: 1) }
    }
    /// The names of the numbers of `state`.
    static let stateNames = ["x", "y"]

    /// The values of the factors; `agent_speed` is one of them.
    let table: FactorTable
    /// The rooms.
    let plan: RoomPlan
    /// The longest step of each axis, in units of the world.
    let speed: Double
    private(set) var position: SIMD2<Double>

    init(_ table: FactorTable, plan: RoomPlan, at position: SIMD2<Double>) {
        self.table = table
        self.plan = plan
        self.position = position
        speed = table["agent_speed"]
    }

    /// The place: to the right and to the bottom.
    var state: [Double] { [position.x, position.y] }

    /// Moves to a place in either room, uniformly.
    mutating func reset(using generator: inout SeededGenerator) { position = plan.draw(using: &generator) }

    /// Moves to a place `[x, y]`.
    mutating func restore(_ state: [Double], of world: String) {
        precondition(state.count == 2, "a state of \(world) is x and y, not \(state.count) numbers")
        position = SIMD2(state[0], state[1])
    }

    /// Goes one step on under an action `[right, down]`.
    mutating func step(_ action: [Double]) {
        let way = SIMD2(limited(action, 0, count: 2), limited(action, 1, count: 2)) * speed
        var velocity = way
        plan.motion.move(&position, by: way, velocity: &velocity)
    }

    /// A place in either room.
    func drawTarget(using generator: inout SeededGenerator) -> [Double] {
        let place = plan.draw(using: &generator)
        return [place.x, place.y]
    }

    /// A step of at most full speed towards the target, through a door.
    func guidance(toward target: [Double]) -> [Double] {
        let way = plan.direction(from: position, to: SIMD2(target[0], target[1]), stride: speed)
        return [way.x, way.y]
    }

    /// Within a step of the target.
    func isNear(_ target: [Double]) -> Bool {
        let away = position - SIMD2(target[0], target[1])
        return (away * away).sum() <= speed * speed
    }

    /// Whether two states lie in different rooms.
    func areApart(_ one: [Double], _ other: [Double]) -> Bool {
        plan.room(of: SIMD2(one[0], one[1])) != plan.room(of: SIMD2(other[0], other[1]))
    }
}
