import Networks
import Tensors
import Testing
import _TestSupport

@testable import Perception

@Suite("Keypoints of pictures", .enabled(if: torchIsSetUp))
struct KeypointEncoderTests {
    /// Maps with a hill each, `[1, centres, rows, columns]`; centres are in −1 to 1, across and down.
    private func hills(_ centres: [(Double, Double)], rows: Int, columns: Int, height: Double = 8) -> Tensor {
        var values: [Float] = []
        for (x, y) in centres {
            for row in 0..<rows {
                for column in 0..<columns {
                    let dx = (2 * Double(column) + 1) / Double(columns) - 1 - x
                    let dy = (2 * Double(row) + 1) / Double(rows) - 1 - y
                    // The logarithm of a normal distribution: the attention is that distribution.
                    values.append(Float(height - (dx * dx + dy * dy) / (2 * 0.12 * 0.12)))
                }
            }
        }
        return Tensor(values, shape: [1, centres.count, rows, columns])
    }

    @Test("A place is told to a hundredth of a pixel, between pixels too")
    func places() {
        // Pixels are 2 / 20 and 2 / 16 wide; the hills are far from the edges, where half of one would be cut off.
        let centres = [(0.013, -0.21), (-0.4, 0.307), (0.25, 0.25)]
        let told = KeypointEncoder.keypoints(of: hills(centres, rows: 16, columns: 20)).floats()
        for (index, centre) in centres.enumerated() {
            #expect(abs(Double(told[3 * index]) - centre.0) < 1e-3)
            #expect(abs(Double(told[3 * index + 1]) - centre.1) < 1e-3)
        }
        // All that a flat map tells is the middle, and its strength is the value.
        let flat = KeypointEncoder.keypoints(of: Tensor.ones([2, 1, 4, 6]) * 3).floats()
        #expect(zip(flat, [0, 0, 3, 0, 0, 3] as [Float]).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test("The strength is the mean of the map under its own softmax")
    func strength() {
        let values: [Float] = [0, 1, 2, -1]
        let told = KeypointEncoder.keypoints(of: Tensor(values, shape: [1, 1, 2, 2])).doubles()
        // e⁰, e¹, e², e⁻¹.
        let weights = [1, 2.718281828, 7.389056099, 0.367879441]
        let sum = 11.475217368
        let expected = (weights[1] + 2 * weights[2] - weights[3]) / sum
        let across = 0.5 * (weights[1] + weights[3] - weights[0] - weights[2]) / sum
        let down = 0.5 * (weights[2] + weights[3] - weights[0] - weights[1]) / sum
        #expect(abs(told[0] - across) < 1e-5 && abs(told[1] - down) < 1e-5)
        #expect(abs(told[2] - expected) < 1e-5)
    }

    @Test("Pictures of any sides that can be halved twice become representations, and all weights learn")
    func encodes() {
        for (height, width, inputs) in [(64, 64, 3), (16, 24, 6), (8, 8, 3)] {
            let encoder = KeypointEncoder(
                inputs: inputs, imageSize: [height, width], channels: [4, 6, 5], keypoints: 7, hiddenWidth: 11,
                width: 9,
                seed: Seed(2))
            let z = encoder(Tensor.normal([2, inputs, height, width], using: TorchGenerator(seed: 4)))
            #expect(z.shape == [2, 9] && encoder.width == 9)
            z.square().sum().backward()
            for (name, parameter) in encoder.namedParameters() {
                let gradient = parameter.gradient?.abs().sum().item() ?? 0
                #expect(gradient > 0, "\(name) learns nothing")
            }
        }
    }
}
