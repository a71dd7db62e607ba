import Basics
import Testing
import WorldModels

@testable import Agents

@Suite("What a record adds to the predictions from one state") struct AdaptedForecastTests {
    @Test("Other disturbances have a change and bands of their own, also in a state that was asked before")
    func otherDisturbances() throws {
        let model = try TinyModel.make(adapts: .value(true))
        var estimator = HistoryEstimator(model)
        try estimator.read(TinyModel.log(seed: 9), upTo: 60)
        // The same twice: one is asked about a mild day first, the other about a cold one alone.
        let asked = try #require(try estimator.state().adapted)
        let fresh = try #require(try estimator.state().adapted)
        let (horizon, width) = (12, 2)
        let (mild, cold) = ([Double](repeating: 21, count: horizon), [Double](repeating: 20, count: horizon))
        func offset(_ forecast: AdaptedForecast, _ disturbances: [Double]) throws -> [Float] {
            try #require(forecast.response(horizon: horizon, disturbances: disturbances, model.description)).offset
        }
        // Around bands of no width all that is there is what is uncertain about the record.
        func bands(_ forecast: AdaptedForecast, _ disturbances: [Double]) -> [Float] {
            forecast.widened(
                [Float](repeating: 0, count: horizon * width), coverage: 0.9, disturbances: disturbances,
                horizon: horizon)
        }
        let (change, edges) = (try offset(asked, mild), bands(asked, mild))
        let (colder, colderEdges) = (try offset(asked, cold), bands(asked, cold))
        #expect(colder != change && colderEdges != edges)
        #expect(try offset(fresh, cold) == colder)
        #expect(colderEdges == bands(fresh, cold))
        // What is known stays known.
        #expect(try offset(asked, cold) == colder)
        #expect(try offset(asked, mild) == change)
    }
}
