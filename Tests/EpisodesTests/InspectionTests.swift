import Basics
import Foundation
import Testing

@testable import Episodes

/// A log of columns that were made for a test.
private func log(_ columns: [(Channel, [Double])], samplingTime: Double = 1) -> LoadedLog {
    let count = columns[0].1.count
    let episode = Episode(
        name: "e", channels: columns.map(\.0), samplingTime: samplingTime,
        values: (0..<count).flatMap { row in columns.map { $0.1[row] } })
    return LoadedLog(
        episodes: [episode], channels: episode.channels, samplingTime: samplingTime,
        files: [
            LoadedLog.File(
                source: "e", rowCount: count, sampling: SamplingReport(samplingTime: samplingTime, count: count),
                hasTimes: true, episodes: 0..<1, notes: [])
        ], ignoredColumns: [], hasRoles: true, warnings: [])
}

private func observation(_ name: String, _ unit: String? = nil) -> Channel {
    Channel(name: name, unit: unit, role: .observation)
}

private func action(_ name: String, _ unit: String? = nil) -> Channel { Channel(name: name, unit: unit, role: .action) }

/// Two first-order lags in series, driven by random steps; with noise on the measurement.
private func lags(
    _ slow: Double, _ fast: Double, noise: Double, count: Int = 8000, hold: Int = 60, seed: UInt64 = 1
) -> (u: [Double], y: [Double]) {
    var generator = SeededGenerator(seed: seed)
    var (level, x1, x2) = (0.0, 0.0, 0.0)
    var u: [Double] = []
    var y: [Double] = []
    for t in 0..<count {
        if t % hold == 0 { level = generator.uniform(in: 0...100) }
        u.append(level)
        y.append(20 + x2 + noise * generator.normal())
        for _ in 0..<20 {
            x1 += 0.05 * (level - x1) / slow
            x2 += 0.05 * (x1 - x2) / max(fast, 0.05)
        }
    }
    return (u, y)
}

@Suite("Inspection of a log")
struct InspectionTests {
    private func warnings(_ log: LoadedLog, _ kind: LogWarning.Kind) -> [LogWarning] {
        LogInspection(log).warnings.filter { $0.kind == kind }
    }

    @Test("Summaries of a channel")
    func summary() {
        let summary = ChannelSummary(0, of: log([(observation("a"), [1, 1, .nan, 3, 3, 3])]).episodes)
        #expect(summary.minimum == 1 && summary.maximum == 3 && summary.mean == 2.2)
        #expect(abs((summary.deviation ?? 0) - 0.96.squareRoot()) < 1e-12)
        #expect(abs(summary.missing - 1.0 / 6) < 1e-12)
        #expect(summary.moves == 1 && summary.shareAtEnds == [0.4, 0.6])
    }

