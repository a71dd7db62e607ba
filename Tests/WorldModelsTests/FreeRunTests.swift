import Basics
import Episodes
import Identification
import Tensors
import Testing

@testable import WorldModels

@Suite("Free run", .enabled(if: torchIsSetUp))
struct FreeRunTests {
    private func columns(_ episode: Episode, window: Int, rows: Int) -> (measured: [Double], inputs: [Double]) {
        ((0..<window).map { episode[$0, 0] }, (0..<rows).map { episode[$0, 1] })
    }

    private func greatestDifference(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(left.count == right.count ? 0 : .infinity) { max($0, abs($1.0 - $1.1)) }
    }

    @Test("A world model that is a linear model runs as that model does, also far beyond its horizon")
    func likeTheLinearModel() throws {
        let record = KnownModel.record(noise: 0.3, samples: 1400)
        let linear = try KnownModel.linear([record], order: 2)
        let model = try KnownModel.make(
            linear, outputs: [KnownModel.output], inputs: [KnownModel.input], window: 4, horizon: 6, halfWidth: 0.7)
        let (measured, inputs) = columns(record, window: 7, rows: 1400)
        let run = try model.freeRun(measured: measured, inputs: inputs)
        let expected = try linear.simulate(record, from: 7, horizon: 1393)
        #expect(run.outputs.count == 1393)
        #expect(greatestDifference(run.outputs, expected) < 1e-4)
        #expect(run.halfWidths.allSatisfy { abs($0 - 0.7) < 1e-12 })
        #expect(run.calibratedRows == 6)
    }

    @Test("The phases of a coarser step are put together in the order of time", arguments: [4, 6, 7, 12])
    func phases(window: Int) throws {
        // The input is constant, so that the coarse model is exact: any error is one of alignment.
        let records = (0..<3).map { index in
            KnownModel.record(a: 0.9, start: 12 - 6 * Double(index), samples: 100) { _, _ in Double(index) }
        }
        let coarse = try KnownModel.linear(records.flatMap { $0.decimated(by: 4, outputs: ["y"], phases: 4) })
        let model = try KnownModel.make(
            coarse, outputs: [KnownModel.output], inputs: [KnownModel.input], window: 4, horizon: 8, stride: 4)
        let (measured, inputs) = columns(records[0], window: window, rows: 100)
        let run = try model.freeRun(measured: measured, inputs: inputs)
        #expect(greatestDifference(run.outputs, (window..<100).map { records[0][$0, 0] }) < 2e-4)
        #expect(run.calibratedRows == 32)
    }

    @Test("Between the phases that a short window holds, predictions lie on straight lines")
    func interpolation() throws {
        let record = KnownModel.record(a: 0.9, start: 12, samples: 40) { _, _ in 0.5 }
        let coarse = try KnownModel.linear([record].flatMap { $0.decimated(by: 4, outputs: ["y"], phases: 4) })
        let model = try KnownModel.make(
            coarse, outputs: [KnownModel.output], inputs: [KnownModel.input], window: 4, horizon: 8, stride: 4)
        let (measured, inputs) = columns(record, window: 1, rows: 40)
        let run = try model.freeRun(measured: measured, inputs: inputs)
        // Row 0 is measured; rows 4, 8, … are predicted. The list begins with row 1.
        let (first, second) = (run.outputs[3], run.outputs[7])
        #expect(abs(first - record[4, 0]) < 2e-4)
        for row in 1...3 {
            let share = Double(row) / 4
            #expect(abs(run.outputs[row - 1] - (measured[0] + share * (first - measured[0]))) < 1e-9)
            #expect(abs(run.outputs[row + 3] - (first + share * (second - first))) < 1e-9)
        }
        #expect(run.outputs.count == 39 && run.outputs.allSatisfy(\.isFinite) && run.halfWidths.allSatisfy(\.isFinite))
    }

    @Test(
        "An ensemble's free run is what encoding and predicting give, with its bands, gaps and missing inputs included")
    func likePrediction() throws {
        let episodes = TinyLog.episodes()
        let model = try TinyLog.model(episodes)
        let episode = episodes[0]
        let (window, steps) = (6, 10)
        var measured = (0..<window).flatMap { row in [episode[row, 0], episode[row, 1]] }
        measured[4] = .nan
        var inputs = (0..<(window + steps)).flatMap { row in [episode[row, 2], episode[row, 3]] }
        inputs[21] = .nan
        let run = try model.freeRun(measured: measured, inputs: inputs)
        inputs[21] = inputs[19]
        let start = try model.encode(outputs: measured, inputs: Array(inputs[..<(2 * window)]))
        let future = inputs[(2 * (window - 1))..<(2 * (window + steps - 1))].map { Float($0) }
        let prediction = withoutGradients {
            model.predict(from: start, inputs: model.normalisedInputs(future, batch: 1, steps: steps))
        }
        #expect(greatestDifference(run.outputs, prediction.outputs.doubles()) < 1e-3)
        let spread = prediction.spread.doubles()
        for place in 0..<(2 * steps) {
            let expected = model.calibration.halfWidth(step: place / 2, output: place % 2, spread: spread[place])
            #expect(abs(run.halfWidths[place] - expected) < 1e-3 * max(1, expected))
        }
    }

    @Test("Nothing to start from, or nowhere to go, is refused")
    func refusals() throws {
        let linear = try KnownModel.linear([KnownModel.record()])
        let model = try KnownModel.make(
            linear, outputs: [KnownModel.output], inputs: [KnownModel.input], window: 2, horizon: 4)
        for (measured, inputs) in [([], [1.0, 2]), ([.nan, .nan], [1, 2, 3]), ([1, 2], [1, 2])]
            as [([Double], [Double])]
        {
            let error = #expect(throws: ForesightError.self) {
                try model.freeRun(measured: measured, inputs: inputs)
            }
            #expect(error?.code == .data)
        }
    }
}
