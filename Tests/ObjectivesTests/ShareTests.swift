import Basics
import Foundation
import Objectives
import Testing

/// Errors that are `Exp(1) - 1` half-widths: skewed, never below -1, with `F(x) = 1 - exp(-(x + 1))`.
private enum Skewed {
    static let levels = (1..<400).map { Double($0) / 400 }
    static func bands(_ halfWidth: [Float]) -> Bands {
        let row = levels.map { Float(-log(1 - $0) - 1) }
        return Bands(
            coverage: 0.9, halfWidth: halfWidth,
            errors: ErrorQuantiles(levels: levels, values: halfWidth.flatMap { _ in row }))
    }
    static func draw(_ random: inout SeededGenerator) -> Double { -log(1 - random.uniform()) - 1 }
    /// How likely the error is at most `x`.
    static func below(_ x: Double) -> Double { x < -1 ? 0 : 1 - exp(-(x + 1)) }
}

@Suite("A guardrail on an expected share of the time") struct ShareTests {
    private let levels: [Float] = [30, 52, 58, 41, 55, 49]
    private func widths(_ first: [Float], _ second: Float = 0) -> [Float] { first.flatMap { [$0, second, 0, 0] } }

    private func margin(_ source: String, _ columns: [String: [Float]], _ bands: Bands?) throws -> Double {
        let guardrail = try Guardrail.parse(source).compile(context: Laboratory.context())
        #expect(guardrail.isShare && !guardrail.isLimit && guardrail.unit == "%" && guardrail.startMargin == nil)
        return Double(guardrail.margins(of: Laboratory.trajectory(columns), bands: bands)[0])
    }

    @Test(
        "is what the distribution of errors says, however the errors of the steps go together",
        arguments: [
            ("share(T1 <= 55) >= 60 %", -1e9, 55),
            ("share(45 <= T1 <= 55) >= 0.6", 45, 55),
            ("share(T1 < 45 or T1 > 55) <= 40 %", 45, 55),
            ("not (share(45 <= T1 <= 55) < 60 %)", 45, 55),
            ("share(110 - 2 * T1 >= 0) >= 60 %", -1e9, 55),
        ] as [(String, Float, Float)])
    func expected(source: String, lower: Float, upper: Float) throws {
        let half: [Float] = [1, 2, 4, 3, 5, 6]
        let found = try margin(source, ["T1": levels], Skewed.bands(widths(half)))
        let exact = zip(levels, half).reduce(0.0) { sum, step in
            let (value, width) = (Double(step.0), Double(step.1))
            return sum + Skewed.below((Double(upper) - value) / width) - Skewed.below((Double(lower) - value) / width)
        }
        #expect(abs(found - 100 * (exact / 6 - 0.6)) < 0.1, "\(found), \(100 * (exact / 6 - 0.6))")
        // Drawn: once with an error for each step, once with one for all.
        var random = SeededGenerator(seed: 9)
        for isOne in [false, true] {
            let count = 20_000
            var held = 0
            for _ in 0..<count {
                let shared = Skewed.draw(&random)
                for (value, width) in zip(levels, half) {
                    let error = isOne ? shared : Skewed.draw(&random)
                    let truth = Double(value) + Double(width) * error
                    if truth >= Double(lower) && truth <= Double(upper) { held += 1 }
                }
            }
            let drawn = 100 * (Double(held) / Double(6 * count) - 0.6)
            #expect(abs(found - drawn) < 1, "\(found), drawn \(drawn)")
        }
    }

    @Test("of a sum of two channels is promised no higher than it is, whichever way their errors go together")
    func twoChannels() throws {
        let half: [Float] = [4, 4, 4, 4, 4, 4]
        let second: [Float] = [20, 22, 21, 20, 25, 24]
        for (source, sign) in [("share(T1 + T2 <= 80) >= 50 %", 1.0), ("share(T1 - T2 <= 32) >= 50 %", -1)] {
            let found = try margin(source, ["T1": levels, "T2": second], Skewed.bands(widths(half, 3)))
            let limit = sign > 0 ? 80.0 : 32
            var random = SeededGenerator(seed: 3)
            for way in 0..<3 {
                var held = 0
                for _ in 0..<20_000 {
                    let uniform = random.uniform()
                    let other = way == 0 ? random.uniform() : way == 1 ? uniform : 1 - uniform
                    for (value, beside) in zip(levels, second) {
                        let first = Double(value) + 4 * (-log(1 - uniform) - 1)
                        let both = first + sign * (Double(beside) + 3 * (-log(1 - other) - 1))
                        if both <= limit { held += 1 }
                    }
                }
                let drawn = 100 * (Double(held) / 120_000 - 0.5)
                #expect(found <= drawn + 0.5, "\(source): \(found) is promised, \(drawn) drawn")
            }
            #expect(found > -50, "a promise of nothing is none")
        }
    }

