import Testing

@testable import Agents
@testable import Plants

@Suite("Announced disturbances")
struct AnnouncedDisturbancesTests {
    /// Two disturbances of a plant; the model knows the second one first.
    private func situation(past: [Double], forecast: [Double]) -> ControlSituation {
        var situation = ControlSituation(
            step: 0, observation: [0], previousAction: [0], trueState: [], history: [], reference: [nil])
        situation.pastDisturbances = past
        situation.forecast = forecast
        return situation
    }

    @Test("Rows are put into the model's order, and samples averaged into its steps")
    func order() {
        let known = AnnouncedDisturbances(places: [1, 0], nominal: [7, 8], stride: 2)
        let told = situation(past: [1, 2, 3, 4], forecast: [5, 6, 9, 10, 11, 12])
        #expect(known.past(0, in: told) == [2, 1] && known.past(1, in: told) == [4, 3])
        #expect(known.now(in: told) == [6, 5])
        // The last step covers one sample only.
        #expect(known.ahead(in: told) == [8, 7, 12, 11])
    }

    @Test("Where nothing is announced the nominal values hold")
    func silent() {
        let known = AnnouncedDisturbances(places: [1], nominal: [7, 8], stride: 1)
        let silence = situation(past: [], forecast: [])
        #expect(known.past(3, in: silence) == [8] && known.now(in: silence) == [8])
        #expect(known.ahead(in: silence).isEmpty)
        let blind = AnnouncedDisturbances(places: [], nominal: [7], stride: 1)
        #expect(blind.ahead(in: situation(past: [1], forecast: [2])).isEmpty)
    }
}
