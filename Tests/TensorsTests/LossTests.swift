import Foundation
import Tensors
import Testing
import _TestSupport

@Suite struct LossTests {
    private let prediction = Tensor([1, 2, 4])
    private let target = Tensor([1, 4, 1])

    @Test("Losses by hand, and how they are gathered")
    func byHand() {
        #expect(prediction.mseLoss(target, reduction: .none).floats() == [0, 4, 9])
        #expect(prediction.mseLoss(target, reduction: .sum).item() == 13)
        #expect(isClose(prediction.mseLoss(target).item(), 13.0 / 3))
        #expect(prediction.l1Loss(target, reduction: .none).floats() == [0, 2, 3])
        #expect(isClose(prediction.l1Loss(target).item(), 5.0 / 3))
        #expect(prediction.smoothL1Loss(target, reduction: .none).floats() == [0, 1.5, 2.5])
        #expect(prediction.smoothL1Loss(target, beta: 4, reduction: .none).floats() == [0, 0.5, 1.125])
    }

    @Test("Cross-entropy is the negative logarithm of the softmax, its gradient softmax minus target")
    func crossEntropy() {
        let logits = Tensor([1, 2, 3, 0, 0, 0] as [Double], shape: [2, 3]).requiresGrad()
        let classes = Tensor([2, 0] as [Int64])
        let loss = logits.crossEntropy(classes, reduction: .sum)
        let expected = log(exp(-2) + exp(-1) + 1) + log(3.0)
        #expect(isClose(loss.item(), expected, within: 1e-12))
        loss.backward()
        let hot = Tensor([0, 0, 1, 1, 0, 0] as [Double], shape: [2, 3])
        let wanted = logits.detached().softmax(dim: -1) - hot
        #expect(isClose(logits.grad?.doubles() ?? [], wanted.doubles(), within: 1e-12))
        #expect(isClose(logits.crossEntropy(hot, reduction: .sum).item(), expected, within: 1e-12))
        let smooth = logits.crossEntropy(classes, labelSmoothing: 0.3, reduction: .sum).item()
        let spread = -(logits.logSoftmax(dim: -1).mean().item()) * 2
        #expect(isClose(smooth, 0.7 * expected + 0.3 * spread, within: 1e-12))
    }

    @Test("Binary cross-entropy of logits does not overflow")
    func binary() {
        let logits = Tensor([0, 200, -200, 2])
        let target = Tensor([1, 0, 0, 0.25])
        let expected = [log(2.0), 200, 0, log1p(exp(-2)) + 0.75 * 2].map(Float.init)
        #expect(isClose(logits.binaryCrossEntropyWithLogits(target, reduction: .none).floats(), expected))
    }

    @Test("Cosine similarity is 1 along, 0 across, -1 against")
    func cosine() {
        let a = Tensor([1, 0, 1, 0, 1, 1], shape: [3, 2])
        let b = Tensor([5, 0, 0, 2, -1, -1], shape: [3, 2])
        #expect(isClose(a.cosineSimilarity(b).floats(), [1, 0, -1]))
    }
}
