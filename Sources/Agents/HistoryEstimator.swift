import Basics
public import Episodes
public import Planning
public import WorldModels

/// Keeps the last samples that were observed and encodes them into the state that a model predicts from.
///
/// Samples come at the rate of the log. Where the model's step covers several of them, its steps are counted back from
/// the present: an output is the sample at the step, an input the mean over the samples that the step covers, as in
/// training. Histories shorter than the window are enough, down to a single sample; missing measurements correct
/// nothing, missing inputs hold the last known value.
///
/// The encoder sees the model's window, and further back where an output is missing at its first step
/// (`ModelDescription.historySteps`). A model that adapts to its record looks further back, as far as it takes equations.
public struct HistoryEstimator {
    /// The model.
    public let model: TrainedModel
    /// Disturbances ahead, row-major `[step, disturbance]`, physical units; empty holds the last ones.
    public var forecast: [Double]

    /// The samples that are kept at most, that of now included: what lies further back changes no state.
    public let capacity: Int
    private var outputs: [[Double]] = []
    /// Actions, then disturbances, held from this sample to the next.
    private var inputs: [[Double]] = []
    private var previousActions: [Double] = []
    private let encoder: SensorEncoder

    /// Creates an estimator without a history.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - forecast: Disturbances ahead, row-major `[step, disturbance]`, physical units; empty holds the last ones.
    public init(_ model: TrainedModel, forecast: [Double] = []) {
        self.model = model
        self.forecast = forecast
        encoder = SensorEncoder(model.weights)
        let description = model.description
        capacity = (max(description.mostHistory, model.adapter?.historySteps ?? 0) - 1) * description.stride + 1
    }

    /// The number of samples that are kept now.
    public var count: Int { outputs.count }

    /// Forgets everything, as before the first sample.
    public mutating func reset() {
        outputs.removeAll(keepingCapacity: true)
        inputs.removeAll(keepingCapacity: true)
        previousActions = []
    }

    /// Takes in one sample.
    ///
    /// - Parameters:
    ///   - observation: What the sensors show now `[output]`, physical units, `NaN` where missing.
    ///   - previousAction: The actions that were in force until now `[action]`, physical units.
    ///   - disturbance: The disturbances now `[disturbance]`; empty when they are not measured.
    public mutating func update(observation: [Double], previousAction: [Double], disturbance: [Double]) {
        let description = model.description
        let (actionCount, disturbanceCount) = (description.actions.count, description.disturbances.count)
        precondition(observation.count == description.outputs.count, "one value an observed channel")
        precondition(previousAction.count == actionCount, "one value an action")
        precondition(disturbance.isEmpty || disturbance.count == disturbanceCount, "one value a disturbance")
        let acted = zip(previousAction, previousActions.isEmpty ? previousAction : previousActions).map {
            $0.isFinite ? $0 : $1
        }
        // What was in force until now is what the sample before was followed by.
        if !inputs.isEmpty { inputs[inputs.count - 1].replaceSubrange(0..<actionCount, with: acted) }
        outputs.append(observation)
        let unknown = [Double](repeating: .nan, count: disturbanceCount)
        inputs.append(acted + (disturbance.isEmpty ? unknown : disturbance))
        previousActions = acted
        if outputs.count > capacity {
            outputs.removeFirst()
            let last = inputs.removeFirst()
            // A disturbance that is never measured again holds what it was last.
            for index in inputs[0].indices where !inputs[0][index].isFinite { inputs[0][index] = last[index] }
        }
    }

