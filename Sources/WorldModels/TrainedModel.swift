import Basics
public import Episodes
import Foundation
public import Monitoring
import Networks
public import Tensors

/// What a model must know about itself to be used: channels, scaling, timing, sizes. Saved as `model.yaml`.
public struct ModelDescription: Sendable, Equatable {
    /// Predicted channels, with units and limits.
    public var outputs: [Channel]
    /// Driving channels: actions, then disturbances.
    public var inputs: [Channel]
    /// Means and scales, fitted on training data.
    public var scaling: SignalScaling
    /// Least and greatest value of each channel in the training data, outputs then inputs, physical units.
    public var recordedRanges: [ClosedRange<Double>]
    /// Seconds between samples of the logs it was trained on.
    public var samplingTime: Double
    /// Samples of the log per step of the model.
    public var stride: Int
    /// Steps of history that training used.
    public var window: Int
    /// Steps that training rolled out: the longest horizon that predictions are trusted for.
    public var horizon: Int
    /// The sizes of the network.
    public var architecture: SensorArchitecture
    /// The settings it was trained with, resolved.
    public var settings: TrainingSettings
    /// What it was trained on, and how that went.
    public var origin: ModelOrigin

    /// Creates a description.
    public init(
        outputs: [Channel], inputs: [Channel], scaling: SignalScaling, recordedRanges: [ClosedRange<Double>],
        samplingTime: Double, stride: Int, window: Int, horizon: Int, architecture: SensorArchitecture,
        settings: TrainingSettings, origin: ModelOrigin = ModelOrigin()
    ) {
        self.outputs = outputs
        self.inputs = inputs
        self.scaling = scaling
        self.recordedRanges = recordedRanges
        self.samplingTime = samplingTime
        self.stride = stride
        self.window = window
        self.horizon = horizon
        self.architecture = architecture
        self.settings = settings
        self.origin = origin
    }

    /// Seconds of one step of the model.
    public var stepTime: Double { samplingTime * Double(stride) }
    /// The action channels.
    public var actions: [Channel] { inputs.filter { $0.role == .action } }
    /// The disturbance channels.
    public var disturbances: [Channel] { inputs.filter { $0.role == .disturbance } }
}

/// A world model ready for use: network, description, calibration and novelty score. Physical units outside, normalised
/// numbers inside.
public final class TrainedModel {
    /// Channels, scaling, timing and sizes.
    public let description: ModelDescription
    /// Conformal bands.
    public let calibration: Calibration
    /// The out-of-distribution score.
    public let novelty: NoveltyScore
    /// What adapts predictions to the record that they start in; `nil` for a model that does not.
    public let adapter: RecordAdapter?
    /// What is normal, for telling what is not; `nil` for a model of a log too short for it, or saved before it was kept.
    public let surprise: SurpriseReference?
    /// Stretches of the log that a folder keeps when it is saved; `nil` for a model that was read: `ModelFolder.rehearsal`
    /// reads them.
    public let rehearsal: RehearsalSet?

    /// What the weights are in: a network, or numbers that nobody has asked a network of yet.
    private enum Parts {
        case network(SensorWorldModel)
        case numbers(SensorWeights)
    }
    private var parts: Parts
    private lazy var noveltyMean = Tensor(novelty.mean, shape: [novelty.mean.count])
    private lazy var whitening = Tensor(novelty.whitening, shape: [novelty.mean.count, novelty.mean.count])

    /// Puts the parts together.
    public convenience init(
        description: ModelDescription, network: SensorWorldModel, calibration: Calibration, novelty: NoveltyScore,
        adapter: RecordAdapter? = nil, surprise: SurpriseReference? = nil, rehearsal: RehearsalSet? = nil
    ) {
        self.init(description, .network(network), calibration, novelty, adapter, surprise, rehearsal)
    }

    /// Puts the parts together, of which the network is made when it is asked for.
    convenience init(
        description: ModelDescription, weights: SensorWeights, calibration: Calibration, novelty: NoveltyScore,
        adapter: RecordAdapter? = nil, surprise: SurpriseReference? = nil
    ) {
        self.init(description, .numbers(weights), calibration, novelty, adapter, surprise, nil)
    }

