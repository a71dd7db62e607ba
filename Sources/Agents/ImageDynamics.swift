import Basics
public import Episodes
public import Objectives
public import Planning
public import Tensors
public import WorldModels

/// What a plan from pictures starts from and what it should come to look like.
public struct ImageState {
    /// What is seen, `[1, D]`.
    public let representation: Tensor
    /// The pictures that are goals, encoded, `[1, D]` each, or shorter by what only proprioception says where it is not known, in the order of ``ImageDynamics/goals``; empty where no goal is a
    /// picture.
    public let goals: [Tensor]
    /// What corrects predictions by the errors of this episode, or `nil`.
    public var memory: StepMemory?

    /// Creates a state without memory.
    public init(representation: Tensor, goals: [Tensor]) {
        self.representation = representation
        self.goals = goals
    }

    /// Creates a state with one goal.
    public init(representation: Tensor, goal: Tensor) { self.init(representation: representation, goals: [goal]) }
}

/// A world model from pictures as dynamics that planners search with; the goal is a picture.
///
/// Two channels say how far predictions are from the goal, so that goals in words and guardrails speak of it as of any
/// other channel: `distance`, the rows of the record that it takes at least to get there (``TemporalDistance``), and
/// `difference`, the root mean square difference of the representations. A goal that has a name has `distance_NAME` and
/// `difference_NAME`, so that there may be several, or none. Behind them come the numbers that the model reads
/// off representations, such as where a body is, and the scores of the regions that it has learned, above 0 where a step leads
/// through one. A model of several rows to a step predicts its last row; the rows between
/// have its value.
///
/// Holds tensors, so it stays in the task that made it.
public struct ImageDynamics: Dynamics {
    /// The model.
    public let model: TrainedImageModel
    /// The names of the pictures that are goals, `nil` for one without; empty where no goal is a picture.
    public let goals: [String?]
    private let predictions: PictureEngine

    /// Makes a model ready for planning.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - goals: The names of the pictures that are goals, all different; one without a name by default.
    ///   - engine: What rolls it out; libtorch where the compiled rollout cannot.
    ///   - threads: Threads of the compiled rollout at most; as many as libtorch has by default.
    public init(
        _ model: TrainedImageModel, goals: [String?] = [nil], engine: RolloutEngine = .automatic, threads: Int? = nil
    ) {
        self.init(model, goals: goals, predictions: PictureEngine(engine, model.network, threads: threads))
    }

    private init(_ model: TrainedImageModel, goals: [String?], predictions: PictureEngine) {
        precondition(Set(goals).count == goals.count, "two goals have one name")
        self.model = model
        self.goals = goals
        self.predictions = predictions
    }

    /// The same model, made ready already, for other goals.
    public func withGoals(_ goals: [String?]) -> ImageDynamics {
        ImageDynamics(model, goals: goals, predictions: predictions)
    }

    /// What computes the predictions of a model with LeWM's predictor, and why; `nil` for others.
    public var engine: DynamicsEngine? { predictions.description }

    /// For each goal `distance` where the model has learned it and `difference`, then what is read, and regions.
    public var outputChannels: [Channel] {
        let channels = goals.flatMap { name -> [Channel] in
            let ending = name.map { "_\($0)" } ?? ""
            let difference = Channel(name: "difference\(ending)", role: .observation, lowerLimit: 0)
            guard model.distance != nil else { return [difference] }
            return [Channel(name: "distance\(ending)", unit: "rows", role: .observation, lowerLimit: 0), difference]
        }
        let names = (model.readout?.names ?? []) + model.regions.map(\.name)
        return channels + names.map { Channel(name: $0, role: .observation) }
    }

