import Episodes
import Identification
import Testing

@testable import WorldModels

@Suite("Choosing the linear model that training starts from")
struct LinearCoreTests {
    @Test("A part that is shorter than the horizon does not shorten what the others are judged by")
    func shortPart() throws {
        let episode = TinyLog.episodes(samples: 400)[0]
        let layout = SignalLayout(outputs: ["T", "p"], inputs: ["Q", "wind"])
        // Fitted on a scrap, so that it is worse the further it predicts.
        let model = try ARXModel.fit([episode.slice(0..<40)], layout: layout, order: 1, ridge: 0.01)
        let scaling = SignalScaling(fitting: [episode], outputs: layout.outputs, inputs: layout.inputs)
        func error(_ parts: [Range<Int>], horizon: Int = 40) -> Double {
            LinearCore.error(
                of: model, on: parts.map { episode.slice($0) }, horizon: horizon, scales: scaling.outputScale)
        }
        let long = error([100..<400])
        #expect(error([100..<400], horizon: 2) < 0.5 * long)
        #expect(abs(error([50..<64, 100..<400]) / long - 1) < 0.2)
        #expect(abs(error([100..<400, 50..<64]) / long - 1) < 0.2)
        // One that is too short for any prediction says nothing; where all are short, they are predicted to their end.
        #expect(error([50..<60, 100..<400]) == long && error([50..<60]) == 0)
        #expect(error([50..<70, 80..<100]) == error([50..<70, 80..<100], horizon: 8))
    }
}
