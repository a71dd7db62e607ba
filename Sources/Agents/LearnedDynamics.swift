import Basics
public import Episodes
public import Objectives
public import Planning
import Tensors
public import WorldModels

/// A trained world model as dynamics that planners search with.
///
/// ```swift
/// let dynamics = try LearnedDynamics(model)
/// var estimator = HistoryEstimator(model)
/// estimator.update(episode: log, upTo: log.count - 1)
/// let plan = try planner.plan(from: estimator.state(), start: estimator.start())
/// ```
///
/// Predictions are those of `TrainedModel.predict`: the ensemble's mean, its disagreement and the novelty of each step,
/// in physical units. A compiled kernel rolls them out where it can, else libtorch: see ``engine``.
/// Holds tensors, so it stays in the task that made it.
public struct LearnedDynamics: DifferentiableDynamics {
    /// The model.
    public let model: TrainedModel
    /// Where limits of actions come from that the log's channels do not have.
    public let actionChannels: [Channel]

    private let weights: RolloutWeights
    private let novelty: NoveltyWeights
    private let scaling: TensorScaling
    let choice: EngineChoice

    /// Makes a model ready for planning.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - engine: What rolls it out.
    /// - Throws: `ForesightError.usage` when the model has no action that anyone could plan, or the engine cannot run it.
    public init(_ model: TrainedModel, engine: RolloutEngine = .automatic) throws {
        let description = model.description
        guard !description.actions.isEmpty else {
            throw ForesightError.usage(
                "the model has no action, so there is nothing to plan",
                remedy: "train with --actions naming the channels that can be set")
        }
        self.model = model
        // An actuator without known limits is not driven beyond what was recorded.
        actionChannels = description.actions.enumerated().map { index, channel in
            let recorded = description.recordedRanges[description.outputs.count + index]
            var channel = channel
            channel.lowerLimit = channel.lowerLimit ?? channel.values?.first ?? recorded.lowerBound
            channel.upperLimit = channel.upperLimit ?? channel.values?.last ?? recorded.upperBound
            return channel
        }
        weights = RolloutWeights(model.network)
        novelty = NoveltyWeights(model)
        scaling = TensorScaling(description)
        choice = try EngineChoice(engine, weights, novelty, scaling)
    }

    /// What rolls the model out, and why that.
    public var engine: DynamicsEngine? { choice.description }

    /// The observed channels.
    public var outputChannels: [Channel] { model.description.outputs }
    /// Seconds of one step of the model.
    public var samplingTime: Double { model.description.stepTime }
    /// The steps that training rolled out.
    public var trainedHorizon: Int? { model.description.horizon }

    /// Predicts the outputs, and spread and novelty where the batch asks for them.
    ///
    /// - Throws: `ForesightError.data` when the state is not finite or its disturbances do not fit.
    public func rollout(from state: LearnedState, into batch: inout TrajectoryBatch) throws {
        let horizon = batch.horizon
        if case .compiled(let compiled, _) = choice {
            return try compiled.rollout(from: state, into: &batch) { try addition(of: state, horizon: horizon) }
        }
        let (known, change) = try addition(of: state, horizon: horizon)
        withInferenceMode {
            let actions = Tensor.withBorrowed(batch.actions, shape: Self.shape(batch, batch.actionCount)) {
                scaling.normalised(actions: $0)
            }
            write(
                predict(state, actions, tensor(known, batch), change, isNovel: !batch.novelty.isEmpty), into: &batch)
        }
    }

    /// Predicts and carries a gradient with respect to outputs and novelty back to the actions.
    ///
    /// - Throws: `ForesightError.data` as `rollout` does; what the closure throws.
    public func rolloutGradient(
        from state: LearnedState, into batch: inout TrajectoryBatch,
        gradient: (TrajectoryBatch) throws -> TrajectoryGradient
    ) throws -> [Float] {
        let horizon = batch.horizon
        if case .compiled(let compiled, _) = choice {
            try compiled.rollout(from: state, into: &batch) { try addition(of: state, horizon: horizon) }
            let seed = try gradient(batch)
            var result = try compiled.gradient(batch, seed: seed)
            for index in result.indices { result[index] += seed.actions[index] }
            return result
        }
        let (known, change) = try addition(of: state, horizon: horizon)
        return try withGradients {
            let leaf = Tensor(batch.actions, shape: Self.shape(batch, batch.actionCount)).requiresGrad()
            let predicted = predict(
                state, scaling.normalised(actions: leaf), tensor(known, batch), change,
                isNovel: !batch.novelty.isEmpty)
            withoutGradients { write(predicted, into: &batch) }
            let seed = try gradient(batch)
            var ends = [predicted.outputs]
            var upstream = [Tensor(seed.outputs, shape: Self.shape(batch, batch.outputCount)).permuted([1, 0, 2])]
            if let novelty = predicted.novelty, seed.novelty.contains(where: { $0 != 0 }) {
                ends.append(novelty)
                upstream.append(Tensor(seed.novelty, shape: [batch.candidates, batch.horizon]).transposed(0, 1))
            }
            var result = Tensor.gradients(of: ends, withRespectTo: [leaf], gradient: upstream)[0].floats()
            for index in result.indices { result[index] += seed.actions[index] }
            return result
        }
    }

