import Basics
import Testing

@testable import Benchmarking

@Suite("Intervals of the scoreboard of control")
struct ControlStatisticsTests {
    /// How many of 200 intervals of so many episodes hold the true ratio.
    private func held(_ episodes: Int) throws -> Int {
        var generator = SeededGenerator(seed: 5)
        return try (0..<200).count { trial in
            let pairs = (0..<episodes).map { _ -> (Double, Double) in
                let base = 1 + generator.uniform()
                return (1.2 * base + 0.3 * generator.normal(), base)
            }
            let interval = try #require(ControlStatistics.bootstrap(pairs, draws: 200, seed: UInt64(trial)))
            return interval.contains(1.2)
        }
    }

    @Test("The bootstrap's interval holds the true ratio about as often as it says")
    func coverage() throws {
        let held = try held(40)
        #expect((176...199).contains(held), "\(held) of 200")
    }

    @Test("Of five episodes it holds the true ratio less often than it says")
    func few() throws {
        let held = try held(5)
        #expect((150...184).contains(held), "\(held) of 200")
        #expect(ControlStatistics.fewest > 5)
    }

    @Test("Episodes that are all alike leave nothing open, and one alone says nothing")
    func alike() throws {
        let interval = try #require(ControlStatistics.bootstrap([(3, 2), (3, 2), (3, 2)]))
        #expect(interval == 1.5...1.5)
        #expect(ControlStatistics.bootstrap([(3, 2)]) == nil)
    }
}
