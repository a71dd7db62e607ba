import Basics
import Episodes
import Networks
import Tensors

extension ImageTraining {
    /// Moves the model, where it is elsewhere: to the device to learn, to the processor for what stands on it. The optimiser stays
    /// where it was.
    func move(to place: Device) {
        if trainer.model.device != place { trainer.model.move(to: place) }
    }

    /// A batch of the loader on the device: pictures go there as bytes, and are numbers there.
    func batch(_ frames: FrameBatch) -> ImageBatch {
        let size = [frames.batch, frames.time, frames.frameSize.height, frames.frameSize.width, 3]
        let pictures = frames.frames.withUnsafeBytes { Tensor(bytes: $0, shape: size, dtype: .uint8) }
            .to(device: device)
        let width = settings.block * actions.count
        let all = Tensor(frames.actions, shape: [frames.batch, frames.time, width])
        // What is done from the last picture on leads nowhere.
        let leading = all.narrow(dim: 1, start: 0, length: frames.time - 1)
        let sensed = sensing.map { scaling in
            scaling.normalised(rows: frames.columns[0]).reshaped([frames.batch, frames.time, scaling.mean.count])
        }
        return ImageBatch(
            pictures: pictures, actions: actionScaling.normalised(leading).to(device: device),
            sensed: sensed?.to(device: device))
    }

    /// How many episodes of those that are learned from are shorter than a window, so that nothing is learned from them, and the
    /// rows of a window.
    public var tooShort: (episodes: Int, rows: Int) {
        let steps = settings.stack - 1 + settings.windowSteps
        // The loader reads the actions from the last picture on as well; windows that are encoded already end with it.
        let rows = precision == nil ? (steps + 1) * settings.block : steps * settings.block + 1
        return (learned.layout.lengths.filter { $0 < rows }.count, rows)
    }

    /// How recorded proprioception is normalised.
    ///
    /// - Throws: `ForesightError.data` when there is none, a number of it is missing, or it cannot be read.
    static func sensing(_ frames: FrameSubset<Frames>) throws -> ActionScaling {
        let width = frames.layout.columns.first { $0.name == FrameColumn.proprioception }?.width ?? 0
        guard width > 0 else {
            throw ForesightError.data(
                "\(frames.source) has no column \(FrameColumn.proprioception)",
                remedy: "record what the body senses beside the pictures, or leave proprioception=true out")
        }
        // Of what is held out, too, and by the numbers that episodes have in the whole.
        let numbers = try frames.base.checkComplete(FrameColumn.proprioception)
        return ActionScaling(actions: frames.episodes.flatMap { numbers[$0] }, count: width)
    }
}
