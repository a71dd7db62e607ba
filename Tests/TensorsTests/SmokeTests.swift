import Tensors
import Testing

@Suite struct SmokeTests {
    @Test("Arithmetic, products and gradients work together") func together() {
        let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]).requiresGrad()
        let w = Tensor.ones([3, 2]) * 0.5
        let y = (x.matmul(w) + 1).square().sum()
        #expect(y.item() == 2 * 16 + 2 * 72.25)
        y.backward()
        #expect(x.grad?.floats() == [8, 8, 8, 17, 17, 17])
    }
}
