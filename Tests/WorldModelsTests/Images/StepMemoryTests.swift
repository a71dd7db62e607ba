import Episodes
import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("The errors of an episode correct what is predicted next", .enabled(if: torchIsSetUp))
struct StepMemoryTests {
    private func normal(_ shape: [Int], _ seed: UInt64) -> Tensor {
        Tensor.normal(shape, using: TorchGenerator(seed: seed))
    }

    @Test("A correction is the kernel regression of the errors")
    func formula() {
        var memory = StepMemory(reach: 0.7)
        let (z, actions, residuals) = (normal([3, 4], 1), normal([3, 2], 2), normal([3, 4], 3))
        for row in 0..<3 {
            memory.add(
                ObservedStep(
                    start: z.narrow(dim: 0, start: row, length: 1),
                    actions: actions.narrow(dim: 0, start: row, length: 1),
                    residual: residuals.narrow(dim: 0, start: row, length: 1)))
        }
        let (at, under) = (normal([5, 4], 4), normal([5, 2], 5))
        let found = memory.correction(at: at, actions: under).doubles()
        func row(_ tensor: Tensor, _ index: Int) -> [Double] { tensor[index].doubles() }
        func meanSquare(_ one: [Double], _ other: [Double]) -> Double {
            zip(one, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(one.count)
        }
        for candidate in 0..<5 {
            let weights = (0..<3).map { step in
                exp(
                    -0.5
                        * (meanSquare(row(at, candidate), row(z, step)) / (0.7 * 0.7)
                            + meanSquare(row(under, candidate), row(actions, step)) / (1.5 * 1.5)))
            }
            for number in 0..<4 {
                let sum = (0..<3).reduce(0.0) { $0 + weights[$1] * row(residuals, $1)[number] }
                #expect(abs(found[4 * candidate + number] - sum / (weights.reduce(0, +) + 0.3)) < 1e-5)
            }
        }
    }

    @Test("An error counts where it was made and not far away, and the more often the more")
    func nearAndFar() {
        var memory = StepMemory(reach: 0.1)
        let (here, still) = (Tensor.zeros([1, 2]), Tensor.zeros([1, 1]))
        #expect(memory.count == 0 && memory.correction(at: here, actions: still).doubles() == [0, 0])
        let step = ObservedStep(start: here, actions: still, residual: Tensor([1, -2] as [Float], shape: [1, 2]))
        memory.add(step)
        let once = memory.correction(at: here, actions: still).doubles()
        #expect(abs(once[0] - 1 / 1.3) < 1e-6 && abs(once[1] + 2 / 1.3) < 1e-6)
        #expect(memory.correction(at: here + 1, actions: still).doubles().allSatisfy { abs($0) < 1e-6 })
        #expect(memory.correction(at: here, actions: still + 10).doubles().allSatisfy { abs($0) < 1e-6 })
        for _ in 0..<9 { memory.add(step) }
        #expect(abs(memory.correction(at: here, actions: still).doubles()[0] - 10 / 10.3) < 1e-5)
    }

    @Test("The latest steps are kept")
    func capacity() {
        var memory = StepMemory(reach: 0.01)
        for step in 0..<100 {
            memory.add(
                ObservedStep(
                    start: Tensor.full([1, 2], Double(step)), actions: Tensor.zeros([1, 1]),
                    residual: Tensor.full([1, 2], 1)))
        }
        #expect(memory.count == StepMemory.capacity)
        func correction(_ place: Double) -> Double {
            memory.correction(at: Tensor.full([1, 2], place), actions: Tensor.zeros([1, 1])).doubles()[0]
        }
        #expect(correction(35) == 0 && correction(36) > 0.7 && correction(99) > 0.7)
    }

    @Test(
        "A rollout adds the correction to every step, whatever the predictor remembers",
        arguments: ["residual", "gru", "causal"])
    func rollout(predictor: String) throws {
        var sizes = TinyImages.architecture(stack: 1, block: 2)
        sizes.predictor = try #require(["residual": .residual, "gru": .recurrent, "causal": .causal][predictor])
        let network = ImageWorldModel.drawn(sizes, seed: Seed(2))
        network.setTraining(false)
        withInferenceMode {
            let (z, actions) = (normal([4, sizes.width], 6), normal([4, 3, sizes.blockActions], 7))
            let plain = network.rollout(from: z, actions: actions)
            var memory = StepMemory(reach: 1)
            let empty = network.rollout(from: z, actions: actions, memory: memory)
            #expect(zip(plain, empty).allSatisfy { $0.doubles() == $1.doubles() })
            memory.add(
                ObservedStep(
                    start: normal([1, sizes.width], 8), actions: normal([1, sizes.blockActions], 9),
                    residual: normal([1, sizes.width], 10)))
            let corrected = network.rollout(from: z, actions: actions, memory: memory)
            #expect(corrected.count == 3)
            // The first step is the plain one and its correction, the second goes on from there.
            let first = plain[0] + memory.correction(at: z, actions: actions.select(dim: 1, index: 0))
            #expect(isClose(corrected[0].floats(), first.floats(), within: 1e-5))
            var past = network.predictor.makeRollout()
            _ = past.next(z.unsqueezed(1), actions: actions.narrow(dim: 1, start: 0, length: 1))
            let next = past.next(first.unsqueezed(1), actions: actions.narrow(dim: 1, start: 1, length: 1))
            let second = next + memory.correction(at: first, actions: actions.select(dim: 1, index: 1))
            #expect(isClose(corrected[1].floats(), second.floats(), within: 1e-5))
            #expect(!isClose(corrected[1].floats(), plain[1].floats(), within: 1e-2))
        }
    }
}
