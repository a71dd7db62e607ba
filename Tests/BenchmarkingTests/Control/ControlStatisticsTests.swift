import Basics
import Testing

@testable import Benchmarking

@Suite("Intervals of the scoreboard of control")
struct ControlStatisticsTests {
    @Test(
        "Clopper and Pearson's interval is that of scipy.stats.binomtest",
        arguments: [
            (0, 50, 0.0, 0.07112173), (1, 50, 0.00050622, 0.10646955), (5, 50, 0.03327509, 0.21813537),
            (25, 50, 0.35527297, 0.64472703), (10, 10, 0.69150289, 1.0), (3, 2000, 0.00030944, 0.00437732),
        ])
    func reference(count: Int, total: Int, low: Double, high: Double) {
        let interval = ControlStatistics.clopperPearson(count, of: total)
        #expect(abs(interval.lowerBound - low) < 1e-7 && abs(interval.upperBound - high) < 1e-7, "\(interval)")
    }

    @Test("At the ends of the interval so many or more, and so many or fewer, have a probability of 2.5 %")
    func definition() {
        let interval = ControlStatistics.clopperPearson(2, of: 12)
        func atMost(_ count: Int, _ rate: Double) -> Double {
            var (sum, ways) = (0.0, 1.0)
            for k in 0...count {
                sum += ways * power(rate, k) * power(1 - rate, 12 - k)
                ways *= Double(12 - k) / Double(k + 1)
            }
            return sum
        }
        #expect(abs(1 - atMost(1, interval.lowerBound) - 0.025) < 1e-9)
        #expect(abs(atMost(2, interval.upperBound) - 0.025) < 1e-9)
    }

    @Test("The bootstrap's interval holds the true ratio about as often as it says")
    func coverage() throws {
        var generator = SeededGenerator(seed: 5)
        var held = 0
        for trial in 0..<200 {
            let pairs = (0..<40).map { _ -> (Double, Double) in
                let base = 1 + generator.uniform()
                return (1.2 * base + 0.3 * generator.normal(), base)
            }
            let interval = try #require(ControlStatistics.bootstrap(pairs, draws: 200, seed: UInt64(trial)))
            if interval.contains(1.2) { held += 1 }
        }
        #expect((176...199).contains(held), "\(held) of 200")
    }

    @Test("Episodes that are all alike leave nothing open, and one alone says nothing")
    func alike() throws {
        let interval = try #require(ControlStatistics.bootstrap([(3, 2), (3, 2), (3, 2)]))
        #expect(interval == 1.5...1.5)
        #expect(ControlStatistics.bootstrap([(3, 2)]) == nil)
    }
}

private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { result, _ in result * base }
}
