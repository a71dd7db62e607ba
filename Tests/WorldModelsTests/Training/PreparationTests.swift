import Basics
import Episodes
import Testing

@testable import WorldModels

@Suite("What stands before the first step", .enabled(if: torchIsSetUp))
struct PreparationTests {
    private static let outputs: Set<String> = ["T", "p"]

    private func data(_ episodes: [Episode], stride: Int) throws -> TrainingData {
        try TrainingData(
            episodes, folds: Folds(episodes, windowLength: 16 * stride, count: 5), outputs: ["T", "p"],
            inputs: ["Q", "wind"], stride: stride)
    }

    @Test("Linear models leave out what their members do, also where scraps of the log are too short for a step")
    func coarseFolds() throws {
        // Ten episodes are left out whole; without the scrap they would be nine, and left out in stretches.
        var episodes = TinyLog.episodes(10, samples: 120)
        episodes[2] = episodes[2].slice(0..<3)
        let data = try data(episodes, stride: 4)
        #expect(data.folds.isByEpisode)
        let (coarse, folds) = data.coarse(windowLength: 16)
        #expect(coarse.count == 9 && folds.count == 5)
        for (index, episode) in coarse.enumerated() {
            let own = index < 2 ? index : index + 1
            #expect(episode.name == "\(episodes[own].name) phase 0")
            for row in 0..<episode.count {
                #expect(
                    folds.fold(episode: index, sample: row) == data.folds.fold(episode: own, sample: row * 4), "\(own)")
            }
        }
        let left = folds.only(0, of: coarse).map(\.name) + folds.without(0, of: coarse).map(\.name)
        #expect(left.sorted() == coarse.map(\.name).sorted())
    }

    @Test("Without scraps they are laid out as if the coarse log were all there is", arguments: [1, 3, 12])
    func plainFolds(count: Int) throws {
        let data = try data(TinyLog.episodes(count, samples: 121), stride: 4)
        let (coarse, folds) = data.coarse(windowLength: 16)
        let plain = Folds(coarse, windowLength: 16, count: 5)
        #expect(folds.isByEpisode == plain.isByEpisode && folds.independentWindows == plain.independentWindows)
        for (index, episode) in coarse.enumerated() {
            for row in 0..<episode.count {
                #expect(folds.fold(episode: index, sample: row) == plain.fold(episode: index, sample: row))
            }
        }
    }

    @Test(
        "A log in which nothing moves that is to be predicted is refused with its channels, one that half does is not")
    func still() throws {
        func episodes(_ values: [Double?]) -> [Episode] {
            TinyLog.episodes(1, samples: 200).map { episode in
                var episode = episode
                for row in 0..<episode.count {
                    for (column, value) in values.enumerated() { episode[row, column] = value ?? episode[row, column] }
                }
                return episode
            }
        }
        for values in [[21.5, 1], [.nan, 300_000]] as [[Double?]] {
            let error = #expect(throws: ForesightError.self) { _ = try TinyLog.preparation(episodes(values)) }
            #expect(error?.code == .data && error?.message.hasPrefix("T, p never change in the log") == true)
            #expect(error?.remedy.contains("--observations") == true)
        }
        _ = try TinyLog.preparation(episodes([nil, 1]))
    }
}
