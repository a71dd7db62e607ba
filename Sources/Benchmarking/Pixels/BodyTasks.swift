public import Plants

/// A block to a pose, with the pusher anywhere or where it was: the rules of the CLEAR audit for Push-T.
///
/// Moderate: pusher and block within 20 px together, the block within 20°. Strict: the block alone within 10 px and 10°, for
/// three steps.
public struct PushTTask: PixelTask {
    private let table: PushT

    /// Creates the task.
    public init(_ table: PushT = PushT()) { self.table = table }

    /// The world.
    public var world: any World { table }
    /// The same task with other values of factors.
    public func varied(_ factors: [String: Double]) throws -> PushTTask { PushTTask(try table.varied(factors)) }

    /// Whether the block is where the goal has it.
    public func isThere(_ state: [Double], goal: [Double], rule: PixelRule) -> Bool {
        let degrees = turn(state[4], goal[4]) * 180 / Double.pi
        switch rule {
        case .moderate: return distance(state, goal, 0..<4) < 20 && degrees < 20
        case .strict: return distance(state, goal, 2..<4) < 10 && degrees < 10
        }
    }

    /// Three steps for the strict rule.
    public func hold(_ rule: PixelRule) -> Int { rule == .strict ? 3 : 1 }
}

/// An arm to a posture: the rules of the CLEAR audit for Reacher.
///
/// Moderate: both joints within 0.05 rad, the shoulder as a direction, the wrist, which has limits, as a number. Strict: the
/// fingertip within 0.01 m, for two steps.
public struct ReacherTask: PixelTask {
    private let arm: Reacher

    /// Creates the task.
    public init(_ arm: Reacher = Reacher()) { self.arm = arm }

    /// The world.
    public var world: any World { arm }
    /// The same task with other values of factors.
    public func varied(_ factors: [String: Double]) throws -> ReacherTask { ReacherTask(try arm.varied(factors)) }

    /// Whether the arm is as the goal has it.
    public func isThere(_ state: [Double], goal: [Double], rule: PixelRule) -> Bool {
        switch rule {
        case .moderate: max(turn(state[0], goal[0]), abs(state[1] - goal[1])) < 0.05
        case .strict: distance(arm.fingertip(of: state), arm.fingertip(of: goal), 0..<2) <= 0.01
        }
    }

    /// Two steps for the strict rule.
    public func hold(_ rule: PixelRule) -> Int { rule == .strict ? 2 : 1 }
}
