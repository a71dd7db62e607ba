import Basics
import Foundation
import Testing

@testable import Episodes

/// A log of episodes that count their samples, `[observation, action]`.
private func counting(_ counts: [Int], files: [Range<Int>]? = nil, starts: [Double]? = nil) -> LoadedLog {
    let channels = [Channel(name: "y", role: .observation), Channel(name: "u", role: .action)]
    let episodes = counts.enumerated().map { index, count in
        Episode(
            name: "e\(index)", channels: channels, samplingTime: 1,
            values: (0..<count).flatMap { [Double($0 + 1000 * index), Double($0)] }, startTime: starts?[index] ?? 0)
    }
    let ranges = files ?? counts.indices.map { $0..<$0 + 1 }
    return LoadedLog(
        episodes: episodes, channels: channels, samplingTime: 1,
        files: ranges.map {
            LoadedLog.File(
                source: "f", rowCount: 0, sampling: SamplingReport(samplingTime: 1, count: 2), hasTimes: true,
                episodes: $0,
                notes: [])
        }, ignoredColumns: [], hasRoles: true, warnings: [])
}

private func parts(_ split: DataSplit) -> [[EpisodeSlice]] {
    [split.train, split.validation, split.calibration, split.test]
}

@Suite("Splits, windows and normalisation")
struct SplitAndWindowTests {
    @Test("By time, parts follow each other with a window left out where a cut falls inside an episode")
    func byTime() throws {
        var generator = SeededGenerator(seed: 1)
        let settings = SplitSettings(mode: .byTime, train: 0.6, validation: 0.2, calibration: 0.1, test: 0.1)
        let split = try DataSplit(counting([1000]), settings: settings, window: 20, using: &generator)
        #expect(parts(split).map { $0.map(\.rows) } == [[0..<600], [620..<800], [820..<900], [920..<1000]])
        let two = try DataSplit(counting([600, 400]), settings: settings, window: 20, using: &generator)
        #expect(two.train == [EpisodeSlice(episode: 0, rows: 0..<600)])
        #expect(two.validation == [EpisodeSlice(episode: 1, rows: 0..<200)])
        #expect(two.calibration == [EpisodeSlice(episode: 1, rows: 220..<300)])
    }

    @Test("No sample is in two parts and no window of one part touches another", arguments: 0..<20)
    func noLeak(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let counts = (0..<Int(2 + generator.next() % 12)).map { _ in Int(150 + generator.next() % 400) }
        let log = counting(counts)
        let settings = SplitSettings(mode: .automatic, train: 0.6, validation: 0.2, calibration: 0.2, test: 0)
        let split = try DataSplit(log, settings: settings, window: 12, using: &generator)
        #expect(split.mode == (counts.count >= 8 ? .byRecord : .byTime))
        var owner: [EpisodeSlice: Int] = [:]
        var seen: [Set<Int>] = counts.map { _ in [] }
        for (part, slices) in parts(split).enumerated() {
            for slice in slices {
                owner[slice] = part
                for row in slice.rows { #expect(seen[slice.episode].insert(row).inserted) }
            }
        }
        for (a, part) in owner {
            for (b, other) in owner
            where part != other && a.episode == b.episode && a.rows.lowerBound < b.rows.lowerBound {
                #expect(b.rows.lowerBound - a.rows.upperBound >= 12)
            }
        }
        #expect(seen.reduce(0) { $0 + $1.count } >= counts.reduce(0, +) - 36)
    }

    @Test("By record, stretches of one file stay together unless its clock started again")
    func records() throws {
        var generator = SeededGenerator(seed: 2)
        let settings = SplitSettings(mode: .byRecord, train: 0.5, validation: 0.25, calibration: 0.25, test: 0)
        let log = counting([50, 50, 50, 50], files: [0..<2, 2..<3, 3..<4], starts: [0, 60, 0, 0])
        let split = try DataSplit(log, settings: settings, window: 10, using: &generator)
        let home = parts(split).map { Set($0.map(\.episode)) }
        #expect(home.contains { $0.contains(0) && $0.contains(1) })
        #expect(home.prefix(3).allSatisfy { !$0.isEmpty })
        let restarted = counting([50, 50, 50], files: [0..<3], starts: [0, 0, 0])
        let apart = try DataSplit(restarted, settings: settings, window: 10, using: &generator)
        #expect(parts(apart).prefix(3).allSatisfy { $0.count == 1 })
    }

    @Test("The order of records follows the seed")
    func seeded() throws {
        let log = counting([Int](repeating: 40, count: 20))
        func split(_ seed: UInt64) throws -> DataSplit {
            var generator = SeededGenerator(seed: seed)
            return try DataSplit(log, settings: SplitSettings(), window: 5, using: &generator)
        }
        #expect(try split(1) == split(1))
        #expect(try split(1) != split(2))
    }

    @Test("A part too short for a window, and shares that do not add up, are refused")
    func refused() throws {
        var generator = SeededGenerator(seed: 3)
        let short = try #require(throws: ForesightError.self) {
            try DataSplit(counting([100]), settings: SplitSettings(), window: 30, using: &generator)
        }
        #expect(short.message == "the longest stretch for validation has 0 samples, a window needs 30")
        #expect(throws: ForesightError.self) { try SplitSettings.parse(yaml: "train: 0.9", source: "c.yaml") }
    }

