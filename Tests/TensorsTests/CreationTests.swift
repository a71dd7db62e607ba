import Tensors
import Testing
import _TestSupport

@Suite struct CreationTests {
    @Test("Arrays of every element type come back bit by bit")
    func roundTrips() {
        func check<Element: TensorElement & Equatable>(_ values: [Element]) {
            let tensor = Tensor(values, shape: [values.count / 2, 2])
            #expect(tensor.dtype == Element.dtype)
            #expect(tensor.values(as: Element.self) == values)
        }
        check([1.5, -.infinity, 3, .leastNonzeroMagnitude] as [Float])
        check([1.5, .pi, -1e300, 4] as [Double])
        check([.min, 1, 2, .max] as [Int64])
        check([.min, 1, 2, .max] as [Int])
        check([.min, 1, 2, .max] as [Int32])
        check([.min, 1, 2, .max] as [Int16])
        check([.min, 1, 2, .max] as [Int8])
        check([.min, 1, 2, .max] as [UInt8])
        check([true, false, false, true])
    }

    @Test("Bare numbers are single precision")
    func literals() {
        #expect(Tensor([1, 2, 3]).dtype == .float32)
        #expect(Tensor([1.5, 2], shape: [1, 2]).dtype == .float32)
        #expect(Tensor([1.5, 2] as [Double]).dtype == .float64)
    }

    @Test("A tensor says what it is")
    func description() {
        let x = Tensor.zeros([2, 0, 3], dtype: .bfloat16)
        #expect(x.shape == [2, 0, 3])
        #expect(x.rank == 3)
        #expect(x.count == 0)
        #expect(x.dtype == .bfloat16)
        #expect(x.device == .cpu)
        #expect(x.floats().isEmpty)
        #expect("\(Tensor.ones([2, 3]))" == "float32 [2, 3] on cpu")
        #expect(Tensor.ones([2, 3, 4]).strides == [12, 4, 1])
        let scalar = Tensor(scalar: 2.5)
        #expect(scalar.shape == [])
        #expect(scalar.item() == 2.5)
    }

    @Test("Regular contents")
    func contents() {
        #expect(Tensor.full([2, 2], 7, dtype: .int64).int64s() == [7, 7, 7, 7])
        #expect(Tensor.arange(2, 5).floats() == [2, 3, 4])
        #expect(Tensor.arange(0, 1, step: 0.25).floats() == [0, 0.25, 0.5, 0.75])
        #expect(Tensor.indices(3).int64s() == [0, 1, 2])
        #expect(Tensor.linspace(-1, 1, count: 5).floats() == [-1, -0.5, 0, 0.5, 1])
        #expect(Tensor.linspace(3, 9, count: 1).floats() == [3])
        #expect(Tensor.eye(2, 3).floats() == [1, 0, 0, 0, 1, 0])
        #expect(Tensor.empty([3, 4]).shape == [3, 4])
        let like = Tensor.ones(like: Tensor.zeros([2], dtype: .float64))
        #expect(like.dtype == .float64 && like.doubles() == [1, 1])
    }

    @Test("Conversions change the type and nothing else; without need they cost nothing")
    func conversions() {
        let x = Tensor([1.75, -2.5, 300])
        #expect(x.to(dtype: .float64).doubles() == [1.75, -2.5, 300])
        #expect(x.to(dtype: .int64).int64s() == [1, -2, 300])
        #expect(x.to(dtype: .bfloat16).floats() == [1.75, -2.5, 300])
        #expect(Tensor([1.0009765625]).to(dtype: .bfloat16).floats() == [1])
        #expect(x.to(dtype: .float32) === x)
        #expect(x.to(device: .cpu) === x)
        #expect(x.contiguous() === x)
        let turned = Tensor([1, 2, 3, 4], shape: [2, 2]).T
        #expect(!turned.isContiguous)
        #expect(turned.contiguous().isContiguous)
        #expect(turned.floats() == [1, 3, 2, 4])
    }

    @Test("A copy has memory of its own, a view has not")
    func sharing() {
        let x = Tensor([1, 2, 3, 4], shape: [2, 2])
        let copy = x.clone()
        let view = x[0]
        x.fill_(9)
        #expect(copy.floats() == [1, 2, 3, 4])
        #expect(view.floats() == [9, 9])
    }

    @Test("Names and sizes of types", arguments: DType.allCases)
    func types(dtype: DType) {
        let x = Tensor.zeros([3], dtype: dtype)
        #expect(x.dtype == dtype)
        x.withBytes { #expect($0.count == 3 * dtype.byteCount) }
        #expect(dtype.isFloatingPoint == [.float16, .bfloat16, .float32, .float64].contains(dtype))
    }
}
