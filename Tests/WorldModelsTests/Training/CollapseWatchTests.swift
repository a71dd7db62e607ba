import Tensors
import Testing

@testable import WorldModels

@Suite("Health of representations", .enabled(if: torchIsSetUp))
struct CollapseWatchTests {
    private func samples(_ scale: [Float]) -> Tensor {
        Tensor.normal([4000, scale.count], using: TorchGenerator(seed: 1)) * Tensor(scale, shape: [scale.count])
    }

    @Test("The effective rank counts the directions in use") func rank() {
        let full = RepresentationHealth(samples([1, 1, 1, 1]))
        #expect(abs(full.effectiveRank - 4) < 0.02)
        #expect(abs(full.leastSpread - 1) < 0.05)
        #expect(full.meanCorrelation < 0.05)
        let flat = RepresentationHealth(samples([1, 1, 1e-6, 1e-6]))
        #expect(abs(flat.effectiveRank - 2) < 0.02)
        let base = samples([1])
        let copies = RepresentationHealth(Tensor.concatenate([base, base * 2, base * -1], dim: 1))
        #expect(abs(copies.effectiveRank - 1) < 0.01)
        #expect(copies.meanCorrelation > 0.999)
    }

    @Test("It warns of lost directions and of dead components, and of nothing else") func warnings() {
        let watch = CollapseWatch(start: RepresentationHealth(samples([1, 1, 1, 1])))
        #expect(watch.warning(RepresentationHealth(samples([2, 1, 0.5, 0.2]))) == nil)
        let lost = watch.warning(RepresentationHealth(samples([1, 0.03, 0.03, 0.03])))
        #expect(lost?.contains("of 4 directions are in use") == true)
        let dead = watch.warning(RepresentationHealth(samples([1, 1, 1, 0.001])))
        #expect(dead?.contains("a component of the representation collapses") == true)
        let broken = watch.warning(RepresentationHealth(samples([1, 1, 1, .nan])))
        #expect(broken?.contains("not a number") == true)
    }
}
