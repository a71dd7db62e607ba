import Basics
import Testing

@testable import Tensors

@Suite struct ErrorTests {
    @Test("A wrong shape at the edge is thrown with both shapes and the meaning")
    func shapes() throws {
        let actions = Tensor.zeros([4, 5, 2])
        try actions.requireShape([4, 5, 2], "actions of the rollout")
        try actions.requireShape([nil, 5, nil], "actions of the rollout")
        for wrong in [[nil, 6, 2], [4, 5], [4, 5, 2, 1]] as [[Int?]] {
            #expect(throws: ForesightError.self) { try actions.requireShape(wrong, "actions") }
        }
        let error = #expect(throws: ForesightError.self) {
            try actions.requireShape([nil, 6, 2], "actions of the rollout")
        }
        #expect(error?.code == .data)
        #expect(error?.message == "actions of the rollout: the shape is [4, 5, 2], expected [any, 6, 2]")
    }

    @Test("A wrong type and numbers that are not finite are thrown with the place")
    func contents() throws {
        let x = Tensor([1, 2, .nan, 4, .infinity, 6], shape: [2, 3])
        try x.requireDType(.float32, "readings")
        let type = #expect(throws: ForesightError.self) { try x.requireDType(.int64, "indices") }
        #expect(type?.message == "indices: the elements are float32, expected int64")
        try Tensor.ones([2]).requireFinite("state")
        let finite = #expect(throws: ForesightError.self) { try x.requireFinite("state") }
        #expect(finite?.message == "state: 2 of 6 elements are not finite, the first at [0, 2]")
        let scalar = #expect(throws: ForesightError.self) { try Tensor(scalar: .nan).requireFinite("loss") }
        #expect(scalar?.message == "loss: 1 of 1 elements are not finite")
    }

    @Test("Scopes name what a failed operation was for")
    func meaning() {
        let a = Tensor.zeros([3, 4])
        let b = Tensor.zeros([5, 6])
        let text = withMeaning("encoder") {
            withMeaning("block 2") { Tensor.failureMessage("matmul", [a, b], reason: "no fit") }
        }
        #expect(
            text
                == "matmul in encoder › block 2: no fit [operands: float32 [3, 4] on cpu, float32 [5, 6] on cpu]")
        #expect(Tensor.failureMessage("sum", [], reason: "why") == "sum: why")
    }

    #if compiler(>=6.2)
        @Test("An operator whose shapes do not fit stops the program with operation, scopes and both shapes")
        func stops() async throws {
            let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                withMeaning("predictor") { _ = Tensor.zeros([3, 4]).matmul(Tensor.zeros([5, 6])) }
            }
            let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
            #expect(text.contains("matmul in predictor: mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)"))
            #expect(text.contains("[operands: float32 [3, 4] on cpu, float32 [5, 6] on cpu]"))
        }

        @Test("An operator called by name stops alike")
        func stopsByName() async throws {
            let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = Tensor.zeros([2, 3]).gather(dim: 0, Tensor([9, 9, 9] as [Int64], shape: [1, 3]))
            }
            let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
            #expect(text.contains("gather: index 9 is out of bounds"))
            #expect(text.contains("[operands: float32 [2, 3] on cpu, int64 [1, 3] on cpu]"))
        }

        @Test("What would broadcast or shorten silently stops too")
        func silentMistakes() async {
            await #expect(processExitsWith: .failure) { _ = Tensor.zeros([3, 1]).mseLoss(Tensor.zeros([3])) }
            await #expect(processExitsWith: .failure) { _ = Tensor.zeros([3]).narrow(dim: 0, start: 1, length: 3) }
            await #expect(processExitsWith: .failure) { _ = Tensor.zeros([3])[3] }
            await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3], shape: [2, 2]) }
            await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2]).item() }
        }

        @Test("Blocks of a transformer stop at tokens of another shape instead of reading a part of them")
        func blocks() async throws {
            let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                let norm = [Tensor.ones([4]), Tensor.zeros([4])]
                let attention = [
                    Tensor.zeros([12, 4]), Tensor.zeros([12]), Tensor.zeros([4, 4]), Tensor.zeros([4]),
                ]
                let mlp = [Tensor.zeros([8, 4]), Tensor.zeros([8]), Tensor.zeros([4, 8]), Tensor.zeros([4])]
                let parameters = [norm, attention, norm, mlp, norm].flatMap { $0 }
                _ = Tensor.zeros([1, 2, 4, 3]).transformerBlocks(parameters, heads: 2, leading: 2, epsilon: 1e-6)
            }
            let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
            #expect(text.contains("transformerBlocks: tokens are [sequences, tokens, width] on the processor"))
            #expect(text.contains("not [1, 2, 4, 3] on cpu"))
        }

        @Test("The numbers of products can be asked for before anything else")
        func first() async {
            await #expect(processExitsWith: .success) { _ = Tensor.autocastType(on: .cpu) }
        }

        @Test("A tensor on a device that is not there stops with the device")
        func devices() async {
            await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2], device: .cuda(99)) }
        }
    #endif
}
