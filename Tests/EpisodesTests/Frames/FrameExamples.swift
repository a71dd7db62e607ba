import Basics
import Episodes
import Testing

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

    /// Episodes of smooth pictures, which formats with loss keep well; each row is brighter by 8 than the one before.
    static func smooth(lengths: [Int]) -> InMemoryFrames {
        let size = FrameSize(height: 16, width: 24)
        var result = InMemoryFrames(
            frameSize: size, columns: [FrameColumn(FrameColumn.action, width: 2)], source: "smooth")
        for (episode, length) in lengths.enumerated() {
            var pixels: [UInt8] = []
            for row in 0..<length {
                for y in 0..<size.height {
                    for x in 0..<size.width {
                        pixels += [UInt8(row * 8 + x * 4), UInt8(row * 8 + y * 6), UInt8(row * 8 + 40)]
                    }
                }
            }
            let actions = (0..<length * 2).map { Float(episode) + Float($0) / 8 }
            result.append(FrameEpisode(frames: pixels, columns: [actions]))
        }
        return result
    }

    /// Expects that two data sets hold the same to the last bit; NaN equals NaN.
    static func expectEqual(
        _ a: any FrameDataset, _ b: any FrameDataset, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(a.layout.lengths == b.layout.lengths, sourceLocation: sourceLocation)
        for (episode, length) in b.layout.lengths.enumerated() {
            for (rows, stride) in [
                (0..<length, 1), (1..<length, 2), (length - 1..<length, 3), (0..<length - 1, 4), (0..<length, 3),
            ] {
                let frames = try a.frames(episode: episode, rows: rows, stride: stride)
                #expect(
                    try frames == b.frames(episode: episode, rows: rows, stride: stride),
                    sourceLocation: sourceLocation)
                for column in b.layout.columns {
                    let values = try a.values(of: column.name, episode: episode, rows: rows)
                    let wanted = try b.values(of: column.name, episode: episode, rows: rows)
                    #expect(values.count == wanted.count, sourceLocation: sourceLocation)
                    #expect(
                        zip(values, wanted).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) },
                        "\(column.name) of episode \(episode)", sourceLocation: sourceLocation)
                }
            }
        }
    }
}
