import Basics
import Episodes
import Testing
import _TestSupport

@Suite("A picture is scaled by averages over areas")
struct PictureFileTests {
    @Test("Whole ratios are plain means, others share pixels by area") func means() {
        let row: [UInt8] = [0, 0, 0, 100, 10, 1, 50, 20, 3]
        let size = { FrameSize(height: 1, width: $0) }
        #expect(PictureFile.scaled(row, from: size(3), to: size(1)) == [50, 10, 1])
        // Two pixels of one and a half each: (0 + 50) / 1.5 and (50 + 50) / 1.5.
        #expect(PictureFile.scaled(row, from: size(3), to: size(2)) == [33, 3, 0, 67, 17, 2])
        let doubled = PictureFile.scaled(row, from: size(3), to: size(6))
        #expect(doubled.enumerated().allSatisfy { $1 == row[$0 / 6 * 3 + $0 % 3] })
        // Halves go to the even neighbour, as in NumPy.
        let column = FrameSize(height: 2, width: 1)
        #expect(PictureFile.scaled([1, 3, 5, 2, 4, 6], from: column, to: size(1)) == [2, 4, 6])
    }

    @Test("The mean of a picture stays", arguments: [(7, 5), (64, 64), (31, 90)])
    func mean(_ height: Int, _ width: Int) {
        var generator = SeededGenerator(seed: 1)
        let own = FrameSize(height: 40, width: 60)
        let pixels = (0..<own.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let scaled = PictureFile.scaled(pixels, from: own, to: FrameSize(height: height, width: width))
        let mean = { (values: [UInt8]) in values.reduce(0.0) { $0 + Double($1) } / Double(values.count) }
        #expect(abs(mean(scaled) - mean(pixels)) < 0.5)
        #expect(scaled.count == height * width * 3)
    }
}
