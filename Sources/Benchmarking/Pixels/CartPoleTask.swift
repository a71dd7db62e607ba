public import Plants

/// To hold a pole upright and bring the cart to the middle: the task of Toso, LeCun, Anderson and Bounou, "Preserving
/// Unstable Modes Through Inverse Dynamics in JEPA World Models", 2026.
///
/// Each start is a recorded state near upright, within half a metre of the middle. Moderate: the state at the end, after 300
/// steps, has a norm of at most 0.7. Strict: the pole also stays within 12° all the time, which is where Gymnasium ends an
/// episode.
public struct CartPoleTask: PixelTask {
    private let cartPole: CartPole

    /// Creates the task.
    public init(_ cartPole: CartPole = CartPole()) { self.cartPole = cartPole }

    /// The world.
    public var world: any World { cartPole }
    /// The same task with other values of factors.
    public func varied(_ factors: [String: Double]) throws -> CartPoleTask {
        CartPoleTask(try cartPole.varied(factors))
    }
    /// A start alone makes a pair.
    public var offset: Int { 0 }
    /// 300 steps, 6 seconds.
    public var budget: Int { 300 }

    /// Whether a start can be saved: the pole within 6°, nothing fast.
    public func isEligible(_ window: ArraySlice<[Double]>, rule: PixelRule) -> Bool {
        guard let start = window.first else { return false }
        return abs(start[0]) <= 0.5 && abs(start[1]) <= 0.5 && abs(start[2]) <= 0.1 && abs(start[3]) <= 0.5
    }

    /// Upright in the middle, at rest.
    public func goal(of window: ArraySlice<[Double]>) -> [Double] { [0, 0, 0, 0] }
    /// Nothing is solved before the end.
    public func isOpen(_ start: [Double], goal: [Double], rule: PixelRule) -> Bool { true }

    /// Within 0.7 of the goal.
    public func isThere(_ state: [Double], goal: [Double], rule: PixelRule) -> Bool {
        distance(state, goal, 0..<4) <= 0.7
    }

    /// Only at the end.
    public func isSolved(_ route: [[Double]], goal: [Double], rule: PixelRule) -> Bool {
        guard route.count == budget + 1, let last = route.last else { return false }
        let bound = 12 * Double.pi / 180
        return isThere(last, goal: goal, rule: rule)
            && (rule == .moderate || route.allSatisfy { abs($0[2]) <= bound })
    }
}
