import Basics
import Episodes
import Foundation
import Networks
import Plants
import WorldModels

/// A world that is recorded, and learned from: what benchmarks of worlds that are seen share.
struct PictureRecording: Sendable {
    /// A name for messages.
    var name: String
    var world: any World
    /// The policies that record, in turn, one an episode.
    var policies: [WorldPolicy]
    var episodes: Int
    /// Rows of an episode.
    var rows: Int
    /// Pictures' height and width in pixels.
    var imageSize: Int

    /// Records the episodes that a model learns from, each in a world of its own where there is variety.
    ///
    /// - Throws: What `progress` throws; `ForesightError.usage` when factors that go together cannot be found.
    func record(
        seed: UInt64, variety: PixelVariety = .none, progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> InMemoryFrames {
        var columns = [
            FrameColumn(FrameColumn.action, width: world.actionChannels.count),
            FrameColumn(FrameColumn.state, width: world.stateNames.count),
        ]
        let sensed = world.proprioceptionNames.count
        if sensed > 0 { columns.append(FrameColumn(FrameColumn.proprioception, width: sensed)) }
        var frames = InMemoryFrames(
            frameSize: FrameSize(height: imageSize, width: imageSize), columns: columns, source: name)
        for number in 0..<episodes {
            let factors = try variation(variety, number, seed: seed)
            let episode = try rollout(number, factors, size: imageSize).episode(number, seed: seed)
            let values = [episode.actions, episode.states] + (sensed > 0 ? [episode.proprioception] : [])
            frames.append(FrameEpisode(frames: episode.frames, columns: values))
            try progress(.recording(number + 1, episodes))
        }
        return frames
    }

    /// What records an episode.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist or a value beyond its range.
    func rollout(_ number: Int, _ factors: [String: Double], size: Int) throws -> WorldRollout {
        WorldRollout(
            try world.varied(factors), policy: policies[number % policies.count], rows: rows, width: size, height: size)
    }

    /// The factors of an episode, whatever was recorded before.
    func variation(_ variety: PixelVariety, _ number: Int, seed: UInt64) throws -> [String: Double] {
        var generator = SeededGenerator(seed: seed, stream: 0xFAC7_0000 &+ UInt64(number))
        return try variety.draw(world, using: &generator)
    }

    /// What was recorded, in words that differ where it does: of pictures the first of each episode, which shows what differs
    /// between worlds that are moved alike.
    func fingerprint(_ frames: InMemoryFrames) throws -> String {
        var digest = SHA256()
        for episode in frames.layout.lengths.indices {
            try frames.frames(episode: episode, rows: 0..<1).withUnsafeBytes { digest.update($0) }
        }
        let shown = digest.hex().prefix(12)
        return
            "\(name), \(frames.layout.rowCount) rows, actions \(try frames.actionDigest().prefix(12)), pictures \(shown)"
    }

    /// Checks that a model is what training with some settings on what is recorded now would make.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - settings: The settings.
    ///   - learned: The fingerprint of what the model learned from.
    ///   - recorded: That of what would be learned from now.
    ///   - options: The options that decide what is recorded, for the message.
    /// - Throws: `ForesightError.usage` when it learned with other settings, or from something else.
    func check(
        _ model: TrainedImageModel, settings: ImageSettings, learned: String, recorded: String, options: String
    ) throws {
        let differences = try model.settings.changes(to: settings)
        guard differences.isEmpty else {
            throw ForesightError.usage(
                "the folder has a model of \(name) with other settings: \(differences.joined(separator: ", "))",
                remedy: "leave them as they were, or name another folder by --out")
        }
        guard learned == recorded else {
            throw ForesightError.usage(
                "the folder has a model of \(name) that learned from \(learned); this is \(recorded)",
                remedy: "leave \(options) as before, or name another folder by --out")
        }
    }

    /// Refuses a seed of training with which the recordings would be those that something is judged on or identified from.
    ///
    /// - Parameters:
    ///   - seed: The seed of training, which the recordings to learn from have as well.
    ///   - others: The seeds of the other recordings.
    /// - Throws: `ForesightError.usage` for one of these.
    static func check(seed: Int, apartFrom others: [UInt64]) throws {
        guard others.contains(where: { $0 == UInt64(max(0, seed)) }) else { return }
        throw ForesightError.usage(
            "seed=\(seed) records what models are judged on, or dynamics are identified from",
            remedy: "choose another seed=, such as \((others.max() ?? 0) + 1)")
    }

    /// Learns encoder, predictor and what stands on them.
    ///
    /// - Parameters:
    ///   - frames: What was recorded.
    ///   - settings: How to train.
    ///   - known: Encoder and predictor that are learned already; `nil` to learn them.
    ///   - checkpoint: The file that training is saved in each minute, and goes on from where it is there; `nil` for none.
    ///   - progress: Hears how far it is; may throw to end it.
    /// - Returns: The training, finished.
    /// - Throws: What training and `progress` throw; `ForesightError.data` when what is known is of other sizes;
    ///   `ForesightError.usage` for a checkpoint of other data or settings.
    func train(
        _ frames: InMemoryFrames, settings: ImageSettings, known: ImageWorldModel? = nil, checkpoint: String? = nil,
        progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> ImageTraining<InMemoryFrames> {
        var settings = settings
        // A predictor that is known has learned all it will.
        if known != nil { (settings.horizon, settings.predictorSteps) = (settings.reach, 0) }
        let former = checkpoint.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
        let training = try ImageTraining(
            frames, actions: world.actionChannels, samplingTime: world.samplingTime,
            names: [FrameColumn.state: world.stateNames, FrameColumn.proprioception: world.proprioceptionNames],
            angles: world.angleNames, settings: settings, startIndex: try former.map(ImageCheckpoint.step) ?? 0)
        let data = try fingerprint(frames)
        try former.map { try ImageCheckpoint.restore(training, data: data, from: $0) }
        let saving = ImageSaving(training, data: data, path: checkpoint)
        try training.prepare { try progress(.encoding($0, $1)) }
        try known.map { try training.trainer.model.load($0.stateDict()) }
        while known == nil && !training.trainer.isFinished {
            let report = try training.run(50)
            try saving.during { try progress(.training(report.step, settings.steps, report.summary)) }
        }
        try training.learnHeads { share, what in try saving.during { try progress(.heads(share, what)) } }
        return training
    }
}

extension ImageReport {
    /// The terms in one line.
    var summary: String {
        terms.map { "\($0.name) \(($0.value * 1e4).rounded() / 1e4)" }.joined(separator: ", ")
    }
}
