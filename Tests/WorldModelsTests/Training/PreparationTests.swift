import Basics
import Episodes
import Networks
import Tensors
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

    @Test(
        "Every member leaves an episode out, also where one is as long as all the others",
        arguments: [nil, 0, 4, 9] as [Int?])
    func longEpisode(place: Int?) {
        let episodes = (0..<10).map { index in
            Episode(
                name: "\(index)", channels: [Channel(name: "y", role: .observation)], samplingTime: 1,
                values: [Double](repeating: 0, count: index == place ? 900 : 20))
        }
        let folds = Folds(episodes, windowLength: 4, count: 5)
        #expect(folds.isByEpisode)
        let found = episodes.indices.map { folds.fold(episode: $0, sample: 0) }
        #expect(Set(found) == Set(0..<5) && found == found.sorted(), "\(found)")
        if place == nil { #expect(found == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]) }
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

    /// A log in which one input is always the same, or moves.
    private func log(stillInput: Bool) -> [Episode] {
        TinyLog.episodes().map { episode in
            var episode = episode
            if stillInput { for row in 0..<episode.count { episode[row, 3] = 0.3 } }
            return episode
        }
    }

    @Test(
        "An input that never moved has no effect, and the others have the weights that were drawn for them",
        arguments: [["refine=false"], ["search.span=horizon", "lead=true", "search.starts=1"]])
    func stillInput(overrides: [String]) throws {
        func model(stillInput: Bool) throws -> SensorWorldModel {
            let usual = ["members=2", "order=1", "hidden=2", "free=1"]
            return try TinyLog.preparation(
                log(stillInput: stillInput), settings: TrainingSettings.load(overrides: usual + overrides)
            ).model
        }
        let network = try model(stillInput: true)
        let (members, steps) = (network.architecture.members, 6)
        func predicted(_ second: Float) -> [Float] {
            let inputs = Tensor(
                (0..<members * steps).flatMap { [Float($0 % 3), second] }, shape: [members, 1, steps, 2])
            return withoutGradients {
                network.readAll(
                    network.rollout(from: Tensor.ones([members, 1, network.architecture.width]), inputs: inputs)
                ).floats()
            }
        }
        #expect(predicted(0) == predicted(5))
        guard overrides == ["refine=false"] else { return }
        // [members, inputs, hidden]: what is drawn for the other input is drawn whether or not the second one moves.
        let (hidden, moved) = (
            network.predictor.hiddenInput.value, try model(stillInput: false).predictor.hiddenInput.value
        )
        func row(_ x: Tensor, _ input: Int) -> [Float] { withoutGradients { x.select(dim: 1, index: input).floats() } }
        #expect(row(hidden, 0) == row(moved, 0) && row(hidden, 0).allSatisfy { $0 != 0 })
        #expect(row(hidden, 1).allSatisfy { $0 == 0 } && row(moved, 1).allSatisfy { $0 != 0 })
    }
}
