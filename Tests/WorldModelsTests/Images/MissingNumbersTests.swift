import Basics
import Episodes
import Networks
import Synchronization
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

/// The squares, and how many episodes of each column were read.
private final class CountedFrames: FrameDataset {
    private let frames = TinyImages.frames()
    private let reads = Mutex<[String: Int]>([:])

    var source: String { frames.source }
    var layout: FrameLayout { frames.layout }

    func readFrames(
        episode: Int, rows: Range<Int>, stride: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        try frames.readFrames(episode: episode, rows: rows, stride: stride, into: buffer)
    }

    func readColumn(
        _ column: Int, episode: Int, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        let name = layout.columns[column].name
        reads.withLock { $0[name, default: 0] += 1 }
        try frames.readColumn(column, episode: episode, rows: rows, into: buffer)
    }

    func count(_ column: String) -> Int { reads.withLock { $0[column] ?? 0 } }
}

@Suite("Recordings in which numbers are missing", .enabled(if: torchIsSetUp))
struct MissingNumbersTests {
    /// The squares with states and senses far from 0, of which these numbers are missing.
    private func frames(missing: (_ column: String, _ episode: Int, _ row: Int) -> Bool) throws -> InMemoryFrames {
        let whole = TinyImages.frames()
        let layout = whole.layout
        var frames = InMemoryFrames(frameSize: layout.frameSize, columns: layout.columns, source: "squares")
        for (index, length) in layout.lengths.enumerated() {
            var episode = try whole.episode(index)
            for (place, column) in layout.columns.enumerated() where column.name != FrameColumn.action {
                for row in 0..<length {
                    for number in 0..<2 { episode.columns[place][2 * row + number] += 1000 }
                    if missing(column.name, index, row) { episode.columns[place][2 * row + 1] = .nan }
                }
            }
            frames.append(episode)
        }
        return frames
    }

    @Test("Rows in which a number is missing count neither in readouts and bands nor in probes")
    func leftOut() throws {
        let training = try TinyImages.training(
            TinyImages.settings(steps: 1), frames { _, episode, row in (row + episode) % 3 == 0 })
        _ = try training.run(1)
        try training.learnHeads()
        let readout = try #require(training.readout)
        let (mean, deviation) = withoutGradients {
            (readout.network.outputs.value[0].doubles(), readout.network.outputs.value[1].doubles())
        }
        // A 0 in every third row would take them to 667 and 471.
        #expect(mean.allSatisfy { (1000...1012).contains($0) }, "\(mean)")
        #expect(deviation.allSatisfy { $0 < 7 }, "\(deviation)")
        let bands = try #require(readout.bands)
        // Of any three rows that follow each other one misses a number; runs of three steps take six rows.
        let starts = training.heldOut.layout.lengths.map { max(0, $0 - 6) }.reduce(0, +)
        #expect(bands.isConsistent && bands.predictions < starts, "\(bands.predictions) of \(starts)")
        let readings = try #require(training.health?.probe?.readings)
        #expect(readings.map(\.name) == ["x", "y"])
        #expect(readings.allSatisfy { $0.linearError.isFinite && $0.perceptronError.isFinite }, "\(readings)")
    }

    @Test("What is part of the representation may not be missing, and its episode and row are named")
    func sensed() throws {
        var settings = TinyImages.settings()
        settings.proprioception = true
        for episode in 0..<5 {
            // Held out or not.
            let gap = try frames { $0 == FrameColumn.proprioception && $1 == episode && $2 == 3 }
            let error = #expect(throws: ForesightError.self) { try TinyImages.training(settings, gap) }
            #expect(error?.code == .data)
            let words = "the column proprio of squares holds nan in row 3 of episode \(episode), both counted from 0"
            #expect(error?.message.hasPrefix(words) == true, "\(String(describing: error))")
            #expect(throws: Never.self) { try TinyImages.training(TinyImages.settings(), gap) }
        }
        let stateless = try frames { column, _, row in column == FrameColumn.state && row == 3 }
        #expect(throws: Never.self) { try TinyImages.training(settings, stateless) }
    }

