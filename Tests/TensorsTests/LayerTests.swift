import Foundation
import Tensors
import Testing
import _TestSupport

@Suite struct LayerTests {
    private func random(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
        Tensor.normal(shape, using: TorchGenerator(seed: seed), dtype: .float64)
    }

    private func near(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-10) -> Bool {
        isClose(a.doubles(), b.doubles(), within: tolerance)
    }

    @Test("A convolution over time is the sum of shifted products")
    func conv1d() {
        let (x, w, b) = (random([2, 3, 9]), random([4, 3, 3], seed: 2), random([4], seed: 3))
        let padded = x.padded([1, 1])
        var expected = b.reshaped([4, 1])
        for tap in 0..<3 {
            let window = padded.narrow(dim: 2, start: tap, length: 9)
            expected = expected + Tensor.einsum("oc,bct->bot", [w.select(dim: 2, index: tap), window])
        }
        #expect(near(x.conv1d(w, bias: b, padding: 1), expected))
        #expect(near(x.conv1d(w, bias: b, stride: 2, padding: 1), expected.strided(dim: 2, by: 2)))
        #expect(x.conv1d(w, dilation: 3).shape == [2, 4, 3])
    }

    @Test("A convolution over time and plane is a sum of convolutions over the plane")
    func conv3d() {
        let (x, w, b) = (random([2, 3, 6, 5, 4]), random([7, 3, 2, 3, 2], seed: 2), random([7], seed: 3))
        let y = x.conv3d(w, bias: b, stride: [2, 1, 2])
        #expect(y.shape == [2, 7, 3, 3, 2])
        for time in 0..<3 {
            var expected = b.reshaped([7, 1, 1])
            for tap in 0..<2 {
                let plane = x.select(dim: 2, index: 2 * time + tap)
                expected = expected + plane.conv2d(w.select(dim: 2, index: tap), stride: [1, 2])
            }
            #expect(near(y.select(dim: 2, index: time), expected))
        }
    }

    @Test("A convolution over the plane is a product with its patches")
    func conv2d() {
        let (x, w) = (random([2, 3, 6, 8]), random([5, 3, 2, 2], seed: 2))
        let patches = x.unfolded([2, 2])  // [2, 12, 12]
        let expected = w.reshaped([5, 12]).matmul(patches).reshaped([2, 5, 3, 4])
        #expect(near(x.conv2d(w, stride: [2, 2]), expected))
        #expect(x.conv2d(w, padding: [1, 0]).shape == [2, 5, 7, 7])
        #expect(random([1, 4, 5, 5]).conv2d(random([4, 2, 3, 3]), groups: 2).shape == [1, 4, 3, 3])
    }

    @Test("The transposed convolution is the adjoint: ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩")
    func adjoint() {
        let (x, w, y) = (random([1, 2, 6, 6]), random([3, 2, 2, 2], seed: 2), random([1, 3, 3, 3], seed: 3))
        let left = (x.conv2d(w, stride: [2, 2]) * y).sum().item()
        let right = (x * y.convTranspose2d(w, stride: [2, 2])).sum().item()
        #expect(isClose(left, right, within: 1e-10))
    }

    @Test("Pools take the greatest or the mean of each patch")
    func pools() {
        let x = Tensor.arange(16).reshaped([1, 1, 4, 4])
        #expect(x.maxPool2d([2, 2]).floats() == [5, 7, 13, 15])
        #expect(x.avgPool2d([2, 2]).floats() == [2.5, 4.5, 10.5, 12.5])
        #expect(x.maxPool2d([2, 2], stride: [1, 1]).shape == [1, 1, 3, 3])
    }

