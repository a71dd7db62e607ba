import Basics
import Episodes
import Testing

@testable import Identification

@Suite("ARX models")
struct ARXModelTests {
    private let layout = SignalLayout(channels: Systems.channels)

    private func regression(_ episodes: [Episode], order: Int, delay: Int = 1) throws -> ARXRegression {
        try ARXRegression(
            episodes.map { try layout.record($0) }, layout: layout, maximumOrder: order, inputDelay: delay)
    }

    @Test("The coefficients of a known system are recovered in physical units, intercept included")
    func recovers() throws {
        let episodes = [Systems.record(count: 300, seed: 1), Systems.record(count: 200, seed: 2)]
        let model = try #require(try regression(episodes, order: 2).fit(order: 2, ridge: 1e-13))
        for (lag, truth) in [(1, Systems.a1), (2, Systems.a2)] {
            let found = model.outputCoefficients(lag: lag)
            for row in 0..<2 { for column in 0..<2 { #expect(near(found[row, column], truth[row][column])) } }
        }
        for (lag, truth) in [(1, Systems.b1), (2, Systems.b2)] {
            let found = model.inputCoefficients(lag: lag)
            for row in 0..<2 { for column in 0..<2 { #expect(near(found[row, column], truth[row][column])) } }
        }
        for row in 0..<2 { #expect((model.intercept[row] - Systems.c[row]).magnitude < 1e-4) }
    }

    @Test("A unit in which all numbers are tiny tells the same model, and what never moves in any is no signal")
    func units() throws {
        let layout = SignalLayout(outputs: ["y"], inputs: ["u"])
        var episode = Systems.firstOrder(a: 0.8, b: 0.5, delay: 1, count: 200, seed: 4)
        episode.values = episode.values.map { $0 * 1e-14 }
        let model = try ARXModel.fit([episode], layout: layout, order: 1, ridge: 1e-6)
        #expect((model.outputCoefficients(lag: 1)[0, 0] - 0.8).magnitude < 1e-3)
        #expect((model.inputCoefficients(lag: 1)[0, 0] - 0.5).magnitude < 1e-3)
        #expect(Standardisation(columns: 1, records: [[0, 0, 0, 1e-14, 1e-14]]).scale[0] < 1e-14)
        #expect(Standardisation(columns: 1, records: [[Double](repeating: 50.1, count: 1000)]).scale == [1])
        #expect(Standardisation(columns: 1, records: [[0, 0, 0]]).scale == [1])
    }

    private func near(_ a: Double, _ b: Double) -> Bool { (a - b).magnitude < 1e-6 }

    @Test("A free run equals the recursion done by hand, and uses no output of the future")
    func freeRunByHand() throws {
        var episode = Systems.record(count: 120, seed: 3)
        let model = try #require(try regression([episode], order: 2).fit(order: 2, ridge: 1e-13))
        let truth = episode
        // Outputs at and after the start must not matter: wipe them out.
        for time in 40..<episode.count {
            episode[time, 0] = .nan
            episode[time, 1] = 1e6
        }
        let predicted = try model.simulate(episode, from: 40, horizon: 30)
        for step in 0..<30 {
            for output in 0..<2 {
                #expect((predicted[step * 2 + output] - truth[40 + step, output]).magnitude < 1e-3)
            }
        }
    }

    @Test(
        "With input delay 1 the input of the predicted row itself does not act; with delay 0 it does",
        arguments: [0, 1])
    func samplingConvention(delay: Int) throws {
        let layout = SignalLayout(outputs: ["y"], inputs: ["u"])
        let episode = Systems.firstOrder(a: 0.8, b: 0.5, delay: delay, count: 200, seed: 4)
        let regression = try ARXRegression(
            [try layout.record(episode)], layout: layout, maximumOrder: 1, inputDelay: delay)
        let model = try #require(regression.fit(order: 1, ridge: 1e-13))
        #expect(near(model.outputCoefficients(lag: 1)[0, 0], 0.8))
        #expect(near(model.inputCoefficients(lag: 1)[0, 0], 0.5))
        var changed = episode
        changed[100, 1] += 10
        let before = try model.simulate(episode, from: 100, horizon: 2)
        let after = try model.simulate(changed, from: 100, horizon: 2)
        #expect(((after[0] - before[0]) - (delay == 0 ? 5 : 0)).magnitude < 1e-6)
        #expect(((after[1] - before[1]) - (delay == 0 ? 4 : 5)).magnitude < 1e-6)
    }

    @Test("Rows with missing samples are left out of the fit")
    func missingSamples() throws {
        var episode = Systems.record(count: 400, seed: 5)
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<30 { episode[Int(generator.uniform() * 400), Int(generator.uniform() * 4)] = .nan }
        let full = try regression([Systems.record(count: 400, seed: 5)], order: 2)
        let regression = try regression([episode], order: 2)
        #expect(regression.rows < full.rows && regression.rows > 200)
        let model = try #require(regression.fit(order: 2, ridge: 1e-13))
        #expect(near(model.outputCoefficients(lag: 1)[0, 0], 1.2))
        #expect(near(model.inputCoefficients(lag: 1)[1, 1], -0.3))
    }

    @Test("The equations of a small order are read off those of the greatest")
    func nested() throws {
        let episode = Systems.record(count: 300, seed: 7, noise: 0.5)
        let large = try #require(try regression([episode], order: 6).fit(order: 2, ridge: 1e-6))
        let small = try #require(try regression([episode], order: 2).fit(order: 2, ridge: 1e-6))
        // Not the same rows (the first four are missing from one), so nearly, not exactly.
        for index in large.parameters.elements.indices {
            #expect((large.parameters.elements[index] - small.parameters.elements[index]).magnitude < 0.05)
        }
    }

    @Test("Missing samples of the initial window are held, a short window is extended")
    func window() throws {
        let episode = Systems.record(count: 200, seed: 8)
        let model = try #require(try regression([episode], order: 2).fit(order: 2, ridge: 1e-10))
        let inputs = [Double](repeating: 1, count: 2 * 7)
        let held = model.simulate(outputs: [20, 1, .nan, 1], inputs: inputs, horizon: 5)
        let full = model.simulate(outputs: [20, 1, 20, 1], inputs: inputs, horizon: 5)
        let short = model.simulate(outputs: [20, 1], inputs: Array(inputs.dropLast(2)), horizon: 5)
        #expect(held == full)
        #expect(short == full)
    }

    @Test("The spectral radius of a known system is found, and growth within the horizon counts as unstable")
    func stability() throws {
        let layout = SignalLayout(outputs: ["y"], inputs: ["u"])
        for pole in [0.5, 0.99, 1.02] {
            let episode = Systems.firstOrder(a: pole, b: 1, delay: 1, count: 150, seed: 9)
            let regression = try ARXRegression(
                [try layout.record(episode)], layout: layout, maximumOrder: 1, inputDelay: 1)
            let model = try #require(regression.fit(order: 1, ridge: 1e-13))
            #expect((model.spectralRadius - pole).magnitude < 1e-6)
        }
        #expect(isStable(spectralRadius: 1, horizon: 10_000))
        #expect(isStable(spectralRadius: 1.0001, horizon: 300))
        #expect(!isStable(spectralRadius: 1.02, horizon: 300))
        #expect(!isStable(spectralRadius: .infinity, horizon: 1))
    }

    @Test("Refining on the free-run error removes the bias that measurement noise puts into least squares")
    func refinement() throws {
        let layout = SignalLayout(outputs: ["y"], inputs: ["u"])
        let episode = Systems.firstOrder(a: 0.9, b: 0.5, delay: 1, count: 2000, seed: 10, noise: 0.3)
        let regression = try ARXRegression(
            [try layout.record(episode)], layout: layout, maximumOrder: 1, inputDelay: 1)
        let biased = try #require(regression.fit(order: 1, ridge: 1e-8))
        let refinement = ARXRefinement(
            regression, history: 1, rules: FreeRunProtocol(window: 1, horizon: 400), maximumSegments: 5)
        let refined = try #require(refinement.refine(biased, iterations: 20).last)
        #expect(refinement.cost(refined) < refinement.cost(biased))
        #expect((biased.outputCoefficients(lag: 1)[0, 0] - 0.9).magnitude > 0.1)
        #expect((refined.outputCoefficients(lag: 1)[0, 0] - 0.9).magnitude < 0.02)
        #expect((refined.inputCoefficients(lag: 1)[0, 0] - 0.5).magnitude < 0.02)
        #expect(refined.isRefined && !biased.isRefined)
    }

    @Test("Refinement finds the optimum of a two-output system, where its gradient vanishes")
    func refinementGradient() throws {
        let episode = Systems.record(count: 400, seed: 11, noise: 1)
        let regression = try regression([episode], order: 2)
        let start = try #require(regression.fit(order: 2, ridge: 1e-6))
        let refinement = ARXRefinement(
            regression, history: 2, rules: FreeRunProtocol(window: 2, horizon: 50), maximumSegments: 6)
        let refined = try #require(refinement.refine(start, iterations: 60).last)
        let best = refinement.cost(refined)
        #expect(best < refinement.cost(start))
        for index in refined.parameters.elements.indices {
            for step in [-1e-2, 1e-2] {
                var moved = refined
                moved.parameters.elements[index] += step
                #expect(refinement.cost(moved) > best)
            }
        }
    }

    @Test("The gradient by sensitivities equals the central difference of the cost", arguments: [0, 1, 3])
    func sensitivities(delay: Int) throws {
        var episode = Systems.record(count: 200, seed: 12, noise: 1)
        episode[90, 0] = .nan
        let regression = try regression([episode], order: 2, delay: delay)
        let model = try #require(regression.fit(order: 2, ridge: 1e-2))
        let refinement = ARXRefinement(
            regression, history: model.history, rules: FreeRunProtocol(window: 4, horizon: 40), maximumSegments: 5)
        let gradient = refinement.linearised(model).gradient.elements
        for index in gradient.indices {
            func cost(_ step: Double) -> Double {
                var moved = model
                moved.parameters.elements[index] += step
                return refinement.cost(moved)
            }
            let slope = (cost(1e-5) - cost(-1e-5)) / 2e-5
            #expect((2 * gradient[index] - slope).magnitude < 1e-5 * max(1, slope.magnitude))
        }
    }

    @Test("Too few complete rows are refused with their number")
    func tooShort() throws {
        let error = #expect(throws: ForesightError.self) {
            try regression([Systems.record(count: 4, seed: 1)], order: 2)
        }
        #expect(error?.code == .data)
        #expect(error?.message.contains("3 complete rows of 4 are too few") == true)
        #expect(error?.remedy == "give longer episodes or fewer channels")
    }

    @Test("A channel that is recorded at a slower rate is named where it leaves no complete rows")
    func slowChannel() throws {
        var episode = Systems.record(count: 60, seed: 1)
        for row in 0..<60 where row % 10 != 0 { episode[row, 1] = .nan }
        let error = #expect(throws: ForesightError.self) { try regression([episode], order: 2) }
        #expect(error?.message.hasPrefix("0 complete rows of 60 are too few") == true)
        #expect(error?.remedy.hasPrefix("leave out y2, which is missing in 54 rows, or bring") == true)
    }

    @Test("An episode without the channel is refused with the nearest name")
    func missingChannel() {
        let layout = SignalLayout(outputs: ["y1x"], inputs: [])
        let error = #expect(throws: ForesightError.self) { try layout.record(Systems.record(count: 5, seed: 1)) }
        #expect(error?.description.contains("y1x") == true && error?.description.contains("“y1”") == true)
    }
}
