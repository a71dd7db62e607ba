import Basics
import Episodes
import Testing

@testable import Identification

@Suite("Choice of a linear reference model")
struct SelectionTests {
    private func quick() -> LinearModelSearch {
        var search = LinearModelSearch()
        search.orders = Array(1...5)
        search.ridges = [1e-8, 1e-4]
        search.stateOrders = []
        search.refinedCandidates = 0
        search.window = 5
        return search
    }

    /// One part for each episode, which it leaves out.
    private func eachLeftOut(_ log: [Episode]) -> [LeftOutPart] {
        log.indices.map { leftOut in
            LeftOutPart(
                rest: log.indices.filter { $0 != leftOut }.map { log[$0] },
                rows: log.indices.map { $0 == leftOut ? 0..<log[$0].count : 0..<0 })
        }
    }

    private func select(
        _ log: [Episode], leavingOut parts: [LeftOutPart], horizon: Int, _ search: LinearModelSearch
    ) throws -> [LeftOutChoice] {
        try selectLinearModels(
            log, leavingOut: parts, layout: SignalLayout(channels: log[0].channels), horizon: horizon, search: search)
    }

    @Test("The true order is chosen by free-run error on the episodes left out")
    func trueOrder() throws {
        let log = (0..<3).map { Systems.record(count: 400, seed: $0, processNoise: 0.5) }
        let choices = try select(log, leavingOut: eachLeftOut(log), horizon: 40, quick())
        var tooSmall = quick()
        tooSmall.orders = [1]
        let first = try select(log, leavingOut: eachLeftOut(log), horizon: 40, tooSmall)
        #expect(choices.count == 2 && first.count == 2)
        for (choice, small) in zip(choices, first) {
            #expect((choice.model as? ARXModel)?.order == 2)
            #expect(small.error > 1.5 * choice.error)
            // Orders, ridges, and each towards zero and towards persistence.
            #expect(choice.candidates == 5 * 2 * 2)
        }
    }

    @Test("An unstable candidate is passed over while a stable one exists, however small its error")
    func unstablePassedOver() throws {
        // A growing record: the best fit is unstable, and the most accurate by far; a strong penalty makes it stable.
        let log = [Systems.firstOrder(a: 1.01, b: 0.2, delay: 1, count: 200, seed: 3)]
        var search = quick()
        (search.orders, search.ridges) = ([1], [1e-10, 0.3])
        let choice = try select(log, leavingOut: [], horizon: 60, search)[0]
        let model = try #require(choice.model as? ARXModel)
        #expect(model.ridge == 0.3)
        #expect(isStable(spectralRadius: model.spectralRadius, horizon: 60))
        search.ridges = [1e-10]
        let unstable = try select(log, leavingOut: [], horizon: 60, search)[0]
        #expect(unstable.error < choice.error)
    }

    @Test("Where only unstable candidates are left, the best of them is returned")
    func onlyUnstable() throws {
        let log = [Systems.firstOrder(a: 1.05, b: 0.2, delay: 1, count: 120, seed: 3)]
        var search = quick()
        (search.orders, search.ridges) = ([1], [1e-10])
        let choice = try select(log, leavingOut: [], horizon: 60, search)[0]
        let model = try #require(choice.model as? ARXModel)
        #expect((model.spectralRadius - 1.05).magnitude < 1e-3)
        #expect(!isStable(spectralRadius: model.spectralRadius, horizon: 60))
        #expect(choice.error < 1e-2)
    }

    @Test("The whole search beats persistence and its own one-step fits on noisy data")
    func wholeSearch() throws {
        let log = (0..<2).map { Systems.record(count: 300, seed: $0, noise: 2) }
        let test = [Systems.record(count: 400, seed: 70, noise: 0)]
        var search = quick()
        (search.orders, search.stateOrders) = ([1, 2, 3], [2, 4])
        (search.refinedCandidates, search.refinementIterations) = (1, 4)
        (search.window, search.maximumStarts) = (6, 12)
        let choices = try select(log, leavingOut: eachLeftOut(log), horizon: 40, search)
        var oneStep = search
        (oneStep.refinedCandidates, oneStep.stateOrders) = (0, [])
        let plain = try select(log, leavingOut: eachLeftOut(log), horizon: 40, oneStep)
        let rules = FreeRunProtocol(window: 6, horizon: 40, maximumStarts: 30)
        for (output, choice) in choices.enumerated() {
            // More is tried; among what errs alike, by 0.5 %, the model with the fewest parameters is taken.
            #expect(choice.candidates > plain[output].candidates)
            #expect(choice.error <= 1.005 * plain[output].error)
            let errors = try choice.model.freeRunErrors(on: test, protocol: rules)
            let held = try PersistenceModel(layout: choice.model.layout).freeRunErrors(on: test, protocol: rules)
            #expect(errors.overall(output) < 0.3 * held.overall(output))
        }
    }