    @Test("An action that never moved and constant or empty channels are named")
    func constants() {
        let log = log([
            (action("Q1", "%"), [Double](repeating: 40, count: 50)),
            (observation("SP"), [Double](repeating: 23, count: 50)),
            (observation("dead"), [Double](repeating: .nan, count: 50)), (observation("T"), (0..<50).map(Double.init)),
        ])
        #expect(
            warnings(log, .constantAction).map(\.message) == [
                "Q1 never moved (always 40 %): its effect can't be learned, and a model of this log alone expects none; "
                    + "record steps of it, or leave it out of the actions"
            ])
        #expect(warnings(log, .constant).map(\.channels) == [["SP"]])
        #expect(warnings(log, .allMissing).map(\.channels) == [["dead"]])
    }

    @Test(
        "Time constants of two lags are found under noise",
        arguments: [(100.0, 10.0, 0.0), (100, 10, 1), (30, 0.5, 0.5), (200, 25, 2), (100, 10, 12)])
    func timeConstants(slow: Double, fast: Double, noise: Double) throws {
        let (u, y) = lags(slow, fast, noise: noise)
        let inspection = LogInspection(log([(action("u"), u), (observation("y"), y)]))
        let found = try #require(inspection.timeConstants.first)
        let dominant = try #require(found.dominant)
        #expect(abs(dominant / slow - 1) < 0.25, "\(found)")
        #expect(try #require(found.fastest) <= dominant)
        if noise == 0 { #expect(abs(try #require(found.fastest) / fast - 1) < 0.5, "\(found)") }
        #expect(!found.isSlowerThanRecord)
        let timing = inspection.timing
        #expect(abs(timing.step / slow - 0.05) < 0.02 || timing.stride == 1)
        #expect((10...60).contains(timing.horizon) && (8...32).contains(timing.window))
    }

    @Test("White noise has no memory; a random walk is slower than any record")
    func extremes() {
        var generator = SeededGenerator(seed: 3)
        let noise = (0..<4000).map { _ in generator.normal() }
        let white = LogInspection(log([(observation("w"), noise)])).timeConstants[0]
        #expect(white.dominant.map { $0 <= 1 } ?? false)
        var sum = 0.0
        let walk = noise.map { value -> Double in
            sum += value
            return sum
        }
        #expect(LogInspection(log([(observation("r"), walk)])).timeConstants[0].isSlowerThanRecord)
        let ramp = (0..<400).map { Double($0) }
        let inspection = LogInspection(log([(observation("ramp"), ramp)]))
        #expect(inspection.timeConstants[0].isSlowerThanRecord)
        #expect(inspection.warnings.contains { $0.kind == .shortRecord && $0.channels == ["ramp"] })
        #expect(inspection.warnings.contains { $0.kind == .fewSamples })
    }

    @Test("A controller's action is told from an experiment's", arguments: [0.005, 0.05])
    func closedLoop(noise: Double) {
        var generator = SeededGenerator(seed: 6)
        var (x, integral) = (20.0, 0.0)
        var (u, y, targets): ([Double], [Double], [Double]) = ([], [], [])
        for t in 0..<3000 {
            let target = 40 + 10.0 * Double((t / 500) % 2)
            let measured = x + noise * generator.normal()
            integral += 0.02 * (target - measured)
            let output = 3 * (target - measured) + integral
            u.append(output)
            y.append(measured)
            targets.append(target)
            x += (20 + 0.5 * output - x) / 60
        }
        let closed = log([
            (action("u"), u), (observation("y"), y), (Channel(name: "SP", role: .disturbance), targets),
        ])
        #expect(warnings(closed, .closedLoop).map(\.channels) == [["u"]])
        for hold in [1, 5, 60] {
            let (free, answer) = lags(60, 5, noise: noise, count: 3000, hold: hold)
            #expect(warnings(log([(action("u"), free), (observation("y"), answer)]), .closedLoop).isEmpty)
        }
        // A smooth excitation tells its own next value, but no observation does.
        let wave = (0..<3000).map { sin(0.02 * Double($0)) + sin(0.037 * Double($0)) + 1e-4 * generator.normal() }
        let (_, unrelated) = lags(60, 5, noise: 0.1, count: 3000)
        #expect(warnings(log([(action("u"), wave), (observation("y"), unrelated)]), .closedLoop).isEmpty)
    }

    @Test("A thermostat's switching is told from switching at random", arguments: [1, 2, 3])
    func thermostat(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        /// Temperatures of a room that an on/off heater warms; the heater by a rule of (time, setpoint, temperature).
        func record(_ rule: (Int, Double, Double, Bool) -> Bool) -> LoadedLog {
            var (heater, temperature) = (false, 18.0)
            var (u, y, targets, outside): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
            for t in 0..<6000 {
                let target = (t / 700) % 2 == 0 ? 21.0 : 16
                let weather = 5 + 4 * sin(Double(t) / 900)
                let measured = temperature + 0.05 * generator.normal()
                heater = rule(t, target, measured, heater)
                u.append(heater ? 1 : 0)
                y.append(measured)
                targets.append(target)
                outside.append(weather)
                temperature += (weather + (heater ? 25 : 0) - temperature) / 200
            }
            return log([
                (action("heater"), u), (action("setpoint"), targets), (observation("room"), y),
                (Channel(name: "weather", role: .disturbance), outside),
            ])
        }
        let controlled = record { _, target, measured, isOn in
            measured < target - 0.5 || (isOn && measured < target + 0.5)
        }
        #expect(warnings(controlled, .closedLoop).map(\.channels) == [["heater"]])
        var next = 0
        let free = record { t, _, _, isOn in
            guard t >= next else { return isOn }
            next = t + 5 + Int(40 * generator.uniform())
            return !isOn
        }
        #expect(warnings(free, .closedLoop).isEmpty)
    }

    @Test("Copies, scaled or not, are named; merely similar channels are not")
    func duplicates() {
        let (u, y) = lags(50, 5, noise: 0.5, count: 1000)
        var generator = SeededGenerator(seed: 8)
        let log = log([
            (observation("y"), y), (observation("again"), y), (observation("kelvin"), y.map { $0 * 1.8 + 32 }),
            (observation("minus"), y.map { -$0 }), (observation("near"), y.map { $0 + 0.1 * generator.normal() }),
            (action("u"), u),
        ])
        let found = warnings(log, .duplicate)
        #expect(found.map(\.channels) == [["again", "y"], ["kelvin", "y"], ["minus", "y"]])
        #expect(found[0].message.contains("repeats") && found[1].message.contains("scaled copy"))
    }

    @Test("A sensor at the end of its range, a coarse one, and values beyond limits are named")
    func sensors() {
        let (u, y) = lags(50, 5, noise: 0.3, count: 3000)
        let clipped = log([(action("u"), u), (observation("y", "°C"), y.map { min($0, 80) })])
        #expect(warnings(clipped, .saturation).count == 1)
        #expect(warnings(clipped, .saturation).first?.message.contains("stops at 80 °C") == true)
        let free = log([(action("u"), u), (observation("y"), y)])
        #expect(warnings(free, .saturation).isEmpty && warnings(free, .coarseSensor).isEmpty)
        let coarse = log([(action("u"), u), (observation("y"), y.map { ($0 / 5).rounded() * 5 })])
        #expect(warnings(coarse, .coarseSensor).count == 1)
        // At rest before the first move, a plant stays at one value.
        let rest = log([(action("u"), u), (observation("y"), [Double](repeating: 5, count: 60) + y.dropLast(60))])
        #expect(warnings(rest, .saturation).isEmpty)
        var limited = Channel(name: "y", role: .observation)
        (limited.lowerLimit, limited.upperLimit) = (0, 50)
        #expect(warnings(log([(limited, y)]), .beyondLimits).count == 1)
    }

    @Test("A log with roles but without an action says that nothing can be planned")
    func noAction() {
        let (u, y) = lags(50, 5, noise: 0.5, count: 1000)
        #expect(warnings(log([(observation("y"), y)]), .noAction).first?.message.contains("--actions") == true)
        #expect(warnings(log([(observation("y"), y), (action("u"), u)]), .noAction).isEmpty)
    }

    @Test("Suggested window and horizon fit into the record", arguments: [40, 100, 600, 5000])
    func timing(longest: Int) {
        for dominant in [0.5, 3, 40, 170, 2000, 1e6] {
            let constants = TimeConstants(channel: "y", dominant: dominant, fastest: nil, isSlowerThanRecord: false)
            let timing = SuggestedTiming(constants: [constants], samplingTime: 1, hold: nil, longest: longest)
            #expect(timing.window * timing.stride <= max(4 * timing.stride, longest / 8), "\(timing)")
            #expect(timing.horizon * timing.stride <= max(4 * timing.stride, longest / 2), "\(timing)")
            #expect(timing.window >= 4 && timing.horizon >= 4 && timing.stride >= 1)
        }
        let held = SuggestedTiming(
            constants: [TimeConstants(channel: "y", dominant: 400, fastest: nil, isSlowerThanRecord: false)],
            samplingTime: 1, hold: 6, longest: 5000)
        #expect(held.stride == 3)
        // Half of a ten-minute record is what its time constant of three minutes asks for.
        let short = SuggestedTiming(
            constants: [TimeConstants(channel: "y", dominant: 180, fastest: nil, isSlowerThanRecord: true)],
            samplingTime: 1, hold: 200, longest: 600)
        #expect(short == SuggestedTiming(stride: 9, window: 8, horizon: 30, samplingTime: 1))
    }

    @Test("A log that is sampled far more often than anything moves gets a longer step, as long as plenty are left")
    func oversampled() throws {
        func sine(_ frequency: Double, count: Int) -> [Double] {
            (0..<count).map { sin(2 * .pi * frequency * Double($0) / 400) }
        }
        // Samples, frequency of the observation, of the action, and what comes of them at 400 samples a second.
        for (count, y, u, expected) in [
            (60_000, 9.0, 5.0, 5), (60_000, 9, 40, 1), (60_000, 40, 5, 1), (31_000, 9, 5, 3), (9000, 9, 5, 1),
        ] {
            let inspection = LogInspection(
                log(
                    [(observation("y"), sine(y, count: count)), (action("u"), sine(u, count: count))],
                    samplingTime: 1.0 / 400))
            let highest = try #require(inspection.highestFrequency)
            #expect(abs(highest - max(y, u)) < 1, "\(highest) Hz of \(y) and \(u)")
            let fast = TimeConstants(channel: "y", dominant: 0.02, fastest: nil, isSlowerThanRecord: false)
            let timing = SuggestedTiming(
                constants: [fast], samplingTime: 1.0 / 400, hold: nil, longest: count, highestFrequency: highest,
                rows: count)
            #expect(timing.stride == expected, "\(count) samples of \(y) and \(u) Hz")
            // Low-order models do not tell how long modes ring: a history of few steps is too short for them.
            #expect(timing.window == (expected > 1 ? 32 : 8))
        }
        // Nothing is known of short logs, and where time constants ask for a longer step they have the word.
        #expect(LogInspection(log([(observation("y"), sine(9, count: 900))])).highestFrequency == nil)
        let slow = TimeConstants(channel: "y", dominant: 0.1, fastest: nil, isSlowerThanRecord: false)
        let timing = SuggestedTiming(
            constants: [slow], samplingTime: 1.0 / 400, hold: nil, longest: 60_000, highestFrequency: 1, rows: 60_000)
        #expect(timing.stride == 2)
    }

    @Test(
        "A horizon that someone asks for is reached, in few steps unless responses would lose their shape",
        arguments: [
            // Seconds wanted, then stride and steps for a time constant of 100 s sampled every second.
            (30.0, 5, 6), (300, 5, 60), (301, 6, 51), (600, 10, 60), (1200, 20, 60), (6000, 20, 300),
        ])
    func reach(seconds: Double, stride: Int, horizon: Int) {
        let constants = [TimeConstants(channel: "y", dominant: 100, fastest: nil, isSlowerThanRecord: false)]
        let timing = SuggestedTiming(
            constants: constants, samplingTime: 1, hold: nil, longest: 50_000, reach: seconds)
        #expect((timing.stride, timing.horizon) == (stride, horizon))
        // Whoever sets the step as well gets both.
        let fixed = SuggestedTiming(
            constants: constants, samplingTime: 1, hold: nil, longest: 50_000, reach: seconds, fixedStride: 3)
        #expect(fixed.stride == 3 && fixed.step == 3)
        #expect(fixed.horizon == max(2, Int((seconds / 3).rounded(.up))))
    }
}

extension SuggestedTiming {
    fileprivate init(stride: Int, window: Int, horizon: Int, samplingTime: Double) {
        self.init(constants: [], samplingTime: samplingTime, hold: nil, longest: 1000, fixedStride: stride)
        (self.window, self.horizon) = (window, horizon)
    }
}
