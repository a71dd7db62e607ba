public import Basics
public import Episodes

/// A simulated world that is seen as pictures and acted on: a test bed for world models that learn from images.
///
/// A world is a value that holds its whole state, so that a copy is a snapshot and any number of them run at once. The
/// state is privileged: evaluators, probes and pictures of goals read it, a planner never does. Nothing inside draws
/// random numbers; `reset` is handed a generator.
public protocol World: Sendable {
    /// The name by which commands know the world.
    var name: String { get }
    /// Seconds between two steps.
    var samplingTime: Double { get }
    /// What can be done at each step, with limits; actions beyond them are moved to the nearest one within.
    var actionChannels: [Channel] { get }
    /// The names of the numbers of `state`.
    var stateNames: [String] { get }
    /// The state, in the units that the world's documentation names.
    var state: [Double] { get }
    /// The names of the numbers of `proprioception`; empty where the world has no body that senses itself.
    var proprioceptionNames: [String] { get }
    /// What a body senses of itself, a part of the state that a model may be given beside pictures.
    var proprioception: [Double] { get }
    /// What can differ between worlds of this kind: colours, sizes, friction, light.
    var factors: [WorldFactor] { get }

    /// The same world with other values of factors; those that are not named are as they are here.
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

/// One number that can differ between worlds of a kind.
public struct WorldFactor: Sendable, Hashable {
    /// The name, such as `agent_red`.
    public var name: String
    /// The value unless something else is asked for.
    public var standard: Double
    /// What it may be.
    public var range: ClosedRange<Double>
    /// What it does, a few words.
    public var meaning: String

    /// Creates a factor.
    public init(_ name: String, _ standard: Double, in range: ClosedRange<Double>, meaning: String) {
        precondition(range.contains(standard), "\(name) is \(standard), outside its range")
        self.name = name
        self.standard = standard
        self.range = range
        self.meaning = meaning
    }
}
