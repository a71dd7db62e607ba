import Basics
import Episodes
import Foundation
import Testing
import _TestSupport

@testable import Identification

@Suite("Regression on filtered inputs")
struct BasisRegressionTests {
    private static let layout = SignalLayout(outputs: ["y"], inputs: ["u"])

    /// `y = G u` with `G = 3 (1 − a)² / (z − a)²`, a = exp(−1/τ), and noise that wanders: `e_t = ρ e_{t−1} + w_t`.
    private static func episode(
        count: Int, constant: Double, noise: Double, correlation: Double, seed: UInt64, level: Double = 0,
        isImmediate: Bool = false
    ) -> Episode {
        var generator = SeededGenerator(seed: seed)
        let a = exp(-1 / constant)
        var (first, second, wander, input) = (0.0, 0.0, 0.0, 0.0)
        var rows: [[Double]] = []
        for time in 0..<count {
            if time % 25 == 0 { input = generator.normal() }
            wander = correlation * wander + (1 - correlation * correlation).squareRoot() * generator.normal()
            let late = second
            second = a * second + (1 - a) * first
            first = a * first + (1 - a) * 3 * input
            rows.append([level + (isImmediate ? second : late) + noise * wander, input])
        }
        let channels = [Channel(name: "y", role: .observation), Channel(name: "u", role: .action)]
        return Episode(
            name: "run", channels: channels, samplingTime: 1, values: rows.flatMap { $0 })
    }

    private static func fit(_ episode: Episode, hasLead: Bool = false, ridge: Double = 1e-6) throws -> ObserverForm {
        let regression = try #require(
            BasisRegression(rows: episode.count, longest: episode.count, layout: layout, hasLead: hasLead))
        return try #require(
            regression.forms(
                [episode], ridges: [ridge], outputMean: [0], outputScale: [1], inputMean: [0], inputScale: [1]
            ).first?.form)
    }

    /// The response to an impulse, `[time]`.
    private static func response(_ form: ObserverForm, count: Int) -> [Double] {
        var state = form.transition.rows > 0 ? form.input + form.transition * form.lead : form.input
        // What the lead does is seen in the step itself.
        var values = [(form.readout * form.lead)[0, 0]]
        for _ in 1..<count {
            values.append((form.readout * state)[0, 0])
            state = form.transition * state
        }
        return values
    }

    @Test("The responses of the sections are orthonormal")
    func orthonormal() throws {
        let form = try Self.fit(Self.episode(count: 3000, constant: 20, noise: 0.1, correlation: 0, seed: 1))
        let sections = form.transition.rows - 2
        #expect(sections == 14)
        var state = form.input
        var gram = RealMatrix(rows: sections, columns: sections)
        for _ in 0..<6000 {
            for row in 0..<sections {
                for column in 0..<sections { gram[row, column] += state[row, 0] * state[column, 0] }
            }
            state = form.transition * state
        }
        for row in 0..<sections {
            for column in 0..<sections { #expect(abs(gram[row, column] - (row == column ? 1 : 0)) < 1e-9) }
        }
    }

    @Test(
        "Without noise it is the system, with its input at the end of a step or at its start", arguments: [false, true])
    func exact(hasLead: Bool) throws {
        // The time constant is one of the series, so that the system is among what can be had.
        let constant = 2 * pow(64, 3.0 / 6)
        let episode = Self.episode(
            count: 4000, constant: constant, noise: 0, correlation: 0, seed: 2, isImmediate: hasLead)
        let response = Self.response(try Self.fit(episode, hasLead: hasLead, ridge: 1e-12), count: 200)
        let a = exp(-1 / constant)
        for (time, value) in response.enumerated() {
            // The response of 3 (1 − a)² / (z − a)², a step earlier with the lead.
            let lag = Double(hasLead ? time : time - 1)
            let expected = lag >= 1 ? 3 * (1 - a) * (1 - a) * lag * pow(a, lag - 1) : 0
            #expect(abs(value - expected) < 1e-6, "\(time)")
        }
    }

    @Test("Noise that wanders biases a regression on lags, not this one")
    func colouredNoise() throws {
        let a = exp(-1 / 24.0)
        let truth = (0..<200).map { time -> Double in
            let lag = Double(time - 1)
            return lag < 1 ? 0 : 3 * (1 - a) * (1 - a) * lag * pow(a, lag - 1)
        }
        func step(_ impulse: [Double]) -> [Double] {
            impulse.reduce(into: []) { sums, value in sums.append((sums.last ?? 0) + value) }
        }
        func error(_ impulse: [Double]) -> Double { relativeError(step(impulse), step(truth)) }
        var (filters, lags): ([Double], [Double]) = ([], [])
        for seed in 3..<8 {
            let episode = Self.episode(
                count: 4000, constant: 24, noise: 1, correlation: 0.8, seed: UInt64(seed), level: 4)
            filters.append(error(Self.response(try Self.fit(episode, ridge: 1e-3), count: 200)))
            let model = try ARXModel.fit([episode], layout: Self.layout, order: 2, ridge: 1e-8)
            let form = ObserverForm(model, outputMean: [0], outputScale: [1], inputMean: [0], inputScale: [1])
            lags.append(error(Self.response(form, count: 200)))
        }
        let (ours, theirs) = (filters.sorted()[2], lags.sorted()[2])
        #expect(ours < 0.15 && theirs > 2 * ours, "\(ours), \(theirs)")
    }

    @Test("What filtered inputs leave over follows the measurements, and rests at the level of the output")
    func residuals() throws {
        let episode = Self.episode(count: 4000, constant: 24, noise: 1, correlation: 0.9, seed: 9, level: 4)
        let form = try Self.fit(episode, ridge: 1e-3)
        let state = form.transition.rows - 2
        // The noise is an autoregression of first order with 0.9.
        #expect(abs(form.transition[state, state] + form.transition[state + 1, state] - 0.9) < 0.05)
        var rest = RealMatrix(rows: form.transition.rows, columns: 1)
        for _ in 0..<2000 { rest = form.transition * rest + form.offset }
        #expect(abs((form.readout * rest)[0, 0] - 4) < 0.3)
        #expect((form.readout * form.gain)[0, 0] == 1)
    }

    @Test("Too few rows, or no input, is nothing to filter")
    func few() {
        func regression(_ rows: Int, _ inputs: [String]) -> BasisRegression? {
            BasisRegression(
                rows: rows, longest: rows, layout: SignalLayout(outputs: ["y"], inputs: inputs), hasLead: false)
        }
        #expect(regression(30, ["u"]) == nil && regression(4000, []) == nil)
        #expect(regression(4000, (0..<40).map { "u\($0)" }) == nil)
        #expect(regression(4000, (0..<10).map { "u\($0)" })?.poles.count == 12)
        #expect(regression(80, ["u"])?.poles.allSatisfy { $0 < exp(-1 / 10.001) } == true)
    }
}
