import Episodes
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Representations of recorded rows", .enabled(if: torchIsSetUp))
struct EncodedRowsTests {
    /// A model that was never trained.
    private func model(stack: Int, block: Int = 2) -> TrainedImageModel {
        let network = ImageWorldModel.drawn(TinyImages.architecture(stack: stack, block: block), seed: Seed(2))
        return TrainedImageModel(
            network: network, distance: nil, actionChannels: TinyImages.channels,
            actionScaling: ActionScaling(mean: [0, 0], deviation: [1, 1]), recordedActions: [-2...2, -2...2],
            samplingTime: 0.1, horizon: 3, settings: TinyImages.settings(), origin: ModelOrigin())
    }

    @Test(
        "A row is encoded with the pictures that lie steps before it, and with the first where there are none",
        arguments: [(1, 2), (2, 2), (3, 2), (2, 3)])
    func rows(stack: Int, block: Int) throws {
        // The last is longer than what is encoded at once.
        let lengths = [7, 1, 260]
        let (model, frames) = (model(stack: stack, block: block), TinyImages.frames(lengths))
        var heard: [Int] = []
        let encoded = try EncodedRows(model.network, frames) { heard.append($0) }
        #expect(encoded.episodes == [0..<7, 7..<8, 8..<268] && heard == [7, 8, 268])
        #expect(encoded.representations.shape == [268, 6])
        let numbers = encoded.representations.floats()
        for (episode, row) in [(0, 0), (0, 1), (0, 2), (0, 3), (0, 6), (1, 0), (2, 0), (2, 5), (2, 255), (2, 257)] {
            // The same written out: from the latest back as far as there are rows.
            var places = [row]
            while places.count < stack, places[0] >= block { places.insert(places[0] - block, at: 0) }
            let pictures = try places.map { try frames.frames(episode: episode, rows: $0..<$0 + 1) }
            let wanted = model.encode(pictures).floats()
            let first = (encoded.episodes[episode].lowerBound + row) * 6
            #expect(isClose(Array(numbers[first..<first + 6]), wanted, within: 1e-4), "row \(row) of \(episode)")
            let padded = [[UInt8]](repeating: pictures[0], count: stack - pictures.count) + pictures
            #expect(model.encode(padded).floats() == wanted)
        }
    }

    @Test("A picture of another row gives another representation, and without any there are none")
    func distinct() throws {
        let model = model(stack: 2)
        let encoded = try EncodedRows(model.network, TinyImages.frames([6]))
        let rows = (0..<6).map { encoded.representations[$0].floats() }
        for row in 1..<6 { #expect(!isClose(rows[row], rows[row - 1], within: 1e-3)) }
        let none = try EncodedRows(model.network, TinyImages.frames([]))
        #expect(none.representations.shape == [0, 6] && none.episodes.isEmpty)
    }

    @Test("Free runs start where enough rows follow, under the actions of these rows")
    func freeRuns() throws {
        let (model, frames) = (model(stack: 1), TinyImages.frames([9, 3, 7]))
        let encoded = try EncodedRows(model.network, frames)
        let numbers = try (0..<3).flatMap { try frames.actions(episode: $0, rows: 0..<frames.layout.lengths[$0]) }
        let actions = Tensor(numbers, shape: [19, 2])
        let runs = ImageFreeRuns(model.network, encoded: encoded, actions: actions, steps: 3)
        // Three steps of two rows: rows 0, 1, 2 of nine, none of three, row 0 of seven.
        #expect(runs.starts == [0, 1, 2, 12])
        #expect(runs.predicted.map(\.shape) == [[4, 6], [4, 6], [4, 6]])
        withoutGradients {
            for (place, start) in runs.starts.enumerated() {
                let driven = actions[start..<start + 6].reshaped([1, 3, 4])
                let wanted = model.network.rollout(
                    from: encoded.representations[start..<start + 1], actions: driven)
                for step in 0..<3 {
                    #expect(isClose(runs.predicted[step][place].floats(), wanted[step].floats(), within: 1e-5))
                }
            }
        }
        let index = Tensor((0..<19).map { Float($0) }, shape: [19, 1])
        #expect(runs.rows(of: index, after: 2).floats() == [4, 5, 6, 16])
    }
}
