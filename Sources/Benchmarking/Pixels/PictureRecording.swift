import Basics
import Episodes
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

    /// Learns encoder, predictor and what stands on them.
    ///
    /// - Parameters:
    ///   - frames: What was recorded.
    ///   - settings: How to train.
    ///   - known: Encoder and predictor that are learned already; `nil` to learn them.
    ///   - progress: Hears how far it is; may throw to end it.
    /// - Returns: The training, finished.
    /// - Throws: What training and `progress` throw; `ForesightError.data` when what is known is of other sizes.
    func train(
        _ frames: InMemoryFrames, settings: ImageSettings, known: ImageWorldModel? = nil,
        progress: (PixelBenchmark.Phase) throws -> Void
    ) throws -> ImageTraining<InMemoryFrames> {
        var settings = settings
        // A predictor that is known has learned all it will.
        if known != nil { (settings.horizon, settings.predictorSteps) = (settings.reach, 0) }
        let training = try ImageTraining(
            frames, actions: world.actionChannels, samplingTime: world.samplingTime,
            names: [FrameColumn.state: world.stateNames, FrameColumn.proprioception: world.proprioceptionNames],
            angles: world.angleNames, settings: settings)
        try training.prepare { try progress(.encoding($0, $1)) }
        try known.map { try training.trainer.model.load($0.stateDict()) }
        while known == nil && !training.trainer.isFinished {
            let report = try training.run(50)
            try progress(.training(report.step, settings.steps, report.summary))
        }
        try training.learnHeads { try progress(.heads($0, $1)) }
        return training
    }
}

extension ImageReport {
    /// The terms in one line.
    var summary: String {
        terms.map { "\($0.name) \(($0.value * 1e4).rounded() / 1e4)" }.joined(separator: ", ")
    }
}
