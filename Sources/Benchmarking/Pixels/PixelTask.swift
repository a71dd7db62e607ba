public import Plants

/// What is asked of a policy in a world: which pairs of states count, and when a goal is reached. Privileged: it reads states,
/// which no policy sees.
public protocol PixelTask: Sendable {
    /// The world.
    var world: any World { get }
    /// Rows between start and goal.
    var offset: Int { get }
    /// Steps that a policy has.
    var budget: Int { get }

    /// Whether the recorded states between a start and its goal, both included, make a pair.
    func isEligible(_ window: ArraySlice<[Double]>, rule: PixelRule) -> Bool
    /// Whether a goal is reached, by the states from the start to now, both included.
    func isSolved(_ route: [[Double]], goal: [Double], rule: PixelRule) -> Bool
}

extension PixelTask {
    /// 25 rows, as in the evaluations of LeWorldModel.
    public var offset: Int { 25 }
    /// Twice as many.
    public var budget: Int { 50 }
}