    /// What the model takes the outputs to be now `[output]`, physical units: measurements with their noise smoothed.
    public func outputs(at state: LearnedState) -> [Double] {
        withInferenceMode {
            let z = state.representation.unsqueezed(1)  // [members, 1 step, 1 candidate, D]
            let mean = weights.read(z).mean(dim: 0).reshaped([outputChannels.count])
            return (mean * scaling.outputScale + scaling.outputMean).doubles()
        }
    }

    /// A prediction, step first: `[step, candidate, …]`.
    private struct Predicted {
        /// Physical units, `[step, candidate, output]`.
        var outputs: Tensor
        /// Physical units, `[step, candidate, output]`.
        var spread: Tensor
        /// `[step, candidate]`.
        var novelty: Tensor?
    }

    private func predict(
        _ state: LearnedState, _ actions: Tensor, _ known: Tensor, _ change: AdaptedForecast.Response?, isNovel: Bool
    ) -> Predicted {
        let start = state.representation
        let states = weights.rollout(from: start, actions: actions, disturbances: known)
        let members = weights.read(states)
        let mean = members.mean(dim: 0)
        let spread =
            weights.members > 1
            ? ((members - mean).square().sum(dim: 0) * (1 / Double(weights.members - 1)) + 1e-12).sqrt()
            : Tensor.zeros(like: mean)
        let score =
            isNovel
            ? novelty.score(start: start, states: states, actions: actions, disturbances: known, spread: spread) : nil
        var outputs = mean * scaling.outputScale + scaling.outputMean
        if let change {
            let (steps, candidates) = (actions.size(0), actions.size(1))
            let rows = actions.permuted([1, 0, 2]).reshaped([candidates, steps * actions.size(2)])
            let added = (rows.matmul(change.slope) + change.offset).reshaped([candidates, steps, outputs.size(2)])
            outputs = outputs + added.permuted([1, 0, 2])
        }
        return Predicted(outputs: outputs, spread: spread * scaling.outputScale, novelty: score)
    }

    private func write(_ predicted: Predicted, into batch: inout TrajectoryBatch) {
        let shape = Self.shape(batch, batch.outputCount)
        Tensor.withBorrowed(mutating: &batch.outputs, shape: shape) {
            _ = $0.copy_(predicted.outputs.permuted([1, 0, 2]))
        }
        if !batch.spread.isEmpty {
            Tensor.withBorrowed(mutating: &batch.spread, shape: shape) {
                _ = $0.copy_(predicted.spread.permuted([1, 0, 2]))
            }
        }
        if let novelty = predicted.novelty {
            Tensor.withBorrowed(mutating: &batch.novelty, shape: [batch.candidates, batch.horizon]) {
                _ = $0.copy_(novelty.transposed(0, 1))
            }
        }
    }

    /// What a state adds to predictions beside its representation.
    private func addition(of state: LearnedState, horizon: Int) throws -> CompiledRollout.Addition {
        (
            scaling.normalised(disturbances: try disturbancesAhead(state, horizon: horizon)),
            try change(state, horizon: horizon)
        )
    }

    /// What the state's record changes in predictions; made outside inference mode, so that gradients can go through it.
    private func change(_ state: LearnedState, horizon: Int) throws -> AdaptedForecast.Response? {
        guard let adapted = state.adapted else { return nil }
        return adapted.response(
            horizon: horizon, disturbances: try disturbancesAhead(state, horizon: horizon), model.description)
    }

    /// Bands are wider where little is known of the record that a plan starts in; under the actions in force held.
    public func bands(_ bands: Bands?, from state: LearnedState) throws -> Bands? {
        guard let bands, let adapted = state.adapted else { return bands }
        let horizon = bands.halfWidth.count / outputChannels.count
        let ahead = try disturbancesAhead(state, horizon: horizon)
        return Bands(
            coverage: bands.coverage,
            halfWidth: adapted.widened(
                bands.halfWidth, coverage: bands.coverage, disturbances: ahead, horizon: horizon))
    }

    /// Normalised disturbances as a tensor `[step, disturbance]`.
    private func tensor(_ known: [Float], _ batch: TrajectoryBatch) -> Tensor {
        Tensor(known, shape: [batch.horizon, known.count / batch.horizon])
    }

    /// The expected disturbances of each step, row-major `[step, disturbance]`, physical units.
    private func disturbancesAhead(_ state: LearnedState, horizon: Int) throws -> [Double] {
        let count = model.description.disturbances.count
        guard count > 0 else { return [] }
        let rows = state.disturbances.count / count
        guard rows > 0, state.disturbances.count == rows * count, state.disturbances.allSatisfy(\.isFinite) else {
            throw ForesightError.data(
                "\(state.disturbances.count) disturbances are known ahead, not all of them numbers, for \(count) channels",
                remedy: "give a row of \(model.description.disturbances.map(\.name).joined(separator: ", "))")
        }
        return (0..<horizon).flatMap { step in
            let row = min(step, rows - 1)
            return state.disturbances[row * count..<(row + 1) * count]
        }
    }

    private static func shape(_ batch: TrajectoryBatch, _ width: Int) -> [Int] {
        [batch.candidates, batch.horizon, width]
    }
}
