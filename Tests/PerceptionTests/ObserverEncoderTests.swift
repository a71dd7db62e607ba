import Networks
import Perception
import Tensors
import Testing

/// A transition `z' = a z + u` of width 1, for tests that can be done by hand.
private final class Scalar: LatentTransition {
    let width = 1
    let factor: Double
    init(_ factor: Double) { self.factor = factor }
    func drive(_ inputs: Tensor) -> LatentDrive { LatentDrive(parts: [inputs.unbind(dim: 2)], shared: []) }
    func next(_ z: Tensor, _ drive: LatentDrive, step: Int) -> Tensor { z * factor + drive.parts[0][step] }
}

@Suite("Observer encoder")
struct ObserverEncoderTests {
    private func encode(_ outputs: [Float], mask: [Float], inputs: [Float], gain: Float) -> [Double] {
        let encoder = ObserverEncoder(gain: Tensor([gain], shape: [1, 1, 1]))
        func row(_ values: [Float]) -> Tensor { Tensor(values, shape: [1, 1, values.count, 1]) }
        return encoder.encode(
            outputs: row(outputs), mask: row(mask), inputs: row(inputs), transition: Scalar(0.5), readout: { $0 }
        ).map { $0.item() }
    }

    @Test("A gain of one follows the measurements, a gain of zero the model")
    func extremes() {
        #expect(encode([1, 2, 3], mask: [1, 1, 1], inputs: [0, 0, 0], gain: 1) == [1, 2, 3])
        // 0, 0.5·0 + 4, 0.5·4 + 2: the last input leads beyond the window.
        #expect(encode([9, 9, 9], mask: [1, 1, 1], inputs: [4, 2, 7], gain: 0) == [0, 4, 4])
    }

    @Test("A missing measurement corrects nothing")
    func missing() {
        #expect(encode([8, 100, 6], mask: [1, 0, 1], inputs: [0, 0, 0], gain: 0.5) == [4, 2, 3.5])
    }
}
