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

    /// Records the episodes that a model learns from.
    ///
    /// - Throws: What `progress` throws.
    func record(seed: UInt64, progress: (PixelBenchmark.Phase) throws -> Void) throws -> InMemoryFrames {
        var columns = [
            FrameColumn(FrameColumn.action, width: world.actionChannels.count),
            FrameColumn(FrameColumn.state, width: world.stateNames.count),
        ]
        let sensed = world.proprioceptionNames.count
        if sensed > 0 { columns.append(FrameColumn(FrameColumn.proprioception, width: sensed)) }
        var frames = InMemoryFrames(
            frameSize: FrameSize(height: imageSize, width: imageSize), columns: columns, source: name)
        for number in 0..<episodes {
            let episode = try rollout(number, size: imageSize).episode(number, seed: seed)
            let values = [episode.actions, episode.states] + (sensed > 0 ? [episode.proprioception] : [])
            frames.append(FrameEpisode(frames: episode.frames, columns: values))
            try progress(.recording(number + 1, episodes))
        }
        return frames
    }

    /// What records an episode.
    func rollout(_ number: Int, size: Int) -> WorldRollout {
        WorldRollout(world, policy: policies[number % policies.count], rows: rows, width: size, height: size)
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
        let training = try ImageTraining(
            frames, actions: world.actionChannels, samplingTime: world.samplingTime,
            names: [FrameColumn.state: world.stateNames, FrameColumn.proprioception: world.proprioceptionNames],
            settings: settings)
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
