import Basics
import Episodes
import Foundation
import Networks
import Tensors
import Testing

@testable import WorldModels

@Suite("Attribution", .enabled(if: torchIsSetUp))
struct AttributionTests {
    @Test("A Gauss–Legendre rule of n nodes integrates powers up to 2n − 1 exactly", arguments: [1, 2, 5, 32])
    func quadrature(count: Int) {
        let rule = GaussLegendre.rule(count)
        for power in 0..<(2 * count) {
            let sum = zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(power)) }
            #expect(abs(sum - 1 / Double(power + 1)) < 1e-13, "power \(power) with \(count) nodes")
        }
        #expect(Set(rule.nodes).count == count && rule.nodes.allSatisfy { (0...1).contains($0) })
    }

    /// `y_{t+1} = a y_t + b u_t`, known exactly.
    private func linear(a: Double, b: Double) throws -> (model: TrainedModel, record: Episode) {
        let record = KnownModel.record(a: a, b: b)
        let model = try KnownModel.make(
            KnownModel.linear([record]), outputs: [KnownModel.output], inputs: [KnownModel.input], window: 5,
            horizon: 9)
        return (model, record)
    }

    @Test("On a linear plant, what an input adds is the impulse response times its deviation", arguments: [0, 3, 8])
    func impulseResponse(step: Int) throws {
        let (a, b) = (0.8, 1.5)
        let (model, record) = try linear(a: a, b: b)
        let row = 60
        let window = try PredictionWindow(record, row: row, steps: 9, for: model.description)
        let result = try model.attributions(of: window, step: step, outputs: [0])[0]
        #expect(result.inputs.count == window.history + step + 1 && result.outputs.count == window.history)
        for ahead in 0...step {
            // Baselines of the model are 1 for the input and 2 for the output.
            let expected = b * pow(a, Double(step - ahead)) * (record[row + ahead, 1] - 1)
            #expect(abs(result.inputs[window.history - 1 + ahead] - expected) < 2e-4, "input at \(ahead)")
        }
        #expect(abs((result.outputs.last ?? 0) - pow(a, Double(step + 1)) * (record[row, 0] - 2)) < 2e-4)
        // The present tells all there is to tell of a first-order plant without noise.
        for past in 0..<(window.history - 1) {
            #expect(abs(result.inputs[past]) < 1e-3 && abs(result.outputs[past]) < 1e-3)
        }
        #expect(abs(result.prediction - window.truth[step]) < 1e-3)
        #expect(abs(result.gap) < 1e-4)
        // Without interactions, what a channel adds is what is lost without it.
        let planned = result.inputs[(window.history - 1)...].reduce(0, +)
        #expect(abs(result.withoutPlanned[0] - planned) < 2e-4)
        #expect(abs(result.withoutOutput[0] - result.outputs.reduce(0, +)) < 2e-3)
    }

    @Test(
        "Contributions add up to prediction minus baseline on a nonlinear model",
        arguments: AttributionBaseline.allCases)
    func completeness(baseline: AttributionBaseline) throws {
        let episodes = TinyLog.episodes()
        let model = try TinyLog.model(episodes)
        // Strong curvature, so that a sum without care would not add up.
        withoutGradients {
            let correction = model.network.predictor.correction
            let drawn = Tensor.normal(correction.shape, using: TorchGenerator(seed: 4)) * 0.5
            correction.assign(drawn)
        }
        var window = try PredictionWindow(episodes[0], row: 90, steps: 10, for: model.description)
        window.outputs[3] = .nan
        let rough = try model.attributions(of: window, step: 9, outputs: [0, 1], from: baseline, nodes: 1)
        let results = try model.attributions(of: window, step: 9, outputs: [0, 1], from: baseline)
        for (result, rough) in zip(results, rough) {
            let size = abs(result.prediction - result.baseline)
            #expect(size > 0.01)
            #expect(abs(result.gap) < 2e-4 * max(size, 1), "gap \(result.gap) of \(size)")
            #expect(abs(result.gap) < abs(rough.gap))
            #expect(result.outputs[3] == 0, "what was not measured adds nothing")
        }
        // The prediction is the one that everything else shows.
        let start = try model.encode(
            outputs: window.outputs, inputs: Array(window.inputs.prefix(window.history * 2)))
        let ahead = window.inputs[((window.history - 1) * 2)..<((window.history + 9) * 2)].map(Float.init)
        let predicted = withoutGradients {
            model.predict(from: start, inputs: model.normalisedInputs(ahead, batch: 1, steps: 10)).outputs.doubles()
        }
        #expect(abs(results[0].prediction - predicted[18]) < 1e-4 && abs(results[1].prediction - predicted[19]) < 1e-4)
    }

    @Test("Beside the present held, a plant at rest has nothing to explain")
    func atRest() throws {
        let (model, _) = try linear(a: 0.8, b: 1.5)
        let window = PredictionWindow(constant: [7.5], inputs: [1], history: 5, steps: 9)
        let result = try model.attributions(of: window, step: 8, outputs: [0], from: .held)[0]
        #expect(result.prediction == result.baseline && (result.outputs + result.inputs).allSatisfy { $0 == 0 })
        let blind = PredictionWindow(history: 2, steps: 1, outputs: [.nan, .nan], inputs: [1, 1, 1])
        #expect(throws: ForesightError.self) { try model.attributions(of: blind, step: 0, outputs: [0]) }
    }

    @Test("Behind the end of a log its last inputs are held, and the window says for how many steps")
    func endOfLog() throws {
        let (model, record) = try linear(a: 0.8, b: 1.5)
        let window = try PredictionWindow(record, row: 196, steps: 9, for: model.description)
        #expect(window.heldSteps == 5 && window.truth.prefix(3).allSatisfy(\.isFinite))
        #expect(!window.truth.dropFirst(3).contains { $0.isFinite })
        #expect(window.inputs.suffix(5).allSatisfy { $0 == record[199, 1] })
    }
}
