import Tensors
import Testing
import _TestSupport

@Suite struct ArithmeticTests {
    private let a = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])

    @Test("Operators work element by element")
    func operators() {
        let b = Tensor([2, 2, 2, 0.5, 0.5, 0.5], shape: [2, 3])
        #expect((a + b).floats() == [3, 4, 5, 4.5, 5.5, 6.5])
        #expect((a - b).floats() == [-1, 0, 1, 3.5, 4.5, 5.5])
        #expect((a * b).floats() == [2, 4, 6, 2, 2.5, 3])
        #expect((a / b).floats() == [0.5, 1, 1.5, 8, 10, 12])
        #expect((-a).floats() == [-1, -2, -3, -4, -5, -6])
    }

    @Test("A number stands on either side")
    func numbers() {
        #expect((a + 1).floats() == [2, 3, 4, 5, 6, 7])
        #expect((1 + a).floats() == (a + 1).floats())
        #expect((a - 1).floats() == [0, 1, 2, 3, 4, 5])
        #expect((1 - a).floats() == [0, -1, -2, -3, -4, -5])
        #expect((a * 2).floats() == (2 * a).floats())
        #expect((a / 2).floats() == [0.5, 1, 1.5, 2, 2.5, 3])
        #expect((60 / a).floats() == [60, 30, 20, 15, 12, 10])
    }

    @Test("Sizes of 1 are repeated and missing dimensions added in front")
    func broadcasting() {
        let row = Tensor([10, 20, 30])
        let column = Tensor([100, 200], shape: [2, 1])
        #expect((a + row).floats() == [11, 22, 33, 14, 25, 36])
        #expect((row + column).floats() == [110, 120, 130, 210, 220, 230])
        #expect((row + column).shape == [2, 3])
    }

    @Test("Whole numbers keep integer tensors integers, fractions do not")
    func integers() {
        let n = Tensor([1, 2, 3] as [Int64])
        #expect((n + 1).dtype == .int64)
        #expect((n * 3).int64s() == [3, 6, 9])
        #expect((10 - n).int64s() == [9, 8, 7])
        #expect((n * 0.5).dtype == .float32)
        #expect((n / 2).floats() == [0.5, 1, 1.5])
    }

    @Test("In-place functions change the tensor itself and return it")
    func inPlace() {
        let x = a.clone()
        #expect(x.add_(1) === x)
        x.mul_(2).add_(Tensor.ones([2, 3]), scale: -4)
        #expect(x.floats() == [0, 2, 4, 6, 8, 10])
        x.sub_(Tensor.ones([3])).div_(Tensor.full([2, 3], 2)).mul_(a)
        #expect(x.floats() == [-0.5, 1, 4.5, 10, 17.5, 27])
        x.zero_().addcmul_(a, a, scale: 2)
        #expect(x.floats() == [2, 8, 18, 32, 50, 72])
        x.fill_(1).addcdiv_(a, Tensor.full([2, 3], 2))
        #expect(x.floats() == [1.5, 2, 2.5, 3, 3.5, 4])
        x.copy_(a).lerp_(Tensor.zeros([2, 3]), 0.25)
        #expect(x.floats() == [0.75, 1.5, 2.25, 3, 3.75, 4.5])
        x.clamp_(min: 1, max: 4).sqrt_()
        #expect(isClose(x.floats(), ([1, 1.5, 2.25, 3, 3.75, 4] as [Float]).map { $0.squareRoot() }))
        #expect(a.floats() == [1, 2, 3, 4, 5, 6])
    }

    @Test("Bounds, choices and comparisons")
    func choices() {
        #expect(a.clamp(min: 2, max: 5).floats() == [2, 2, 3, 4, 5, 5])
        #expect(a.clamp(max: 3).floats() == [1, 2, 3, 3, 3, 3])
        #expect(a.clamp() === a)
        let b = Tensor.full([2, 3], 3.5)
        #expect(a.minimum(b).floats() == [1, 2, 3, 3.5, 3.5, 3.5])
        #expect(a.maximum(b).floats() == [3.5, 3.5, 3.5, 4, 5, 6])
        #expect(Tensor.where(a.less(b), a, b).floats() == a.minimum(b).floats())
        #expect(Tensor.where(a.greater(3), a, -1).floats() == [-1, -1, -1, 4, 5, 6])
        #expect(a.less(3).bools() == [true, true, false, false, false, false])
        #expect(a.lessEqual(3).bools() == [true, true, true, false, false, false])
        #expect(a.greaterEqual(Tensor([3, 3, 3])).bools() == [false, false, true, true, true, true])
        #expect(a.equal(2).bools() == [false, true, false, false, false, false])
        #expect(a.notEqual(a).any().item() == 0)
        #expect(a.less(3).logicalOr(a.greater(5)).logicalNot().bools() == [false, false, true, true, true, false])
        let odd = Tensor([1, .nan, .infinity, -.infinity])
        #expect(odd.isfinite().bools() == [true, false, false, false])
        #expect(odd.isnan().bools() == [false, true, false, false])
    }

    @Test("Identity is exact and NaN differs from itself; nearness has a tolerance")
    func sameness() {
        #expect(a.isIdentical(to: a.clone()))
        #expect(!a.isIdentical(to: a.reshaped([3, 2])))
        #expect(!a.isIdentical(to: a + 1e-6))
        #expect(a.isClose(to: a + 1e-6))
        #expect(!a.isClose(to: a + 1e-3))
        #expect(!Tensor([.nan]).isIdentical(to: Tensor([.nan])))
        #expect(!Tensor([.nan]).isClose(to: Tensor([.nan])))
    }
}
