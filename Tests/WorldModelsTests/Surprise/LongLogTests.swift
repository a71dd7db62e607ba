import Episodes
import Tensors
import Testing

@testable import WorldModels

@Suite("What is normal in a long log", .enabled(if: torchIsSetUp))
struct LongLogTests {
    /// Segments of so many rows, each of an episode of its own.
    private func table(_ lengths: [Int], episodes: [Int]? = nil) -> SignalTable {
        var start = 0
        let segments = lengths.enumerated().map { index, count -> SignalTable.Segment in
            defer { start += count }
            return SignalTable.Segment(start: start, count: count, episode: episodes?[index] ?? index, phase: 0)
        }
        // Nobody looks at rows here.
        let none = Tensor.zeros([1, 1])
        return SignalTable(outputs: none, mask: none, inputs: none, segments: segments)
    }

    private func kept(_ lengths: [Int], episodes: [Int]? = nil) -> [Int] {
        table(lengths, episodes: episodes).thinned(to: 50_000).segments.map { segment in
            episodes == nil ? segment.episode : segment.start
        }
    }

    @Test("It is taken from all of the log, so that no part of it is everything that there is")
    func spread() {
        let days = [Int](repeating: 20_000, count: 20)
        #expect(kept(days) == [7, 15])
        // The first days alone would all be of the part that one member left out.
        let channels = [Channel(name: "y", role: .observation)]
        let short = days.map { count in
            Episode(
                name: "day", channels: channels, samplingTime: 1, values: [Double](repeating: 0, count: count / 1000))
        }
        let folds = Folds(short, windowLength: 4, count: 5)
        #expect(Set([0, 1].map { folds.fold(episode: $0, sample: 0) }).count == 1)
        #expect(Set(kept(days).map { folds.fold(episode: $0, sample: 0) }).count == 2)
        let held = kept([Int](repeating: 700, count: 1000))
        #expect(held.count == 71 && held.first == 13 && held.last == 993)
    }

    @Test("Phases of one episode belong together")
    func phases() {
        #expect(table([5, 4, 3, 6], episodes: [0, 0, 1, 2]).phases == [[0, 1], [2], [3]])
        #expect(table([5, 4]).phases == [[0], [1]] && table([]).phases.isEmpty)
    }

    @Test("Days that are each too long give two, a short log all, and one episode its first phases")
    func edges() {
        #expect(kept([Int](repeating: 100_000, count: 12)) == [0, 6])
        #expect(kept([10_000, 20_000, 5_000]) == [0, 1, 2])
        #expect(kept([20_000, 20_000, 20_000], episodes: [0, 0, 0]) == [0, 20_000])
    }
}