    @Test("known by a band alone is promised no higher than normal errors keep it")
    func bandAlone() throws {
        let half: [Float] = [10, 10, 10, 10, 10, 10]
        let found = try margin("share(T1 <= 55) >= 50 %", ["T1": levels], Bands(coverage: 0.9, halfWidth: widths(half)))
        // ±10 with 90 % is a deviation of 6.08.
        let normal = levels.reduce(0.0) { $0 + 0.5 * erfc(-Double(55 - $1) / 6.08 / 2.0.squareRoot()) }
        #expect(found <= 100 * (normal / 6 - 0.5) + 0.01)
        #expect(found >= 100 * (normal / 6 - 0.5) - 12)
    }

    @Test(
        "of predictions that were corrected is that of the worse of both, in each step, and the same where nothing was added",
        arguments: [
            ("share(T1 <= 55) >= 60 %", true), ("share(T1 >= 45) >= 60 %", true), ("share(T1 > 55) <= 40 %", true),
            ("share(2 * T1 - T2 <= 85) >= 60 %", true), ("share(45 <= T1 <= 55) >= 60 %", false),
            ("share(T1 < 45 or T1 > 55) >= 40 %", false),
        ])
    func corrected(source: String, isOneSided: Bool) throws {
        let guardrail = try Guardrail.parse(source).compile(context: Laboratory.context())
        let (second, first): ([Float], [Float]) = ([20, 22, 21, 20, 25, 24], [-4, 3, 0, -8, 5, -2])
        let beside: [Float] = [1, -2, 0, 3, 0, 1]
        let width = widths([5, 5, 5, 6, 5, 5], 3)
        let plain = Skewed.bands(width)
        let added = zip(first, beside).flatMap { [$0, $1, 0, 0] as [Float] }
        let reaching = Bands(
            coverage: plain.coverage, halfWidth: zip(width, added).map { $0 + abs($1) / 2 },
            shift: added.map { -$0 / 2 }, correction: added, errors: plain.errors)
        func course(_ t1: [Float], _ t2: [Float], _ bands: Bands) -> [Double] {
            guardrail.report(of: Laboratory.trajectory(["T1": t1, "T2": t2]), bands: bands)
                .guaranteedTimeline.compactMap { $0 }
        }
        let (t1, t2) = (zip(levels, first).map { $0 + $1 }, zip(second, beside).map { $0 + $1 })
        let (before, after, found) = (course(levels, second, plain), course(t1, t2, plain), course(t1, t2, reaching))
        #expect(found.count == 6 && found[2] == before[2])
        for step in 0..<6 {
            let worse = min(before[step], after[step])
            #expect(found[step] <= worse + 0.01, "step \(step): \(found[step]), \(worse)")
            if isOneSided { #expect(found[step] >= worse - 0.01, "step \(step): \(found[step]), \(worse)") }
        }
    }

    @Test("of what is known exactly is what is counted, at the very limit, too")
    func exactly() throws {
        let bands = Bands(coverage: 0.99, halfWidth: widths([0, 0, 0, 0, 0, 0]))
        let found = try margin("share(T1 <= 55) >= 60 %", ["T1": levels], bands)
        // One step of six is beyond, and one at the limit itself counts as beyond with the half percent that a band leaves there.
        #expect(abs(found - 100 * (5.0 / 6 - 0.6)) < 0.1)
    }

    @Test("counts what is predicted where nothing is known of errors, in its window")
    func counted() throws {
        func value(_ source: String) throws -> Double { try margin(source, ["T1": levels], nil) }
        #expect(abs(try value("share(T1 <= 54) >= 50 %") - 100 * (4.0 / 6 - 0.5)) < 1e-3)
        #expect(abs(try value("share[20, 40](T1 <= 54) >= 50 %") - 100 * (2.0 / 3 - 0.5)) < 1e-3)
        #expect(abs(try value("share(T1 > 54) <= 10 %") - 100 * (0.1 - 2.0 / 6)) < 1e-3)
    }

    @Test("has the gradient that differences say, in all of its steps")
    func gradient() throws {
        let guardrail = try Guardrail.parse("share(40 <= T1 <= 55 and T2 - 0.1 * T1 <= 30) >= 90 %")
            .compile(context: Laboratory.context())
        let bands = Skewed.bands(widths([3, 4, 5, 6, 7, 8], 2))
        let columns = ["T1": levels, "T2": [31, 33, 34, 32, 36, 35] as [Float]]
        let batch = Laboratory.trajectory(columns)
        var (gradient, workspace) = (TrajectoryGradient(like: batch), ObjectiveWorkspace())
        guardrail.addMarginGradient(
            of: batch, bands: bands, in: .physical, upstream: [2], into: &gradient, using: &workspace)
        var steps = 0
        for index in batch.outputs.indices where index % 4 < 2 {
            let step: Float = 0.02
            func margin(_ change: Float) -> Float {
                var moved = batch
                moved.outputs[index] += change
                return guardrail.margins(of: moved, bands: bands)[0]
            }
            let slope = 2 * (margin(step) - margin(-step)) / (2 * step)
            #expect(abs(gradient.outputs[index] - slope) < 0.02 * max(1, abs(slope)), "\(index): \(slope)")
            steps += abs(slope) > 0.05 ? 1 : 0
        }
        #expect(steps >= 8)
    }

    @Test("worked out for some bands is used within these only")
    func prepared() throws {
        let guardrail = try Guardrail.parse("share(45 <= T1 <= 55) >= 60 %").compile(context: Laboratory.context())
        let bands = [widths([1, 2, 4, 3, 5, 6]), widths([2, 4, 8, 6, 9, 12])].map(Skewed.bands)
        let batch = Laboratory.trajectory(["T1": levels])
        let once = guardrail.prepared(for: bands[0])
        for bands in bands {
            #expect(once.margins(of: batch, bands: bands) == guardrail.margins(of: batch, bands: bands))
        }
        #expect(once.margins(of: batch) == guardrail.margins(of: batch))
        #expect(once.margins(of: batch, bands: bands[0]) != once.margins(of: batch, bands: bands[1]))
    }

    @Test("is reported with the instant at which it is least likely, and its course")
    func reported() throws {
        let guardrail = try Guardrail.parse("share(T1 <= 55) >= 60 %").compile(context: Laboratory.context())
        let report = guardrail.report(
            of: Laboratory.trajectory(["T1": levels]), bands: Skewed.bands(widths([1, 2, 4, 3, 5, 6])))
        #expect(report.unit == "%" && report.worstTime == 30 && report.bindingCondition == "T1 <= 55")
        #expect(abs(report.margin - 100 * (5.0 / 6 - 0.6)) < 1e-3)
        let course = report.guaranteedTimeline.compactMap { $0 }
        let bound = try #require(report.guaranteedMargin)
        #expect(course.count == 6 && abs(course.reduce(0, +) / 6 - bound) < 1e-3)
        #expect(abs(report.normalisedMargin - bound / 100) < 1e-5)
    }

    @Test("is watched as it comes: at best all of what is left holds, at worst nothing")
    func watched() throws {
        var monitor = try GuardrailMonitor(
            Guardrail.parse("share(T1 <= 54) >= 50 %"), outputs: Laboratory.outputs, actions: Laboratory.actions,
            samplingTime: 10, duration: 6)
        let readings = ([90] + levels).map { monitor.observe(outputs: [$0, 0, 0, 0], actions: [0, 0]) }
        let held = [0, 1, 2, 2, 3, 3, 4]
        for (count, reading) in readings.enumerated() {
            #expect(abs(reading.assured - 100 * (Double(held[count]) / 6 - 0.5)) < 1e-6)
            #expect(abs(reading.margin - 100 * (Double(held[count] + 6 - count) / 6 - 0.5)) < 1e-6)
        }
        #expect(readings[3].verdict == .open && readings[4].verdict == .holds)
    }

    @Test(
        "is refused where it cannot be judged",
        arguments: [
            ("share(T1 <= 55)", "a share, as in"), ("share(T1 <= 55) >= 95 °C", "not a unit of a share"),
            ("share(T1 <= 55) >= 100 %", "always"), ("share(T1 <= 55) >= 0", "between 0 and 100 %"),
            ("share(always(T1 <= 55)) >= 95 %", "counts instants"),
            ("always(share(T1 <= 55) >= 95 %)", "stands alone"),
            ("T1 <= 55 and share(T2 <= 3) >= 95 %", "stands alone"), ("share(T1) >= 95 %", "expected a condition"),
        ])
    func refused(source: String, words: String) throws {
        let error = #expect(throws: ForesightError.self) { try Guardrail.parse(source) }
        #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
    }

    @Test(
        "takes sums of channels, since only of these the distribution of errors is known",
        arguments: ["share(abs(T1 - 40) <= 1) >= 95 %", "share(rate(T1) <= 1) >= 95 %", "share(T1 * T2 <= 9) >= 95 %"])
    func sums(source: String) throws {
        let guardrail = try Guardrail.parse(source)
        let error = #expect(throws: ForesightError.self) { try guardrail.compile(context: Laboratory.context()) }
        #expect(error.map { "\($0)".contains("sums of channels") } == true, "\(String(describing: error))")
    }
}
