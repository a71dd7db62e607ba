public import Tensors

/// Windows of pictures with the actions between them, as one optimiser step sees them.
public struct ImageBatch {
    /// The pictures of each step, `[batch, stack − 1 + steps + 1, height, width, 3]`, 0 to 255.
    public let pictures: Tensor
    /// The actions between one picture and the next, normalised, `[batch, stack − 1 + steps, block · actions]`.
    public let actions: Tensor
    /// What was sensed at each picture, normalised, `[batch, stack − 1 + steps + 1, numbers]`; `nil` for models that only see.
    public let sensed: Tensor?

    /// Creates a batch.
    public init(pictures: Tensor, actions: Tensor, sensed: Tensor? = nil) {
        precondition(
            pictures.size(0) == actions.size(0) && pictures.size(1) == actions.size(1) + 1,
            "pictures \(pictures.shape) with actions \(actions.shape): one picture more than actions")
        self.pictures = pictures
        self.actions = actions
        self.sensed = sensed
    }

    /// Pictures stacked with those before them, `[batch · (steps + 1), 3 · stack, height, width]`, the batch outermost.
    func stacked(_ stack: Int) -> Tensor {
        let planes = PictureScaling.normalised(pictures)  // [batch, time, 3, height, width]
        let count = pictures.size(1) - stack + 1
        let parts = (0..<stack).map { planes.narrow(dim: 1, start: $0, length: count) }
        let joined = parts.count == 1 ? parts[0] : Tensor.concatenate(parts, dim: 2)
        return joined.reshaped([-1] + joined.shape.dropFirst(2))
    }

    /// What was sensed at the latest of stacked pictures, `[batch · (steps + 1), numbers]`, the batch outermost.
    func sensed(_ stack: Int) -> Tensor? {
        sensed.map { all in
            all.narrow(dim: 1, start: stack - 1, length: all.size(1) - stack + 1).reshaped([-1, all.size(2)])
        }
    }

    /// The actions that lead from each stacked picture to the next, `[batch, steps, block · actions]`.
    func driving(_ stack: Int) -> Tensor {
        actions.narrow(dim: 1, start: stack - 1, length: actions.size(1) - stack + 1)
    }
}
