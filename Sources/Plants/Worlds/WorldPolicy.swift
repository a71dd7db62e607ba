public import Basics
import Episodes

/// How actions are chosen while a world is recorded, so that a model can learn what they do.
public struct WorldPolicy: Sendable, Hashable {
    /// The kind of policy.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
        /// Every action anew, uniform within the limits: stays near where it was.
        case uniform
        /// An action within the limits, held for a random number of steps: goes far.
        case held
        /// An Ornstein–Uhlenbeck process, moved into the limits: random with momentum. G. E. Uhlenbeck and L. S.
        /// Ornstein, "On the theory of the Brownian motion", Physical Review 36 (1930).
        case drifting
        /// Towards a random target and, once there or out of patience, to another one, with drifting noise on top: goes
        /// through doors.
        case guided
    }

    /// The kind of policy.
    public var kind: Kind
    /// For `held`, the shortest and the longest number of steps of an action.
    public var hold: ClosedRange<Int>
    /// For `drifting` and `guided`, the steps after which noise has forgotten what it was, to 1/e.
    public var memory: Double
    /// For `drifting` and `guided`, the standard deviation of the noise as a part of half the limits; `nil` for the usual one:
    /// 0.7 for `drifting`, the world's own for `guided`.
    public var noise: Double?
    /// For `guided`, the steps after which a target is given up.
    public var patience: Int

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - hold: Steps that an action is held for.
    ///   - memory: Steps that noise remembers.
    ///   - noise: Its standard deviation, as a part of half the limits; 0.7 for `drifting` and the world's own for `guided` by
    ///     default.
    ///   - patience: Steps after which a target is given up.
    public init(
        _ kind: Kind, hold: ClosedRange<Int> = 4...20, memory: Double = 8, noise: Double? = nil, patience: Int = 150
    ) {
        precondition(hold.lowerBound > 0, "an action held for \(hold.lowerBound) steps")
        precondition(memory > 0, "a memory of \(memory) steps")
        precondition(noise ?? 0 >= 0, "noise of \(noise ?? 0)")
        precondition(patience > 0, "a patience of \(patience) steps")
        self.kind = kind
        self.hold = hold
        self.memory = memory
        self.noise = noise
        self.patience = patience
    }
}

/// Draws the actions of a policy, step by step.
public struct WorldActor: Sendable {
    private let policy: WorldPolicy
    private let noise: Double
    private let middle: [Double]
    private let half: [Double]
    /// Which actions are whole numbers.
    private let whole: [Bool]
    private var generator: SeededGenerator
    private var drift: [Double]
    private var held: [Double]
    private var remaining = 0
    private var target: [Double]?

    /// Starts a policy in a world.
    ///
    /// - Throws: `ForesightError.usage` for a guided policy in a world that nobody knows how to steer, and for an action
    ///   without limits.
    public init(_ policy: WorldPolicy, in world: any World, using generator: SeededGenerator) throws {
        try self.init(policy, in: WorldEnvironment(world), using: generator)
    }

    /// Starts a policy in an environment.
    ///
    /// - Throws: `ForesightError.usage` for a guided policy where nobody knows how to steer, and for an action without
    ///   limits.
    public init(_ policy: WorldPolicy, in environment: some Environment, using generator: SeededGenerator) throws {
        let name = environment.name
        let limits = try environment.actionChannels.map { channel in
            guard let low = channel.lowerLimit, let high = channel.upperLimit, low < high else {
                throw ForesightError.usage(
                    "the action \(channel.name) of the world \(name) has no limits to draw within",
                    remedy: "give its channel a lower and an upper limit")
            }
            return (low, high)
        }
        if policy.kind == .guided, Self.guide(in: environment) == nil {
            let kinds = WorldPolicy.Kind.allCases.filter { $0 != .guided }.map(\.rawValue)
            throw ForesightError.usage(
                "the world \(name) has no controller that a guided policy could follow",
                remedy: "choose \(kinds.joined(separator: ", "))")
        }
        self.policy = policy
        noise = policy.noise ?? (policy.kind == .guided ? Self.guide(in: environment)?.guidanceNoise ?? 0.3 : 0.7)
        self.generator = generator
        whole = environment.wholeActions
        middle = limits.map { ($0.0 + $0.1) / 2 }
        half = limits.map { ($0.1 - $0.0) / 2 }
        drift = limits.map { _ in 0 }
        held = limits.map { _ in 0 }
        // Noise starts as it goes on: from its stationary distribution.
        for index in drift.indices { drift[index] = noise * self.generator.normal() }
    }

    /// The world of an environment that can be steered.
    private static func guide(in environment: some Environment) -> (any GuidedWorld)? {
        (environment as? WorldEnvironment)?.world as? any GuidedWorld
    }

    /// The action of the next step `[action]`, within the limits.
    public mutating func next(in world: any World) -> [Double] {
        if policy.kind == .guided {
            guard let world = world as? any GuidedWorld else { preconditionFailure("\(world.name) is not guided") }
            return next(toward: world)
        }
        return next()
    }

    /// The action of the next step `[action]`, one that is possible.
    public mutating func next(in environment: some Environment) -> [Double] {
        if policy.kind == .guided {
            guard let world = Self.guide(in: environment) else {
                preconditionFailure("\(environment.name) is not guided")
            }
            return next(toward: world)
        }
        return next()
    }

    /// An action that does not depend on where the world is.
    private mutating func next() -> [Double] {
        switch policy.kind {
        case .uniform:
            return middle.indices.map { draw($0) }
        case .held:
            if remaining == 0 {
                for index in held.indices { held[index] = draw(index) }
                let count = policy.hold.upperBound - policy.hold.lowerBound + 1
                remaining = policy.hold.lowerBound + Int(generator.uniform() * Double(count))
            }
            remaining -= 1
            return held
        case .drifting, .guided:
            advance()
            return limited { drift[$0] }
        }
    }

    private mutating func next(toward world: any GuidedWorld) -> [Double] {
        if let target, remaining > 0, !world.isNear(target) {
            remaining -= 1
        } else {
            target = world.drawTarget(using: &generator)
            remaining = policy.patience
        }
        advance()
        let wanted = world.guidance(toward: target ?? [])
        return limited { (wanted[$0] - middle[$0]) / half[$0] + drift[$0] }
    }

    /// A number within the limits of an action; each whole one as likely as the others where only these are possible.
    private mutating func draw(_ index: Int) -> Double {
        guard whole[index] else { return middle[index] + half[index] * generator.uniform(in: -1...1) }
        let low = (middle[index] - half[index]).rounded()
        return low + (generator.uniform() * (2 * half[index] + 1)).rounded(.down)
    }

    /// The exact step of an Ornstein–Uhlenbeck process of stationary deviation `noise`.
    private mutating func advance() {
        let kept = exponential(-1 / policy.memory)
        let fresh = noise * (1 - kept * kept).squareRoot()
        for index in drift.indices { drift[index] = kept * drift[index] + fresh * generator.normal() }
    }

    /// An action from parts of half the limits.
    private func limited(_ part: (Int) -> Double) -> [Double] {
        middle.indices.map { index in
            let value = middle[index] + half[index] * min(max(part(index), -1), 1)
            return whole[index] ? value.rounded() : value
        }
    }
}