    /// Takes in an episode up to a row, in place of what was known before.
    ///
    /// - Throws: `ForesightError.data` when a channel is missing or the episode is sampled at another rate.
    public mutating func read(_ episode: Episode, upTo row: Int) throws {
        let description = model.description
        precondition(row >= 0 && row < episode.count, "row \(row) of \(episode.count)")
        try description.check(samplingOf: [episode])
        func columns(_ channels: [Channel]) throws -> [Int] { try channels.map { try Self.column($0, in: episode) } }
        let observed = try columns(description.outputs)
        let acting = try columns(description.actions)
        let disturbing = try columns(description.disturbances)
        reset()
        // One row more than is kept, for the action that led to the first of them.
        for index in max(0, row - capacity)...row {
            let before = max(0, index - 1)
            update(
                observation: observed.map { episode[index, $0] }, previousAction: acting.map { episode[before, $0] },
                disturbance: disturbing.map { episode[index, $0] })
        }
    }

    /// The state after the samples taken in so far.
    ///
    /// - Throws: `ForesightError.data` when nothing was measured, or the representation is not finite.
    public func state() throws -> LearnedState {
        let description = model.description
        let (stride, actionCount) = (description.stride, description.actions.count)
        let held = heldInputs()
        let history = historySteps
        let steps = min(knownSteps, max(history, model.adapter?.historySteps ?? 0))
        var (measured, driven): ([Double], [Double]) = ([], [])
        for step in 0..<steps {
            let sample = outputs.count - 1 - (steps - 1 - step) * stride
            measured += outputs[sample]
            let covered = held[sample..<min(sample + stride, held.count)]
            for input in held[sample].indices {
                driven.append(covered.reduce(0) { $0 + $1[input] } / Double(covered.count))
            }
        }
        let representation = try model.representation(
            outputs: Array(measured.suffix(history * description.outputs.count)),
            inputs: Array(driven.suffix(history * description.inputs.count)), encoder: encoder)
        let last = held.last.map { Array($0[actionCount...]) } ?? []
        let adapted = model.adapter.map { adapter in
            AdaptedForecast(
                adapter.adapt(outputs: measured, inputs: driven),
                actions: held.last.map { Array($0[..<actionCount]) } ?? [])
        }
        return LearnedState(
            representation: representation, disturbances: forecast.isEmpty ? last : forecast, adapted: adapted)
    }

    private var knownSteps: Int { outputs.isEmpty ? 0 : (outputs.count - 1) / model.description.stride + 1 }

    private var historySteps: Int {
        model.description.historySteps(known: knownSteps) { back in
            outputs[outputs.count - 1 - back * model.description.stride].allSatisfy(\.isFinite)
        }
    }

    /// Outputs that are missing where the history of the state begins, with the steps of it in which they were measured: what is
    /// predicted of them is less sure than bands say.
    public var gaps: [(output: Int, measured: Int, steps: Int)] {
        let (history, stride) = (historySteps, model.description.stride)
        guard history > 0 else { return [] }
        return model.description.outputs.indices.compactMap { output in
            let isThere = { (back: Int) in outputs[outputs.count - 1 - back * stride][output].isFinite }
            return isThere(history - 1) ? nil : (output, (0..<history).count(where: isThere), history)
        }
    }

    /// Where a plan starts: the last observation, and the actions in force until then.
    public func start() -> PlanningStart {
        PlanningStart(outputs: outputs.last ?? [], previousActions: previousActions)
    }

    /// Inputs without gaps: the last known value, before it the first, and the mean of the training data where none is.
    private func heldInputs() -> [[Double]] {
        var held = inputs
        for index in model.description.inputs.indices {
            var last = inputs.first { $0[index].isFinite }?[index] ?? model.description.scaling.inputMean[index]
            for row in held.indices {
                if held[row][index].isFinite { last = held[row][index] }
                held[row][index] = last
            }
        }
        return held
    }

    private static func column(_ channel: Channel, in episode: Episode) throws -> Int {
        if let index = episode.channelIndex(channel.name) { return index }
        let near = nearestNameQuestion(to: channel.name, among: episode.channels.map(\.name), isQuoted: true)
        throw ForesightError.data(
            "\(episode.name) has no channel '\(channel.name)', which the model needs",
            remedy: near ?? "give a log with the channels of the model")
    }
}
