import Basics
import Plants

/// One thing that cannot happen in a world, or, as a control, nothing of the kind.
public struct Violation: Sendable {
    /// A world that is about to be broken: what moves and what is seen may differ.
    struct Scene {
        /// What moves.
        var mover: any World
        /// How it looks: it is drawn with the state of what moves.
        var drawer: any World
        /// A state that is drawn instead; `nil` for that of what moves.
        var shown: [Double]?

        /// Draws what is seen.
        func draw(into frame: inout Frame) {
            var seen = drawer
            seen.restore(shown ?? mover.state)
            seen.render(into: &frame)
        }
    }

    /// The name, such as `teleport`.
    public var name: String
    /// Which of what is expected of things it breaks.
    public var principle: String
    /// What happens, a few words.
    public var about: String
    /// Whether it takes memory of what was seen earlier than the model's pictures to notice.
    public var needsMemory = false
    /// Whether it is a control in which nothing impossible happens.
    public var isControl = false
    /// The policies that act, in turn.
    var policies: [WorldPolicy]
    /// Whether it can be done at a row of a lawful episode of states, with its actions.
    var isEligible: @Sendable (_ states: [[Double]], _ actions: [[Double]], _ row: Int) -> Bool = { _, _, _ in true }
    /// Does it, before the row is seen; `false` where it does not succeed.
    var commit: @Sendable (inout Scene, inout SeededGenerator) throws -> Bool
}

/// The same episode twice, lawful and with a violation: start, actions and all pictures before the event are the same.
public struct SurprisePair: Sendable {
    /// The lawful pictures, row by row, `[height, width, 3]` each.
    public var possible: [[UInt8]]
    /// The pictures with the violation.
    public var impossible: [[UInt8]]
    /// What was done, `[row][action]`; in a control of two different episodes, in the first.
    public var actions: [[Double]]
    /// What was done in the second episode.
    public var otherActions: [[Double]]
    /// The first row whose pictures differ; in a control, the row that is looked at.
    public var event: Int
    /// The states of the lawful episode.
    public var states: [[Double]]
    /// The states of the other.
    public var otherStates: [[Double]]
}
