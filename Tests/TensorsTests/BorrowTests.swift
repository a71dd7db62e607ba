import Tensors
import Testing

@Suite struct BorrowTests {
    @Test("A borrowed array is read where it lies")
    func zeroCopy() {
        let values: [Float] = [1, 2, 3, 4, 5, 6]
        values.withUnsafeBufferPointer { source in
            Tensor.withBorrowed(values, shape: [2, 3]) { tensor in
                tensor.withFloats { #expect($0.baseAddress == source.baseAddress) }
                #expect(tensor.sum(dim: 0).floats() == [5, 7, 9])
            }
        }
    }

    @Test("A tensor is read where it lies, and a view in its order")
    func reading() {
        let tensor = Tensor([1, 2, 3, 4], shape: [2, 2])
        let first = tensor.withFloats { UInt(bitPattern: $0.baseAddress) }
        #expect(first == tensor.withFloats { UInt(bitPattern: $0.baseAddress) })
        #expect(tensor[1].withFloats { UInt(bitPattern: $0.baseAddress) } == first + 8)
        tensor.T.withFloats { #expect(Array($0) == [1, 3, 2, 4]) }
    }

    @Test("What is written to a mutable borrow is in the array")
    func writing() {
        var values: [Double] = [1, 2, 3]
        Tensor.withBorrowed(mutating: &values, shape: [3]) { _ = $0.mul_(2).add_(1) }
        #expect(values == [3, 5, 7])
    }

    @Test("An empty array can be borrowed")
    func empty() {
        #expect(Tensor.withBorrowed([Float](), shape: [0, 3]) { $0.shape } == [0, 3])
    }

    @Test("The result of the closure is its own")
    func results() {
        let sum = Tensor.withBorrowed([1, 2, 3] as [Float], shape: [3]) { $0 + 1 }
        #expect(sum.floats() == [2, 3, 4])
    }

    #if compiler(>=6.2)
        @Test("Keeping a borrowed tensor or a view of it stops the program")
        func keeping() async {
            await #expect(processExitsWith: .failure) {
                _ = Tensor.withBorrowed([1, 2] as [Float], shape: [2]) { $0 }.sum()
            }
            await #expect(processExitsWith: .failure) {
                _ = Tensor.withBorrowed([1, 2] as [Float], shape: [2]) { $0.unsqueezed(0) }.sum()
            }
            await #expect(processExitsWith: .failure) {
                let weight = Tensor([1, 1]).requiresGrad()
                // The product keeps its operand for the gradient.
                Tensor.withBorrowed([1, 2] as [Float], shape: [2]) { $0 * weight }.sum().backward()
            }
        }

        @Test("Writing to what was borrowed for reading stops the program")
        func writingToConstant() async {
            await #expect(processExitsWith: .failure) {
                Tensor.withBorrowed([1, 2] as [Float], shape: [2]) { _ = $0.add_(1) }
            }
        }
    #endif
}
