public import Agents
import Basics
public import Episodes
import Foundation
import Objectives
public import Planning
import Plants
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
    public var manifestSeeds = Self.reportedSeeds
    /// Steps of the model that a plan looks ahead: as many as it has learned to run freely, five at most.
    public var planSteps: Int { min(settings.reach, 5) }
    /// What is minimised, over the channels of `ImageDynamics`: what was set, or else what goes with the settings.
    public var objective: String {
        get { chosenObjective ?? usualObjective }
        set { chosenObjective = newValue }
    }
    /// What acts.
    public var planner: PixelPlanner
    /// Whether a search corrects predictions by the errors of the episode (`StepMemory`).
    public var remembers = true
    /// What differs from episode to episode of what is learned from.
    public var variety = PixelVariety.none
    /// Pictures' height and width in pixels.
    public var imageSize = 64
    /// Episodes to learn from.
    public var episodes: Int
    /// Episodes that a regulator identifies its dynamics from.
    public var identificationEpisodes = 200
    /// The objective that was set; `nil` before one was.
    private var chosenObjective: String?

    /// Seeds of the manifests that figures are reported for.
    public static let reportedSeeds: [UInt64] = [0, 1, 42]
    /// Seeds of other manifests, to choose settings by without looking at those that are reported.
    public static let tuningSeeds: [UInt64] = [100, 101]

    /// Episodes that pairs are drawn from, none of which anything learned from.
    private static let testEpisodes = 400
    /// Recording for tests has another seed than any for training.
    private static let testSeed: UInt64 = 0x7E57
    /// So has recording for identification.
    private static let identificationSeed: UInt64 = 0x1DE7

    /// What went on, for progress.
    public enum Phase: Sendable {
        /// Episodes recorded, of how many.
        case recording(Int, Int)
        /// Pictures that a frozen encoder has seen, of how many.
        case encoding(Int, Int)
        /// Optimiser steps taken, of how many, and the loss's terms.
        case training(Int, Int, String)
        /// Heads learned, 0 to 1.
        case heads(Double, String)
        /// Pairs done of a rule and manifest seed, and how many were solved.
        case judging(PixelRule, UInt64, Int, Int)
        /// Pairs done that differ in a factor, and how many were solved.
        case varying(String, Int, Int)
        /// Pairs compared of a violation, of how many.
        case comparing(String, Int, Int)
    }

    /// Creates a benchmark of a set with its own amount of data.
    public init(_ set: PixelSet, settings: ImageSettings, pairs: Int = 100, episodes: Int? = nil) {
        self.set = set
        self.settings = settings
        self.pairs = pairs
        self.episodes = episodes ?? set.episodes
        planner = set.planner
    }

    private var usualObjective: String {
        settings.distanceSteps > 0 ? "minimize(distance); 0.5 * minimize(difference)" : "minimize(difference)"
    }

    /// The same benchmark of a model that was learned before: how far plans look, what they minimise unless an objective was set, and
    /// what is reported are by the settings of the model.
    ///
    /// - Parameters:
    ///   - learned: What the model was trained with.
    ///   - overrides: Settings that were typed as `key=value`. Of these the ones that plans go by hold in place of the model's:
    ///     `horizon`, `predictor_steps`, `free_run`, `distance_steps`.
    /// - Returns: The benchmark.
    public func judging(_ learned: ImageSettings, typed overrides: [String] = []) -> PixelBenchmark {
        var judged = self
        judged.settings = learned
        let typed = Set(overrides.map { String($0.prefix { $0 != "=" }) })
        if typed.contains("horizon") { judged.settings.horizon = settings.horizon }
        if typed.contains("predictor_steps") { judged.settings.predictorSteps = settings.predictorSteps }
        if typed.contains("free_run") { judged.settings.freeRun = settings.freeRun }
        if typed.contains("distance_steps") { judged.settings.distanceSteps = settings.distanceSteps }
        return judged
    }

    /// Checks the objective before anything is recorded, learned or judged.
    ///
    /// - Parameter learns: Whether models are trained, which needs the encoder that the recipe may take, and a seed with which
    ///   nothing is recorded that pairs are drawn from.
    /// - Throws: `ForesightError.usage` for an objective that cannot be read, or over channels that the model will not have, for such a
    ///   seed, and for a regulator of what cannot be regulated; `ForesightError.data` for an encoder that is not there.
    public func validate(learns: Bool = true) throws {
        if learns {
            let tests = (Self.reportedSeeds + Self.tuningSeeds + manifestSeeds).map { Self.testSeed &+ $0 }
            try PictureRecording.check(seed: settings.seed, apartFrom: tests + [Self.identificationSeed])
        }
        let world = set.task.world
        let names = (settings.distanceSteps > 0 ? ["distance"] : []) + ["difference"] + world.proprioceptionNames
        let context = TrajectoryContext(
            outputs: names.map { Channel(name: $0, role: .observation) }, actions: world.actionChannels,
            samplingTime: world.samplingTime, horizon: planSteps * settings.block,
            initialOutputs: names.map { _ in 0 }, previousActions: world.actionChannels.map { _ in 0 })
        _ = try Goal.parse(objective).compile(context: context, options: CompileOptions())
        if learns { _ = try settings.frozenEncoder(imageSize: [imageSize, imageSize]) }
        guard try !settings.isFrozen || planner == .search else {
            throw ForesightError.usage(
                "a linear regulator of the tokens of a frozen encoder, thousands of numbers",
                remedy: "choose --planner search, or another recipe")
        }
        try requirePicture(of: settings.proprioception)
    }

    /// Refuses a regulator of what a body senses: pairs say what a goal looks like, and not what is sensed there.
    private func requirePicture(of hasProprioception: Bool) throws {
        guard hasProprioception, planner != .search else { return }
        throw ForesightError.usage(
            "a linear regulator of a model with proprioception has to be told what the body senses at the goal, and goals "
                + "of pairs are pictures",
            remedy: "choose --planner search, or a model that only sees")
    }

    /// Records the episodes that a model learns from.
    ///
    /// - Throws: What `progress` throws.
    public func record(progress: (Phase) throws -> Void) throws -> InMemoryFrames {
        try recording.record(seed: UInt64(settings.seed), variety: variety, progress: progress)
    }

    private var recording: PictureRecording {
        PictureRecording(
            name: set.name, world: set.task.world, policies: set.policies, episodes: episodes, rows: set.rows,
            imageSize: imageSize)
    }

    private var pairRecording: PictureRecording {
        var recording = recording
        recording.policies = set.pairPolicies ?? set.policies
        return recording
    }

    /// Learns a model with all that stands on it.
    ///
    /// - Parameters:
    ///   - frames: What was recorded.
    ///   - seed: The seed of the model.
    ///   - checkpoint: The file that training is saved in each minute, and goes on from where it is there; `nil` for none.
    ///   - progress: Hears how far it is; may throw to end it.
    /// - Returns: The model, its health, and the seconds that it took, of this run alone.
    /// - Throws: What training and `progress` throw; `ForesightError.usage` for a checkpoint of other data or settings.
    public func train(
        _ frames: InMemoryFrames, seed: Int, checkpoint: String? = nil, progress: (Phase) throws -> Void
    ) throws -> (model: TrainedImageModel, health: ImageHealth?, seconds: Double) {
        let began = Date()
        var settings = settings
        settings.seed = seed
        let training = try recording.train(frames, settings: settings, checkpoint: checkpoint, progress: progress)
        return (training.model(), training.health, Date().timeIntervalSince(began))
    }

    /// What was recorded, in words that differ where it does.
    ///
    /// - Throws: `ForesightError.data` when it cannot be read.
    public func fingerprint(_ frames: InMemoryFrames) throws -> String { try recording.fingerprint(frames) }

    /// Checks that a model is what ``train(_:seed:checkpoint:progress:)`` would make.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - learned: The fingerprint of what it learned from.
    ///   - recorded: That of what would be learned from now.
    ///   - seed: The seed of the model.
    /// - Throws: `ForesightError.usage` when it learned with other settings, or from something else.
    public func check(_ model: TrainedImageModel, learned: String, recorded: String, seed: Int) throws {
        var settings = settings
        settings.seed = seed
        try recording.check(
            model, settings: settings, learned: learned, recorded: recorded, options: "--episodes and --vary")
    }

    /// All that decides, beside the model, what its policy comes to on a manifest, in words.
    ///
    /// - Throws: `ForesightError.failure` when the manifest cannot be written as JSON.
    public func words(_ manifest: PixelManifest) throws -> String {
        let parts: [String?] = [
            set.name, "pairs \(try manifest.digest())", planner.rawValue, objective, "\(planSteps) steps",
            "\(imageSize) px", remembers ? nil : "no memory", variety == .none ? nil : "varied",
            planner.lags == nil ? nil : "identified from \(identificationEpisodes) episodes",
        ]
        return parts.compactMap { $0 }.joined(separator: " | ")
    }

    /// The pairs of a rule, from episodes that nothing learned from.
    ///
    /// - Parameters:
    ///   - rule: The rule.
    ///   - seed: What is drawn from.
    ///   - variety: What differs from pair to pair.
    /// - Returns: The pairs.
    /// - Throws: `ForesightError.data` when too few episodes hold one.
    public func manifest(
        _ rule: PixelRule, seed: UInt64, variety: PixelVariety = .none
    ) throws -> PixelManifest {
        let width = set.task.world.stateNames.count
        let testSeed = Self.testSeed &+ seed
        let variations = try (0..<Self.testEpisodes).map { try recording.variation(variety, $0, seed: testSeed) }
        let episodes = try variations.enumerated().map { number, factors in
            let states = try pairRecording.rollout(number, factors, size: 0).episode(number, seed: testSeed).states
            return (0..<states.count / width).map { row in states[row * width..<(row + 1) * width].map(Double.init) }
        }
        return try PixelManifest(
            set.task, episodes: episodes, variations: variety == .none ? nil : variations, rule: rule, count: pairs,
            seed: seed)
    }

    /// The pairs that a factor of variation is judged on: those of the moderate rule and of the first seed of the manifests, so that
    /// settings that are chosen on other seeds are not chosen on what is reported.
    ///
    /// - Parameter variety: What differs from pair to pair.
    /// - Returns: The pairs.
    /// - Throws: `ForesightError.data` when too few episodes hold one.
    public func factorManifest(_ variety: PixelVariety) throws -> PixelManifest {
        try manifest(.moderate, seed: manifestSeeds.first ?? Self.reportedSeeds[0], variety: variety)
    }

    /// What acts, in representation space. A regulator of identified dynamics records episodes of its own before.
    ///
    /// - Throws: `ForesightError.usage` for an objective over channels that the model does not have, and for a regulator of a model with
    ///   proprioception; `ForesightError.data` when dynamics cannot be identified; what `progress` throws.
    public func policy(
        _ model: TrainedImageModel, progress: (Phase) throws -> Void = { _ in }
    ) throws -> any PicturePolicy {
        if planner == .search { return try searcher(model) }
        try requirePicture(of: model.network.architecture.sensed > 0)
        return LatentRegulator(
            model, identified: try planner.lags.map { try identify(model, lags: $0, progress: progress) })
    }

    /// How representations of a model move, identified from episodes that nothing else learns from or is judged on.
    ///
    /// - Throws: `ForesightError.data` when it cannot be told; what `progress` throws.
    public func identify(
        _ model: TrainedImageModel, lags: [Int], progress: (Phase) throws -> Void = { _ in }
    ) throws -> LatentAutoregression {
        var recording = recording
        recording.policies = set.excitation ?? set.policies
        recording.episodes = identificationEpisodes
        let frames = try recording.record(seed: Self.identificationSeed, variety: variety, progress: progress)
        return try LatentAutoregression.chosen(from: LatentRecord(model, frames), lags: lags)
    }

    /// An agent that searches.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - guardrails: What plans have to keep, in words.
    ///   - fallback: What is done where none does.
    /// - Returns: An agent that has not begun.
    /// - Throws: `ForesightError.usage` for an objective or guardrails that cannot be read.
    public func searcher(
        _ model: TrainedImageModel, guardrails: [String] = [], fallback: Fallback = .none
    ) throws -> PictureAgent {
        let block = model.network.architecture.block
        return PictureAgent(
            model, objective: try Goal.parse(objective), guardrails: try guardrails.map { try Guardrail.parse($0) },
            fallback: fallback,
            options: try PlannerOptions(
                horizon: planSteps * block, blocks: model.searchBlocks, noveltyLimit: nil, chunk: 512, commitment: block
            ),
            solver: try model.pictureSearch(),
            replanEvery: block, remembers: remembers)
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
