public import Basics
import Foundation
public import Tensors

/// What the hidden units of a sensor model's nonlinear part compute. Both are bounded, so that models stay stable.
public enum BoundedActivation: String, Sendable, Codable, CaseIterable, ConfigurationValue {
    /// Levels off: friction, saturation, overflow.
    case tanh
    /// `x³`, held where |x| is 3: springs and reaction rates, which go on bending beyond what was recorded.
    case cubic

    /// Where the cube is held.
    static let edge = 3.0

    /// The activation of every element.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .tanh: return x.tanh()
        case .cubic:
            let held = x.clamp(min: -Self.edge, max: Self.edge)
            return held * held * held
        }
    }

    /// Its derivative at a number.
    func slope(_ x: Double) -> Double {
        switch self {
        case .tanh:
            let bend = Foundation.tanh(x)
            return 1 - bend * bend
        case .cubic: return abs(x) < Self.edge ? 3 * x * x : 0
        }
    }

    /// The activation of a number.
    func value(_ x: Double) -> Double {
        switch self {
        case .tanh: return Foundation.tanh(x)
        case .cubic:
            let held = min(max(x, -Self.edge), Self.edge)
            return held * held * held
        }
    }
}
