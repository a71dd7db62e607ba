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
/// try estimator.read(log, upTo: log.count - 1)
/// let plan = try planner.plan(from: estimator.state(), start: estimator.start())
/// ```
///
/// Predictions are those of `TrainedModel.predict`: the ensemble's mean, its disagreement and the novelty of each step,
/// in physical units. A compiled kernel rolls them out where it can, without libtorch, else that: see ``engine``.
public struct LearnedDynamics: DifferentiableDynamics {
    /// The model.
    public let model: TrainedModel
    /// Where limits of actions come from that the log's channels do not have.
    public let actionChannels: [Channel]

    private let weights: RolloutWeights
    private let factors: SignalFactors
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
        let numbers = model.weights
        weights = RolloutWeights(numbers)
        factors = SignalFactors(description)
        choice = try EngineChoice(engine, weights, NoveltyWeights(model, numbers), factors)
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
        switch choice {
        case .compiled(let compiled, _):
            try compiled.rollout(from: state, into: &batch) { try addition(of: state, horizon: horizon) }
        case .libtorch(let rollout, _):
            let (known, change) = try addition(of: state, horizon: horizon)
            withInferenceMode {
                let actions = Tensor(batch.actions, shape: Self.shape(batch, batch.actionCount))
                write(
                    rollout.predict(
                        state.representation, actions: actions, disturbances: known, change,
                        isNovel: !batch.novelty.isEmpty), into: &batch)
            }
        }
        state.correct(&batch)
    }

    /// Predicts and carries a gradient with respect to outputs and novelty back to the actions.
    ///
    /// - Throws: `ForesightError.data` as `rollout` does; what the closure throws.
    public func rolloutGradient(
        from state: LearnedState, into batch: inout TrajectoryBatch,
        gradient: (TrajectoryBatch) throws -> TrajectoryGradient
    ) throws -> [Float] {
        let horizon = batch.horizon
        let rollout: TensorRollout
        switch choice {
        case .compiled(let compiled, _):
            try compiled.rollout(from: state, into: &batch) { try addition(of: state, horizon: horizon) }
            let seed = try judge(state, &batch, gradient)
            var result = try compiled.gradient(batch, seed: seed)
            for index in result.indices { result[index] += seed.actions[index] }
            return result
        case .libtorch(let reference, _): rollout = reference
        }
        let (known, change) = try addition(of: state, horizon: horizon)
        return try withGradients {
            let leaf = Tensor(batch.actions, shape: Self.shape(batch, batch.actionCount)).requiresGrad()
            let predicted = rollout.predict(
                state.representation, actions: leaf, disturbances: known, change, isNovel: !batch.novelty.isEmpty)
            withoutGradients { write(predicted, into: &batch) }
            let seed = try judge(state, &batch, gradient)
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

    /// Corrects what was predicted, and asks for the gradient with respect to that.
    private func judge(
        _ state: LearnedState, _ batch: inout TrajectoryBatch,
        _ gradient: (TrajectoryBatch) throws -> TrajectoryGradient
    ) throws -> TrajectoryGradient {
        state.correct(&batch)
        return try gradient(batch)
    }

    /// What the model takes the outputs to be now `[output]`, physical units: measurements with their noise smoothed.
    public func outputs(at state: LearnedState) -> [Double] {
        zip(weights.read(state.representation), zip(factors.outputScale, factors.outputMean)).map {
            Double($0 * $1.0 + $1.1)
        }
    }

    /// The same state with a correction that is added to all that is predicted from it.
    public func corrected(_ state: LearnedState, by correction: [Float]) -> LearnedState? {
        var state = state
        state.correction = correction
        return state
    }

    private func write(_ predicted: TensorRollout.Predicted, into batch: inout TrajectoryBatch) {
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
            factors.normalised(disturbances: try disturbancesAhead(state, horizon: horizon)),
            try change(state, horizon: horizon)
        )
    }

    /// What the state's record changes in predictions.
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
                bands.halfWidth, coverage: bands.coverage, disturbances: ahead, horizon: horizon), shift: bands.shift,
            correction: bands.correction, errors: bands.errors)
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
