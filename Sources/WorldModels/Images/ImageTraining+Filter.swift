import Episodes
import Networks
import Tensors

extension ImageTraining {
    /// Learns a filter that remembers what was seen; after heads are learned.
    ///
    /// - Parameters:
    ///   - steps: Optimiser steps.
    ///   - progress: Hears how much of it is done, 0 to 1; may throw to end it.
    /// - Returns: The filter.
    /// - Throws: `ForesightError.data` when episodes are too short; what `progress` throws.
    public func learnFilter(
        steps: Int, progress: (Double) throws -> Void = { _ in }
    ) throws -> RepresentationFilter {
        guard let encodings else { preconditionFailure("a filter is learned after heads are") }
        let training = try RepresentationFilterTraining(
            encodings.learned, actions: actionScaling.normalised(learned.table(FrameColumn.action)),
            block: settings.block, hidden: settings.hidden, steps: steps, seed: Seed(UInt64(max(0, settings.seed))))
        while training.step < steps {
            _ = training.run(min(20, steps - training.step))
            try progress(Double(training.step) / Double(steps))
        }
        return training.filter
    }

    /// What is ordinary for a filter on held-out episodes; after heads are learned.
    ///
    /// - Parameters:
    ///   - filter: The filter.
    ///   - memory: How many rows a step apart it sees, the others being forgotten; `nil` for all.
    /// - Returns: How surprising steps are to it, and its square error one step ahead as a share of that of the model's own
    ///   predictor.
    /// - Throws: `ForesightError.data` when the record cannot be read.
    public func ordinary(
        _ filter: RepresentationFilter, memory: Int? = nil
    ) throws -> (surprise: PictureSurprise?, error: Double) {
        guard let encodings else { preconditionFailure("a filter is judged after heads are learned") }
        let actions = try actionScaling.normalised(heldOut.table(FrameColumn.action))
        let own = StepResiduals(trainer.model, encoded: encodings.heldOut, actions: actions)
        let others = StepResiduals(
            filter, of: trainer.model, encoded: encodings.heldOut, actions: actions, memory: memory)
        let error = withoutGradients {
            others.values.square().mean().item() / max(own.values.square().mean().item(), 1e-12)
        }
        return (PictureSurprise(others), error)
    }
}