    private init(
        _ description: ModelDescription, _ parts: Parts, _ calibration: Calibration, _ novelty: NoveltyScore,
        _ adapter: RecordAdapter?, _ surprise: SurpriseReference?, _ rehearsal: RehearsalSet?
    ) {
        self.description = description
        self.parts = parts
        self.calibration = calibration
        self.novelty = novelty
        self.adapter = adapter
        self.surprise = surprise
        self.rehearsal = rehearsal
    }

    /// The same model, of which no prediction adapts to its record.
    public func withoutAdaptation() -> TrainedModel {
        TrainedModel(description, parts, calibration, novelty, nil, surprise, nil)
    }

    /// The same model, whose guardrails keep clear of bands of another coverage: `Calibration.guarding(_:)`.
    ///
    /// - Throws: `ForesightError.usage` for a coverage that cannot be had.
    public func guarding(_ coverage: Double) throws -> TrainedModel {
        TrainedModel(description, parts, try calibration.guarding(coverage), novelty, adapter, surprise, nil)
    }

    /// The network; libtorch is loaded when it is first asked for.
    public var network: SensorWorldModel {
        switch parts {
        case .network(let network): return network
        case .numbers(let weights):
            let network: SensorWorldModel
            do {
                network = try weights.network(seed: Seed(UInt64(max(0, description.settings.seed))))
            } catch {
                preconditionFailure("weights whose shapes were checked do not fit: \(error)")
            }
            parts = .network(network)
            return network
        }
    }

    /// The weights as plain numbers, as they are now.
    public var weights: SensorWeights {
        switch parts {
        case .network(let network): SensorWeights(network)
        case .numbers(let weights): weights
        }
    }

    /// Encodes a history at the model's step.
    ///
    /// - Parameters:
    ///   - outputs: Measurements, row-major `[row, output]`, physical units, `NaN` where missing; at least one row.
    ///   - inputs: Inputs, row-major `[row, input]`, physical units; row r is held from row r to row r + 1, the last row's
    ///     is not used. A missing input holds the last known one.
    ///   - encoder: The model's own, for those who encode again and again; made anew where none is given.
    /// - Returns: The representation `[members, D]` at the end of the history.
    /// - Throws: `ForesightError.data` when there is no row, or the representation is not finite.
    public func representation(
        outputs: [Double], inputs: [Double], encoder: SensorEncoder? = nil
    ) throws -> [Float] {
        let (outputCount, inputCount) = (description.outputs.count, description.inputs.count)
        let rows = outputs.count / max(1, outputCount)
        guard rows > 0, inputs.count == rows * inputCount, outputs.contains(where: \.isFinite) else {
            throw ForesightError.data(
                "a history of \(rows) rows with \(outputs.filter(\.isFinite).count) measurements tells no state",
                remedy: "give at least one row of \(description.outputs.map(\.name).joined(separator: ", "))")
        }
        let scaling = description.scaling
        let measured = outputs.enumerated().map { index, value in
            let channel = index % outputCount
            return Float((value - scaling.outputMean[channel]) / scaling.outputScale[channel])
        }
        var driven = [Float](repeating: 0, count: inputs.count)
        for channel in 0..<inputCount {
            let column = stride(from: channel, to: inputs.count, by: inputCount).map { inputs[$0] }
            for (row, value) in SignalTable.held(column).enumerated() {
                driven[row * inputCount + channel] = Float(
                    (value - scaling.inputMean[channel]) / scaling.inputScale[channel])
            }
        }
        // A number that single precision cannot hold is not one that is missing.
        let isReadable = zip(outputs, measured).allSatisfy { $0.isFinite == $1.isFinite }
        let z = (encoder ?? SensorEncoder(weights)).encode(outputs: measured, inputs: driven)
        guard isReadable, z.allSatisfy(\.isFinite) else {
            throw ForesightError.data(
                "the representation of the history is not finite", remedy: "check the history for wild values")
        }
        return z
    }

