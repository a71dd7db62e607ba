import Basics
import Foundation
import Testing

@testable import Monitoring

@Suite("Surprise")
struct SurpriseTests {
    private func reference(_ count: Int, seed: UInt64, rho: Double = 0.8) throws -> SurpriseReference {
        var simulation = Simulation(seed: seed)
        simulation.rho = rho
        return try #require(SurpriseReference([simulation.segment(count)], scope: Simulation.scope, folds: 5))
    }

    /// The share of 4000 new normal rows below a probability, over several references.
    private func shares(_ count: Int, rho: Double, levels: [Double], seeds: Range<UInt64>) throws -> [Double] {
        var sums = [Double](repeating: 0, count: levels.count)
        for seed in seeds {
            let known = try reference(count, seed: seed, rho: rho)
            var other = Simulation(seed: seed + 1000)
            other.rho = rho
            let found = Simulation.probabilities(other.segment(4000), known).filter(\.isFinite)
            for (index, level) in levels.enumerated() {
                sums[index] += Double(found.count { $0 < level }) / Double(found.count) / Double(seeds.count)
            }
        }
        return sums
    }

    @Test("is uniform on new rows of the same plant", arguments: [(2000, 0.8), (500, 0.8), (500, 0.95)])
    func uniform(count: Int, rho: Double) throws {
        let levels = [0.5, 0.1, 0.01]
        let found = try shares(count, rho: rho, levels: levels, seeds: 1..<6)
        #expect(abs(found[0] - 0.5) < 0.15)
        #expect(found[1] > 0.05 && found[1] < 0.2)
        #expect(found[2] > 0.003 && found[2] < 0.03)
    }

    @Test("raises false alarms at the promised rate", arguments: [2, 8])
    func falseAlarms(perDay: Double) throws {
        let rate = FalseAlarms.perSecond(perDay / 86400)
        var (events, days) = (0, 0.0)
        for seed in UInt64(1)..<5 {
            let known = try reference(3000, seed: seed)
            var other = Simulation(seed: seed + 500)
            let segment = other.segment(10_000)
            var monitor = SurpriseMonitor(known)
            var tracker = EventTracker(threshold: known.threshold(rate), closing: SurpriseReference.closing)
            for row in 0..<segment.count {
                if case .began = tracker.step(time: Double(row) * 60, monitor.step(segment, row)) { events += 1 }
            }
            days += Double(segment.count) / 1440
        }
        let found = Double(events) / days
        #expect(found > perDay / 2.5 && found < perDay * 2.5)
    }

    @Test("counts the rows of an event as they come when a log is watched, phases of a step taking turns")
    func phases() throws {
        var simulation = Simulation(seed: 4)
        let segment = simulation.segment(2000)
        let plain = try #require(SurpriseReference([segment], scope: Simulation.scope, folds: 5))
        // Four rows to a step, whose phases tell the same: an event has four times as many rows, and there are no more events.
        var scope = Simulation.scope
        scope.rowTime = 15
        let four = [WatchedSegment](repeating: segment, count: 4)
        let known = try #require(SurpriseReference(four, scope: scope, folds: 5, phases: [[0, 1, 2, 3]]))
        #expect(plain.rowsPerEvent > 1)
        let times = known.rowsPerEvent / plain.rowsPerEvent
        #expect(times > 3 && times < 5.3, "\(times)")
        let rate = FalseAlarms.perSecond(1 / 86400)
        #expect(abs(known.threshold(rate) / plain.threshold(rate) / times - 0.25) < 1e-9)
    }

    @Test("orders rows of phases in time")
    func order() {
        let order = RowOrder(lengths: [3, 2, 2], phases: [[0, 1], [2]])
        #expect(order.episodes.map(\.rows) == [[0, 3, 1, 4, 2], [5, 6]])
        #expect(order.episodes.map(\.phases) == [2, 1] && order.phases == 2)
    }

    private func delay(
        noise: (Int) -> Double = { _ in 1 }, offset: (Int) -> Double = { _ in 0 }
    ) throws -> (rows: Int?, event: WatchEvent?) {
        let known = try reference(2000, seed: 3)
        var other = Simulation(seed: 77)
        let segment = other.segment(1500, noise: noise, offset: offset)
        var monitor = SurpriseMonitor(known)
        var tracker = EventTracker(
            threshold: known.threshold(.perSecond(1 / 604_800)), closing: SurpriseReference.closing)
        for row in 0..<segment.count {
            let change = tracker.step(time: Double(row) * 60, monitor.step(segment, row))
            if row < 500 { #expect(change == nil) }
            if row >= 500, case .began = change { return (row - 500, tracker.current) }
        }
        return (nil, nil)
    }

    @Test("notices a step at once, and says where")
    func step() throws {
        let found = try delay(offset: { $0 >= 500 ? 6 : 0 })
        #expect(try #require(found.rows) <= 2)
        let event = try #require(found.event)
        #expect(event.channels(["a", "b", "c", "u"]).first?.name == "b")
    }

    @Test("notices a shift as small as the noise, which no single row shows")
    func smallShift() throws {
        let found = try delay(offset: { $0 >= 500 ? 1 : 0 })
        #expect(try #require(found.rows) > 2)
        #expect(try #require(found.rows) <= 80)
    }

    @Test("notices a drift")
    func drift() throws {
        let found = try delay(offset: { $0 >= 500 ? 0.01 * Double($0 - 500) : 0 })
        #expect(try #require(found.rows) <= 120)
    }

    @Test("notices that noise has doubled")
    func scatter() throws {
        let found = try delay(noise: { $0 >= 500 ? 2 : 1 })
        #expect(try #require(found.rows) <= 40)
    }

    @Test("notices a controller that does something unusual")
    func inputs() throws {
        let known = try reference(2000, seed: 3)
        var other = Simulation(seed: 5)
        var segment = other.segment(600)
        for row in 300..<600 { segment.rows[row * 4 + 3] += 4 }
        let found = Simulation.probabilities(segment, known)
        #expect(found[300] < 1e-3)
        #expect((found[100..<299].min() ?? 0) > 1e-3)
    }

    @Test("does without a channel that is missing")
    func missing() throws {
        let known = try reference(2000, seed: 3)
        var other = Simulation(seed: 5)
        var segment = other.segment(2000)
        for row in 0..<2000 {
            segment.rows[row * 4 + 2] = .nan
            for horizon in 0..<2 { segment.residuals[horizon][row * 3 + 2] = .nan }
        }
        let found = Simulation.probabilities(segment, known).filter(\.isFinite)
        #expect(found.count > 1990)
        #expect(Double(found.count { $0 < 0.01 }) / Double(found.count) < 0.02)
    }

    @Test("is known from outputs that are never measured together")
    func outOfPhase() throws {
        var simulation = Simulation(seed: 3)
        var segment = simulation.segment(1000)
        for row in 0..<1000 { segment.rows[row * 4 + row % 2] = .nan }
        #expect(SurpriseReference([segment], scope: Simulation.scope, folds: 5) != nil)
    }

    @Test("comes back from JSON as it was")
    func coding() throws {
        let known = try reference(500, seed: 3)
        let text = try JSONText.encode(known)
        let read = try JSONText.decode(SurpriseReference.self, from: text, source: "test")
        #expect(read == known)
        #expect(read.isConsistent)
    }

    @Test("refuses too few rows")
    func few() {
        var simulation = Simulation(seed: 1)
        #expect(SurpriseReference([simulation.segment(30)], scope: Simulation.scope, folds: 5) == nil)
    }
}
