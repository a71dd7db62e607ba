public import Episodes

/// What worlds of ours and simulators of others have in common: they are seen as pictures and acted on, step by step.
///
/// Unlike a ``World`` an environment need not be a value: nothing copies it or puts it into a state, and all that is certain
/// is what follows from a seed and actions. Any call may fail, since an environment may run in another process. It ends
/// episodes by itself where its rules say so. ``WorldEnvironment`` makes one of a world; `checkEnvironment` finds what an
/// environment does wrong.
public protocol Environment {
    /// The name by which commands know it.
    var name: String { get }
    /// Seconds between two steps.
    var samplingTime: Double { get }
    /// What can be done at each step; limits are `nil` where there are none.
    var actionChannels: [Channel] { get }
    /// Which actions are whole numbers.
    var wholeActions: [Bool] { get }
    /// What is told in numbers at each step.
    var columns: [EnvironmentColumn] { get }

    /// The present numbers of a column, as many as it has elements; those that are missing now are not numbers.
    func values(of column: Int) -> [Double]
    /// Begins an episode that the seed decides.
    ///
    /// - Throws: `ForesightError` when the environment fails.
    mutating func reset(seed: UInt64) throws
    /// Goes one step on under an action `[action]`; actions beyond the limits are moved to the nearest one that is
    /// possible.
    ///
    /// - Returns: What came of it.
    /// - Throws: `ForesightError` when the environment fails.
    mutating func step(_ action: [Double]) throws -> EnvironmentStep
    /// Draws what is seen now over the whole picture.
    ///
    /// - Throws: `ForesightError` when the environment fails or draws nothing.
    mutating func render(into frame: inout Frame) throws
    /// Draws the goal of the episode over the whole picture, where the environment has one that can be seen.
    ///
    /// - Returns: Whether it has.
    /// - Throws: `ForesightError` when the environment fails.
    mutating func renderGoal(into frame: inout Frame) throws -> Bool
}

extension Environment {
    /// None is a whole number.
    public var wholeActions: [Bool] { actionChannels.map { _ in false } }
    /// There is no picture of a goal.
    public mutating func renderGoal(into frame: inout Frame) throws -> Bool { false }

    /// The picture of what is seen now.
    ///
    /// - Throws: What `render` throws.
    public mutating func picture(width: Int = 64, height: Int = 64) throws -> Frame {
        var frame = Frame(width: width, height: height)
        try render(into: &frame)
        return frame
    }

    /// The nearest action that is possible: within the limits, and whole where only whole numbers are.
    ///
    /// - Precondition: The action has as many numbers as the environment takes, and none is not a number.
    public func nearest(to action: [Double]) -> [Double] {
        let channels = actionChannels
        precondition(
            action.count == channels.count, "an action of \(action.count) numbers where there are \(channels.count)")
        return zip(action, zip(channels, wholeActions)).map { value, kind in
            precondition(!value.isNaN, "the action \(kind.0.name) is not a number")
            let limited = min(max(value, kind.0.lowerLimit ?? -.infinity), kind.0.upperLimit ?? .infinity)
            return kind.1 ? limited.rounded() : limited
        }
    }

    /// All numbers of all columns, one column after the other.
    var numbers: [Double] { columns.indices.flatMap { values(of: $0) } }
}

/// Numbers that an environment tells at each step.
public struct EnvironmentColumn: Sendable, Hashable {
    /// The name, such as ``FrameColumn/state``.
    public var name: String
    /// The shape; empty for a single number.
    public var shape: [Int]
    /// The names of the numbers, row-major.
    public var elements: [String]

    /// Creates a column; its numbers are counted where they have no names.
    public init(_ name: String, shape: [Int], elements: [String]? = nil) {
        let count = shape.reduce(1, *)
        self.name = name
        self.shape = shape
        self.elements = elements ?? (count == 1 ? [name] : (0..<count).map { "\(name)_\($0)" })
        precondition(self.elements.count == count, "\(name) has \(count) numbers and \(self.elements.count) names")
    }
}

/// What came of a step.
public struct EnvironmentStep: Sendable, Hashable {
    /// The reward, in the environment's own units.
    public var reward: Double
    /// Whether the episode is over by the rules: the goal is reached, or all is lost.
    public var isTerminated: Bool
    /// Whether the episode was cut off, such as by a limit on its steps.
    public var isTruncated: Bool
    /// Whether the environment calls it a success; `nil` where it does not say.
    public var isSuccess: Bool?

    /// Whether the next thing has to be a reset.
    public var isOver: Bool { isTerminated || isTruncated }

    /// Creates the outcome of a step.
    public init(reward: Double = 0, isTerminated: Bool = false, isTruncated: Bool = false, isSuccess: Bool? = nil) {
        self.reward = reward
        self.isTerminated = isTerminated
        self.isTruncated = isTruncated
        self.isSuccess = isSuccess
    }
}
