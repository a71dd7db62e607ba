import Basics
import Episodes
import Foundation
import Networks
import Perception
import Tensors
import WorldModels

/// A model of any size with random weights that were never trained: for what has to hold of every model.
struct RandomModel {
    var members = 3
    var width = 4
    var hidden = 8
    var actions = 2
    var disturbances = 0
    var outputs = 2
    var activation = BoundedActivation.tanh
    var hasLead = false
    var transient = 0
    var isBounded = true
    var horizon = 7
    var seed: UInt64 = 1

    /// The model.
    func make() throws -> TrainedModel {
        try Engine.load()
        var generator = SeededGenerator(seed: seed)
        func random(_ shape: [Int], _ size: Double) -> Tensor {
            Tensor((0..<shape.reduce(1, *)).map { _ in Float(size * generator.normal()) }, shape: shape)
        }
        let inputs = actions + disturbances
        let sizes = SensorArchitecture(
            members: members, outputs: outputs, inputs: inputs, actions: actions, core: width, free: 0, hidden: hidden,
            activation: activation, hasLead: hasLead, transient: transient, isBounded: isBounded, inverseSteps: 1)
        let network = SensorWorldModel(sizes, start: .empty(sizes), seed: Seed(seed))
        let part = 1 / Double(width).squareRoot()
        // A cube bends so much that larger random ones are chaotic, and rounding then grows without end.
        let bend = (activation == .cubic ? 0.03 : 0.4) / Double(hidden).squareRoot()
        withoutGradients {
            let predictor = network.predictor
            predictor.linear.assign(random([members, width, width], part))
            predictor.input.assign(random([members, inputs, width], 0.5))
            predictor.lead?.assign(random([members, inputs, width], 0.3))
            predictor.offset.assign(random([members, 1, width], 0.2))
            predictor.hiddenState.assign(random([members, width, hidden], part))
            predictor.hiddenInput.assign(random([members, inputs, hidden], 0.5))
            predictor.hiddenOffset.assign(random([members, 1, hidden], 0.5))
            predictor.correction.assign(random([members, hidden, width], bend))
            predictor.scale.assign(random([members, 1, width], 0.3).exp())
            network.readout.assign(random([members, width, outputs], part))
            network.readoutOffset.assign(random([members, 1, outputs], 0.3))
            let encoder = network.encoder
            encoder.gain.assign(random([members, outputs, width], 0.2))
            encoder.firstGain.assign(random([members, outputs, width], 0.4))
            encoder.transient?.assign(random([members, transient, outputs, width], 0.3))
            encoder.prior.assign(random([members, 1, width], 0.5))
        }
        let features = width + inputs
        let novelty = NoveltyScoreText(
            mean: (0..<features).map { _ in Float(0.3 * generator.normal()) },
            whitening: (0..<features * features).map { _ in
                Float(generator.normal() / Double(features).squareRoot())
            },
            distanceThreshold: 1.7,
            // Short, so that the last row is held; small, so that disagreement binds here and there.
            spreadThreshold: (0..<max(1, horizon / 2) * outputs).map { _ in Float(generator.uniform(in: 0.3...1.5)) })
        return TrainedModel(
            description: description(sizes, &generator), network: network,
            calibration: try Self.decoded(CalibrationText(names: names("y", outputs), steps: horizon)),
            novelty: try Self.decoded(novelty))
    }

    /// A state that no history led to.
    func state(seed: UInt64 = 2) -> (representation: [Float], disturbances: [Double]) {
        var generator = SeededGenerator(seed: seed)
        let z = (0..<members * width).map { _ in Float(generator.normal()) }
        // Fewer rows than steps: the last is held.
        let known = (0..<3 * disturbances).map { _ in 3 + generator.normal() }
        return (z, known)
    }

    private func names(_ letter: String, _ count: Int) -> [String] { (0..<count).map { "\(letter)\($0)" } }

    private func description(_ sizes: SensorArchitecture, _ generator: inout SeededGenerator) -> ModelDescription {
        let observed = names("y", outputs).map { Channel(name: $0, unit: nil, role: .observation) }
        let acted = names("u", actions).map {
            Channel(name: $0, unit: nil, role: .action, lowerLimit: -4, upperLimit: 8)
        }
        let disturbed = names("d", disturbances).map { Channel(name: $0, unit: nil, role: .disturbance) }
        let channels = observed + acted + disturbed
        var scaling = SignalScaling(
            fitting: [], outputs: observed.map(\.name), inputs: (acted + disturbed).map(\.name))
        scaling.outputMean = observed.map { _ in 5 * generator.normal() }
        scaling.outputScale = observed.map { _ in generator.uniform(in: 0.5...4) }
        scaling.inputMean = (acted + disturbed).map { _ in 2 + generator.normal() }
        scaling.inputScale = (acted + disturbed).map { _ in generator.uniform(in: 1...3) }
        return ModelDescription(
            outputs: observed, inputs: acted + disturbed, scaling: scaling,
            recordedRanges: channels.map { _ in -4...8 }, samplingTime: 1, stride: 1, window: 2, horizon: horizon,
            architecture: sizes, settings: TrainingSettings())
    }

    private static func decoded<T: Decodable>(_ text: some Encodable) throws -> T {
        try JSONDecoder().decode(T.self, from: try JSONEncoder().encode(text))
    }
}

/// A novelty score as its file has it.
private struct NoveltyScoreText: Encodable {
    var mean: [Float]
    var whitening: [Float]
    var distanceThreshold: Double
    var spreadThreshold: [Float]
}

/// A calibration as its file has it, with bands of one width.
private struct CalibrationText: Encodable {
    var coverage = 0.9
    var steps: Int
    var outputs: [String]
    var quantile: [Double]
    var guardCoverage = 0.99
    var guardQuantile: [Double]
    var floor: [Double]
    var typicalSpread: [Double]
    var spreadFactor = 1.0
    var windows = 100

    init(names: [String], steps: Int) {
        self.steps = steps
        outputs = names
        quantile = [Double](repeating: 1, count: steps * names.count)
        (guardQuantile, floor, typicalSpread) = (quantile, quantile, quantile)
    }
}
