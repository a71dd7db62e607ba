import Episodes
import Testing

@Suite("Some episodes of a data set")
struct FrameSubsetTests {
    private let frames = FrameExamples.frames(lengths: [7, 3, 12, 6])

    @Test("Episodes are those that were named, in this order, with all that belongs to them")
    func content() throws {
        let subset = FrameSubset(frames, episodes: [2, 0])
        #expect(subset.layout.lengths == [12, 7] && subset.layout.rowCount == 19 && subset.source == "example")
        #expect(subset.layout.columns == frames.layout.columns && subset.layout.frameSize == frames.layout.frameSize)
        for (place, episode) in [2, 0].enumerated() {
            #expect(try subset.episode(place) == frames.episode(episode))
            let rows = 1..<6
            #expect(
                try subset.frames(episode: place, rows: rows, stride: 2)
                    == frames.frames(episode: episode, rows: rows, stride: 2))
            #expect(
                try subset.values(of: "state", episode: place, rows: rows)
                    == frames.values(of: "state", episode: episode, rows: rows))
        }
        // A subset of it counts within it, and the whole is as it was.
        #expect(try FrameSubset(subset, episodes: [1]).episode(0) == frames.episode(0))
        #expect(frames.layout.lengths == [7, 3, 12, 6])
        #expect(FrameSubset(frames, episodes: []).layout.lengths.isEmpty)
    }

    @Test("Windows come from its episodes alone")
    func windows() throws {
        let subset = FrameSubset(frames, episodes: [3, 2])
        let loader = try FrameLoader(subset, options: .init(batch: 7, time: 2, seed: 1))
        // 5 + 11 windows of two rows.
        #expect(loader.windowCount == 16)
        let size = frames.layout.frameSize.byteCount
        for _ in 0..<8 {
            let batch = try loader.next()
            for place in 0..<7 {
                let episode = batch.frames[place * 2 * size]
                #expect(episode == (batch.windows[place].episode == 0 ? 3 : 2))
            }
        }
    }
}
