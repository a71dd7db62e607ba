#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// How a learning rate changes over a run: a factor for each step, pure and without state.
///
/// The first `warmUp` steps rise by equal amounts to the full rate, (t + 1) / warmUp; then the shape takes over and
/// ends at `floor` on the last step, where it stays.
public struct Schedule: Sendable, Hashable, Codable {
    /// What comes after the warm-up.
    public enum Shape: String, Sendable, Codable, CaseIterable {
        /// The full rate to the end.
        case constant
        /// A straight line down to the floor.
        case linear
        /// Half a cosine down to the floor: Loshchilov and Hutter, arXiv:1608.03983.
        case cosine
    }

    /// What comes after the warm-up.
    public var shape: Shape
    /// How many steps the rate rises for.
    public var warmUp: Int
    /// How many steps the run has.
    public var steps: Int
    /// The factor of the last step.
    public var floor: Double

    /// Creates a schedule for a run of so many steps.
    public init(_ shape: Shape, steps: Int, warmUp: Int = 0, floor: Double = 0) {
        precondition(steps > 0 && warmUp >= 0, "a schedule of \(steps) steps with a warm-up of \(warmUp) is none")
        self.shape = shape
        self.warmUp = warmUp
        self.steps = steps
        self.floor = floor
    }

    /// The full rate at every step.
    public static let constant = Schedule(.constant, steps: 1)

    /// What the learning rate is multiplied with at a step, which counts from 0.
    public func factor(at step: Int) -> Double {
        if step < warmUp { return Double(step + 1) / Double(warmUp) }
        let length = max(steps - 1 - warmUp, 1)
        let progress = min(Double(step - warmUp) / Double(length), 1)
        switch shape {
        case .constant: return 1
        case .linear: return 1 - (1 - floor) * progress
        case .cosine: return floor + (1 - floor) * (1 + cos(Double.pi * progress)) / 2
        }
    }
}
