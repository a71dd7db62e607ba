import Networks
import Tensors
import Testing

@testable import WorldModels

@Suite("VICReg", .enabled(if: torchIsSetUp))
struct VICRegTests {
    /// Samples `[2, N, D]` whose covariance is the identity, up to rounding.
    private func whitened(_ count: Int = 500, _ width: Int = 5) -> Tensor {
        let raw = Tensor.normal([2, count, width], using: TorchGenerator(seed: 4), dtype: .float64)
        return Tensor.stack(
            (0..<2).map { member in
                let centred = raw[member] - raw[member].mean(dim: 0, keepDim: true)
                let covariance = centred.transposed(0, 1).matmul(centred) * (1 / Double(count - 1))
                let (values, vectors) = covariance.eigh()
                return centred.matmul(vectors * values.rsqrt())
            }, dim: 0
        ).to(dtype: .float32)
    }

    @Test("Both terms vanish on whitened samples") func whitenedSamples() {
        let (variance, covariance) = VICReg.terms(whitened())
        #expect(variance.item() < 1e-6)
        #expect(covariance.item() < 1e-8)
    }

    @Test("The mean does not count") func mean() {
        let shift = Tensor([1, -4, 0, 20, 3] as [Float], shape: [5])
        let (variance, covariance) = VICReg.terms(whitened() + shift)
        #expect(variance.item() < 1e-5)
        #expect(covariance.item() < 1e-6)
    }

    @Test("A collapsed component costs nearly one over the number of components") func collapsed() {
        let scale = Tensor([1, 1, 0, 1, 1] as [Float], shape: [5])
        let variance = VICReg.terms(whitened() * scale).variance.item()
        // 1 − √ε of one component in five.
        #expect(abs(variance - 0.99 / 5) < 1e-4)
    }

    @Test("Spread above one costs nothing, spread of a half costs a half") func hinge() {
        #expect(VICReg.terms(whitened() * 4).variance.item() == 0)
        #expect(abs(VICReg.terms(whitened() * 0.5).variance.item() - 0.5) < 1e-3)
    }

    @Test("Two equal components cost two over their number") func duplicated() {
        let samples = whitened()
        let doubled = Tensor.concatenate([samples, samples.narrow(dim: 2, start: 0, length: 1)], dim: 2)
        #expect(abs(VICReg.terms(doubled).covariance.item() - 2.0 / 6) < 1e-4)
    }
}
