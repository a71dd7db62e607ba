import Basics
import Episodes
import Foundation
import Objectives
import Testing

@testable import Planning

@Suite("A loop learns from how far its predictions were off")
struct FeedbackTests {
    /// Errors as multiples of the calibrated half-width that a Laplace distribution leaves with chance `miss`.
    static func laplace(_ count: Int, miss: Double, growth: (Int) -> Double, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            growth(index) * Foundation.log(1 - generator.uniform(in: 0...0.999_999_9)) / Foundation.log(miss)
        }
    }

    @Test(
        "whatever comes, the share of misses keeps the bound that the theorem gives: drifting, jumping, adversarial",
        arguments: [0.01, 0.1], [0.05, 0.25, 1.0])
    func bound(miscoverage: Double, rate: Double) {
        let sequences: [(ConformalScale, Int) -> Double] = [
            { _, step in 1 + 0.01 * Double(step) },
            { _, step in step < 200 ? 0.5 : 9 },
            { _, step in step % 50 < 25 ? 0.1 : 8 },
            // Just beyond whatever the band is, as long as it is allowed.
            { scale, _ in min(20, scale.factor * 1.0001) },
        ]
        for ratios in sequences {
            var scale = ConformalScale(miscoverage: miscoverage, rate: rate)
            var (greatest, excess, least) = (0.0, -Double.infinity, Double.infinity)
            for step in 0..<2000 {
                let ratio = min(21, ratios(scale, step))
                greatest = max(greatest, ratio)
                scale.update(ratio)
                let share = Double(scale.misses) / Double(scale.count)
                excess = max(excess, share - scale.greatestMissShare(count: scale.count, greatest: greatest))
                least = min(least, scale.factor)
            }
            #expect(excess <= 1e-12)
            #expect(least >= 1)
        }
    }

    @Test("on a drifting plant calibrated bands lose their coverage and recalibrated ones keep it in the long run")
    func drift() {
        // Errors grow tenfold over the run; the calibrated band of 90 % ends with less than a third of that.
        let ratios = Self.laplace(20_000, miss: 0.1, growth: { 1 + 9 * Double($0) / 20_000 }, seed: 4)
        var scale = ConformalScale(miscoverage: 0.1, rate: 0.1)
        for ratio in ratios { scale.update(ratio) }
        let calibrated = Double(ratios.count { $0 <= 1 }) / Double(ratios.count)
        #expect(calibrated < 0.55)
        #expect(abs(Double(scale.misses) / Double(scale.count) - 0.1) < 0.005)
    }

    @Test("bands come back to what was calibrated when errors do, and are narrower only where that is asked for")
    func back() {
        var scale = ConformalScale(miscoverage: 0.1, rate: 0.1)
        for _ in 0..<100 { scale.update(5) }
        #expect(scale.factor > 4.9)
        for _ in 0..<400 { scale.update(0.2) }
        #expect(scale.factor == 1)
        var following = ConformalScale(miscoverage: 0.1, rate: 0.1, least: 0.2)
        for ratio in Self.laplace(5000, miss: 0.1, growth: { _ in 0.5 }, seed: 9) { following.update(ratio) }
        #expect(following.factor < 0.7)
        #expect(abs(Double(following.misses) / Double(following.count) - 0.1) < 0.01)
        following.update(.nan)
        #expect(following.factor.isFinite)
    }

    @Test("while errors are as promised alarms are rarer than they may be, at the very edge of what is assumed")
    func falseAlarms() {
        // Laplace tails are the heaviest that are log-concave: p-values beyond the band are exact.
        var (alarms, steps) = (0, 0)
        for seed in 0..<20 {
            var detector = SurpriseDetector(miscoverage: 0.02)
            for ratio in Self.laplace(5000, miss: 0.02, growth: { _ in 1 }, seed: UInt64(seed)) {
                detector.update(ratio)
                steps += 1
                if detector.evidence >= 1000 {
                    alarms += 1
                    detector.reset()
                }
            }
        }
        // 100 are allowed on average.
        #expect(alarms <= 100)
        #expect(steps == 100_000)
    }

    @Test("a change is noticed within a few errors, the sooner the greater it is, and one wild value is none")
    func changes() {
        func delay(_ growth: Double, overlap: Int = 1) -> Int {
            var detector = SurpriseDetector(miscoverage: 0.02, overlap: overlap)
            let quiet = Self.laplace(300, miss: 0.02, growth: { _ in 1 }, seed: 3)
            for ratio in quiet { detector.update(ratio) }
            for (step, ratio) in Self.laplace(3000, miss: 0.02, growth: { _ in growth }, seed: 8).enumerated() {
                detector.update(ratio)
                if detector.evidence >= 10_000 { return step + 1 }
            }
            return .max
        }
        #expect(delay(8) <= 8)
        #expect(delay(4) <= 25)
        #expect(delay(8) <= delay(4) && delay(4) <= delay(2))
        #expect(delay(8, overlap: 5) >= delay(8))
        var detector = SurpriseDetector(miscoverage: 0.02)
        for _ in 0..<100 { detector.update(0.3) }
        detector.update(1000)
        #expect(detector.evidence < 10_000)
        detector.update(.nan)
        #expect(detector.evidence.isFinite)
    }

    /// A cart in a loop whose true push is `gain` times the one that the model knows, from some step on.
    static func loop(
        gain: Float, from change: Int, steps: Int, options: FeedbackOptions, noise: Double = 0.02
    ) throws -> (feedback: BandFeedback<LinearTestDynamics>, alarms: [LoopAlarm]) {
        let model = LinearTestDynamics(a: [[0.9]], b: [[0.2]])
        let bands = Bands(coverage: 0.99, halfWidth: (1...8).map { _ in Float(2.6 * noise) })
        var feedback = BandFeedback(model, coverage: 0.99, horizon: 8, decisionTime: 1, options: options)
        var generator = SeededGenerator(seed: 11)
        var (x, action): (Float, Float) = (0, 0)
        var alarms: [LoopAlarm] = []
        for step in 0..<steps {
            let seen = Double(x) + noise * generator.normal()
            if let alarm = try feedback.observe(
                decision: step, observation: [seen], previousAction: [Double(action)])
            {
                alarms.append(alarm)
            }
            feedback.issue(decision: step, state: [x], bands: bands)
            action = Float(generator.uniform(in: -1...1))
            x = 0.9 * x + 0.2 * (step >= change ? gain : 1) * action
        }
        return (feedback, alarms)
    }

    @Test("predictions are compared at their lead times under what was really applied, and hold what they promise")
    func quiet() throws {
        let (feedback, alarms) = try Self.loop(gain: 1, from: 0, steps: 600, options: FeedbackOptions())
        #expect(alarms.isEmpty && feedback.doubt == nil)
        #expect(feedback.coverages.map(\.lead) == [1, 2, 8])
        #expect(feedback.coverages.map(\.compared) == [599, 598, 592])
        for coverage in feedback.coverages {
            // The model is exact, so that what is left is the noise of the sensor at every lead.
            #expect(abs(coverage.calibratedShare - 0.99) < 0.012)
            #expect(coverage.recalibratedShare >= coverage.calibratedShare)
            #expect(coverage.interval(coverage.calibratedShare).contains(0.99))
            #expect(coverage.meanFactor < 1.3)
        }
        #expect(feedback.coverages[2].independent == 592 / 8.0)
    }

    @Test("a sensor that shows nothing any more confirms nothing: plans stay in doubt") func blind() throws {
        let model = LinearTestDynamics(a: [[0.9]], b: [[0.2]])
        let bands = Bands(coverage: 0.99, halfWidth: (1...8).map { _ in 0.05 })
        var feedback = BandFeedback(
            model, coverage: 0.99, horizon: 8, decisionTime: 1, options: FeedbackOptions(response: .fallback))
        func step(_ number: Int, seen: Double) throws {
            _ = try feedback.observe(decision: number, observation: [seen], previousAction: [0])
            feedback.issue(decision: number, state: [0], bands: bands)
        }
        for number in 0..<30 { try step(number, seen: 0.01) }
        var number = 30
        while feedback.doubt == nil, number < 60 {
            try step(number, seen: 2)
            number += 1
        }
        #expect(feedback.doubt != nil)
        for after in 0..<40 { try step(number + after, seen: .nan) }
        #expect(feedback.doubt != nil)
        for after in 40..<70 { try step(number + after, seen: 0.01) }
        #expect(feedback.doubt == nil)
    }

    @Test("a changed plant is noticed and bands widen; with 'fallback' plans are doubted until they hold")
    func change() throws {
        let (feedback, alarms) = try Self.loop(gain: 2, from: 200, steps: 600, options: FeedbackOptions())
        let first = try #require(alarms.first)
        #expect(first.step > 200 && first.step < 212)
        #expect(first.channel == "x0" && first.ratio > 1)
        let far = try #require(feedback.coverages.last)
        #expect(far.calibratedShare < 0.7)
        #expect(far.recalibratedShare > 0.9)
        let widening = try #require(feedback.widening(horizon: 8))
        #expect(widening.allSatisfy { $0 > 2 })
        #expect(feedback.doubt == nil)

        let stopping = try Self.loop(
            gain: 2, from: 200, steps: first.step + 3, options: FeedbackOptions(response: .fallback))
        #expect(stopping.feedback.doubt?.contains("predictions of 'x0'") == true)
        let later = try Self.loop(gain: 2, from: 200, steps: 600, options: FeedbackOptions(response: .fallback))
        #expect(later.feedback.doubt == nil)

        let off = try Self.loop(
            gain: 2, from: 200, steps: 600, options: FeedbackOptions(recalibration: .off, response: .note))
        #expect(off.feedback.widening(horizon: 8) == nil)
        #expect(off.feedback.coverages[2].recalibrated == off.feedback.coverages[2].calibrated)
        #expect(off.alarms.first?.step == first.step)
    }

    @Test("between lead times the widening is interpolated along its logarithm")
    func interpolation() throws {
        let (feedback, _) = try Self.loop(gain: 2, from: 0, steps: 100, options: FeedbackOptions())
        let widening = try #require(feedback.widening(horizon: 8)).map(Double.init)
        for step in 3...7 {
            let share = Double(step - 2) / 6
            let expected = widening[1] * Foundation.pow(widening[7] / widening[1], share)
            #expect(abs(widening[step - 1] - expected) < 1e-5 * expected)
        }
    }

    @Test(
        "the interval of a coverage is Wilson's over the predictions that share no sample",
        arguments: [
            (9, 10, 0.5958, 0.9821), (98, 100, 0.9300, 0.9945),
        ])
    func interval(hits: Int, count: Int, low: Double, high: Double) {
        let coverage = LeadCoverage(
            lead: 1, promised: 0.99, compared: count, calibrated: hits, recalibrated: hits, independent: Double(count),
            meanFactor: 1)
        let interval = coverage.interval(coverage.calibratedShare)
        #expect(abs(interval.lowerBound - low) < 1e-3 && abs(interval.upperBound - high) < 1e-3)
    }
}
