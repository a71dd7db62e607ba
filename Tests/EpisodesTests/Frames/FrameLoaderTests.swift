import Basics
import Episodes
import Foundation
import Testing

@Suite("Windows of pictures")
struct FrameLoaderTests {
    private let frames = FrameExamples.frames(lengths: [7, 3, 12, 6])

    @Test("One thread and four give the same batches, and one that goes on gives the next")
    func order() throws {
        func batches(workers: Int, start: Int = 0, count: Int) throws -> [FrameBatch] {
            let loader = try FrameLoader(
                frames, options: .init(batch: 3, time: 2, skip: 2, seed: 5, columns: ["state"], workers: workers),
                startIndex: start)
            return try (0..<count).map { _ in try loader.next() }
        }
        let one = try batches(workers: 1, count: 20)
        let four = try batches(workers: 4, count: 20)
        let later = try batches(workers: 3, start: 12, count: 8)
        #expect(one.map(\.index) == Array(0..<20))
        for (a, b) in zip(one, four) {
            #expect(a.windows == b.windows && a.frames == b.frames && a.actions == b.actions && a.columns == b.columns)
        }
        #expect(later.map(\.windows) == one[12...].map(\.windows))
        #expect(later.map(\.frames) == one[12...].map(\.frames))
    }

    @Test("A window holds pictures so many rows apart and the actions between, of one episode", arguments: [1, 2, 3])
    func content(skip: Int) throws {
        let loader = try FrameLoader(
            frames, options: .init(batch: 4, time: 2, skip: skip, seed: 1, columns: ["state", "proprio"]))
        let size = frames.layout.frameSize.byteCount
        for _ in 0..<12 {
            let batch = try loader.next()
            #expect(batch.frames.count == 4 * 2 * size && batch.actions.count == 4 * 2 * skip * 3)
            for (place, window) in batch.windows.enumerated() {
                #expect(window.row + 2 * skip <= frames.layout.lengths[window.episode])
                for time in 0..<2 {
                    let frame = (place * 2 + time) * size
                    let row = window.row + time * skip
                    #expect(Array(batch.frames[frame..<frame + 2]) == [UInt8(window.episode), UInt8(row)])
                    for step in 0..<skip {
                        let action = ((place * 2 + time) * skip + step) * 3
                        #expect(
                            Array(batch.actions[action..<action + 2]) == [Float(window.episode), Float(row + step)])
                    }
                    let state = try frames.values(of: "state", episode: window.episode, rows: row..<row + 1)
                    #expect(Array(batch.columns[0][(place * 2 + time) * 2..<(place * 2 + time + 1) * 2]) == state)
                    let sense = try frames.values(of: "proprio", episode: window.episode, rows: row..<row + 1)
                    #expect([batch.columns[1][place * 2 + time]] == sense)
                }
            }
        }
    }

    @Test("Every window comes once in a round, in another order in the next")
    func rounds() throws {
        let loader = try FrameLoader(frames, options: .init(batch: 5, time: 3, seed: 9))
        // Lengths 7, 3, 12, 6 hold 5 + 1 + 10 + 4 windows of three rows.
        #expect(loader.windowCount == 20)
        let windows = try (0..<8).flatMap { _ in try loader.next().windows }
        #expect(Set(windows[..<20]).count == 20 && Set(windows[20...]) == Set(windows[..<20]))
        #expect(Array(windows[..<20]) != Array(windows[20...]))
        #expect(loader.nextIndex == 8)
        let other = try FrameLoader(frames, options: .init(batch: 5, time: 3, seed: 10))
        #expect(try other.next().windows != Array(windows[..<5]))
    }

    @Test("Windows in groups are of one episode each, led by those that come without groups, and the same again")
    func groups() throws {
        func windows(batch: Int, group: Int) throws -> [FrameWindow] {
            let loader = try FrameLoader(
                frames, options: .init(batch: batch, group: group, time: 2, skip: 2, seed: 5))
            return try (0..<30).flatMap { _ in try loader.next().windows }
        }
        let grouped = try windows(batch: 8, group: 4)
        let groups = stride(from: 0, to: grouped.count, by: 4).map { Array(grouped[$0..<$0 + 4]) }
        #expect(groups.allSatisfy { Set($0.map(\.episode)).count == 1 })
        #expect(groups.map { $0[0] } == (try windows(batch: 2, group: 1)))
        #expect(grouped == (try windows(batch: 8, group: 4)))
        // Every window of an episode comes in its groups, and none that would leave it.
        let rows = Set(grouped.filter { $0.episode == 2 }.map(\.row))
        #expect(rows == Set(0...8))
    }

    @Test("Where no action followed, the batch holds 0")
    func missingActions() throws {
        let frames = FrameExamples.frames(lengths: [4], endsWithoutAction: true)
        let batch = try FrameLoader(frames, options: .init(batch: 1, time: 2, skip: 2, seed: 0)).next()
        #expect(Array(batch.actions[9...]) == [0, 0, 0] && batch.actions[7] == 2)
    }

    @Test("Windows that fit nowhere are refused with the lengths")
    func tooLong() throws {
        let error = #expect(throws: ForesightError.self) {
            try FrameLoader(frames, options: .init(batch: 1, time: 5, skip: 3, seed: 0))
        }
        #expect(error?.message.contains("has 12 rows, a window of 5 pictures every 3 rows needs 15") == true)
        let column = #expect(throws: ForesightError.self) {
            try FrameLoader(frames, options: .init(batch: 1, time: 1, seed: 0, columns: ["stat"]))
        }
        #expect(column?.remedy == "did you mean state?")
    }

    @Test("No more batches are read ahead than asked for, and dropping the loader ends its threads")
    func bounds() throws {
        let counted = CountedFrames(frames)
        var loader: FrameLoader? = try FrameLoader(
            counted, options: .init(batch: 2, time: 1, seed: 0, workers: 2, ahead: 3))
        _ = try loader?.next()
        // One batch was taken, three lie ready: four of two windows.
        for _ in 0..<3000 where counted.reads.count < 8 { Thread.sleep(forTimeInterval: 0.01) }
        Thread.sleep(forTimeInterval: 0.1)
        #expect(counted.reads.count == 8)
        loader = nil
        Thread.sleep(forTimeInterval: 0.1)
        #expect(counted.reads.count == 8)
    }

    @Test("A file that cannot be read is told to whoever asks for the batch")
    func failure() throws {
        let broken = CountedFrames(frames, failsAt: 5)
        let loader = try FrameLoader(broken, options: .init(batch: 1, time: 1, seed: 0, workers: 1))
        for _ in 0..<5 { _ = try loader.next() }
        #expect(throws: ForesightError.self) { try loader.next() }
    }
}

/// A data set that counts how often pictures are read.
private struct CountedFrames: FrameDataset {
    final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var value = 0
        var count: Int { lock.withLock { value } }
        func next() -> Int {
            lock.withLock {
                value += 1
                return value
            }
        }
    }

    let reads = Counter()
    private let base: InMemoryFrames
    private let failsAt: Int

    init(_ base: InMemoryFrames, failsAt: Int = .max) {
        self.base = base
        self.failsAt = failsAt
    }
    var source: String { base.source }
    var layout: FrameLayout { base.layout }
    func readFrames(
        episode: Int, rows: Range<Int>, stride: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        guard reads.next() <= failsAt else { throw ForesightError.data("the disk is gone") }
        try base.readFrames(episode: episode, rows: rows, stride: stride, into: buffer)
    }
    func readColumn(
        _ column: Int, episode: Int, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws {
        try base.readColumn(column, episode: episode, rows: rows, into: buffer)
    }
}
