import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Batches of pictures", .enabled(if: torchIsSetUp))
struct ImageBatchTests {
    private let mean: [Float] = [0.485, 0.456, 0.406]
    private let deviation: [Float] = [0.229, 0.224, 0.225]

    @Test("Pictures are normalised as ImageNet is, each colour a plane")
    func scaling() {
        // Two pixels side by side: black with a full blue, and a grey.
        let planes = PictureScaling.normalised(Tensor([UInt8]([0, 0, 255, 128, 128, 128]), shape: [1, 1, 2, 3]))
        #expect(planes.shape == [1, 3, 1, 2] && planes.dtype == .float32)
        let wanted = [
            (0 - mean[0]) / deviation[0], (128.0 / 255 - mean[0]) / deviation[0], (0 - mean[1]) / deviation[1],
            (128.0 / 255 - mean[1]) / deviation[1], (1 - mean[2]) / deviation[2],
            (128.0 / 255 - mean[2]) / deviation[2],
        ]
        #expect(isClose(planes.floats(), wanted, within: 1e-6))
        // torchvision's Normalize of a white pixel: 2.2489, 2.4286, 2.6400.
        let white = PictureScaling.normalised(Tensor([UInt8](repeating: 255, count: 3), shape: [1, 1, 3]))
        #expect(isClose(white.floats(), [2.2489083, 2.4285715, 2.64], within: 1e-6))
    }

    /// A batch whose every picture has one colour: its window, its place in the window, 3 for blue.
    private func told(windows: Int, pictures: Int) -> ImageBatch {
        var (bytes, actions): ([UInt8], [Float]) = ([], [])
        for window in 0..<windows {
            for time in 0..<pictures {
                for _ in 0..<4 { bytes += [UInt8(10 * window), UInt8(10 * time), 3] }
                if time < pictures - 1 { actions += [Float(window), Float(time)] }
            }
        }
        return ImageBatch(
            pictures: Tensor(bytes, shape: [windows, pictures, 2, 2, 3]),
            actions: Tensor(actions, shape: [windows, pictures - 1, 2]))
    }

    @Test(
        "Stacked pictures are windows of pictures, the oldest first, each with all its colours", arguments: [1, 2, 3])
    func stacking(stack: Int) {
        let (windows, pictures) = (2, 5)
        let batch = told(windows: windows, pictures: pictures)
        let stacked = batch.stacked(stack)
        let count = pictures - stack + 1
        #expect(stacked.shape == [windows * count, 3 * stack, 2, 2])
        let pixels = stacked.floats()
        for window in 0..<windows {
            for time in 0..<count {
                for plane in 0..<3 * stack {
                    let colour = plane % 3
                    let seen = time + plane / 3
                    let byte = colour == 0 ? 10 * window : colour == 1 ? 10 * seen : 3
                    let wanted = (Float(byte) / 255 - mean[colour]) / deviation[colour]
                    let first = ((window * count + time) * 3 * stack + plane) * 4
                    for pixel in pixels[first..<first + 4] { #expect(abs(pixel - wanted) < 1e-5) }
                }
            }
        }
        // From each stacked picture, by the action that was done when its latest picture had been seen.
        let driving = batch.driving(stack)
        #expect(driving.shape == [windows, count - 1, 2])
        var wanted: [Float] = []
        for window in 0..<windows {
            for time in 0..<count - 1 { wanted += [Float(window), Float(time + stack - 1)] }
        }
        #expect(driving.floats() == wanted)
    }

    @Test("Actions get mean 0 and deviation 1, whole blocks at once; one that never moved is left as it is")
    func actions() {
        var values: [Float] = []
        for row in 0..<8 { values += [Float(row), 7, row % 2 == 0 ? -3 : 1] }
        for (constant, rows) in [(Float(20.3), 20_000), (250.7, 3000), (30_000.7, 2000)] {
            let still = ActionScaling(actions: [Float](repeating: constant, count: rows), count: 1)
            #expect(still.mean == [constant] && still.deviation == [1])
        }
        let scaling = ActionScaling(actions: values, count: 3)
        #expect(isClose(scaling.mean, [3.5, 7, -1], within: 1e-6))
        // Of 0 … 7: √(63 / 12) = 2.2913; of −3 and 1: 2.
        #expect(isClose(scaling.deviation, [2.2912878, 1, 2], within: 1e-6))
        let block = scaling.normalised(Tensor([Float]([0, 7, -3, 7, 8, 1]), shape: [1, 6])).floats()
        #expect(isClose(block, [-1.5275252, 0, -1, 1.5275252, 1, 1], within: 1e-6))
        let all = scaling.normalised(Tensor(values, shape: [4, 6])).reshaped([8, 3])
        #expect(isClose(all.mean(dim: 0).floats(), [0, 0, 0], within: 1e-6))
        #expect(isClose(all.std(dim: 0, unbiased: false).floats(), [1, 0, 1], within: 1e-6))
    }
}
