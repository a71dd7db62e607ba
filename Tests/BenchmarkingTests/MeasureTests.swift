import Basics
import Episodes
import Testing

@testable import Benchmarking

@Suite("Measures and scores against numbers computed by hand")
struct MeasureTests {
    private static let channels = [
        Channel(name: "a", unit: "V", role: .observation), Channel(name: "u", role: .action),
        Channel(name: "b", role: .observation),
    ]

    /// A record whose outputs are given and whose input is 0.
    private static func record(_ a: [Double], _ b: [Double]) -> Episode {
        Episode(
            name: "record", channels: channels, samplingTime: 2, values: a.indices.flatMap { [a[$0], 0, b[$0]] })
    }

    @Test("A free run is scored behind the initial window; what is missing counts nothing")
    func record() {
        let test = BenchmarkTest(
            "end", [Self.record([9, 9, 1, 2, .nan], [0, 0, 10, 20, 30])], .record(initial: 2))
        let forecast = TestForecast(
            episode: 0, start: 2, outputs: [1, 13, 5, 20, 7, 26], halfWidths: [1, 1, 2, 2, 1, 5])
        let score = test.score([forecast])
        // Output a is off by 0 and 3, b by 3, 0 and 4.
        #expect(abs(score.error[0] - 4.5.squareRoot()) < 1e-12)
        #expect(abs(score.error[1] - (25.0 / 3).squareRoot()) < 1e-12)
        // Inside: a's first, b's second and third of five.
        #expect(score.coverage == 0.6)
        // Behind the window: 1 and 2; 10, 20 and 30.
        #expect(abs(score.deviation[0] - 0.5) < 1e-12)
        #expect(abs(score.deviation[1] - (200.0 / 3).squareRoot()) < 1e-12)
        #expect(score.isStable)
        #expect(test.outputs.map(\.name) == ["a", "b"])
        #expect(test.stretches().map(\.rows) == [3])
    }

    @Test("A run that leaves the recorded range by more than ten of its widths runs away, and so does one without end")
    func unstable() {
        let test = BenchmarkTest("end", [Self.record([0, 1, 0, 1], [0, 1, 0, 1])], .record(initial: 1))
        func score(_ last: Double) -> TestScore {
            test.score([TestForecast(episode: 0, start: 1, outputs: [0, 0, 0, 0, last, 0])])
        }
        #expect(score(10.4).isStable)
        #expect(!score(10.6).isStable)
        #expect(!score(.nan).isStable)
        #expect(score(.nan).error[0] == .infinity)
        #expect(score(10.4).coverage == nil)
    }

    @Test("A periodic record is scored by its mean period, the first ones dropped")
    func periodic() {
        // Periods of two samples: (100, 100), then (1, 2) and (3, 6), whose mean is (2, 4).
        let values = [100.0, 100, 1, 2, 3, 6]
        let test = BenchmarkTest(
            "level", [Self.record(values, values)], .periodic(initial: 1, period: 2, dropped: 1))
        // Predicted from row 1 on: rows 2 to 5 are (2, 3) and (4, 9): mean (3, 6), off by 1 and 2.
        let outputs: [Double] = [0.0, 2, 3, 4, 9].flatMap { [$0, $0] }
        let score = test.score([TestForecast(episode: 0, start: 1, outputs: outputs)])
        #expect(abs(score.error[0] - 2.5.squareRoot()) < 1e-12)
        #expect(score.error[0] == score.error[1])
    }

    @Test("Predictions from many starts are scored at their last sample, with the curve before it")
    func ahead() {
        let values = [0.0, 1, 2, 3, 4, 5, 6]
        let test = BenchmarkTest(
            "days", [Self.record(values, values)], .ahead(history: 2, horizon: 2, every: 2))
        #expect(test.stretches().map(\.start) == [2, 4])
        let held = test.heldForecasts()
        #expect(held.map(\.outputs) == [[1, 1, 1, 1], [3, 3, 3, 3]])
        let score = test.score(held)
        #expect(score.byHorizon == [[1, 2], [1, 2]])
        #expect(score.error == [2, 2])
        #expect(test.history == 2 && test.horizon == 2)
    }

    @Test("Rules: error, mean of ratios, ratio of tests, outputs won")
    func rules() {
        func score(_ error: [Double], _ deviation: [Double] = [1, 1, 1]) -> TestScore {
            TestScore(error: error, deviation: deviation)
        }
        let scores = ["x": score([1, 4, 6], [2, 2, 3]), "y": score([2, 2, 2])]
        #expect(MeasureRule.error(test: "x", output: 1).value(scores) == 4)
        #expect(abs(MeasureRule.normalised(test: "x").value(scores) - 4.5 / 3) < 1e-12)
        #expect(MeasureRule.ratio(test: "x", to: "y", output: 2).value(scores) == 3)
        let rivals = [["x": score([2, 5, 6])], ["x": score([3, 3, 9])]]
        // Better than both: the first. The second loses to one, the third is equal to one.
        #expect(MeasureRule.won(test: "x").value(scores, rivals: rivals) == 1)
        #expect(MeasureRule.error(test: "z", output: 0).value(scores).isNaN)
        // Without a linear model nobody is better than it.
        #expect(MeasureRule.won(test: "x").value(scores, rivals: [[:], rivals[1]]).isNaN)
    }

    @Test("A mark is reached from its side only")
    func marks() {
        let rule = MeasureRule.normalised(test: "x")
        let error = BenchmarkMeasure("e", metric: "", unit: "", rule: rule, reach: 0.3)
        #expect(error.isReached(0.3) == true && error.isReached(0.31) == false)
        #expect(error.isReached(.nan) == false)
        let count = BenchmarkMeasure("c", metric: "", unit: "", rule: rule, reach: 35, isHigherBetter: true)
        #expect(count.isReached(35) == true && count.isReached(34) == false)
        #expect(BenchmarkMeasure("n", metric: "", unit: "", rule: rule).isReached(1) == nil)
    }
}
