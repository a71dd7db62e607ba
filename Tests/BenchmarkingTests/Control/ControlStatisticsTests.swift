import Basics
import Testing

@testable import Benchmarking

@Suite("Intervals of the scoreboard of control")
struct ControlStatisticsTests {
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
