public import Agents
import Basics
import Episodes
import Foundation
public import Plants

/// What came of one pair.
public struct PixelOutcome: Sendable, Hashable, Codable {
    /// The recorded episode of the pair.
    public var episode: Int
    /// The row of the start in it.
    public var row: Int
    /// Whether the goal was reached within the budget.
    public var isSolved: Bool
    /// Steps until then, or the whole budget.
    public var steps: Int
    /// The state at the end.
    public var end: [Double]
}

/// What came of a manifest.
public struct PixelScore: Sendable, Codable {
    /// Each pair, in the order of the manifest.
    public var outcomes: [PixelOutcome]
    /// Seconds that each action took that came from a search, in order.
    public var seconds: [Double]

    /// The share of goals reached.
    public var success: Double {
        Double(outcomes.filter(\.isSolved).count) / Double(max(1, outcomes.count))
    }
}

/// Lets a policy act on the pairs of a manifest. The policy sees pictures, and is
/// told what the body senses, which only models with proprioception look at; states are read here alone, after it has acted.
public struct PixelEvaluation: Sendable {
    /// The world and what counts.
    public let task: any PixelTask
    /// What is to be done.
    public let manifest: PixelManifest
    /// The size of pictures, `[height, width]`.
    public let imageSize: [Int]

    /// Creates an evaluation.
    public init(_ task: any PixelTask, manifest: PixelManifest, imageSize: [Int] = [64, 64]) {
        precondition(task.world.name == manifest.world, "a manifest of \(manifest.world) for \(task.world.name)")
        self.task = task
        self.manifest = manifest
        self.imageSize = imageSize
    }

    /// Runs all pairs.
    ///
    /// Pair k begins with a seed of its own, so that no pair depends on those before it.
    /// - Parameters:
    ///   - policy: What acts; a copy of it begins each pair.
    ///   - progress: Hears how many pairs are done and how many were solved; may throw to end it.
    /// - Returns: What came of each.
    /// - Throws: What the policy, the world's factors and `progress` throw.
    public func run(
        _ policy: some PicturePolicy, progress: (_ done: Int, _ solved: Int) throws -> Void = { _, _ in }
    ) throws -> PixelScore {
        var outcomes: [PixelOutcome] = []
        var seconds: [Double] = []
        let base = try task.varied(manifest.factors)
        for (index, pair) in manifest.pairs.enumerated() {
            outcomes.append(try run(pair, index: index, policy, in: base, seconds: &seconds))
            try progress(index + 1, outcomes.filter(\.isSolved).count)
        }
        return PixelScore(outcomes: outcomes, seconds: seconds)
    }

    private func run(
        _ pair: PixelPair, index: Int, _ template: some PicturePolicy, in base: any PixelTask, seconds: inout [Double]
    ) throws -> PixelOutcome {
        let task = try base.varied(pair.factors ?? [:])
        var (policy, world) = (template, task.world)
        var frame = Frame(width: imageSize[1], height: imageSize[0])
        world.restore(pair.goal)
        world.render(into: &frame)
        var seeds = SeededGenerator(seed: manifest.seed, stream: UInt64(index))
        policy.begin(goal: frame.pixels, seed: seeds.next())
        world.restore(pair.start)
        var route = [world.state]
        for step in 1...manifest.budget {
            world.render(into: &frame)
            let began = Date()
            let action = try policy.act(on: frame.pixels, proprioception: world.proprioception)
            if policy.hasJustPlanned { seconds.append(Date().timeIntervalSince(began)) }
            world.step(action)
            route.append(world.state)
            if task.isSolved(route, goal: pair.goal, rule: manifest.rule) {
                return PixelOutcome(
                    episode: pair.episode, row: pair.row, isSolved: true, steps: step, end: world.state)
            }
        }
        return PixelOutcome(
            episode: pair.episode, row: pair.row, isSolved: false, steps: manifest.budget, end: world.state)
    }
}

/// Draws actions uniformly from their limits: what a policy has to beat.
public struct RandomPicturePolicy: PicturePolicy {
    private let ranges: [ClosedRange<Double>]
    private var generator = SeededGenerator(seed: 0)

    /// Creates the policy for a world's actions.
    public init(_ world: any World) {
        ranges = world.actionChannels.map { ($0.lowerLimit ?? -1)...($0.upperLimit ?? 1) }
    }

    /// Draws anew.
    public mutating func begin(goal picture: [UInt8], seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// It never searches.
    public var hasJustPlanned: Bool { false }

    /// A random action.
    public mutating func act(on picture: [UInt8]) -> [Double] { ranges.map { generator.uniform(in: $0) } }
}