    /// The half-widths that guardrails on what is read and on regions keep clear of, over a horizon in rows; `nil` for a model
    /// without any. Channels that say how far the goal is have none, nor have readouts that were not calibrated; the coverage
    /// is the least of those that have.
    public func guardBands(horizon: Int) -> Bands? {
        let read = model.readout?.bands
        guard read != nil || !model.regions.isEmpty else { return nil }
        let block = model.network.architecture.block
        let readouts = model.readout?.names.count ?? 0
        let before = outputChannels.count - readouts - model.regions.count
        let widths = (0..<horizon).flatMap { row -> [Float] in
            var widths = [Float](repeating: 0, count: before)
            if let read {
                let step = min(row / block, read.steps - 1)
                widths += read.guardHalfWidth[step * read.count..<(step + 1) * read.count].map { Float($0) }
            } else {
                widths += [Float](repeating: 0, count: readouts)
            }
            return widths
                + model.regions.map { region in
                    Float(region.bands.guardHalfWidth[min(row / block, region.bands.steps - 1)])
                }
        }
        let coverages = (read.map { [$0.promisedGuardCoverage] } ?? []) + model.regions.map(\.bands.coverage)
        return Bands(coverage: coverages.min() ?? ReadoutBands.guardCoverage, halfWidth: widths)
    }

    /// What can be done.
    public var actionChannels: [Channel] { model.actionChannels }
    /// What is taken for the actions in force where nothing was done yet: 0, or what is nearest to it within the limits.
    public var previousActions: [Double] {
        actionChannels.map { min(max(0, $0.lowerLimit ?? 0), $0.upperLimit ?? 0) }
    }
    /// Seconds between two rows.
    public var samplingTime: Double { model.samplingTime }
    /// Rows that training rolled out.
    public var trainedHorizon: Int? { model.horizon * model.network.architecture.block }

    /// Predicts how far from the goal each row is.
    ///
    /// - Throws: `ForesightError.usage` when the horizon is no multiple of the rows of a step, `.failure` when memory is short.
    public func rollout(from state: ImageState, into batch: inout TrajectoryBatch) throws {
        let sizes = model.network.architecture
        guard batch.horizon % sizes.block == 0 else {
            throw ForesightError.usage(
                "a horizon of \(batch.horizon) rows is not whole steps of the model, \(sizes.block) rows each",
                remedy: "choose a multiple of \(sizes.block)")
        }
        let (candidates, count) = (batch.candidates, batch.horizon / sizes.block)
        try withInferenceMode {
            let actions = Tensor.withBorrowed(batch.actions, shape: [candidates, count, sizes.blockActions]) {
                model.actionScaling.normalised($0)
            }
            let start = state.representation.expanded(to: [candidates, sizes.width])
            let steps = try predictions.rollout(
                from: state.representation, actions: actions, memory: state.memory)
            let before = Tensor.stack([start] + steps.dropLast(), dim: 1)
            // [candidates, steps, channels]
            let perStep = measures(from: before, to: Tensor.stack(steps, dim: 1), state.goals)
            let perRow = perStep.repeatedInterleaved(sizes.block, dim: 1)
            Tensor.withBorrowed(
                mutating: &batch.outputs, shape: [candidates, batch.horizon, batch.outputCount]
            ) { _ = $0.copy_(perRow) }
        }
    }

    /// The channels of a state `[channel]`, where it is now.
    public func outputs(at state: ImageState) -> [Double] {
        withInferenceMode {
            measures(from: state.representation, to: state.representation, state.goals).doubles()
        }
    }

    /// From representations `[…, D]` at both ends of a step to channels `[…, channel]`.
    private func measures(from before: Tensor, to z: Tensor, _ targets: [Tensor]) -> Tensor {
        precondition(targets.count == goals.count, "\(targets.count) goals for \(goals.count) names")
        var parts = targets.flatMap { goal -> [Tensor] in
            // Only of what is known of the goal.
            let known = z.narrow(dim: -1, start: 0, length: goal.size(-1))
            let difference = (known - goal).square().mean(dim: -1).sqrt().unsqueezed(-1)
            guard let distance = model.distance else { return [difference] }
            func seen(_ z: Tensor) -> Tensor {
                model.network.summarised(z).narrow(
                    dim: -1, start: 0, length: model.network.architecture.seenSummaryWidth)
            }
            return [distance.rows(seen(z), seen(goal)).unsqueezed(-1), difference]
        }
        if let readout = model.readout { parts.append(readout.network(model.network.summarised(z))) }
        parts += model.regions.map { region in
            region.classifier(from: model.network.summarised(before), to: model.network.summarised(z)).unsqueezed(-1)
        }
        return Tensor.concatenate(parts, dim: -1)
    }
}