    @Test("A log whose left-out parts hold no measured output is refused by the output's name")
    func refusals() throws {
        let log = [Systems.record(count: 100, seed: 1)]
        let nothing = [LeftOutPart(rest: log, rows: [0..<0])]
        let error = #expect(throws: ForesightError.self) {
            try select(log, leavingOut: nothing, horizon: 10, quick())
        }
        #expect(error?.message.contains("y1") == true)
    }
}

@Suite("Subspace models")
struct SubspaceModelTests {
    @Test("The poles of a known system are recovered at the true order, and the singular values show it")
    func poles() throws {
        let episodes = (0..<2).map { Systems.record(count: 600, seed: $0, processNoise: 0.02) }
        let layout = SignalLayout(channels: Systems.channels)
        let records = try episodes.map { try layout.record($0) }
        let regression = try ARXRegression(records, layout: layout, maximumOrder: 8, inputDelay: 1)
        let subspace = try #require(SubspaceRegression(regression, maximumOrder: 6))
        let arx = try #require(regression.fit(order: 2, ridge: 1e-10))
        let model = try #require(subspace.fit(order: 4))
        let expected = try #require(arx.poles)
        let found = try #require(model.poles)
        for (a, b) in zip(expected, found) { #expect((a.magnitude - b.magnitude).magnitude < 0.05) }
        let predicted = try model.simulate(episodes[0], from: 100, horizon: 30)
        for step in 0..<30 {
            #expect((predicted[step * 2] - episodes[0][100 + step, 0]).magnitude < 2)
        }
        #expect(subspace.singularValues[4] < 0.05 * subspace.singularValues[0])
    }

    @Test("A first-order system gives a pole at its place and the exact free run")
    func firstOrder() throws {
        let layout = SignalLayout(outputs: ["y"], inputs: ["u"])
        let episode = Systems.firstOrder(a: 0.8, b: 0.5, delay: 1, count: 500, seed: 12)
        let regression = try ARXRegression(
            [try layout.record(episode)], layout: layout, maximumOrder: 10, inputDelay: 1)
        let model = try #require(SubspaceRegression(regression, maximumOrder: 3)?.fit(order: 1))
        #expect((model.spectralRadius - 0.8).magnitude < 1e-3)
        let predicted = try model.simulate(episode, from: 50, horizon: 40)
        for step in 0..<40 { #expect((predicted[step] - episode[50 + step, 0]).magnitude < 0.02) }
    }
}

@Suite("Free-run protocol")
struct FreeRunTests {
    @Test("Starts are evenly spaced, leave room for window and horizon, and never exceed their number")
    func starts() {
        let rules = FreeRunProtocol(window: 5, horizon: 10, maximumStarts: 7)
        let starts = rules.starts(lengths: [100, 4, 12, 200])
        #expect(starts.count == 7)
        #expect(starts.allSatisfy { $0.sample >= 5 })
        #expect(starts.allSatisfy { $0.episode != 1 })
        #expect(starts.filter { $0.episode == 3 }.allSatisfy { $0.sample + 10 <= 200 })
        #expect(rules.starts(lengths: [12]).map(\.sample) == [5])
        #expect(rules.starts(lengths: [5]).isEmpty)
    }

    @Test("Persistence on a ramp errs by the slope times the steps ahead, per channel")
    func ramp() throws {
        let channels = [Channel(name: "a", role: .observation), Channel(name: "b", role: .observation)]
        var values = (0..<50).flatMap { [2 * Double($0), 7.0] }
        values[2 * 30] = .nan
        let episode = Episode(name: "ramp", channels: channels, samplingTime: 1, values: values)
        let model = PersistenceModel(layout: SignalLayout(channels: channels), history: 3)
        let errors = try model.freeRunErrors(
            on: [episode], protocol: FreeRunProtocol(window: 3, horizon: 4, maximumStarts: 1))
        #expect(errors.curve(0) == [2, 4, 6, 8])
        #expect(errors.curve(1) == [0, 0, 0, 0])
        #expect((errors.overall(0) - (120.0 / 4).squareRoot()).magnitude < 1e-12)
        // From sample 31 the last known value is two rows back.
        #expect(try model.simulate(episode, from: 31, horizon: 1) == [58, 7])
    }

    @Test("White residuals stay within the bound, coloured ones do not")
    func whiteness() {
        var generator = SeededGenerator(seed: 21)
        var white = (0..<4000).map { _ in generator.normal() }
        var coloured = white
        for time in 1..<coloured.count { coloured[time] += 0.8 * coloured[time - 1] }
        white[100] = .nan
        let a = ResidualDiagnostics(white, maximumLag: 40)
        let b = ResidualDiagnostics(coloured, maximumLag: 40)
        #expect(a.autocorrelation[0] == 1 || (a.autocorrelation[0] - 1).magnitude < 1e-9)
        #expect(a.count == 3999 && a.shareOutside <= 0.15 && a.ljungBox < 70)
        #expect((b.autocorrelation[1] - 0.8).magnitude < 0.05)
        #expect(b.shareOutside > 0.2 && b.ljungBox > 1000)
        #expect(ResidualDiagnostics([], maximumLag: 3).autocorrelation == [1])
    }
}
