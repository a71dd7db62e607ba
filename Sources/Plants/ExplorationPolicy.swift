public import Basics
import Episodes

/// How the actions of a log are chosen so that a model can learn their effect.
public struct ExplorationPolicy: Sendable, Hashable {
    /// The kind of signal.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
        /// Random levels, each held for a random time: excites gains and slow modes.
        case steps
        /// Two levels switched by a pseudo-random binary sequence: excites fast modes.
        case prbs
        /// A random walk reflected at the limits: stays near where it was.
        case walk
        /// Stretches of the three in turn.
        case mixed
    }

    /// The kind of signal.
    public var kind: Kind
    /// The shortest and the longest time that a level is held, s; the shorter is the clock of a binary sequence.
    public var hold: ClosedRange<Double>
    /// The part of each action's limits, or of what the plant says is worth trying, that is used, 0…1.
    public var span: ClosedRange<Double>

    /// Creates a policy.
    public init(_ kind: Kind, hold: ClosedRange<Double>, span: ClosedRange<Double> = 0...1) {
        precondition(hold.lowerBound > 0, "a holding time of \(hold.lowerBound) s")
        precondition(span.lowerBound >= 0 && span.upperBound <= 1, "span \(span) outside 0…1")
        self.kind = kind
        self.hold = hold
        self.span = span
    }

    /// A policy with holding times from the time constants of a plant: from a fifth of the slowest to one and a half.
    public init(_ kind: Kind, for plant: any Plant, span: ClosedRange<Double> = 0...1) {
        let slowest = plant.slowestTimeConstant
        let shortest = max(plant.samplingTime, slowest / 5)
        self.init(kind, hold: shortest...max(shortest, 1.5 * slowest), span: span)
    }
}

/// Draws the actions of an exploration policy, sampling period by sampling period.
public struct Explorer: Sendable {
    private let policy: ExplorationPolicy
    private let ranges: [ClosedRange<Double>]
    private let samplingTime: Double
    private var generator: SeededGenerator
    private var levels: [Double]
    private var remaining: [Int]
    private var sequences: [PseudoRandomSequence]
    private var kind: ExplorationPolicy.Kind
    private var stretch = 0

    /// Starts a policy on a plant.
    public init(_ policy: ExplorationPolicy, for plant: any Plant, using generator: SeededGenerator) {
        self.policy = policy
        self.generator = generator
        samplingTime = plant.samplingTime
        ranges = plant.actionChannels.indices.map { index in
            let full = plant.explorationRanges?[index] ?? plant.actionRange(index)
            let width = full.upperBound - full.lowerBound
            let low = full.lowerBound + policy.span.lowerBound * width
            return low...(full.lowerBound + policy.span.upperBound * width)
        }
        kind = policy.kind == .mixed ? .steps : policy.kind
        levels = ranges.map { ($0.lowerBound + $0.upperBound) / 2 }
        remaining = ranges.map { _ in 0 }
        // Places far apart keep the channels uncorrelated.
        let offset = Int(self.generator.uniform() * Double(PseudoRandomSequence.period))
        let count = max(ranges.count, 1)
        sequences = ranges.indices.map {
            PseudoRandomSequence(place: offset + $0 * PseudoRandomSequence.period / count)
        }
    }

    /// The middle of the range of every action `[action]`.
    var middle: [Double] { ranges.map { ($0.lowerBound + $0.upperBound) / 2 } }

    /// The actions of the next sampling period `[action]`.
    public mutating func next() -> [Double] {
        if policy.kind == .mixed {
            if stretch == 0 {
                let kinds: [ExplorationPolicy.Kind] = [.steps, .walk, .prbs]
                kind = kinds[Int(generator.uniform() * 3)]
                stretch = max(1, Int(5 * policy.hold.upperBound / samplingTime))
                remaining = remaining.map { _ in 0 }
            }
            stretch -= 1
        }
        for index in ranges.indices {
            if kind == .walk {
                walk(index)
            } else {
                if remaining[index] == 0 { choose(index) }
                remaining[index] -= 1
            }
        }
        return levels
    }

    private mutating func choose(_ index: Int) {
        let range = ranges[index]
        if kind == .prbs {
            levels[index] = sequences[index].next() ? range.upperBound : range.lowerBound
            remaining[index] = max(1, Int((policy.hold.lowerBound / samplingTime).rounded()))
        } else {
            levels[index] = generator.uniform(in: range)
            let held = generator.uniform(in: policy.hold)
            remaining[index] = max(1, Int((held / samplingTime).rounded()))
        }
    }

    /// A step whose spread over the longest holding time is half the range, reflected at the limits.
    private mutating func walk(_ index: Int) {
        let range = ranges[index]
        let width = range.upperBound - range.lowerBound
        let step = 0.5 * width * (samplingTime / policy.hold.upperBound).squareRoot()
        var value = levels[index] + min(step, width) * generator.normal()
        for _ in 0..<8 {
            if value > range.upperBound { value = 2 * range.upperBound - value }
            if value < range.lowerBound { value = 2 * range.lowerBound - value }
        }
        levels[index] = min(max(value, range.lowerBound), range.upperBound)
    }
}