    @Test("Every place of a full window is found, and only those")
    func windows() {
        let log = counting([10, 4])
        let slices = [EpisodeSlice(episode: 0, rows: 2..<10), EpisodeSlice(episode: 1, rows: 0..<4)]
        let index = WindowIndex(episodes: log.episodes, slices: slices, length: 5)
        #expect(index.starts == [2, 3, 4, 5].map { WindowStart(episode: 0, row: $0) })
        #expect(index.window(1, episodes: log.episodes).values == [3, 3, 4, 4, 5, 5, 6, 6, 7, 7])
        let hops = WindowIndex(episodes: log.episodes, slices: slices, length: 4, hop: 3)
        #expect(hops.starts.map(\.row) == [2, 5, 0])
    }

    @Test("With a stride, observations are samples and actions means over the step")
    func stride() {
        let log = counting([12])
        let index = WindowIndex(
            episodes: log.episodes, slices: [EpisodeSlice(episode: 0, rows: 0..<12)], length: 3, stride: 4)
        #expect(index.starts == [WindowStart(episode: 0, row: 0)])
        #expect(index.window(0, episodes: log.episodes).values == [0, 1.5, 4, 5.5, 8, 9.5])
    }

    @Test("Windows with missing samples are left out or masked", arguments: [1, 2, 3])
    func missing(stride: Int) {
        var generator = SeededGenerator(seed: 4)
        var log = counting([80])
        for row in 0..<80 where generator.uniform() < 0.1 { log.episodes[0][row, 0] = .nan }
        for row in 0..<80 where generator.uniform() < 0.02 { log.episodes[0][row, 1] = .nan }
        let episode = log.episodes[0]
        let slices = [EpisodeSlice(episode: 0, rows: 3..<80)]
        func expected(_ allowed: Int) -> [Int] {
            (3...(80 - 4 * stride)).filter { start in
                let observed = (0..<4).count { episode[start + $0 * stride, 0].isNaN }
                return observed <= allowed && (0..<4 * stride).allSatisfy { !episode[start + $0, 1].isNaN }
            }
        }
        let strict = WindowIndex(episodes: log.episodes, slices: slices, length: 4, stride: stride)
        #expect(strict.starts.map(\.row) == expected(0))
        let masked = WindowIndex(episodes: log.episodes, slices: slices, length: 4, stride: stride, missing: .mask(0.5))
        #expect(masked.starts.map(\.row) == expected(2))
        let normalizer = Normalizer(fitting: slices, of: log.episodes)
        let batch = masked.batch(0..<masked.count, episodes: log.episodes, normalizer: normalizer)
        #expect(batch.values.allSatisfy { $0.isFinite })
        for (window, start) in masked.starts.enumerated() {
            for sample in 0..<4 {
                let isMissing = episode[start.row + sample * stride, 0].isNaN
                #expect(batch.mask[(window * 4 + sample) * 2] == (isMissing ? 0 : 1))
                if isMissing { #expect(batch.values[(window * 4 + sample) * 2] == 0) }
            }
        }
    }

    @Test("Training data have mean 0 and deviation 1 after normalisation; other data do not move the fit")
    func normalizer() throws {
        var generator = SeededGenerator(seed: 5)
        let channels = [
            Channel(name: "T", role: .observation), Channel(name: "Q", role: .action, lowerLimit: 0, upperLimit: 12),
            Channel(name: "off", role: .disturbance),
        ]
        // A large mean over a small deviation would ruin a one-pass variance.
        var values = (0..<500).flatMap { _ -> [Double] in [1e6 + 1e-2 * generator.normal(), 5, 7] }
        values[3 * 10] = .nan
        for row in 400..<500 { values[3 * row] = 0 }
        let episode = Episode(name: "e", channels: channels, samplingTime: 1, values: values)
        let normalizer = Normalizer(fitting: [EpisodeSlice(episode: 0, rows: 0..<400)], of: [episode])
        #expect(normalizer.scales[1] == 12 / 12.0.squareRoot() && normalizer.scales[2] == 1)
        let normal = normalizer.normalize(episode.slice(0..<400).physicalValues)
        let column = (0..<400).filter { $0 != 10 }.map { Double(normal[$0, 0]) }
        let mean = column.reduce(0, +) / 399
        #expect(abs(mean) < 1e-6)
        #expect(abs(column.reduce(0) { $0 + $1 * $1 } / 399 - 1) < 1e-5)
        #expect(normal.mask[30] == 0 && normal.values[30] == 0)
        let back = normalizer.denormalize(normal)
        #expect(back[10, 0].isNaN)
        for row in 0..<400 where row != 10 { #expect(abs(back[row, 0] - episode[row, 0]) < 1e-8) }
        let decoded = try JSONDecoder().decode(Normalizer.self, from: JSONEncoder().encode(normalizer))
        #expect(decoded == normalizer)
        #expect(normalizer.selecting([2, 0]).names == ["off", "T"])
    }
}
