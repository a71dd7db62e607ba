import Agents
import Basics
import Episodes
import Networks
import Planning
import Tensors
import Testing
import WorldModels

@Suite("History estimator") struct HistoryEstimatorTests {
    @Test("A history fed sample by sample encodes as the same rows given at once")
    func feedingEqualsReading() throws {
        let model = try TinyModel.make()
        let log = TinyModel.log(seed: 4)
        let row = 40
        var fed = HistoryEstimator(model)
        for index in 0...row {
            fed.update(
                observation: [log[index, 0], log[index, 1]],
                previousAction: [log[max(0, index - 1), 2], log[max(0, index - 1), 3]], disturbance: [log[index, 4]])
        }
        let first = row - model.description.window + 1
        let rows = first...row
        let expected = try model.encode(
            outputs: rows.flatMap { [log[$0, 0], log[$0, 1]] },
            inputs: rows.flatMap { [log[$0, 2], log[$0, 3], log[$0, 4]] })
        expectClose(try fed.state().representation, expected.floats(), within: 1e-6)
        var read = HistoryEstimator(model)
        try read.read(log, upTo: row)
        expectClose(try read.state().representation, expected.floats(), within: 1e-6)
        #expect(try read.state().disturbances == [log[row, 4]])
        #expect(read.start().outputs == [log[row, 0], log[row, 1]])
        #expect(read.start().previousActions == [log[row - 1, 2], log[row - 1, 3]])
    }

    @Test("Steps of several samples are counted back from now, outputs sampled, inputs averaged")
    func stridedHistory() throws {
        let model = try TinyModel.make(stride: 2)
        let (log, row) = (TinyModel.log(seed: 4), 41)
        let samples = (0..<model.description.window).map { row - 2 * (model.description.window - 1 - $0) }
        let expected = try model.encode(
            outputs: samples.flatMap { [log[$0, 0], log[$0, 1]] },
            inputs: samples.flatMap { sample in
                (2...4).map { sample == row ? log[sample, $0] : (log[sample, $0] + log[sample + 1, $0]) / 2 }
            })
        var estimator = HistoryEstimator(model)
        try estimator.read(log, upTo: row)
        expectClose(try estimator.state().representation, expected.floats(), within: 1e-6)
    }

    @Test("A single row is a history, and so is one with gaps")
    func shortAndMissing() throws {
        let model = try TinyModel.make()
        var log = TinyModel.log(seed: 4)
        var estimator = HistoryEstimator(model)
        try estimator.read(log, upTo: 0)
        #expect(estimator.count == 1)
        #expect(try estimator.state().representation.allSatisfy(\.isFinite))
        for row in 30..<40 { log[row, row % 5] = .nan }
        try estimator.read(log, upTo: 40)
        #expect(try estimator.state().representation.allSatisfy(\.isFinite))
    }

    @Test(
        "Where an output is missing at the window's first step, the state begins further back, where all are measured")
    func gapAtTheStart() throws {
        let model = try TinyModel.make()
        let window = model.description.window
        var log = TinyModel.log(seed: 4)
        let (row, begin) = (40, 40 - window - 2)
        // Missing for longer than the window, but for now.
        for gap in (begin + 1)..<row { log[gap, 0] = .nan }
        var estimator = HistoryEstimator(model)
        try estimator.read(log, upTo: row)
        #expect(estimator.gaps.isEmpty)
        let rows = begin...row
        let expected = try model.encode(
            outputs: rows.flatMap { [log[$0, 0], log[$0, 1]] },
            inputs: rows.flatMap { [log[$0, 2], log[$0, 3], log[$0, 4]] })
        expectClose(try estimator.state().representation, expected.floats(), within: 1e-6)
        #expect(try PredictionWindow(log, row: row, steps: 2, for: model.description).history == window + 3)
        // Longer than is kept: the window it is, and that is said.
        for gap in (row - 2 * window - 2)..<row { log[gap, 0] = .nan }
        try estimator.read(log, upTo: row)
        #expect(estimator.gaps.map { [$0.output, $0.measured, $0.steps] } == [[0, 1, window]])
        #expect(try PredictionWindow(log, row: row, steps: 2, for: model.description).history == window)
    }

    @Test("A measurement that is missing corrects nothing, and one that is there counts")
    func missingCorrectsNothing() throws {
        let model = try TinyModel.make()
        var (with, without) = (TinyModel.log(seed: 4), TinyModel.log(seed: 4))
        let measured = with
        with[40, 0] = .nan
        without[40, 0] = .nan
        without[40, 1] = .nan
        func outputs(_ log: Episode) throws -> [Float] {
            var estimator = HistoryEstimator(model)
            try estimator.read(log, upTo: 40)
            return try estimator.state().representation
        }
        #expect(try outputs(with) != outputs(measured))
        #expect(try outputs(with) != outputs(without))
    }

    @Test("A log of other channels or another rate is refused, the nearest name said")
    func wrongLog() throws {
        let model = try TinyModel.make(members: 1)
        var estimator = HistoryEstimator(model)
        var renamed = TinyModel.log()
        renamed.channels[1].name = "temperature"
        let missing = #expect(throws: ForesightError.self) { try estimator.read(renamed, upTo: 3) }
        #expect(missing?.code == .data && missing?.message.contains("'T2'") == true)
        #expect(missing?.remedy == "did you mean 'T1'?")
        var slower = TinyModel.log()
        slower.samplingTime = 30
        let rate = #expect(throws: ForesightError.self) { try estimator.read(slower, upTo: 3) }
        #expect(rate?.message.contains("30") == true && rate?.remedy.contains("--resample 10") == true)
    }
}
