import Foundation
import Tensors
import Testing
import _TestSupport

@Suite struct ReductionTests {
    private let x = Tensor([3, 1, 2, 6, 5, 4], shape: [2, 3])

    @Test("Sums and means over all, one or many dimensions")
    func sums() {
        #expect(x.sum().item() == 21)
        #expect(x.sum(dim: 0).floats() == [9, 6, 6])
        #expect(x.sum(dim: 1, keepDim: true).shape == [2, 1])
        #expect(x.sum(dims: [0, 1]).item() == 21)
        #expect(x.mean().item() == 3.5)
        #expect(x.mean(dim: -1).floats() == [2, 5])
        #expect(x.mean(dims: [0], keepDim: true).shape == [1, 3])
    }

    @Test("The variance divides by n - 1, or by n")
    func variance() {
        let y = Tensor([2, 4, 4, 4, 5, 5, 7, 9] as [Double])
        #expect(y.variance(unbiased: false).item() == 4)
        #expect(isClose(y.variance().item(), 32.0 / 7))
        #expect(y.std(unbiased: false).item() == 2)
        #expect(isClose(y.std().item(), (32.0 / 7).squareRoot()))
        #expect(x.variance(dim: 1).floats() == [1, 1])
        #expect(x.std(dim: 0, unbiased: false).floats() == [1.5, 2, 1])
    }

    @Test("Extremes and where they are")
    func extremes() {
        #expect(x.amax().item() == 6)
        #expect(x.amin(dim: 1).floats() == [1, 4])
        #expect(x.amax(dims: [0], keepDim: true).floats() == [6, 5, 4])
        #expect(x.argmax().int64s() == [3])
        #expect(x.argmin(dim: 1).int64s() == [1, 2])
        #expect(x.argmax(dim: 0, keepDim: true).shape == [1, 3])
    }

    @Test("Norms: the sum, the Euclidean and the greatest")
    func norms() {
        let y = Tensor([3, -4, 0, 12], shape: [2, 2])
        #expect(y.norm().item() == 13)
        #expect(y.norm(order: 1, dim: 1).floats() == [7, 12])
        #expect(y.norm(order: .infinity).item() == 12)
        #expect(y.norm(dim: 1, keepDim: true).shape == [2, 1])
    }

    @Test("log Σ exp does not overflow")
    func logsumexp() {
        let y = Tensor([1000, 1000, -1000, -1000], shape: [2, 2])
        let expected = [1000 + log(2.0), -1000 + log(2.0)].map(Float.init)
        #expect(isClose(y.logsumexp(dim: 1).floats(), expected))
    }

    @Test("All and any")
    func truth() {
        let mask = x.greater(3)
        #expect(mask.any().item() == 1)
        #expect(mask.all().item() == 0)
        #expect(mask.all(dim: 1).bools() == [false, true])
        #expect(x.greater(5).any(dim: 0).bools() == [true, false, false])
    }

    @Test("Running sums and products")
    func running() {
        #expect(x.cumsum(dim: 1).floats() == [3, 4, 6, 6, 11, 15])
        #expect(x.cumprod(dim: 0).floats() == [3, 1, 2, 18, 5, 8])
    }

    @Test("Order, and where the elements were")
    func order() {
        let sorted = x.sort(dim: 1)
        #expect(sorted.values.floats() == [1, 2, 3, 4, 5, 6])
        #expect(sorted.indices.int64s() == [1, 2, 0, 2, 1, 0])
        #expect(x.argsort(dim: 0, descending: true).int64s() == [1, 1, 1, 0, 0, 0])
        let ties = Tensor([1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0])
        #expect(
            ties.argsort().int64s() == Array(stride(from: 1, to: 18, by: 2)) + Array(stride(from: 0, to: 18, by: 2)))
        let top = x.topk(2)
        #expect(top.values.floats() == [3, 2, 6, 5])
        #expect(top.indices.int64s() == [0, 2, 0, 1])
        #expect(x.topk(1, dim: 0, largest: false).values.floats() == [3, 1, 2])
    }

    @Test("Medians and quantiles")
    func quantiles() {
        #expect(x.median().item() == 3)
        #expect(x.median(dim: 1).floats() == [2, 5])
        #expect(x.quantile(0.5).item() == 3.5)
        #expect(x.quantile(0.25, dim: 1).floats() == [1.5, 4.5])
        #expect(x.quantile(1, dim: 0, keepDim: true).floats() == [6, 5, 4])
    }
}
