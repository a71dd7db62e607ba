import Basics
import Episodes
import Foundation
import Tensors
import Testing

@testable import WorldModels

@Suite("Step response", .enabled(if: torchIsSetUp))
struct StepResponseTests {
    @Test("Of a linear plant it is the sum of the impulse response, from any point")
    func linear() throws {
        let (a, b) = (0.8, 1.5)
        let record = KnownModel.record(a: a, b: b)
        let model = try KnownModel.make(
            KnownModel.linear([record]), outputs: [KnownModel.output], inputs: [KnownModel.input], window: 5,
            horizon: 9, halfWidth: 0.3)
        let typical = try model.typicalPoint()
        #expect(typical.isSettled && typical.inputs == [1])
        #expect(abs(typical.outputs[0] - b / (1 - a)) < 0.02)
        let moving = try model.point(PredictionWindow(record, row: 50, steps: 1, for: model.description))
        #expect(!moving.isSettled && moving.inputs == [record[49, 1]])
        for point in [typical, moving] {
            let response = model.stepResponses(of: 0, size: -2, at: point, steps: 40)[0]
            for (index, value) in response.values.enumerated() {
                #expect(abs(value + 2 * b * (1 - pow(a, Double(index + 1))) / (1 - a)) < 2e-3)
            }
            let shape = response.shape
            #expect(abs(shape.gain - 7.5) < 1e-2 && shape.direction == .up && shape.isSettled)
            // exp(−t/τ) = a^t; points in between lie on straight lines.
            #expect(abs((shape.timeConstant ?? 0) + 1 / log(a)) < 0.1 && (shape.deadTime ?? 9) < 0.1)
            #expect(shape.overshoot == 0 && shape.inverse == 0 && shape.gainHalfWidth == nil)
            // One member, a floor of 0.3: the two halves of a difference, were they unrelated.
            #expect(response.independentHalfWidths.allSatisfy { abs($0 - 0.3 * 2.0.squareRoot()) < 1e-6 })
        }
    }

    @Test("An ensemble that learned from a log finds gain and time constant of the plant's equations")
    func learned() throws {
        // T⁺ = 0.92 T + 0.04 Q + …: 0.5 °C/% after 12 s.
        let model = try TinyLog.model(TinyLog.episodes(2, samples: 600))
        let point = try model.typicalPoint()
        let size = model.stepSize(of: 0, share: 0.2, at: point)
        #expect(abs(size - 20) < 1)
        let response = model.stepResponses(of: 0, size: size, at: point, steps: 80)[0]
        let shape = response.shape
        #expect(abs(shape.gain - 0.5) < 0.03 && abs((shape.timeConstant ?? 0) - 12) < 1.5)
        #expect((shape.deadTime ?? 9) < 1.5 && shape.direction == .up)
        #expect(response.memberHalfWidths.count == 80 && response.memberHalfWidths.allSatisfy { $0 >= 0 })
        for step in 0..<10 {
            let exact = size * 0.5 * (1 - pow(0.92, Double(step + 1)))
            #expect(abs(response.values[step] - exact) < 0.05 * size * 0.5)
        }
    }

    @Test("A step stays inside of what was recorded")
    func size() throws {
        let model = try TinyLog.model(TinyLog.episodes())
        let range = model.description.recordedRanges[2]
        let span = range.upperBound - range.lowerBound
        let middle = try model.typicalPoint()
        func point(_ value: Double) -> OperatingPoint {
            OperatingPoint(state: middle.state, inputs: [value, 0], outputs: middle.outputs, isSettled: true)
        }
        #expect(abs(model.stepSize(of: 0, share: 0.1, at: point(range.lowerBound)) - 0.1 * span) < 1e-9)
        #expect(abs(model.stepSize(of: 0, share: 0.1, at: point(range.upperBound)) + 0.1 * span) < 1e-9)
        let shrunk = model.stepSize(of: 0, share: 0.9, at: point(range.lowerBound + 0.3 * span))
        #expect(abs(shrunk - 0.7 * span) < 1e-9)
    }

    /// A response of given values, one second apart, to a step of 2.
    private func response(_ values: [Double], halfWidth: Double = 0) -> StepResponse {
        StepResponse(
            output: 0, action: 0, size: 2, seconds: values.indices.map { Double($0 + 1) }, values: values,
            members: [values], memberHalfWidths: values.map { _ in halfWidth }, independentHalfWidths: values,
            novelty: values.map { _ in 0 }, trainedSteps: values.count)
    }

    @Test("Dead time, time constant, overshoot and inverse response of curves that are known")
    func shapes() {
        let delayed = (1...80).map { step -> Double in step <= 5 ? 0 : 3 * (1 - exp(Double(5 - step) / 8)) }
        let shape = response(delayed).shape
        #expect(abs(shape.gain - 1.5) < 1e-3 && abs((shape.deadTime ?? 0) - 5) < 0.2)
        #expect(abs((shape.timeConstant ?? 0) - 8) < 0.2 && shape.isSettled)
        let integrating = response((1...40).map { -0.5 * Double($0) }).shape
        #expect(!integrating.isSettled && integrating.direction == .down && integrating.gain == -10)
        let swinging = response((1...60).map { step -> Double in 1 - exp(-Double(step) / 10) * cos(Double(step) / 4) })
            .shape
        #expect(swinging.overshoot > 0.2 && swinging.inverse == 0)
        let inverse = response((1...60).map { step -> Double in 1 - 1.6 * exp(-Double(step) / 10) }).shape
        #expect(inverse.inverse > 0.3 && inverse.overshoot == 0)
        let unclear = response([0.1, 0.2, 0.1], halfWidth: 0.4).shape
        #expect(unclear.direction == .unclear && unclear.timeConstant == nil && unclear.gainHalfWidth == 0.2)
    }
}
