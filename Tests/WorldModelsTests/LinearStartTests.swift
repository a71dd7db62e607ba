import Basics
import Episodes
import Identification
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Linear start", .enabled(if: torchIsSetUp))
struct LinearStartTests {
    @Test("A channel is scaled by what it moves, however small its unit; one that never moves is left as it is")
    func smallUnits() {
        let channels = ["a", "b", "c"].map { Channel(name: $0, role: .observation) }
        var values: [Double] = []
        for row in 0..<100 {
            let part = Double(row % 2)
            values += [5e-10 + 1e-10 * part, 300, 1e5 + 1e-3 * part]
        }
        let episode = Episode(name: "log", channels: channels, samplingTime: 1, values: values)
        let scaling = SignalScaling(fitting: [episode], outputs: ["a", "b", "c"], inputs: [])
        #expect(abs(scaling.outputScale[0] / 5e-11 - 1) < 1e-6 && scaling.outputScale[1] == 1)
        #expect(abs(scaling.outputScale[2] / 5e-4 - 1) < 1e-3)
    }

    @Test("Before training, the model's free run is that of its linear model", arguments: [1, 2, 4])
    func sameAsARX(_ order: Int) throws {
        let episode = TinyLog.episodes(samples: 300)[0]
        let layout = SignalLayout(outputs: ["T", "p"], inputs: ["Q", "wind"])
        let models = try [0..<200, 100..<300].map { rows in
            try ARXModel.fit([episode.slice(rows)], layout: layout, order: order, ridge: 1e-4)
        }
        let scaling = SignalScaling(fitting: [episode], outputs: layout.outputs, inputs: layout.inputs)
        let sizes = SensorArchitecture(
            members: 2, outputs: 2, inputs: 2, actions: 1, core: 2 * order, free: 2, hidden: 3, inverseSteps: 2)
        let start = LinearStart(
            models: models.map {
                ObserverForm(
                    $0, outputMean: scaling.outputMean, outputScale: scaling.outputScale,
                    inputMean: scaling.inputMean, inputScale: scaling.inputScale)
            }, sizes: sizes, timeConstants: [3, 20], seed: 1)
        let network = SensorWorldModel(sizes, start: start, seed: Seed(4))
        let table = try SignalTable([episode], scaling: scaling, stride: 1)
        let (history, steps) = (12, 40)
        let batch = WindowBatch(table, visible: nil, starts: [[150], [150]], history: history, steps: steps)
        let predicted = withoutGradients { freeRun(network, batch, history: history) }
        for (member, model) in models.enumerated() {
            let rows = (150 - history)..<(150 + steps)
            let expected = model.simulate(
                outputs: rows.prefix(history).flatMap { [episode[$0, 0], episode[$0, 1]] },
                inputs: rows.flatMap { [episode[$0, 2], episode[$0, 3]] }, horizon: steps)
            let normalised = expected.enumerated().map { index, value in
                (value - scaling.outputMean[index % 2]) / scaling.outputScale[index % 2]
            }
            #expect(relativeError(predicted[member].doubles(), normalised) < 1e-4)
        }
    }

    @Test("Free components are first-order lags with the time constants they were given")
    func freeComponents() throws {
        let sizes = SensorArchitecture(
            members: 2, outputs: 1, inputs: 2, actions: 1, core: 1, free: 2, hidden: 1, inverseSteps: 1)
        let model = try ARXModel.fit(
            [TinyLog.episodes()[0]], layout: SignalLayout(outputs: ["T"], inputs: ["Q", "wind"]), order: 1, ridge: 1e-3)
        let form = ObserverForm(
            model, outputMean: [20], outputScale: [10], inputMean: [50, 0], inputScale: [30, 1])
        let start = LinearStart(models: [form, form], sizes: sizes, timeConstants: [5, 50], seed: 1)
        for member in 0..<2 {
            let linear = start.linear[member].doubles()
            #expect(isClose(linear[4], 0.8187308, within: 1e-6))
            #expect(isClose(linear[8], 0.9801987, within: 1e-6))
            // They are driven by inputs alone, and nothing reads them yet.
            #expect([linear[1], linear[2], linear[3], linear[5], linear[6], linear[7]] == [0, 0, 0, 0, 0, 0])
            #expect(start.readout[member].doubles().suffix(2) == [0, 0])
        }
    }
}
