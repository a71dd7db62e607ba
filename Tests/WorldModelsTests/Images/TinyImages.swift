import Basics
import Episodes
import Networks
import Perception
import Tensors
import Testing

@testable import WorldModels

/// Small pictures of a square that actions move, and models of them that are made within a moment.
enum TinyImages {
    static let size = 16
    static let channels = ["right", "down"].map {
        Channel(name: $0, role: .action, lowerLimit: -2, upperLimit: 2)
    }

    static func architecture(stack: Int = 1, block: Int = 2, inverseSteps: Int = 1) -> ImageArchitecture {
        ImageArchitecture(
            imageSize: [size, size], stack: stack, channels: [4, 8], width: 6, actions: 2, block: block, hidden: 16,
            inverseSteps: inverseSteps)
    }

    /// Settings of a training of a few short steps.
    static func settings(steps: Int = 6, recipe: String = "sigreg-inverse", stack: Int = 1) -> ImageSettings {
        var settings = ImageSettings()
        settings.recipe = recipe
        (settings.width, settings.hidden, settings.stack) = (8, 16, stack)
        (settings.block, settings.horizon) = (2, 3)
        (settings.batch, settings.steps, settings.directions) = (6, steps, 16)
        (settings.distanceSteps, settings.heldOut) = (20, 0.3)
        return settings
    }

    /// Random pictures and actions.
    static func batch(_ count: Int, pictures: Int, blockActions: Int = 4, seed: UInt64 = 3) -> ImageBatch {
        var generator = SeededGenerator(seed: seed)
        let bytes = (0..<count * pictures * size * size * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let actions = (0..<count * (pictures - 1) * blockActions).map { _ in Float(generator.normal()) }
        return ImageBatch(
            pictures: Tensor(bytes, shape: [count, pictures, size, size, 3]),
            actions: Tensor(actions, shape: [count, pictures - 1, blockActions]))
    }

    /// A square of 4 pixels that moves by the action within the picture; its place is sensed, and is the state.
    static func frames(
        _ lengths: [Int] = [12, 12, 10, 14, 9], seed: UInt64 = 1, hasSense: Bool = true
    ) -> InMemoryFrames {
        var columns = [FrameColumn(FrameColumn.action, width: 2), FrameColumn(FrameColumn.state, width: 2)]
        if hasSense { columns.append(FrameColumn(FrameColumn.proprioception, width: 2)) }
        var frames = InMemoryFrames(
            frameSize: FrameSize(height: size, width: size), columns: columns, source: "squares")
        for (episode, length) in lengths.enumerated() {
            var generator = SeededGenerator(seed: seed, stream: UInt64(episode))
            var (x, y) = (generator.uniform(in: 0...12), generator.uniform(in: 0...12))
            var (pixels, actions, states): ([UInt8], [Float], [Float]) = ([], [], [])
            for _ in 0..<length {
                var picture = [UInt8](repeating: 20, count: size * size * 3)
                for row in Int(y)..<Int(y) + 4 {
                    for column in Int(x)..<Int(x) + 4 { picture[(row * size + column) * 3] = 240 }
                }
                pixels += picture
                states += [Float(x), Float(y)]
                let (right, down) = (generator.uniform(in: -2...2), generator.uniform(in: -2...2))
                actions += [Float(right), Float(down)]
                (x, y) = (min(max(0, x + right), 12), min(max(0, y + down), 12))
            }
            frames.append(
                FrameEpisode(frames: pixels, columns: [actions, states] + (hasSense ? [states] : [])))
        }
        return frames
    }

    /// A prepared training.
    static func training(
        _ settings: ImageSettings = settings(), _ frames: InMemoryFrames = frames(), startIndex: Int = 0
    ) throws -> ImageTraining<InMemoryFrames> {
        try ImageTraining(
            frames, actions: channels, samplingTime: 0.1, names: [FrameColumn.state: ["x", "y"]], settings: settings,
            startIndex: startIndex)
    }

    /// A model after a few steps, with all that stands on it.
    static func model(_ settings: ImageSettings = settings(), hasSense: Bool = true) throws -> TrainedImageModel {
        let training = try training(settings, frames(hasSense: hasSense))
        _ = try training.run(settings.steps)
        try training.learnHeads()
        return training.model()
    }
}

extension ImageWorldModel {
    /// A model of the default networks; stops where sizes of a test do not fit together.
    static func drawn(_ architecture: ImageArchitecture, seed: Seed) -> ImageWorldModel {
        guard let model = try? ImageWorldModel(architecture, seed: seed) else {
            preconditionFailure("sizes of a test do not fit together")
        }
        return model
    }

    /// The encoder of the default networks.
    var strided: StridedEncoder {
        guard let encoder = encoder as? StridedEncoder else { preconditionFailure("another encoder") }
        return encoder
    }
}

extension ImageSettings {
    /// What is said of settings that are the usual ones but for a change, and do not go together.
    static func refusal(_ change: (inout ImageSettings) -> Void) -> ForesightError? {
        var settings = ImageSettings()
        change(&settings)
        return #expect(throws: ForesightError.self) { try settings.validate(path: "") }
    }
}
