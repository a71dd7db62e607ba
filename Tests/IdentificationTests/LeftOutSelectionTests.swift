import Basics
import Episodes
import Testing

@testable import Identification

@Suite("Linear models chosen by left-out parts")
struct LeftOutSelectionTests {
    private func parts(_ episode: Episode, _ count: Int) -> [LeftOutPart] {
        (0..<count).map { part in
            let rows = (episode.count * part / count)..<(episode.count * (part + 1) / count)
            return LeftOutPart(
                rest: [episode.slice(0..<rows.lowerBound), episode.slice(rows.upperBound..<episode.count)],
                rows: [rows])
        }
    }

    private var search: LinearModelSearch {
        var search = LinearModelSearch()
        (search.orders, search.stateOrders) = ([1, 2, 4], [1, 2, 4])
        search.ridges = [1e-8]
        search.window = 8
        return search
    }

    @Test("The error of a choice is that on the parts, fitted without them")
    func leftOut() throws {
        let log = Systems.record(count: 300, seed: 4, noise: 0.5)
        var search = search
        (search.orders, search.stateOrders, search.refinementIterations) = ([2], [], 0)
        let layout = SignalLayout(channels: log.channels)
        let parts = parts(log, 3)
        let choices = try selectLinearModels(
            [log], leavingOut: parts, layout: layout, horizon: 20, search: search)
        // The same by hand: three fits, each judged where its part lies.
        let rules = FreeRunProtocol(window: 8, horizon: 20, maximumStarts: search.maximumStarts)
        var (squares, counts) = ([0.0, 0.0], [0.0, 0.0])
        for part in parts {
            let model = try ARXModel.fit(part.rest, layout: layout, order: 2, ridge: 1e-8)
            for (_, start) in rules.starts(lengths: [log.count]) {
                let predicted = try model.simulate(log, from: start, horizon: 20)
                for step in 0..<20 where part.rows[0].contains(start + step) {
                    for output in 0..<2 {
                        let error = predicted[step * 2 + output] - log[start + step, output]
                        squares[output] += error * error
                        counts[output] += 1
                    }
                }
            }
        }
        for output in 0..<2 {
            let expected = (squares[output] / counts[output]).squareRoot()
            #expect(abs(choices[output].error - expected) < 0.005 * expected)
        }
    }

    @Test("On a log without noise the true order is found, and new data are predicted exactly")
    func truth() throws {
        let log = Systems.record(count: 300, seed: 4)
        let choices = try selectLinearModels(
            [log], leavingOut: parts(log, 5), layout: SignalLayout(channels: log.channels), horizon: 20, search: search)
        let other = Systems.record(count: 200, seed: 8)
        for (output, choice) in choices.enumerated() {
            #expect(choice.error < 1e-3)
            let errors = try choice.model.freeRunErrors(
                on: [other], protocol: FreeRunProtocol(window: 8, horizon: 40))
            #expect(errors.overall(output) < 1e-2)
        }
    }

    @Test("A model that only learns by heart is not taken")
    func parsimony() throws {
        // Sixty noisy samples: order 12 with no penalty fits them closely and predicts badly.
        let log = Systems.firstOrder(a: 0.8, b: 1, delay: 1, count: 60, seed: 3, noise: 0.3)
        var search = search
        (search.orders, search.stateOrders, search.ridges) = ([1, 12], [], [1e-10])
        let choice = try selectLinearModels(
            [log], leavingOut: parts(log, 5), layout: SignalLayout(channels: log.channels), horizon: 10, search: search)
        #expect((choice[0].model as? ARXModel)?.order == 1)
    }

    @Test("Too few rows are refused")
    func few() throws {
        let log = Systems.record(count: 6, seed: 1)
        #expect(throws: ForesightError.self) {
            try selectLinearModels(
                [log], leavingOut: parts(log, 2), layout: SignalLayout(channels: log.channels), horizon: 3,
                search: search)
        }
    }
}
