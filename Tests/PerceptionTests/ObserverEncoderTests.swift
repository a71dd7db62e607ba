import Networks
import Perception
import Tensors
import Testing

/// A transition `z' = a z + u` of width 1, for tests that can be done by hand.
private final class Scalar: LatentTransition {
    let width = 1
    let factor: Double
    init(_ factor: Double) { self.factor = factor }
    func drive(_ inputs: Tensor, after: Tensor?) -> LatentDrive {
        LatentDrive(parts: [inputs.unbind(dim: 2)], shared: [])
    }
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

    @Test("The first gain is the best linear guess of a state from one noisy row, and is used on the first row only")
    func firstGain() throws {
        // States of variance 4 about 3, measured with noise of variance 1: the best guess is 3 + 0.8 (y − 3).
        let generator = TorchGenerator(seed: 5)
        let states = Tensor.normal([1, 20_000, 1], using: generator) * 2 + 3
        let outputs = states + Tensor.normal([1, 20_000, 1], using: generator)
        let encoder = ObserverEncoder(gain: Tensor([0.25], shape: [1, 1, 1]))
        let present = Tensor.ones([1, 20_000, 1])
        try encoder.fitFirstGain(states: states, outputs: outputs, mask: present, readout: { $0 })
        #expect(abs(encoder.prior.value.item() - 3) < 0.05)
        #expect(abs(encoder.firstGain.value.item() - 0.8) < 0.02)
        func row(_ values: [Float]) -> Tensor { Tensor(values, shape: [1, 1, values.count, 1]) }
        let (prior, gain) = (encoder.prior.value.item(), encoder.firstGain.value.item())
        let encoded = encoder.encode(
            outputs: row([7, 1]), mask: row([1, 1]), inputs: row([0, 0]), transition: Scalar(0.5), readout: { $0 }
        ).map { $0.item() }
        let first = prior + gain * (7 - prior)
        #expect(abs(encoded[0] - first) < 1e-5)
        #expect(abs(encoded[1] - (0.5 * first + 0.25 * (1 - 0.5 * first))) < 1e-5)
    }

    @Test("A missing measurement corrects nothing")
    func missing() {
        #expect(encode([8, 100, 6], mask: [1, 0, 1], inputs: [0, 0, 0], gain: 0.5) == [4, 2, 3.5])
    }
}
