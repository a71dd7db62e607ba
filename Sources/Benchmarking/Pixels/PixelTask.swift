import Foundation
public import Plants

/// What is asked of a policy in a world: which pairs of states count, and when a goal is reached. Privileged: it reads states,
/// which no policy sees.
public protocol PixelTask: Sendable {
    /// The world.
    var world: any World { get }
    /// The same task in the same world with other values of factors.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist or a value beyond its range.
    func varied(_ factors: [String: Double]) throws -> Self
    /// Rows between start and goal.
    var offset: Int { get }
    /// Steps that a policy has.
    var budget: Int { get }

    /// Whether the recorded states between a start and its goal, both included, make a pair.
    func isEligible(_ window: ArraySlice<[Double]>, rule: PixelRule) -> Bool
    /// The state whose picture is the goal, of the recorded states between a start and its goal.
    func goal(of window: ArraySlice<[Double]>) -> [Double]
    /// Whether a start is worth beginning with: nothing is solved there yet.
    func isOpen(_ start: [Double], goal: [Double], rule: PixelRule) -> Bool
    /// Whether a state is that of the goal, as far as the rule asks.
    func isThere(_ state: [Double], goal: [Double], rule: PixelRule) -> Bool
    /// The steps in a row that a state has to be that of the goal.
    func hold(_ rule: PixelRule) -> Int
    /// Whether a goal is reached, by the states from the start to now, both included.
    func isSolved(_ route: [[Double]], goal: [Double], rule: PixelRule) -> Bool
}

extension PixelTask {
    /// 25 rows, as in the evaluations of LeWorldModel.
    public var offset: Int { 25 }
    /// Twice as many.
    public var budget: Int { 50 }
    /// Every pair counts that is not solved before the first step.
    public func isEligible(_ window: ArraySlice<[Double]>, rule: PixelRule) -> Bool { true }
    /// The last of them.
    public func goal(of window: ArraySlice<[Double]>) -> [Double] { window.last ?? [] }
    /// Every start that is not the goal already.
    public func isOpen(_ start: [Double], goal: [Double], rule: PixelRule) -> Bool {
        !isThere(start, goal: goal, rule: rule)
    }
    /// The first hit counts.
    public func hold(_ rule: PixelRule) -> Int { 1 }

    /// As soon as the last steps are there, as many as have to be.
    public func isSolved(_ route: [[Double]], goal: [Double], rule: PixelRule) -> Bool {
        let needed = hold(rule)
        return route.count >= needed && route.suffix(needed).allSatisfy { isThere($0, goal: goal, rule: rule) }
    }
}

/// The distance of two states in some of their numbers.
func distance(_ one: [Double], _ other: [Double], _ numbers: Range<Int>) -> Double {
    numbers.reduce(0) { sum, index in
        let difference = one[index] - other[index]
        return sum + difference * difference
    }.squareRoot()
}

/// The angle between two directions, rad, 0 to π.
func turn(_ one: Double, _ other: Double) -> Double { abs(remainder(one - other, 2 * Double.pi)) }
