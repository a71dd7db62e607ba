import Foundation
import Networks
import Tensors
import Testing

@testable import WorldModels

@Suite("SIGReg", .enabled(if: torchIsSetUp))
struct SIGRegTests {
    /// The statistic over the number of samples: it tends to zero for Gaussian samples and to a distance for others.
    private func distance(_ samples: Tensor, seed: UInt64 = 5) -> Double {
        SIGReg.value(samples, directions: 64, using: TorchGenerator(seed: seed)).item() / Double(samples.size(1))
    }

    private func gaussian(_ count: Int, seed: UInt64 = 1) -> Tensor {
        Tensor.normal([1, count, 6], using: TorchGenerator(seed: seed))
    }

    /// Student's t with two degrees of freedom, scaled to its quartiles' spread of a Gaussian.
    private func heavyTailed(_ count: Int) -> Tensor {
        let generator = TorchGenerator(seed: 2)
        let normal = Tensor.normal([1, count, 6], using: generator)
        let uniform = Tensor.uniform([1, count, 1], using: generator).clamp(min: 1e-6)
        // A chi-squared variable with two degrees of freedom is exponential.
        let chi = uniform.log() * -2
        return normal / (chi * 0.5).sqrt() * 0.8
    }

    @Test("On Gaussian samples it falls as one over their number") func falls() {
        let (few, many) = (distance(gaussian(256)), distance(gaussian(8192)))
        #expect(few > 0)
        #expect(many < few / 8)
    }

    @Test("It rises on collapsed, stretched and heavy-tailed samples") func rises() {
        let count = 4096
        let healthy = distance(gaussian(count))
        #expect(distance(gaussian(count) * 0.01) > 100 * healthy)
        #expect(distance(gaussian(count) * 3) > 30 * healthy)
        #expect(distance(heavyTailed(count)) > 5 * healthy)
        // One dead component of six is enough.
        let alive = Tensor([1, 1, 1, 1, 1, 0.01] as [Float], shape: [6])
        #expect(distance(gaussian(count) * alive) > 5 * healthy)
    }

    @Test("For one component it is the formula, summed by hand") func formula() {
        let values: [Float] = [-1.3, 0.2, 2.1, 0.4]
        var expected = 0.0
        for knot in 0...16 {
            let t = Double(knot) * 3 / 16
            let phi = exp(-t * t / 2)
            let real = values.reduce(0.0) { $0 + cos(t * Double($1)) } / 4 - phi
            let imaginary = values.reduce(0.0) { $0 + sin(t * Double($1)) } / 4
            let weight = (knot == 0 || knot == 16 ? 0.5 : 1) * 2 * 3 / 16
            expected += weight * phi * (real * real + imaginary * imaginary)
        }
        let value = SIGReg.value(
            Tensor(values, shape: [1, 4, 1]), directions: 3, using: TorchGenerator(seed: 1)
        ).item()
        // A direction of one component is ±1, and the statistic does not know the sign.
        #expect(abs(value - 4 * expected) < 1e-5 * expected + 1e-6)
    }

    @Test("Its gradient spreads collapsed samples") func gradient() {
        let samples = (gaussian(256) * 0.05).detached().requiresGrad()
        SIGReg.value(samples, directions: 64, using: TorchGenerator(seed: 3)).backward()
        guard let gradient = samples.grad else {
            Issue.record("no gradient")
            return
        }
        // Against the gradient, samples move away from their mean.
        #expect((gradient * samples.detached()).sum().item() < 0)
    }
}
