import Basics
import Foundation
import Testing

@testable import Monitoring

@Suite("Whether a plant has changed")
struct DriftTestTests {
    @Test(
        "Student's distribution is that of the tables",
        arguments: [
            (12.7062047, 1.0, 0.025), (2.2281389, 10.0, 0.025), (1.8124611, 10.0, 0.05), (3.2860387, 100.0, 0.0007),
            (0.0, 7.0, 0.5), (-2.2281389, 10.0, 0.975), (1.0, 1.0, 0.25),
        ])
    func student(t: Double, degrees: Double, tail: Double) {
        let found = StudentDistribution.tail(above: t, degrees: degrees)
        #expect(abs(found - tail) < 1e-6 + 1e-2 * min(tail, 1 - tail))
        #expect(abs(StudentDistribution.value(exceededWith: found, degrees: degrees) - t) < 1e-6)
    }

    @Test(
        "Values that are exceeded with a chance are those of the tables",
        arguments: [
            (0.025, 1.0, 12.7062047), (0.025, 2.0, 4.3026527), (0.025, 9.0, 2.2621572), (0.95, 10.0, -1.8124611),
        ])
    func exceeded(chance: Double, degrees: Double, value: Double) {
        #expect(abs(StudentDistribution.value(exceededWith: chance, degrees: degrees) - value) < 1e-6)
    }

    static func reference(seed: UInt64) throws -> SurpriseReference {
        var simulation = Simulation(seed: seed)
        return try #require(
            SurpriseReference([simulation.segment(2000)], scope: Simulation.scope, folds: 5))
    }

    @Test(
        "a plant that has not changed is said to have in no more records than may be, though errors far ahead overlap")
    func unchanged() throws {
        let reference = try Self.reference(seed: 1)
        // Without a tolerance the test is as strict as it can be.
        let strict = DriftTest(reference, tolerance: DriftTest.Tolerance(bias: 0, growth: 1))
        let tolerant = DriftTest(reference)
        var (alarms, tolerated) = (0, 0)
        for seed in 0..<60 {
            var simulation = Simulation(seed: UInt64(100 + seed))
            let segment = simulation.segment(400)
            let findings = strict.findings([segment])
            #expect(findings.count == 12)
            if findings[0].probability < 0.05 { alarms += 1 }
            if tolerant.findings([segment])[0].probability < 0.01 { tolerated += 1 }
        }
        // 3 of 60 are allowed on average; more than 7 come with a chance of 1 %.
        #expect(alarms <= 7)
        #expect(tolerated == 0)
    }

    @Test("what is normal is known from the steps of a log, not from the rows of all phases of a step")
    func phases() throws {
        var simulation = Simulation(seed: 1)
        let normal = simulation.segment(2000)
        var later = Simulation(seed: 7)
        var now = later.segment(600)
        now.residuals[0] = now.residuals[0].map { $0 + 0.35 }
        func probability(rowTime: Double) throws -> Double {
            var scope = Simulation.scope
            scope.rowTime = rowTime
            let reference = try #require(SurpriseReference([normal], scope: scope, folds: 5))
            return DriftTest(reference).findings([now])[0].probability
        }
        #expect(try probability(rowTime: 12) > 1.5 * probability(rowTime: 60))
    }

    @Test("a sensor that is off is found with its channel, its time and its size")
    func bias() throws {
        let reference = try Self.reference(seed: 1)
        var simulation = Simulation(seed: 7)
        var segment = simulation.segment(600)
        // The errors of 'c' one step ahead, off by 1.2 from row 250 on.
        for row in 250..<600 {
            for place in 0..<2 { segment.residuals[place][row * 3 + 2] += 1.2 }
        }
        let findings = DriftTest(reference).findings([segment])
        let first = findings[0]
        #expect(first.channel == "c" && first.kind == .bias && first.probability < 1e-3)
        let since = try #require(first.since)
        #expect(since.segment == 0 && abs(since.row - 250) <= 20)
        let expected = 1.2 * 350 / 600
        #expect(abs(first.bias.now - first.bias.normal - expected) < 0.15)
        let others = findings.filter { $0.channel != "c" }
        #expect(others.allSatisfy { $0.probability > 0.01 })
    }

    @Test("errors that have grown are found as such; those that were so from the beginning have no time")
    func growth() throws {
        let reference = try Self.reference(seed: 1)
        var simulation = Simulation(seed: 9)
        let whole = DriftTest(reference).findings([simulation.segment(600, noise: { _ in 2 })])
        let first = try #require(whole.first)
        #expect(first.kind == .size && first.probability < 1e-3 && first.since == nil)
        #expect(abs(first.growth - 2) < 0.2)
        let later = DriftTest(reference).findings([simulation.segment(900, noise: { $0 < 500 ? 1 : 2.5 })])
        let changed = try #require(later.first { $0.kind == .size })
        #expect(changed.probability < 0.01)
        #expect(abs((changed.since?.row ?? 0) - 500) <= 40)
    }

    @Test("p-values are corrected for the number of tests, in order, and too short a record has none")
    func correction() throws {
        let reference = try Self.reference(seed: 1)
        var simulation = Simulation(seed: 3)
        let findings = DriftTest(reference).findings([simulation.segment(400)])
        #expect(findings.map(\.probability) == findings.map(\.probability).sorted())
        #expect(findings.allSatisfy { $0.probability <= 1 })
        #expect(DriftTest(reference).findings([simulation.segment(30)]).isEmpty)
    }
}
