import Basics
import Episodes
import Foundation
import Testing

@testable import Identification

/// What `Fixtures/identification/record_prior.py` computes with matrices over all rows.
struct RecordPriorFixture: Decodable {
    var order, known: Int
    var ridge, logOdds, weight: Double
    var trainedOutputs, trainedInputs, outputs, inputs, ahead, truth, theta, noise, covariance, excitation: [Double]
    var outputMean, outputScale, inputMean, inputScale: [Double]
    var normals, deviation, base, change, variance: [Double]

    static func load() throws -> RecordPriorFixture {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = try Data(contentsOf: root.appendingPathComponent("Fixtures/identification/record_prior.json"))
        return try JSONDecoder().decode(RecordPriorFixture.self, from: data)
    }

    static let channels = [
        Channel(name: "T1", role: .observation), Channel(name: "T2", role: .observation),
        Channel(name: "Q1", role: .action), Channel(name: "Q2", role: .action),
    ]

    func episode(_ outputs: [Double], _ inputs: [Double]) -> Episode {
        var values: [Double] = []
        for row in 0..<outputs.count / 2 {
            let cells = 2 * row..<2 * row + 2
            values += outputs[cells] + inputs[cells]
        }
        return Episode(name: "record", channels: Self.channels, samplingTime: 6, values: values)
    }

    func prior() throws -> RecordPrior {
        try RecordPrior(
            fitting: [episode(trainedOutputs, trainedInputs)], layout: SignalLayout(channels: Self.channels),
            order: order, ridge: ridge)
    }

    func estimate(
        _ prior: RecordPrior, differences: RecordDifferences = RecordDifferences(), outputs other: [Double]? = nil
    ) -> RecordEstimate {
        RecordEstimate(
            prior, outputs: other ?? outputs, inputs: inputs, actions: 2, differences: differences, horizon: 50)
    }
}

@Suite("Estimate of another record") struct RecordEstimateTests {
    private func expectNear(
        _ values: [Double], _ expected: [Double], _ tolerance: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(values.count == expected.count, sourceLocation: sourceLocation)
        let size = expected.map(abs).max() ?? 1
        let worst = zip(values, expected).map { (left, right) -> Double in abs(left - right) }.max() ?? 0
        #expect(worst <= tolerance * size, "differ by \(worst) of \(size)", sourceLocation: sourceLocation)
    }

    @Test("The model of a record and its uncertainty are those of the fixture")
    func prior() throws {
        let fixture = try RecordPriorFixture.load()
        let prior = try fixture.prior()
        expectNear(prior.model.parameters.elements, fixture.theta, 1e-7)
        expectNear(prior.noise, fixture.noise, 1e-6)
        expectNear(prior.covariance.elements, fixture.covariance, 1e-6)
        expectNear(prior.excitation, fixture.excitation, 1e-7)
        #expect(prior.isConsistent)
    }

    @Test("Deviation, evidence, change and variance are those of the fixture")
    func estimate() throws {
        let fixture = try RecordPriorFixture.load()
        let estimate = fixture.estimate(try fixture.prior())
        #expect(estimate.rows == fixture.known - fixture.order)
        #expect(estimate.reason == nil)
        #expect(abs(estimate.weight - fixture.weight) < 1e-6)
        #expect(estimate.weight > 0.1 && estimate.weight < 0.9)
        expectNear(estimate.deviation.elements, fixture.deviation, 1e-6)
        expectNear(estimate.change(inputs: fixture.ahead), fixture.change, 1e-6)
        expectNear(estimate.variance(inputs: fixture.ahead, normals: fixture.normals), fixture.variance, 1e-5)
    }

    @Test("The change is affine in the inputs, with the impulses as its slope")
    func affine() throws {
        let fixture = try RecordPriorFixture.load()
        let estimate = fixture.estimate(try fixture.prior())
        let plain = estimate.change(inputs: fixture.ahead)
        let impulses = estimate.impulses(horizon: 50)
        var pushed = fixture.ahead
        pushed[2 * 7 + 1] += 30
        pushed[2 * 20] -= 12
        let moved = estimate.change(inputs: pushed)
        let predicted = plain.indices.map { index in
            let (step, output) = (index / 2, index % 2)
            let second = step >= 7 ? 30 * impulses[((step - 7) * 2 + output) * 2 + 1] : 0
            let first = step >= 20 ? -12 * impulses[((step - 20) * 2 + output) * 2] : 0
            return plain[index] + first + second
        }
        expectNear(moved, predicted, 1e-9)
        #expect(zip(moved, plain).contains { abs($0 - $1) > 0.01 })
    }

    @Test("Missing samples are left out, and short histories say that nothing is known")
    func gaps() throws {
        let fixture = try RecordPriorFixture.load()
        let prior = try fixture.prior()
        var holes = fixture.outputs
        holes[2 * 20] = .nan
        let estimate = fixture.estimate(prior, outputs: holes)
        // The row itself and those that have it among their lags; the other output of the row still counts.
        #expect(estimate.rows == fixture.known - fixture.order - fixture.order)
        #expect(estimate.weight.isFinite && estimate.change(inputs: fixture.ahead).allSatisfy(\.isFinite))
        let single = RecordEstimate(
            prior, outputs: [24, 24], inputs: [50, 50], actions: 2, differences: RecordDifferences(), horizon: 50)
        #expect(single.rows == 0 && single.weight == 0.5 && single.deviation.elements.allSatisfy { $0 == 0 })
        #expect(single.change(inputs: fixture.ahead).allSatisfy { $0 == 0 })
        let variance = single.variance(inputs: fixture.ahead, normals: fixture.normals)
        #expect(variance[98] > 1, "records of another day differ by more than a degree after five minutes")
    }

    @Test("An adapted model that would grow, or move predictions out of all range, is not used, with the reason")
    func refusals() throws {
        let fixture = try RecordPriorFixture.load()
        let prior = try fixture.prior()
        // Temperatures that run away as none did in training.
        let runaway = (0..<fixture.known).flatMap { row -> [Double] in
            let value = 30 + 2 * exp(0.09 * Double(row))
            return [value, value]
        }
        var wide = RecordDifferences()
        (wide.offset, wide.gain, wide.loss) = (0, 0, 30)
        let estimate = fixture.estimate(prior, differences: wide, outputs: runaway)
        #expect(estimate.weight == 0)
        let reason = try #require(estimate.reason)
        #expect(reason.contains("grow"), "\(reason)")
        #expect(estimate.change(inputs: fixture.ahead).allSatisfy { $0 == 0 })
        #expect(estimate.variance(inputs: fixture.ahead, normals: fixture.normals).allSatisfy { $0 == 0 })

        let hot = fixture.outputs.enumerated().map { index, value -> Double in value + 40 * Double(index / 2) }
        var free = RecordDifferences()
        (free.offset, free.gain, free.loss) = (1000, 0, 0)
        let far = fixture.estimate(prior, differences: free, outputs: hot)
        #expect(far.weight == 0)
        #expect(far.reason != nil)
    }

    @Test("A damaged prior is told")
    func consistency() throws {
        let prior = try RecordPriorFixture.load().prior()
        var negative = prior.covariance
        negative[3, 3] = -1
        let damaged = RecordPrior(
            model: prior.model, noise: prior.noise, covariance: negative, excitation: prior.excitation)
        #expect(!damaged.isConsistent)
        let short = RecordPrior(
            model: prior.model, noise: [1], covariance: prior.covariance, excitation: prior.excitation)
        #expect(!short.isConsistent)
    }
}
