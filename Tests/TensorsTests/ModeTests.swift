import Foundation
import Tensors
import Testing

@Suite struct ModeTests {
    private struct Stop: Error {}

    private func records() -> Bool { (Tensor([1]).requiresGrad() * 2).requiresGradient }

    @Test("Recording is off inside, back on outside, also after an error, and can be nested")
    func gradients() throws {
        #expect(records())
        withoutGradients {
            #expect(!records())
            withGradients { #expect(records()) }
            withoutGradients { #expect(!records()) }
            #expect(!records())
        }
        #expect(throws: Stop.self) { try withoutGradients { throw Stop() } }
        #expect(records())
    }

    @Test("Inference mode records nothing and ends with its scope")
    func inference() {
        let weight = Tensor([2]).requiresGrad()
        let made = withInferenceMode { weight * 3 }
        #expect(!made.requiresGradient)
        #expect(made.item() == 6)
        #expect(records())
        #expect(throws: Stop.self) { try withInferenceMode { throw Stop() } }
        #expect(records())
    }

    @Test("Modes belong to their thread")
    func threads() async {
        withoutGradients {
            #expect(!records())
            let done = DispatchSemaphore(value: 0)
            let box = Box()
            let thread = Thread {
                box.value = (Tensor([1]).requiresGrad() * 2).requiresGradient
                done.signal()
            }
            thread.start()
            done.wait()
            #expect(box.value)
            #expect(!records())
        }
    }

    // Written by one thread before the semaphore is signalled, read by the other after.
    private final class Box: @unchecked Sendable { var value = false }

    @Test("Autocast multiplies in bfloat16, takes losses in float32, and keeps parameters and gradients in float32")
    func autocast() {
        let a = Tensor.ones([4, 4]).requiresGrad()
        let b = Tensor.ones([4, 4]).requiresGrad()
        let product = withAutocast(.bfloat16) { a.matmul(b) }
        #expect(product.dtype == .bfloat16)
        #expect(withAutocast(.bfloat16) { a.linear(b).mseLoss(a.matmul(b)) }.dtype == .float32)
        product.to(dtype: .float32).sum().backward()
        #expect(a.grad?.dtype == .float32)
        #expect(a.grad?.floats() == [Float](repeating: 4, count: 16))
        #expect(a.matmul(b).dtype == .float32)
        withAutocast(.bfloat16) {
            withAutocast(.float32) { #expect(a.matmul(b).dtype == .float32) }
            #expect(a.matmul(b).dtype == .bfloat16)
        }
        #expect(throws: Stop.self) { try withAutocast(.bfloat16) { throw Stop() } }
        #expect(a.matmul(b).dtype == .float32)
    }

    @Test("Weights changed between two scopes of autocast are seen by the second")
    func autocastCache() {
        let a = Tensor.ones([2, 2])
        let weight = Tensor.ones([2, 2]).requiresGrad()
        #expect(withAutocast(.bfloat16) { a.matmul(weight) }.floats() == [2, 2, 2, 2])
        _ = withoutGradients { weight.fill_(3) }
        #expect(withAutocast(.bfloat16) { a.matmul(weight) }.floats() == [6, 6, 6, 6])
    }
}
