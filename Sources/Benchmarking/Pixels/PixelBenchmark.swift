public import Agents
public import Basics
public import Episodes
import Foundation
public import Objectives
public import Planning
public import Plants
public import WorldModels

/// Records a world, learns a model of it, and lets a planner act on frozen pairs.
public struct PixelBenchmark: Sendable {
    /// The set.
    public var set: PixelSet
    /// How models are trained; the seed is that of the first model.
    public var settings: ImageSettings
    /// Pairs of a manifest.
    public var pairs: Int
    /// Seeds of the manifests: those of the CLEAR audit.
    public var manifestSeeds: [UInt64] = [0, 1, 42]
    /// Steps of the model that a plan looks ahead.
    public var planSteps: Int
    /// What is minimised, over the channels of `ImageDynamics`.
    public var objective: String
    /// Pictures' height and width in pixels.
    public var imageSize = 64
    /// Episodes to learn from.
    public var episodes: Int

    /// Episodes that pairs are drawn from, none of which anything learned from.
    private static let testEpisodes = 400
    /// Recording for tests has another seed than any for training.
    private static let testSeed: UInt64 = 0x7E57

    /// What went on, for progress.
    public enum Phase: Sendable {
        /// Episodes recorded, of how many.
        case recording(Int, Int)
        /// Optimiser steps taken, of how many, and the loss's terms.
        case training(Int, Int, String)
        /// Heads learned, 0 to 1.
        case heads(Double, String)
        /// Pairs done of a rule and manifest seed, and how many were solved.
        case judging(PixelRule, UInt64, Int, Int)
    }

    /// Creates a benchmark of a set with its own amount of data.
    public init(_ set: PixelSet, settings: ImageSettings, pairs: Int = 100, episodes: Int? = nil) {
        self.set = set
        self.settings = settings
        self.pairs = pairs
        self.episodes = episodes ?? set.episodes
        planSteps = min(settings.horizon, 5)
        objective =
            settings.distanceSteps > 0 ? "minimize(distance); 0.5 * minimize(difference)" : "minimize(difference)"
    }

    /// Checks the objective before anything is recorded or learned.
    ///
    /// - Throws: `ForesightError.usage` for an objective that cannot be read, or over channels that the model will not have.
    public func validate() throws {
        let world = set.task.world
        let names = (settings.distanceSteps > 0 ? ["distance"] : []) + ["difference"] + world.proprioceptionNames
        let context = TrajectoryContext(
            outputs: names.map { Channel(name: $0, role: .observation) }, actions: world.actionChannels,
            samplingTime: world.samplingTime, horizon: planSteps * settings.block,
            initialOutputs: names.map { _ in 0 }, previousActions: world.actionChannels.map { _ in 0 })
        _ = try Goal.parse(objective).compile(context: context, options: CompileOptions())
    }

    /// Records the episodes that a model learns from.
    ///
    /// - Throws: What `progress` throws.
    public func record(progress: (Phase) throws -> Void) throws -> InMemoryFrames {
        let world = set.task.world
        var columns = [
            FrameColumn(FrameColumn.action, width: world.actionChannels.count),
            FrameColumn(FrameColumn.state, width: world.stateNames.count),
        ]
        let sensed = world.proprioceptionNames.count
        if sensed > 0 { columns.append(FrameColumn(FrameColumn.proprioception, width: sensed)) }
        var frames = InMemoryFrames(
            frameSize: FrameSize(height: imageSize, width: imageSize), columns: columns, source: set.name)
        for number in 0..<episodes {
            let episode = try rollout(number, size: imageSize).episode(number, seed: UInt64(settings.seed))
            let values = [episode.actions, episode.states] + (sensed > 0 ? [episode.proprioception] : [])
            frames.append(FrameEpisode(frames: episode.frames, columns: values))
            try progress(.recording(number + 1, episodes))
        }
        return frames
    }

    private func rollout(_ number: Int, size: Int) -> WorldRollout {
        WorldRollout(
            set.task.world, policy: set.policies[number % set.policies.count], rows: set.rows, width: size, height: size
        )
    }

    /// Learns a model with all that stands on it.
    ///
    /// - Returns: The model, its health, and the seconds that it took.
    /// - Throws: What training and `progress` throw.
    public func train(
        _ frames: InMemoryFrames, seed: Int, progress: (Phase) throws -> Void
    ) throws -> (model: TrainedImageModel, health: ImageHealth?, seconds: Double) {
        let began = Date()
        var settings = settings
        settings.seed = seed
        let world = set.task.world
        let training = try ImageTraining(
            frames, actions: world.actionChannels, samplingTime: world.samplingTime,
            names: [FrameColumn.state: world.stateNames, FrameColumn.proprioception: world.proprioceptionNames],
            settings: settings)
        while !training.trainer.isFinished {
            let report = try training.run(50)
            try progress(.training(report.step, settings.steps, report.summary))
        }
        try training.learnHeads { try progress(.heads($0, $1)) }
        return (training.model(), training.health, Date().timeIntervalSince(began))
    }

    /// The pairs of a rule, from episodes that nothing learned from.
    ///
    /// - Throws: `ForesightError.data` when too few episodes hold one.
    public func manifest(_ rule: PixelRule, seed: UInt64) throws -> PixelManifest {
        let width = set.task.world.stateNames.count
        let episodes = try (0..<Self.testEpisodes).map { number in
            let states = try rollout(number, size: 0).episode(number, seed: Self.testSeed &+ seed).states
            return (0..<states.count / width).map { row in states[row * width..<(row + 1) * width].map(Double.init) }
        }
        return try PixelManifest(set.task, episodes: episodes, rule: rule, count: pairs, seed: seed)
    }

    /// What acts: a planner in representation space.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - guardrails: What plans have to keep, in words.
    ///   - fallback: What is done where none does.
    /// - Returns: An agent that has not begun.
    /// - Throws: `ForesightError.usage` for an objective or guardrails that cannot be read.
    public func policy(
        _ model: TrainedImageModel, guardrails: [String] = [], fallback: Fallback = .none
    ) throws -> PictureAgent {
        let block = model.network.architecture.block
        return PictureAgent(
            model, objective: try Goal.parse(objective), guardrails: try guardrails.map { try Guardrail.parse($0) },
            fallback: fallback,
            options: try PlannerOptions(
                horizon: planSteps * block, blocks: [block], noveltyLimit: nil, chunk: 512),
            solver: try ImprovedCrossEntropy(population: 256, elites: 24, iterations: 6, exponent: 1),
            replanEvery: block)
    }

    /// Lets a policy, and random actions beside it, act on a manifest.
    ///
    /// - Throws: What the policy and `progress` throw.
    public func judge(
        _ manifest: PixelManifest, _ policy: some PicturePolicy, progress: (Phase) throws -> Void
    ) throws -> (score: PixelScore, random: PixelScore) {
        let evaluation = PixelEvaluation(set.task, manifest: manifest, imageSize: [imageSize, imageSize])
        let score = try evaluation.run(policy) { done, solved in
            try progress(.judging(manifest.rule, manifest.seed, done, solved))
        }
        return (score, try evaluation.run(RandomPicturePolicy(set.task.world)))
    }
}

extension ImageReport {
    /// The terms in one line.
    var summary: String {
        terms.map { "\($0.name) \(($0.value * 1e4).rounded() / 1e4)" }.joined(separator: ", ")
    }
}