    /// The same as a tensor `[members, 1, D]`, which libtorch's rollouts begin with.
    ///
    /// - Throws: As ``representation(outputs:inputs:encoder:)``.
    public func encode(outputs: [Double], inputs: [Double]) throws -> Tensor {
        let z = try representation(outputs: outputs, inputs: inputs)
        let members = description.architecture.members
        return Tensor(z, shape: [members, 1, z.count / members])
    }

    /// Inputs in physical units, row-major `[batch, step, input]`, as a normalised tensor of that shape.
    public func normalisedInputs(_ inputs: [Float], batch: Int, steps: Int) -> Tensor {
        let scaling = description.scaling
        let count = description.inputs.count
        let mean = Tensor(scaling.inputMean.map(Float.init), shape: [count])
        let scale = Tensor(scaling.inputScale.map { Float(1 / $0) }, shape: [count])
        return (Tensor(inputs, shape: [batch, steps, count]) - mean) * scale
    }

    /// A prediction in physical units.
    public struct Prediction {
        /// The ensemble's mean, `[batch, step, output]`, physical units.
        public var outputs: Tensor
        /// The ensemble's standard deviation, `[batch, step, output]`, physical units.
        public var spread: Tensor
        /// The out-of-distribution score, `[batch, step]`; 1 is the edge of the training data.
        public var novelty: Tensor
    }

    /// Predicts under input sequences; differentiable with respect to them when gradients are on.
    ///
    /// - Parameters:
    ///   - start: A representation `[members, 1, D]` from `encode`.
    ///   - inputs: `[batch, step, input]`, normalised.
    ///   - after: Inputs of the last predicted row itself, `[batch, 1, input]`; without, the last are held.
    /// - Returns: Outputs, disagreement and novelty at each step.
    public func predict(from start: Tensor, inputs: Tensor, after: Tensor? = nil) -> Prediction {
        let members = description.architecture.members
        let batch = inputs.size(0)
        let z = start.expanded(to: [members, batch, start.size(2)])
        func shared(_ x: Tensor) -> Tensor {
            x.unsqueezed(0).expanded(to: [members, batch, x.size(1), inputs.size(2)])
        }
        let states = network.rollout(from: z, inputs: shared(inputs), after: after.map(shared))
        let (mean, spread) = ensemble(states)
        let scale = Tensor(description.scaling.outputScale.map(Float.init), shape: [description.outputs.count])
        return Prediction(
            outputs: physical(mean), spread: spread * scale,
            novelty: noveltyOf(start: z, states: states, inputs: inputs, spread: spread))
    }

    /// The ensemble's mean and standard deviation `[batch, step, output]`, normalised, of representations along time.
    func ensemble(_ states: [Tensor]) -> (mean: Tensor, spread: Tensor) {
        let predicted = network.readAll(states)  // [members, batch, step, output]
        let mean = predicted.mean(dim: 0)
        return (mean, ensembleSpread(predicted, mean: mean))
    }

    /// Normalised outputs in physical units.
    func physical(_ outputs: Tensor) -> Tensor {
        let (scaling, width) = (description.scaling, description.outputs.count)
        return outputs * Tensor(scaling.outputScale.map(Float.init), shape: [width])
            + Tensor(scaling.outputMean.map(Float.init), shape: [width])
    }

    private func noveltyOf(start: Tensor, states: [Tensor], inputs: Tensor, spread: Tensor) -> Tensor {
        // The pair that leads to step k is the representation before it and its input.
        let before = [start[0]] + states.dropLast().map { $0[0] }
        let z = Tensor.stack(before, dim: 1) / network.predictor.scale.value[0]  // [batch, step, D]
        let features = Tensor.concatenate([z, inputs], dim: 2) - noveltyMean
        let distance = features.matmul(whitening).square().sum(dim: 2).sqrt() * (1 / novelty.distanceThreshold)
        let (steps, outputs) = (inputs.size(1), description.outputs.count)
        let known = novelty.spreadThreshold.count / outputs
        let thresholds = (0..<steps).flatMap { step in
            (0..<outputs).map { novelty.spreadThreshold[min(step, known - 1) * outputs + $0] }
        }
        let disagreement = (spread / Tensor(thresholds, shape: [steps, outputs])).amax(dim: 2)
        return distance.maximum(disagreement)
    }
}
