import Networks
import Tensors

/// Trains the predictor alone on representations that are encoded already: free runs that are longer than those the encoder
/// learned with.
///
/// Long free runs in joint training teach the encoder to leave out what is hard to predict, since leaving it out is the easiest
/// way to be right; a block that somebody pushes, for one. An encoder that learns from single steps keeps it, and the
/// predictor learns to run freely once the encoder is as it will be. As in V-JEPA 2-AC (arXiv:2506.09985, section 3), where an
/// encoder that learns nothing any more stands under a predictor that learns from rollouts.
final class PredictorTraining {
    /// What is kept of it beside the weights of the predictor.
    struct State {
        /// Optimiser steps taken.
        var step: Int
        /// The optimiser's moments.
        var optimiser: [String: Tensor]
    }

    /// Optimiser steps taken.
    private(set) var step = 0

    private let model: ImageWorldModel
    private let windows: EncodedWindows
    private let objective: ImageObjective
    private let optimiser: AdamW
    private let schedule: Schedule
    private let parameters: [Parameter]
    private let clip: Double

    /// Prepares training.
    ///
    /// - Throws: `ForesightError.usage` for a recipe that does not exist.
    init(_ model: ImageWorldModel, windows: EncodedWindows, settings: ImageSettings) throws {
        (self.model, self.windows, clip) = (model, windows, settings.clip)
        var recipe = try settings.weightedRecipe
        // What is encoded is the target: nobody has to be followed.
        recipe.teacherHalfLife = nil
        objective = ImageObjective(recipe, precision: settings.precision)
        let named = model.predictor.namedParameters().filter(\.parameter.isTrainable)
        optimiser = settings.optimiser(of: named)
        schedule = settings.schedule(steps: settings.predictorSteps)
        parameters = named.map(\.parameter)
    }

    /// What has to be kept for another run to go on from here.
    var state: State { State(step: step, optimiser: optimiser.stateDict()) }

    /// Goes on from where another run was; the predictor has its weights.
    ///
    /// - Throws: `ForesightError.data` when the moments are those of another predictor.
    func resume(from state: State) throws {
        try optimiser.load(state.optimiser)
        step = state.step
    }

    /// Takes optimiser steps.
    ///
    /// - Returns: The mean square error of predictions.
    func run(_ count: Int) -> Double {
        model.setTraining(true)
        defer { model.setTraining(false) }
        var sum = 0.0
        for _ in 0..<count {
            let (encoded, actions) = windows.batch(step)
            let loss = objective.value(of: model, encoded: encoded, actions: actions).terms[0].value
            optimiser.clearGradients()
            loss.backward()
            if clipGradients(of: parameters, toNorm: clip).isFinite {
                optimiser.step(factor: schedule.factor(at: step))
            }
            sum += loss.item()
            step += 1
        }
        return sum / Double(max(1, count))
    }
}