    @Test(
        "Interpolation keeps a constant plane, and bilinear a slope",
        arguments: [Tensor.Interpolation.nearest, .bilinear, .bicubic])
    func interpolation(_ kind: Tensor.Interpolation) {
        let constant = Tensor.full([1, 2, 5, 4], 3.5)
        for antialias in [false, true] {
            let y = constant.interpolated2d(to: (8, 3), kind, antialias: antialias)
            #expect(y.shape == [1, 2, 8, 3])
            #expect(isClose(y.floats(), [Float](repeating: 3.5, count: 48)))
        }
        let slope = Tensor.arange(8).reshaped([1, 1, 1, 8])
        let finer = slope.interpolated2d(to: (1, 16), .bilinear).floats()
        // Inside, centres of pixels lie a quarter before and after those of the coarse plane.
        let line = (1..<15).map { (position: Int) -> Float in (Float(position) + 0.5) / 2 - 0.5 }
        #expect(isClose(Array(finer[1..<15]), line))
        #expect(slope.interpolated2d(to: (1, 16), .nearest).floats() == (0..<16).map { Float($0 / 2) })
    }

    @Test("Norms bring to mean 0 and variance 1 what they say")
    func norms() {
        let x = random([6, 4, 5]) * 3 + 7
        let layer = x.layerNorm([5], epsilon: 0)
        #expect(layer.mean(dim: -1).abs().amax().item() < 1e-12)
        #expect(near(layer.variance(dim: -1, unbiased: false), Tensor.ones([6, 4], dtype: .float64)))
        let group = x.groupNorm(groups: 2, epsilon: 0).reshaped([6, 2, 10])
        #expect(group.mean(dim: -1).abs().amax().item() < 1e-12)
        #expect(near(group.variance(dim: -1, unbiased: false), Tensor.ones([6, 2], dtype: .float64)))
        let root = x.rmsNorm([5], epsilon: 0)
        #expect(near(root.square().mean(dim: -1), Tensor.ones([6, 4], dtype: .float64)))
        let (w, b) = (random([5], seed: 2), random([5], seed: 3))
        #expect(near(x.layerNorm([5], weight: w, bias: b, epsilon: 0), layer * w + b))
    }

    @Test("Batch norm uses the batch in training and keeps running statistics for later")
    func batchNorm() {
        let x = random([50, 3]) * 2 + 5
        let mean = Tensor.zeros([3], dtype: .float64)
        let variance = Tensor.ones([3], dtype: .float64)
        let y = x.batchNorm(
            weight: nil, bias: nil, runningMean: mean, runningVariance: variance, isTraining: true, epsilon: 0)
        #expect(y.mean(dim: 0).abs().amax().item() < 1e-12)
        #expect(near(mean, x.mean(dim: 0) * 0.1))
        #expect(near(variance, x.variance(dim: 0) * 0.1 + 0.9))
        let later = x.batchNorm(
            weight: nil, bias: nil, runningMean: mean, runningVariance: variance, isTraining: false, epsilon: 0)
        #expect(near(later, (x - mean) / variance.sqrt()))
    }

    @Test("Attention is a softmax of products; masks and causality hide")
    func attention() {
        let (q, k, v) = (random([2, 3, 4, 8]), random([2, 3, 4, 8], seed: 2), random([2, 3, 4, 8], seed: 3))
        let scores = q.matmul(k.T) / 8.0.squareRoot()
        #expect(near(Tensor.scaledDotProductAttention(q, k, v), scores.softmax(dim: -1).matmul(v)))
        let visible = Tensor.ones([4, 4]).tril().greater(0)
        let hidden = scores.maskedFill(visible.logicalNot(), -.infinity).softmax(dim: -1).matmul(v)
        #expect(near(Tensor.scaledDotProductAttention(q, k, v, mask: visible), hidden))
        #expect(near(Tensor.scaledDotProductAttention(q, k, v, causal: true), hidden))
        let bias = random([4, 4], seed: 4)
        #expect(
            near(
                Tensor.scaledDotProductAttention(q, k, v, mask: bias, scale: 1),
                (q.matmul(k.T) + bias).softmax(dim: -1).matmul(v)))
    }
}
