import Basics
import Episodes
import Foundation
import Identification
import Tensors
import Testing

@testable import WorldModels

@Suite("Evaluation", .enabled(if: torchIsSetUp))
struct EvaluationTests {
    private func close(_ left: Double, _ right: Double, within tolerance: Double) -> Bool {
        abs(left - right) <= tolerance * max(1, abs(right))
    }

    @Test("The errors of a wrong model are those computed by hand, step by step")
    func handCalculation() throws {
        // The model believes in a gain of 1.1, the system has 1: after k steps of input 1 it is 0.1 (1 − 0.5ᵏ) / 0.5 high.
        let believed = try KnownModel.linear([KnownModel.record(b: 1.1)])
        let model = try KnownModel.make(
            believed, outputs: [KnownModel.output], inputs: [KnownModel.input], window: 3, horizon: 6, halfWidth: 0.16)
        let evaluation = try Evaluation(model, on: [KnownModel.record(b: 1) { _, _ in 1 }])
        for (index, row) in evaluation.outputs[0].rows.enumerated() {
            let error = 0.2 * (1 - pow(0.5, Double(index + 1)))
            #expect(close(row.rmse, error, within: 1e-4), "step \(index + 1): \(row.rmse), by hand \(error)")
            // 0.1, 0.15, 0.175, …: from the third step on the truth is outside of ±0.16.
            #expect(row.coverage == (index < 2 ? 1 : 0))
            #expect(row.seconds == Double(index + 1))
            #expect(close(row.errorQuantile, error, within: 1e-4))
            #expect(row.count == 200 - 3 - 6 + 1)
            #expect(row.linear == nil)
        }
    }

    @Test("Model, persistence and linear columns equal what identification computes under the same protocol")
    func sameProtocol() throws {
        let training = KnownModel.record(noise: 0.5, samples: 300, seed: 1)
        let logs = [
            KnownModel.record(noise: 0.5, samples: 150, seed: 2), KnownModel.record(noise: 0.5, samples: 90, seed: 3),
        ]
        let (second, first) = (try KnownModel.linear([training], order: 2), try KnownModel.linear([training]))
        let model = try KnownModel.make(
            second, outputs: [KnownModel.output], inputs: [KnownModel.input], window: 5, horizon: 12)
        var options = EvaluationOptions()
        options.maximumStarts = 40
        let evaluation = try Evaluation(
            model, on: logs, reference: KnownModel.reference(first), options: options)
        let rules = FreeRunProtocol(window: 5, horizon: 12, maximumStarts: 40)
        let own = try second.freeRunErrors(on: logs, protocol: rules)
        let other = try first.freeRunErrors(on: logs, protocol: rules)
        let held = try PersistenceModel(layout: first.layout, history: 5).freeRunErrors(on: logs, protocol: rules)
        let rows = evaluation.outputs[0].rows
        #expect(rows.count == 12)
        for (step, row) in rows.enumerated() {
            #expect(close(row.rmse, own.rmse[step], within: 1e-4))
            #expect(close(row.linear ?? .nan, other.rmse[step], within: 1e-12))
            #expect(close(row.persistence, held.rmse[step], within: 1e-12))
            #expect(row.count == 40)
        }
        #expect(close(evaluation.outputs[0].overall.model, own.overall(0), within: 1e-4))
        #expect(evaluation.scope.starts == 40)
        #expect(evaluation.scope.allowedStarts == (150 - 16) + (90 - 16))
        #expect(evaluation.scope.independentWindows == (150 - 5) / 12 + (90 - 5) / 12)
        #expect(evaluation.linearSummaries.count == 1)
        let poles = try #require(second.poles)
        for (pole, expected) in zip(
            evaluation.modelPoles.sorted { $0.real > $1.real }, poles.sorted { $0.real > $1.real })
        {
            #expect(abs(pole.real - expected.real) < 1e-3 && abs(pole.imaginary - expected.imaginary) < 1e-3)
        }
        #expect(evaluation.linearPoles == first.poles)
    }

    @Test("With a step of several samples, each model still predicts the moment it is judged at", arguments: [1, 3])
    func stride(referenceStride: Int) throws {
        // Inputs are constant in each record, so that the coarse model is exact too: any error is one of alignment.
        let logs = (0..<4).map { index in
            KnownModel.record(a: 0.9, start: 10 - 4 * Double(index), samples: 80, name: "\(index)") { _, _ in
                Double(index) - 1.5
            }
        }
        let coarse = try KnownModel.linear(logs.flatMap { $0.decimated(by: 3, outputs: ["y"], phases: 3) })
        let fine = try KnownModel.linear(logs)
        let model = try KnownModel.make(
            coarse, outputs: [KnownModel.output], inputs: [KnownModel.input], window: 4, horizon: 10, stride: 3)
        let reference = KnownModel.reference(referenceStride == 1 ? fine : coarse, stride: referenceStride)
        let evaluation = try Evaluation(model, on: logs, reference: reference)
        for row in evaluation.outputs[0].rows {
            #expect(row.rmse < 1e-4)
            #expect((row.linear ?? .nan) < 1e-6)
            #expect(row.persistence > 1e-3)
        }
        // Both at the world model's step: 0.9³.
        #expect(abs(evaluation.linearPoles[0].real - 0.729) < 1e-3)
        #expect(evaluation.outputs[0].rows.map(\.seconds) == (1...10).map { Double($0) * 3 })
        // Every phase of the log gives starts: rows 4 to 80/3 − 10 of each.
        #expect(evaluation.scope.allowedStarts == 4 * [80, 79, 78].reduce(0) { $0 + $1 / 3 - 13 })
    }