    @Test(
        "An action is missing in the last row alone: elsewhere its episode and row are named, and nothing is learned",
        arguments: [
            (0, 0, Float.nan, "holds nan in row 0 of episode 0", "not what led to it"),
            (4, 3, Float.nan, "holds nan in row 3 of episode 4", "end the episode"),
            (2, 5, Float.infinity, "holds inf in row 5 of episode 2", "end the episode"),
            (2, 9, -Float.infinity, "holds -inf in row 9 of episode 2, both counted from 0", "end the episode"),
        ])
    func actions(episode: Int, row: Int, value: Float, words: String, remedy: String) throws {
        func frames(_ change: (inout [Float]) -> Void) throws -> InMemoryFrames {
            let whole = TinyImages.frames()
            var frames = InMemoryFrames(
                frameSize: whole.layout.frameSize, columns: whole.layout.columns, source: "squares")
            for index in whole.layout.lengths.indices {
                var copy = try whole.episode(index)
                if index == episode { change(&copy.columns[0]) }
                frames.append(copy)
            }
            return frames
        }
        let gap = try frames { $0[2 * row + 1] = value }
        let error = #expect(throws: ForesightError.self) { try TinyImages.training(TinyImages.settings(), gap) }
        #expect(error?.code == .data && error?.message.contains(words) == true, "\(String(describing: error))")
        #expect(error?.remedy.contains(remedy) == true, "\(String(describing: error))")
        let whole = try TinyImages.training(TinyImages.settings(steps: 1))
        _ = try whole.run(1)
        var model = whole.model()
        let labels = RegionLabels(gap.layout.lengths.map { [Float](repeating: 0, count: $0) })
        let region = #expect(throws: ForesightError.self) { try model.learnRegion("unsafe", labels: labels, in: gap) }
        #expect(region?.message == error?.message)
        let record = #expect(throws: ForesightError.self) { _ = try LatentRecord(model, gap) }
        #expect(record?.message == error?.message)
        // Nothing followed the last row.
        let usual = try frames { numbers in
            for place in numbers.indices.suffix(2) { numbers[place] = .nan }
        }
        #expect(throws: Never.self) { try TinyImages.training(TinyImages.settings(), usual) }
    }

    @Test("A region is not learned from a recording that lacks what the model sees beside the pictures")
    func region() throws {
        var settings = TinyImages.settings(steps: 1)
        settings.proprioception = true
        let training = try TinyImages.training(settings, TinyImages.frames())
        var model = training.model()
        let gap = try frames { $0 == FrameColumn.proprioception && $1 == 4 && $2 == 8 }
        let labels = RegionLabels(gap.layout.lengths.map { [Float](repeating: 0, count: $0) })
        let error = #expect(throws: ForesightError.self) { try model.learnRegion("unsafe", labels: labels, in: gap) }
        #expect(error?.message.contains("holds nan in row 8 of episode 4") == true, "\(String(describing: error))")
        let record = #expect(throws: ForesightError.self) { _ = try LatentRecord(model, gap) }
        #expect(record?.message.contains("holds nan in row 8 of episode 4") == true)
    }

    @Test("Where no row is left, training is refused before it begins")
    func nothingLeft() throws {
        let heldOut = Set(try TinyImages.training().heldOut.episodes)
        let cases: [(words: String, missing: (String, Int, Int) -> Bool)] = [
            (
                "no row that is learned from has all 2 numbers of the column state of squares",
                { column, _, _ in column == FrameColumn.state }
            ),
            (
                "no row that is learned from has all 2 numbers of the column proprio of squares",
                { column, episode, _ in column == FrameColumn.proprioception && !heldOut.contains(episode) }
            ),
            (
                "no row that is held out has all 2 numbers of the column state of squares",
                { column, episode, _ in column == FrameColumn.state && heldOut.contains(episode) }
            ),
            (
                // Steps of two rows: known is only the row that all runs start before.
                "no held-out row that is predicted 1 step ahead has all 2 numbers of the column proprio of squares",
                { column, episode, row in column == FrameColumn.proprioception && heldOut.contains(episode) && row > 1 }
            ),
        ]
        for (words, missing) in cases {
            let gaps = try frames(missing: missing)
            let error = #expect(throws: ForesightError.self) { try TinyImages.training(TinyImages.settings(), gaps) }
            #expect(error?.code == .data && error?.message == words, "\(String(describing: error))")
            #expect(error?.remedy.contains("leave the column out") == true)
        }
    }

    @Test("Before training no more is read of a column than the first episodes with a whole row")
    func reads() throws {
        let frames = CountedFrames()
        let settings = TinyImages.settings(steps: 1)
        _ = try ImageTraining(frames, actions: TinyImages.channels, samplingTime: 0.1, settings: settings)
        // One episode of what is learned from, and one of what is held out.
        for column in [FrameColumn.state, FrameColumn.proprioception] {
            #expect(frames.count(column) == 2, "\(column)")
        }
    }
}
