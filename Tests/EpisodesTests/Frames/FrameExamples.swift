import Basics
import Episodes

/// Small data sets whose every value tells where it belongs.
enum FrameExamples {
    static let size = FrameSize(height: 5, width: 4)

    /// Episodes of given lengths; the first bytes of a picture are its episode and row, an action begins with its
    /// episode and row, the others are random.
    static func frames(
        lengths: [Int] = [7, 3, 12], size: FrameSize = size, endsWithoutAction: Bool = false, seed: UInt64 = 3
    ) -> InMemoryFrames {
        var generator = SeededGenerator(seed: seed)
        var result = InMemoryFrames(
            frameSize: size,
            columns: [
                FrameColumn(FrameColumn.action, width: 3), FrameColumn(FrameColumn.proprioception, shape: []),
                FrameColumn(FrameColumn.state, width: 2),
            ], source: "example")
        for (episode, length) in lengths.enumerated() {
            var pixels: [UInt8] = []
            var columns: [[Float]] = [[], [], []]
            for row in 0..<length {
                pixels += [UInt8(episode), UInt8(row)]
                pixels += (2..<size.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
                columns[0] += [Float(episode), Float(row), Float(generator.normal())]
                columns[1].append(Float(generator.normal()))
                columns[2] += [Float(generator.normal()), Float(generator.normal())]
            }
            if endsWithoutAction {
                columns[0].replaceSubrange((length - 1) * 3..<length * 3, with: [.nan, .nan, .nan])
            }
            result.append(FrameEpisode(frames: pixels, columns: columns))
        }
        return result
    }
}