    @Test("Bands of the quantile of Gaussian noise hold what they promise")
    func coverage() throws {
        var random = SeededGenerator(seed: 11)
        let values = (0..<3000).flatMap { _ in [random.normal(), 0.0] }
        let log = Episode(
            name: "noise", channels: [KnownModel.output, KnownModel.input], samplingTime: 1, values: values)
        // y_{t+1} = 0 whatever came before.
        let nothing = try KnownModel.linear([KnownModel.record(a: 0, b: 1e-9, start: 0)])
        let model = try KnownModel.make(
            nothing, outputs: [KnownModel.output], inputs: [KnownModel.input], window: 2, horizon: 5,
            halfWidth: 1.644854)
        var options = EvaluationOptions()
        options.maximumStarts = 3000
        let output = try Evaluation(model, on: [log], options: options).outputs[0]
        #expect(abs(output.coverage - 0.9) < 0.02)
        #expect(output.coverageInterval.contains(0.9))
        #expect(output.rows.allSatisfy { abs($0.halfWidth - 1.644854) < 1e-6 })
        #expect(output.rows.allSatisfy { abs($0.errorQuantile - 1.645) < 0.1 })
        #expect(output.rows.allSatisfy { abs($0.rmse - 1) < 0.05 })
    }

    @Test("One-step residuals of the true model are white, of a lazy one they are not")
    func residuals() throws {
        let log = KnownModel.record(a: 0.8, noise: 1, samples: 1500)
        func summary(_ linear: ARXModel) throws -> ResidualSummary {
            let model = try KnownModel.make(
                linear, outputs: [KnownModel.output], inputs: [KnownModel.input], window: 4, horizon: 5)
            return try Evaluation(model, on: [log]).outputs[0].residuals
        }
        let white = try summary(KnownModel.linear([KnownModel.record(a: 0.8)]))
        #expect(white.probability > 0.01)
        #expect(white.shareOutside < 0.2)
        #expect(abs(white.rmse - 1) < 0.06)
        #expect(white.count == 1500 - 4)
        let coloured = try summary(KnownModel.linear([KnownModel.record(a: 0.2)]))
        #expect(coloured.probability < 1e-6)
        #expect(coloured.autocorrelation[1] > 0.3)
    }

    @Test("Missing measurements are not compared, and a missing last one is held from before")
    func missing() throws {
        var log = KnownModel.record(noise: 0.3, samples: 60)
        for sample in 20..<25 { log[sample, 0] = .nan }
        let linear = try KnownModel.linear([KnownModel.record()])
        let model = try KnownModel.make(
            linear, outputs: [KnownModel.output], inputs: [KnownModel.input], window: 8, horizon: 4)
        let rows = try Evaluation(model, on: [log]).outputs[0].rows
        let held = try PersistenceModel(layout: linear.layout, history: 8).freeRunErrors(
            on: [log], protocol: FreeRunProtocol(window: 8, horizon: 4, maximumStarts: 1000))
        #expect(rows.map(\.count) == held.counts)
        #expect(rows.map(\.count) == [44, 44, 44, 44])
        for (row, rmse) in zip(rows, held.rmse) { #expect(close(row.persistence, rmse, within: 1e-12)) }
    }

    @Test("The worst prediction is shown, and channels beyond their training range are named")
    func worst() throws {
        var log = KnownModel.record(noise: 0.01, samples: 120)
        for sample in 80..<86 { log[sample, 0] += 40 }
        var model = try KnownModel.make(
            try KnownModel.linear([KnownModel.record()]), outputs: [KnownModel.output], inputs: [KnownModel.input],
            window: 4, horizon: 6)
        var description = model.description
        description.recordedRanges = [-10...10, -2...2]
        model = TrainedModel(
            description: description, network: model.network, calibration: model.calibration, novelty: model.novelty)
        let evaluation = try Evaluation(model, on: [log])
        let worst = try #require(evaluation.samples.last)
        // Just before the jump, when all six steps are wrong.
        #expect(worst.origin == 79)
        #expect(worst.predicted[0].count == 6)
        #expect(worst.truth[0].count == 4 + 6)
        #expect(worst.time.first == -3)
        #expect(evaluation.excursions.map(\.channel) == ["y"])
        #expect(abs(evaluation.excursions[0].share - 6.0 / 120) < 1e-9)
        #expect(evaluation.excursions[0].trained == -10...10)
    }

    @Test("A prediction's cost is measured")
    func cost() throws {
        let model = try KnownModel.make(
            try KnownModel.linear([KnownModel.record()]), outputs: [KnownModel.output], inputs: [KnownModel.input],
            window: 4, horizon: 6)
        let cost = try Evaluation(model, on: [KnownModel.record(samples: 60)]).cost
        #expect(cost.single > 0 && cost.perStep > 0 && cost.encoding > 0 && cost.linear == nil)
        #expect(cost.perStep * 6 < cost.single, "a batch is cheaper than one by one")
    }
}
