public import Basics
public import Episodes

/// A simulated world that is seen as pictures and acted on: a test bed for world models that learn from images.
///
/// A world is a value that holds its whole state, so that a copy is a snapshot and any number of them run at once. The
/// state is privileged: evaluators, probes and pictures of goals read it, a planner never does. Nothing inside draws
/// random numbers; `reset` is handed a generator. `checkEnvironment` finds what a world does wrong.
public protocol World: Sendable {
    /// The name by which commands know the world.
    var name: String { get }
    /// Seconds between two steps.
    var samplingTime: Double { get }
    /// What can be done at each step, with limits; actions beyond them are moved to the nearest one within.
    var actionChannels: [Channel] { get }
    /// The names of the numbers of `state`.
    var stateNames: [String] { get }
    /// Those of `stateNames` that are directions, rad, so that a whole turn more is the same.
    var angleNames: [String] { get }
    /// The state, in the units that the world's documentation names.
    var state: [Double] { get }
    /// The names of the numbers of `proprioception`; empty where the world has no body that senses itself.
    var proprioceptionNames: [String] { get }
    /// What a body senses of itself, a part of the state that a model may be given beside pictures.
    var proprioception: [Double] { get }
    /// What can differ between worlds of this kind: colours, sizes, friction, light.
    var factors: [WorldFactor] { get }
    /// The values of the factors in this world, in their order.
    var factorValues: [Double] { get }

    /// The same world with other values of factors; those that are not named are as they are here. The state stays;
    /// where it no longer fits, such as a body in a wall that has moved, `reset` comes next.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist or a value beyond its range.
    func varied(_ values: [String: Double]) throws -> Self
    /// Moves to a state that is drawn from those in which episodes begin.
    mutating func reset(using generator: inout SeededGenerator)
    /// Moves to a given state, such as that of a goal.
    mutating func restore(_ state: [Double])
    /// Goes one step on under an action `[action]`.
    mutating func step(_ action: [Double])
    /// Draws the present state over the whole picture, of any size.
    func render(into frame: inout Frame)
}

extension World {
    /// None.
    public var angleNames: [String] { [] }

    /// The picture of the present state.
    public func picture(width: Int = 64, height: Int = 64) -> Frame {
        var frame = Frame(width: width, height: height)
        render(into: &frame)
        return frame
    }

    /// The same world with the named factors drawn uniformly from their ranges, whole numbers where they are whole.
    ///
    /// Values that do not go together, such as a body too large for the door, are drawn again.
    ///
    /// - Parameters:
    ///   - names: The factors; the others stay as they are.
    ///   - generator: What draws.
    /// - Returns: The world, its state as it is here.
    /// - Throws: `ForesightError.usage` for a factor that does not exist, or when a hundred draws did not go together.
    public func varied(randomly names: [String], using generator: inout SeededGenerator) throws -> Self {
        let table = FactorTable(factors)
        let drawn = try names.map { table.factors[try table.index(of: $0, in: name)] }
        var refusal: (any Error)?
        for _ in 0..<100 {
            var values: [String: Double] = [:]
            for factor in drawn { values[factor.name] = factor.draw(using: &generator) }
            do { return try varied(values) } catch { refusal = error }
        }
        throw ForesightError.usage(
            "no values of \(names.joined(separator: ", ")) that go together in 100 draws",
            remedy: refusal.map { "the last were refused: \($0)" } ?? "name fewer")
    }
}

/// A world that a hand-written controller can steer to a place, which is how recordings come to hold what random
/// actions seldom do, such as a way through a door.
public protocol GuidedWorld: World {
    /// A place that can be reached, drawn from where targets lie; what the numbers are is the world's own affair.
    func drawTarget(using generator: inout SeededGenerator) -> [Double]
    /// The action that brings the world nearer to the target, within the limits.
    func guidance(toward target: [Double]) -> [Double]
    /// Whether the target is reached, near enough to choose another.
    func isNear(_ target: [Double]) -> Bool
    /// How far a guided policy strays unless it says so itself: a standard deviation as a part of half the limits.
    var guidanceNoise: Double { get }
}

extension GuidedWorld {
    /// 0.3.
    public var guidanceNoise: Double { 0.3 }
}
