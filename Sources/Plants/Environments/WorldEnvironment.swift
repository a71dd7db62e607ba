import Basics
public import Episodes

/// A world as an environment: without rewards and without an end.
public struct WorldEnvironment: Environment, Sendable {
    /// The world, with its factors.
    public private(set) var world: any World

    /// Makes an environment of a world.
    public init(_ world: any World) { self.world = world }

    /// The name of the world.
    public var name: String { world.name }
    /// Seconds between two steps.
    public var samplingTime: Double { world.samplingTime }
    /// What can be done.
    public var actionChannels: [Channel] { world.actionChannels }

    /// The state and, where the world has a body that senses itself, the proprioception.
    public var columns: [EnvironmentColumn] {
        let state = EnvironmentColumn(
            FrameColumn.state, shape: [world.stateNames.count], elements: world.stateNames)
        guard !world.proprioceptionNames.isEmpty else { return [state] }
        let sensed = EnvironmentColumn(
            FrameColumn.proprioception, shape: [world.proprioceptionNames.count],
            elements: world.proprioceptionNames)
        return [state, sensed]
    }

    /// The present numbers of a column.
    public func values(of column: Int) -> [Double] { column == 0 ? world.state : world.proprioception }

    /// Begins an episode in a state that the seed decides.
    public mutating func reset(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        world.reset(using: &generator)
    }

    /// Goes one step on.
    public mutating func step(_ action: [Double]) -> EnvironmentStep {
        world.step(nearest(to: action))
        return EnvironmentStep()
    }

    /// Draws the present state.
    public func render(into frame: inout Frame) { world.render(into: &frame) }
}
