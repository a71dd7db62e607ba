import Basics
import Foundation
import Testing

@testable import Monitoring

@Suite("Tails")
struct TailDistributionTests {
    @Test("tell an exponential tail far beyond the data")
    func exponential() throws {
        var generator = SeededGenerator(seed: 4)
        let tail = try #require(TailDistribution((0..<5000).map { _ in -log(1 - generator.uniform()) }))
        for value in [0.7, 3.0, 9.0, 12.0] {
            let ratio = log(tail.probability(above: value)) / -value
            #expect(abs(ratio - 1) < 0.15, "at \(value): \(ratio)")
        }
    }

    @Test("fall with the value and never reach zero")
    func monotonous() throws {
        var generator = SeededGenerator(seed: 4)
        let tail = try #require(TailDistribution((0..<300).map { _ in generator.normal() }))
        let found = stride(from: -5.0, to: 60, by: 0.25).map { tail.probability(above: $0) }
        #expect(zip(found, found.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(found.allSatisfy { $0 > 0 && $0 <= 1 })
    }

    @Test("need forty values", arguments: [39, 40])
    func few(count: Int) {
        #expect((TailDistribution((0..<count).map(Double.init)) == nil) == (count < 40))
    }

    @Test("stand still where all values are the same")
    func constant() throws {
        let tail = try #require(TailDistribution([Double](repeating: 3, count: 100)))
        #expect(tail.probability(above: 3) >= 0.05)
        #expect(tail.probability(above: 4) < 1e-6)
        #expect(tail.isConsistent)
    }

    @Test("count what comes several times, once for each phase of a step, as one")
    func phases() throws {
        var generator = SeededGenerator(seed: 9)
        // The greatest are bounded, so that the shape is what so many clusters may promise.
        let values = (0..<400).map { _ in generator.uniform() }
        let plain = try #require(TailDistribution(values))
        let repeated = values.flatMap { [Double](repeating: $0, count: 4) }
        let together = try #require(TailDistribution(repeated, closing: 4 * SurpriseReference.closing))
        #expect(plain.shape > 0.05 && together.shape == plain.shape)
        #expect(try #require(TailDistribution(repeated)).shape < plain.shape)
    }
}

@Suite("Rates of false alarms")
struct FalseAlarmsTests {
    @Test("are read", arguments: [("1/day", 1 / 86400.0), ("2/week", 2 / 604_800.0), ("0.5 / h", 0.5 / 3600)])
    func rates(text: String, perSecond: Double) throws {
        #expect(try FalseAlarms(text) == .perSecond(perSecond))
    }

    @Test("are read as shares") func shares() throws {
        #expect(try FalseAlarms("0.1%") == .share(0.001))
    }

    @Test("are refused in words", arguments: ["daily", "0/day", "1/fortnight", "50%", "-1%", "day"])
    func refused(text: String) {
        #expect(throws: ForesightError.self) { try FalseAlarms(text) }
    }

    @Test("become shares of rows") func share() {
        #expect(abs(FalseAlarms.perSecond(1 / 86400).share(rowTime: 60, rowsPerEvent: 3) - 3.0 / 1440) < 1e-12)
    }
}

@Suite("Shrunk metric")
struct ShrunkMetricTests {
    private func rows(_ count: Int) -> [Double] {
        var generator = SeededGenerator(seed: 8)
        return (0..<count).flatMap { _ -> [Double] in
            let common = generator.normal()
            return [common + 0.1 * generator.normal(), common + 0.1 * generator.normal(), 5 + 2 * generator.normal()]
        }
    }

    @Test("counts what breaks a correlation, not what follows it")
    func correlation() throws {
        let metric = try #require(ShrunkMetric(rows(2000), width: 3))
        let along = metric.distance(try #require(metric.centred([2, 2, 5])))
        let across = metric.distance(try #require(metric.centred([1, -1, 5])))
        #expect(along < 8)
        #expect(across > 50)
    }

    @Test("knows the spread of a channel that is rarely measured", arguments: [2, 4, 10])
    func missing(every: Int) throws {
        var data = rows(4000)
        for row in 0..<4000 where row % every != 0 { data[row * 3 + 2] = .nan }
        let metric = try #require(ShrunkMetric(data, width: 3))
        let deviations = metric.deviations
        #expect(abs(deviations[2] - 2) < 0.15 && abs(deviations[0] - 1) < 0.05, "\(deviations)")
    }

    @Test("is chi-squared on average")
    func expectation() throws {
        let data = rows(4000)
        let metric = try #require(ShrunkMetric(data, width: 3))
        let all = (0..<4000).compactMap { row in
            metric.centred(data[row * 3..<row * 3 + 3]).map { metric.distance($0) }
        }
        #expect(abs(all.reduce(0, +) / 4000 - 3) < 0.3)
    }

    @Test("blames the channel that is off")
    func contributions() throws {
        let metric = try #require(ShrunkMetric(rows(2000), width: 3))
        let found = metric.contributions(try #require(metric.centred([0, 0, 15])))
        #expect(found[2] > 10 * (found[0] + found[1]))
        // What a channel adds is what the distance loses without it.
        let whole = metric.distance(try #require(metric.centred([1, 0, 9])))
        let without = metric.distance(try #require(metric.centred([1, 0, .nan])))
        let part = metric.contributions(try #require(metric.centred([1, 0, 9])))[2]
        #expect(abs(whole - without - part) < 1e-6 * whole)
    }

    @Test("shrinks more where there are fewer rows")
    func shrinkage() throws {
        let (few, many) = (
            try #require(ShrunkMetric(rows(12), width: 3)), try #require(ShrunkMetric(rows(2000), width: 3))
        )
        #expect(few.shrinkage > many.shrinkage)
    }
}
